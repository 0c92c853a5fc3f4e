"""What a close freezes, beside each customer's movements: figures by the name of their report.

Flows (`mrr`, `customers`) are summed from the movements that are frozen with them. States (such as
`plan-mix`) are those of the month's last second, from everything known at the close.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from ..domain.close import OPENING, Close
from ..domain.filters import Filters
from ..domain.roll_forward import KINDS
from ..reports.fields import outward
from ..reports.registry import definition_of
from ..reports.request import ReportRequest
from ..settings.rules import current_rules
from ..settings.setup import Setup
from ..store.engine import Store
from ..store.queries import closing, plan_mix, runway
from ..store.queries.reading import Connection
from ..store.scratch import scratch
from ..store.spelling import read

Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Frozen:
    """A report that a close keeps: its rows, or its totals by currency.

    ``of_month``: narrowed to what is dated in the month; else all that it has at the month's end.
    """

    report: str
    part: Literal["rows", "totals"]
    of_month: bool = False


FROZEN: Final = (
    Frozen("plan-mix", "rows"),
    Frozen("winding-down", "totals"),
    Frozen("runway", "totals"),
    Frozen("churn", "rows", of_month=True),
    Frozen("invoices", "totals", of_month=True),
    Frozen("aging", "rows"),
    Frozen("dso", "rows", of_month=True),
    Frozen("recovery", "rows", of_month=True),
)
"""To freeze another report, add it here. It is run on the projection of the month's last second."""


@dataclass(frozen=True, slots=True)
class AtItsEnd:
    """How things stood in the month's last second."""

    reports: Mapping[str, Rows]
    leaving: Mapping[str, int]  # MRR whose end or downgrade was scheduled, by currency
    plan_mix: Mapping[str | None, int]  # MRR by currency


def at_its_end(store: Store, setup: Setup, starts: int, ends: int) -> AtItsEnd:
    """Fold everything known up to the month's end on the side, and ask each report of it."""
    with store.reading() as connection:
        rules = current_rules(connection, setup)
    with scratch(store, rules, until=ends - 1) as made, made.reading() as connection:
        reports = {one.report: _asked(connection, one, setup, starts, ends) for one in FROZEN}
        return AtItsEnd(
            {"billed": closing.billed(connection, starts, ends)} | reports,
            runway.leaving_mrr(connection),
            {r["currency"]: int(r["mrr_minor"]) for r in plan_mix.currency_totals(connection)},
        )


def _asked(connection: Connection, one: Frozen, setup: Setup, starts: int, ends: int) -> Rows:
    definition = definition_of(one.report)
    first, after = (starts, ends) if one.of_month else (None, None)
    request = ReportRequest(
        name=one.report,
        setup=setup,
        now=ends - 1,
        as_of=ends - 1,
        starts=first,
        ends=after,
        by="month",
        currency=None,
        policy=setup.policy,
        limit=None,
        filters=Filters(starts=first, ends=after),
    )
    rows = list(definition.rows(connection, request))
    if one.part == "totals":
        tally = definition.tally()
        for row in rows:
            tally.add(row)
        return [{"currency": currency, **total} for currency, total in tally.found().items()]
    return [{f.name: outward(f.kind, row[f.name]) for f in definition.fields} for row in rows]


def reports(
    connection: Connection,
    month: str,
    setup: Setup,
    starts: int,
    *,
    last: Close | None,
    end: AtItsEnd,
) -> dict[str, Rows]:
    """Every figure of a month whose movements are frozen already."""
    mrr = roll_forward(connection, month, setup.policy, starts, last=last, leaving=end.leaving)
    return {
        "mrr": mrr,
        "customers": _customers(connection, month, setup.policy, starts),
        "agreement": _agreement(mrr, end.plan_mix),
        **end.reports,
    }


def roll_forward(
    connection: Connection,
    month: str,
    policy: str,
    starts: int,
    *,
    last: Close | None,
    leaving: Mapping[str, int],
) -> Rows:
    """From the closing of the month before to this month's.

    ``restated_minor`` is what earlier closed months had changed by, when this one was closed.
    """
    frozen = closing.frozen_sums(connection, policy, month)
    known = closing.balances(connection, policy, starts)
    carried = closings(last)
    rows: Rows = []
    for currency in sorted(frozen.keys() | known.keys() | carried.keys()):
        moved = frozen.get(currency, {})
        opening = moved.get(OPENING, 0) if last is None else carried.get(currency, 0)
        restated = 0 if last is None else known.get(currency, 0) - opening
        deltas = {f"{kind}_minor": moved.get(kind, 0) for kind in KINDS}
        closed = opening + restated + sum(deltas.values())
        rows.append(
            {
                "period": month,
                "currency": currency,
                "opening_minor": opening,
                "restated_minor": restated,
                **deltas,
                "fx_minor": 0,
                "closing_minor": closed,
                "committed_minor": closed - leaving.get(currency, 0),
            }
        )
    return rows


def closings(close: Close | None) -> dict[str, int]:
    """The frozen closing MRR of a month, by currency."""
    if close is None:
        return {}
    rows = read(close.figures)["reports"]["mrr"]
    return {row["currency"]: row["closing_minor"] for row in rows}


def _customers(connection: Connection, month: str, policy: str, starts: int) -> Rows:
    before = closing.paying(connection, policy, starts)
    moved = closing.movers(connection, policy, month)
    rows = []
    for currency in sorted(before.keys() | moved.keys()):
        kinds = {kind: moved.get(currency, {}).get(kind, 0) for kind in KINDS}
        rows.append({"currency": currency, "customers_start": before.get(currency, 0)} | kinds)
    return rows


def _agreement(mrr: Rows, mix: Mapping[str | None, int]) -> Rows:
    """Whether the movements up to the month's end come to what the plan mix had then.

    They do not where a subscription was first seen after the month although it began before.
    """
    return [
        {
            "currency": row["currency"],
            "closing_minor": row["closing_minor"],
            "plan_mix_minor": mix.get(row["currency"], 0),
            "difference_minor": row["closing_minor"] - mix.get(row["currency"], 0),
        }
        for row in mrr
    ]
