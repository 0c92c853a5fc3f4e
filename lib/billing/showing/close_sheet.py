"""A closed month for paper: what was signed, whether it holds, what has changed since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..closing import restated
from ..domain.roll_forward import KINDS
from ..settings.setup import Setup
from ..store import closes
from ..store.audit import GENESIS
from ..store.closes import Link
from ..store.queries import restatements as stored
from ..store.queries.reading import Connection
from ..store.spelling import read
from .close_lines import Reports, RollLine, SignedFigure, of_currency
from .close_views import ClosedMonthView


@dataclass(frozen=True, slots=True)
class Check:
    """``holds``: None for what is no fault and still worth knowing.

    ``says`` names its sentence: ``seal``, ``seal_broken`` … ``detail`` is for it; ``amounts`` are
    minor units by currency.
    """

    says: str
    holds: bool | None
    detail: str = ""
    amounts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class CauseSum:
    """The restatements of one cause in one currency."""

    cause: str
    count: int
    customers: int
    delta_minor: int


@dataclass(frozen=True, slots=True)
class SheetMoney:
    """One currency of the month. ``causes``: the largest first."""

    currency: str
    lines: tuple[RollLine, ...]
    figures: tuple[SignedFigure, ...]
    causes: tuple[CauseSum, ...]


@dataclass(frozen=True, slots=True)
class CloseSheet:
    """All that the document shows. ``open_then``: (slug, how many) of what was open at the close;
    ``movements``: customers' sums that are sealed with it."""

    view: ClosedMonthView
    policy: str
    previous_hash: str
    movements: int
    open_then: tuple[tuple[str, int], ...]
    money: tuple[SheetMoney, ...]
    checks: tuple[Check, ...]

    @property
    def is_first(self) -> bool:
        """Whether no seal is before its own."""
        return self.previous_hash == GENESIS


def gathered(connection: Connection, setup: Setup, view: ClosedMonthView, link: Link) -> CloseSheet:
    """The sheet of ``view``, whose row in the chain is ``link``."""
    frozen = read(link.close.figures)
    causes = _causes(connection, setup, view.item.month)
    codes = {row["currency"] for name in ("mrr", "billed") for row in view.reports.get(name, ())}
    return CloseSheet(
        view=view,
        policy=link.close.policy,
        previous_hash=link.previous_hash,
        movements=frozen["movements"]["rows"],
        open_then=tuple((slug, count) for slug, count in frozen["open"].items() if count),
        money=tuple(
            SheetMoney(code, view.lines(code), view.figures(code), causes.get(code, ()))
            for code in sorted(codes | causes.keys())
        ),
        checks=(
            _seal(connection, link),
            _adds_up(view.reports),
            _carries_on(connection, setup, view, link),
            _plan_mix(view.reports),
            _definitions(view),
        ),
    )


def _causes(connection: Connection, setup: Setup, month: str) -> Mapping[str, tuple[CauseSum, ...]]:
    """Restatements of ``month``, added up by cause in each currency."""
    rows = stored.page(connection, setup.policy, month)
    found: dict[str, dict[str, list[restated.Restatement]]] = {}
    for start in range(0, len(rows), restated.AT_ONCE):
        part = rows[start : start + restated.AT_ONCE]
        for each in restated.with_causes(connection, setup, part):
            found.setdefault(each.currency, {}).setdefault(each.cause.slug, []).append(each)
    return {code: _largest_first(by_cause) for code, by_cause in found.items()}


def _largest_first(by_cause: Mapping[str, list[restated.Restatement]]) -> tuple[CauseSum, ...]:
    sums = [
        CauseSum(
            cause,
            len(rows),
            len({row.customer_id for row in rows}),
            sum(row.delta_minor for row in rows),
        )
        for cause, rows in by_cause.items()
    ]
    return tuple(sorted(sums, key=lambda each: (-abs(each.delta_minor), each.cause)))


def _seal(connection: Connection, link: Link) -> Check:
    """The chain from its first month, and this month's movements one by one."""
    followed = closes.follow(connection, rows=False)
    if followed.broken is not None:
        return Check("seal_broken", False, followed.broken)
    kept = read(link.close.figures)["movements"]
    if kept != closes.fingerprint(connection, link.close.policy, link.close.month):
        return Check("movements_broken", False)
    return Check("seal", True, str(followed.months))


def _adds_up(reports: Reports) -> Check:
    """Opening, corrections and movements come to the closing in each currency."""
    off = []
    for row in reports["mrr"]:
        parts = ("opening_minor", "restated_minor", *(f"{kind}_minor" for kind in KINDS))
        difference = row["closing_minor"] - sum(row[name] for name in parts)
        if difference:
            off.append((str(row["currency"]), int(difference)))
    return Check("adds_up_not", False, amounts=tuple(off)) if off else Check("adds_up", True)


def _carries_on(connection: Connection, setup: Setup, view: ClosedMonthView, link: Link) -> Check:
    """The opening is what the month before was closed with."""
    before = [
        each
        for each in closes.chain(connection, setup.policy)
        if each.close.month < link.close.month
    ]
    if not before:
        return Check("first", None)
    last = max(before, key=lambda each: each.close.month).close
    reports = read(last.figures)["reports"]
    codes = {row["currency"] for rows in (reports, view.reports) for row in rows["mrr"]}
    off = []
    for code in sorted(codes):
        opening = of_currency(view.reports, "mrr", code).get("opening_minor", 0)
        closing = of_currency(reports, "mrr", code).get("closing_minor", 0)
        if opening != closing:
            off.append((code, int(opening - closing)))
    if off:
        return Check("carries_on_not", False, last.month, tuple(off))
    return Check("carries_on", True, last.month)


def _plan_mix(reports: Reports) -> Check:
    """Whether the movements come to the plan mix of the month's last second."""
    off = tuple(
        (str(row["currency"]), int(row["difference_minor"]))
        for row in reports.get("agreement", ())
        if row["difference_minor"]
    )
    return Check("plan_mix_not", None, amounts=off) if off else Check("plan_mix", True)


def _definitions(view: ClosedMonthView) -> Check:
    changed = view.item.changed
    if changed:
        return Check("definitions_not", None, ",".join(changed))
    return Check("definitions", True)
