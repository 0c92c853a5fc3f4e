"""The Month close page: months, what is open before a close, and a closed month beside today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ..closing import checklist, restated
from ..closing.history import ClosedMonth, closed_month, closed_months
from ..domain.close import bounds, month_after, month_of
from ..domain.close_causes import in_words
from ..domain.close_rules import POINTS
from ..domain.errors import NoSuchObject
from ..domain.roll_forward import KINDS
from ..domain.times import day_start, local_date
from ..settings.setup import Setup
from ..store import closes
from ..store.closes import Link
from ..store.queries import closing, cut_days, kept_sums, movements, restatements
from ..store.queries.columns import QUARTER_HOUR
from ..store.queries.reading import Connection, Reader
from ..store.spelling import read
from .close_sheet import CloseSheet, gathered
from .close_views import (
    ClosedMonthView,
    CloseOverview,
    MonthItem,
    MonthMoney,
    OpenPoint,
    RestatementItem,
    SealState,
)
from .views import Listing, Sum


def overview(reader: Reader, setup: Setup, now: int) -> CloseOverview:
    """Every month since the first movement, and what may be closed now."""
    with reader.open() as connection:
        closed = closed_months(connection, setup)
        unclosed = _unclosed(connection, setup, closed, now)
        choices = tuple(item.month for item in unclosed if item.state == "open")
        if closed:
            choices = choices[-1:]  # the earliest: months are closed in their order
        points = _points(connection, setup, choices[0], now) if choices else ()
        return CloseOverview(
            months=(*unclosed, *(_item(each) for each in reversed(closed))),
            choices=choices,
            points=points,
            seals=seals(connection, rows=False),
        )


def points(reader: Reader, setup: Setup, month: str, now: int) -> tuple[OpenPoint, ...]:
    """What is looked at before ``month`` is closed. Raises WrongUsage."""
    with reader.open() as connection:
        return _points(connection, setup, month, now)


def seals(connection: Connection, *, rows: bool) -> SealState:
    """Follow the chain; with ``rows`` also over each month's movements."""
    found = closes.follow(connection, rows=rows)
    return SealState(found.months, found.hash, found.broken, rows)


def month(reader: Reader, setup: Setup, wanted: str) -> ClosedMonthView:
    """One closed month. Raises NoSuchObject."""
    with reader.open() as connection:
        return _month(connection, setup, _link(connection, setup, wanted))


def sheet(reader: Reader, setup: Setup, wanted: str) -> CloseSheet:
    """One closed month for paper. Raises NoSuchObject."""
    with reader.open() as connection:
        link = _link(connection, setup, wanted)
        return gathered(connection, setup, _month(connection, setup, link), link)


def _link(connection: Connection, setup: Setup, wanted: str) -> Link:
    link = closes.find(connection, setup.policy, wanted)
    if link is None:
        raise NoSuchObject(f"{wanted} is not closed under the policy {setup.policy}.")
    return link


def _month(connection: Connection, setup: Setup, link: Link) -> ClosedMonthView:
    close = link.close
    figures = read(close.figures)
    return ClosedMonthView(
        item=_item(closed_month(connection, setup, link)),
        timezone=close.timezone,
        starts=close.starts,
        ends=close.ends,
        definitions=close.definitions,
        reports=figures["reports"],
        today=_today(connection, setup, close.starts, close.ends),
        open=tuple((POINTS[s].label, n) for s, n in figures["open"].items() if n),
    )


def restated_sums(
    reader: Reader, setup: Setup, month: str, currency: str | None, limit: int, offset: int
) -> Listing[RestatementItem]:
    """One page of a month's restatements; sums are of all of them."""
    with reader.open() as connection:
        sums = [
            Sum(row["currency"], row["rows"], row["delta_minor"])
            for row in restatements.sums(connection, setup.policy, month)
            if currency in (None, row["currency"])
        ]
        rows = restated.page(connection, setup, month, currency, limit, offset)
        who = restatements.names(connection, {row.customer_id for row in rows})
    items = []
    for row in rows:
        known = who.get(row.customer_id)
        items.append(
            RestatementItem(
                customer_id=row.customer_id,
                name=known["name"] if known else None,
                email=known["email"] if known else None,
                currency=row.currency,
                kind=row.kind,
                closed_minor=row.closed_minor,
                now_minor=row.now_minor,
                delta_minor=row.delta_minor,
                cause=row.cause.slug,
                told=in_words(row.cause, setup.timezone),
                event_id=row.cause.event_id,
                type=row.cause.type,
                source=row.cause.source,
                created_at=row.cause.created_at,
                received_at=row.cause.received_at,
                others=row.cause.others,
            )
        )
    return Listing(tuple(items), sum(each.count for each in sums), tuple(sums), (), {})


