"""What winds down by plan and reason, and what became of the ends that were scheduled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from ..domain.filters import Filters
from ..domain.saves import ScheduledEnd
from ..domain.times import day_start, local_date, next_period, period_name, period_start
from ..retention.ends_kept import Ends
from ..settings.setup import Setup
from ..store.queries import leaving as queries
from ..store.queries import winding_down as winding
from ..store.queries.columns import QUARTER_HOUR
from ..store.queries.reading import Reader
from .ending_views import EndingPart, Savable, SaveCell, SaveItem
from .views import Listing, Sum

OUTCOMES = {"undone": "saved", "ended": "lost", "pending": "open"}


def parts(reader: Reader, setup: Setup, by: queries.Part) -> tuple[EndingPart, ...]:
    """All that is winding down by the week of its end and by plan or reason, the soonest first."""
    with reader.open() as connection:
        rows = queries.parts(connection, by)
    found: defaultdict[tuple[date | None, str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        held = found[_monday(row["quarter_hour"], setup), row["part"], row["currency"] or ""]
        held[0] += int(row["count"])
        held[1] += int(row["amount_minor"] or 0)
    return tuple(
        EndingPart(
            week=monday.isoformat() if monday else None,
            at=day_start(monday, setup.timezone) if monday else None,
            until=day_start(monday + timedelta(days=7), setup.timezone) if monday else None,
            part=part,
            currency=currency,
            count=count,
            amount_minor=minor,
        )
        for (monday, part, currency), (count, minor) in found.items()
    )


def _monday(quarter_hour: int | None, setup: Setup) -> date | None:
    if quarter_hour is None:
        return None
    return period_start(local_date(quarter_hour * QUARTER_HOUR, setup.timezone), "week")


def savable(reader: Reader, setup: Setup, now: int) -> Savable:
    """What has not ended yet and can be saved only until the week is over."""
    monday = next_period(period_start(local_date(now, setup.timezone), "week"), "week")
    # An end is saved up to the second before it: one at the first second of next week counts here.
    wanted = Filters(starts=now + 1, ends=day_start(monday, setup.timezone) + 1)
    with reader.open() as connection:
        rows = winding.sums(connection, wanted)
    sums = [
        Sum(row["currency"] or "", int(row["count"]), int(row["amount_minor"] or 0)) for row in rows
    ]
    sums.sort(key=lambda part: part.currency)
    return Savable(wanted.starts or 0, wanted.ends or 0, tuple(sums))


def board(ends: Ends, setup: Setup, now: int) -> tuple[SaveCell, ...]:
    """Every scheduled end there ever was, by month of the planned end, reason and currency."""
    found: defaultdict[tuple[date | None, str, str], list[ScheduledEnd]] = defaultdict(list)
    for schedules in ends.values():
        for end in schedules:
            month = None
            if end.ends_at is not None:
                month = period_start(local_date(end.ends_at, setup.timezone), "month")
            found[month, reason_of(end), end.currency or ""].append(end)
    keys = sorted(found, key=lambda key: (key[0] or date.max, key[1], key[2]))
    return tuple(_cell(key, found[key], setup, now) for key in keys)


def _cell(
    key: tuple[date | None, str, str], ends: Sequence[ScheduledEnd], setup: Setup, now: int
) -> SaveCell:
    month, reason, currency = key
    saved = [end for end in ends if end.outcome == "undone"]
    lost = [end for end in ends if end.outcome == "ended"]
    matured = [end for end in ends if end.matured(now)]
    return SaveCell(
        month=period_name(month, "month") if month else None,
        starts=day_start(month, setup.timezone) if month else None,
        ends=day_start(next_period(month, "month"), setup.timezone) if month else None,
        reason=reason,
        currency=currency,
        saved=len(saved),
        lost=len(lost),
        open=len(ends) - len(saved) - len(lost),
        matured=len(matured),
        matured_saved=sum(end.outcome == "undone" for end in matured),
        matured_open=sum(end.outcome == "pending" for end in matured),
        saved_minor=sum(end.value_minor or 0 for end in saved),
        unvalued=sum(end.value_minor is None for end in saved),
    )


def reason_of(end: ScheduledEnd) -> str:
    return end.feedback or end.reason or "unknown"


def saves(reader: Reader, ends: Ends, now: int, filters: Filters) -> Listing[SaveItem]:
    """One page of scheduled ends. ``statuses`` narrow to saved, lost or open; ``starts`` and
    ``ends`` bound the planned end."""
    wanted = [
        (customer_id, end)
        for customer_id, schedules in ends.items()
        for end in schedules
        if _asked(end, filters)
    ]
    _sort(wanted, filters)
    limit, offset = filters.page
    page = wanted[offset : offset + limit]
    with reader.open() as connection:
        names = queries.behind(connection, {customer_id for customer_id, _ in page})
        sold = queries.sold(connection, {end.subscription_id for _, end in page})
    return Listing(
        rows=tuple(_item(c, e, names.get(c), sold.get(e.subscription_id), now) for c, e in page),
        total=len(wanted),
        sums=_sums(_worth(end) for _, end in wanted),
        bars=(),
        choices={},
    )


def _asked(end: ScheduledEnd, filters: Filters) -> bool:
    if filters.statuses and OUTCOMES[end.outcome] not in filters.statuses:
        return False
    if filters.reasons and reason_of(end) not in filters.reasons:
        return False
    if filters.currencies and (end.currency or "") not in filters.currencies:
        return False
    if filters.starts is not None and (end.ends_at is None or end.ends_at < filters.starts):
        return False
    return filters.ends is None or (end.ends_at is not None and end.ends_at < filters.ends)


def _sort(wanted: list[tuple[str, ScheduledEnd]], filters: Filters) -> None:
    """The latest planned end first by itself; an unknown value is last either way."""
    wanted.sort(key=lambda pair: pair[1].subscription_id)
    wanted.sort(key=lambda pair: pair[1].ends_at or 0, reverse=True)
    keys: dict[str, Any] = {
        "ends_at": lambda end: end.ends_at,
        "mrr_minor": lambda end: end.value_minor,
        "scheduled_at": lambda end: end.scheduled_at,
        "closed_at": lambda end: end.closed_at,
    }
    key = keys.get(filters.sort)
    if key is None:
        return
    wanted.sort(key=lambda pair: key(pair[1]) or 0, reverse=filters.descending)
    wanted.sort(key=lambda pair: key(pair[1]) is None)


def _worth(end: ScheduledEnd) -> tuple[str, int]:
    """What cannot be valued is in no currency's sum."""
    return ("", 0) if end.value_minor is None else (end.currency or "", end.value_minor)


def _sums(values: Iterable[tuple[str, int]]) -> tuple[Sum, ...]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for currency, minor in values:
        found[currency].append(minor)
    return tuple(Sum(code, len(held), sum(held)) for code, held in sorted(found.items()))


def _item(customer_id: str, end: ScheduledEnd, named: Any, sold: Any, now: int) -> SaveItem:
    return SaveItem(
        customer_id=customer_id,
        name=named["name"] if named else None,
        email=named["email"] if named else None,
        org_id=named["org_id"] if named else None,
        subscription_id=end.subscription_id,
        plan=sold["plan"] if sold else None,
        outcome=OUTCOMES[end.outcome],
        matured=end.matured(now),
        reason=reason_of(end),
        mrr_minor=end.value_minor,
        currency=end.currency,
        scheduled_at=end.scheduled_at,
        ends_at=end.ends_at,
        closed_at=end.closed_at,
    )