def _points(connection: Connection, setup: Setup, month: str, now: int) -> tuple[OpenPoint, ...]:
    _, ends = bounds(month, setup.timezone)
    found = checklist.open_points(connection, setup, ends, now)
    return tuple(
        OpenPoint(p.slug, p.label, found[p.slug], p.blocks, p.means, p.remedy, p.page, p.tab)
        for p in POINTS.values()
    )


def _item(found: ClosedMonth) -> MonthItem:
    close = found.link.close
    money = tuple(
        MonthMoney(
            currency=each.currency,
            opening_minor=each.opening_minor,
            closing_minor=each.closing_minor,
            closing_now_minor=each.closing_now_minor,
            restated_minor=each.restated_minor,
            restatements=each.restatements,
            customers=each.customers,
        )
        for each in found.money
    )
    return MonthItem(
        month=close.month,
        state="closed",
        money=money,
        closed_at=close.closed_at,
        staff=close.staff,
        reason=close.reason,
        hash=found.link.hash,
        changed=found.changed,
    )


def _unclosed(
    connection: Connection, setup: Setup, closed: list[ClosedMonth], now: int
) -> list[MonthItem]:
    """Months after the last closed one, or since the first movement; the latest first."""
    last = closed[-1].link.close if closed else None
    since = last.ends if last else closing.first_movement(connection, setup.policy)
    if since is None:
        return []
    carried = closing.balances(connection, setup.policy, since, setup.timezone)
    sums: dict[str, dict[str, int]] = {}
    for name, code, minor in _moved(connection, setup, since):
        cell = sums.setdefault(name, {})
        cell[code] = cell.get(code, 0) + minor
    name = month_after(last.month) if last else month_of(since, setup.timezone)
    newest = month_of(now, setup.timezone)
    found = list(_each(name, newest, carried, sums))
    return found[::-1]


def _moved(connection: Connection, setup: Setup, since: int) -> Iterator[tuple[str, str, int]]:
    """(month, currency, minor units) of what moved since then, in parts."""
    first = local_date(since, setup.timezone)
    begins = day_start(first, setup.timezone) == since or since == _first(connection, setup)
    if not (begins and cut_days.ready(connection, setup.policy, setup.timezone)):
        for row in movements.summed(connection, setup.policy, starts=since):
            at = int(row["quarter_hour"]) * QUARTER_HOUR
            yield month_of(at, setup.timezone), row["currency"], int(row["delta_minor"])
        return
    for kept in kept_sums.moved_by_day(connection, setup.policy, first, date.max):
        yield kept["day"].isoformat()[:7], kept["currency"], kept["delta_minor"]


def _first(connection: Connection, setup: Setup) -> int | None:
    """Nothing lies before it on its day."""
    return closing.first_movement(connection, setup.policy)


def _each(
    first: str, newest: str, carried: dict[str, int], sums: dict[str, dict[str, int]]
) -> Iterator[MonthItem]:
    name = first
    while name <= newest:
        moved = sums.get(name, {})
        opening = dict(carried)
        for currency, minor in moved.items():
            carried[currency] = carried.get(currency, 0) + minor
        money = tuple(
            MonthMoney(c, opening.get(c, 0), carried[c], carried[c]) for c in sorted(carried)
        )
        yield MonthItem(name, "open" if name < newest else "running", money)
        name = month_after(name)


def _today(
    connection: Connection, setup: Setup, starts: int, ends: int
) -> dict[str, dict[str, int]]:
    before = closing.balances(connection, setup.policy, starts, setup.timezone)
    moved = closing.flows(connection, setup.policy, starts, ends)
    found = {}
    for currency in sorted(before.keys() | moved.keys()):
        kinds = {f"{kind}_minor": moved.get(currency, {}).get(kind, 0) for kind in KINDS}
        opening = before.get(currency, 0)
        closing_minor = opening + sum(kinds.values())
        found[currency] = {"opening_minor": opening, **kinds, "closing_minor": closing_minor}
    return found
