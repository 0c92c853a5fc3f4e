"""The list pages: one page of rows, what the whole list adds up to, and its chart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from ..domain.catalog import Catalog
from ..domain.declines import SENSITIVE, advice, decline_words, is_final_attempt, suggested_flow
from ..domain.filters import Filters, interval_name
from ..domain.money import rate
from ..domain.saves import last_second_to_save
from ..domain.times import DAY, day_start, local_date
from ..settings.setup import Setup
from ..store.queries import failed_payments as failing
from ..store.queries import kept_lists, kept_sums, named
from ..store.queries import plan_customers as behind
from ..store.queries import plan_mix as mix
from ..store.queries import winding_down as winding
from ..store.queries.columns import QUARTER_HOUR
from ..store.queries.paging import of_named, too_many, total
from ..store.queries.reading import Reader
from .views import (
    Bar,
    FailedPaymentItem,
    Listing,
    PlanCustomerItem,
    PlanMixItem,
    Sum,
    WindingDownItem,
)

Record = Mapping[Any, Any]


def winding_down(
    reader: Reader, setup: Setup, now: int, filters: Filters
) -> Listing[WindingDownItem]:
    """One page of what is winding down; bars by the Monday of the end, where they are wanted."""
    with reader.open() as connection:
        found, kept = named.wanted_by(connection, filters), kept_lists.ready(connection)
        page = winding.page(connection, filters, found)
        told = kept and kept_lists.tells(filters)
        sums: Sequence[Record] = (
            kept_lists.winding_sums(connection, filters)
            if told
            else of_named(lambda some: winding.sums(connection, filters, some), found, filters)
        )
        capped = not told and too_many(sums, filters, found)
        weeks: Sequence[Bar] = ()
        if filters.bars and kept and filters.narrows_nothing:
            weeks = _weeks(kept_lists.winding_weeks(connection), setup.timezone)
        elif filters.bars:
            ends = () if capped else winding.ends(connection, filters, found)
            weeks = _weeks(_by_monday(ends, setup.timezone), setup.timezone)
        choices: Sequence[Record] = (
            kept_lists.winding_choices(connection) if kept else winding.choices(connection)
        )
    items = tuple(
        WindingDownItem(
            **row,
            overdue=row["ends_at"] is not None and row["ends_at"] <= now,
            save_until=last_second_to_save(row["ends_at"], now),
        )
        for row in page.rows
    )
    return _listing(items, sums, weeks, choices, page.last, capped=capped)


def failed_payments(
    reader: Reader, setup: Setup, now: int, filters: Filters
) -> Listing[FailedPaymentItem]:
    """One page of the queue; bars by decline code, the largest amount first."""
    grace = setup.catalog.policies.past_due_grace_days * DAY
    with reader.open() as connection:
        found, kept = named.wanted_by(connection, filters), kept_lists.ready(connection)
        overdue = kept and kept_lists.failing_overdue(connection)
        page = failing.page(connection, filters, now, grace, found, overdue=overdue)
        sums: Sequence[Record]
        codes: Sequence[Record]
        capped = False
        if kept and kept_lists.tells(filters):
            sums = kept_lists.failing_sums(connection, filters)
            codes = kept_lists.failing_by_decline(connection, filters)
        else:
            codes = of_named(
                lambda some: failing.by_decline(connection, filters, some, overdue=overdue),
                found,
                filters,
            )
            sums, capped = failing.sums(codes), too_many(codes, filters, found)
            codes = () if capped else codes
        choices: Sequence[Record] = (
            kept_lists.failing_choices(connection) if kept else failing.choices(connection)
        )
    items = tuple(_failed_item(row, now) for row in page.rows)
    bars = [
        Bar(row["key"], row["currency"] or "", int(row["count"]), int(row["amount_minor"] or 0))
        for row in codes
    ]
    bars.sort(key=lambda bar: (-bar.amount_minor, bar.key, bar.currency))
    return _listing(items, sums, bars, choices, page.last, capped=capped)


def _failed_item(row: Record, now: int) -> FailedPaymentItem:
    code = row["decline_code"] or row["failure_code"]
    failed_at = row["failed_at"]
    final = is_final_attempt(row["next_attempt_at"], code)
    return FailedPaymentItem(
        customer_id=row["customer_id"],
        org_id=row["org_id"],
        email=row["email"],
        name=row["name"],
        subscription_id=row["subscription_id"],
        invoice_id=row["invoice_id"],
        number=row["number"],
        plan=row["plan"],
        status=row["status"],
        amount_remaining_minor=row["amount_remaining_minor"],
        currency=row["currency"],
        attempt_count=row["attempt_count"],
        next_attempt_at=row["next_attempt_at"],
        final_attempt=final,
        decline_code=row["decline_code"],
        decline_words=decline_words(code),
        sensitive=code in SENSITIVE,
        failed_at=failed_at,
        age_days=None if failed_at is None else max(now - failed_at, 0) // DAY,
        days_left=None if row["subscription_id"] is None else int(row["days_left"]),
        mrr_minor=row["mrr_minor"],
        suggested_flow=suggested_flow(code),
        hosted_invoice_url=row["hosted_invoice_url"],
        event_id=row["event_id"],
        advice=advice(code, final=final),
    )


def plan_mix(reader: Reader, setup: Setup, filters: Filters) -> Listing[PlanMixItem]:
    """Every cell of the mix, sorted and paged here: there are as many as the catalogue has prices.

    ``share`` is of the whole currency's MRR, whatever the filters.
    """
    with reader.open() as connection:
        read = kept_sums.cells if kept_sums.tells(filters) else mix.cells
        cells: Sequence[Record] = read(connection, filters)
        totals = kept_sums.currency_totals(connection)
        choices = kept_sums.choices(connection)
    whole = {row["currency"]: int(row["mrr_minor"]) for row in totals}
    items = [_mix_item(cell, whole, setup.catalog) for cell in cells]
    bars: defaultdict[tuple[str, str], list[PlanMixItem]] = defaultdict(list)
    sums: defaultdict[str, list[PlanMixItem]] = defaultdict(list)
    for item in items:
        bars[item.plan or "", item.currency].append(item)
        sums[item.currency].append(item)
    chart = [
        Bar(plan, currency, sum(i.customers for i in held), sum(i.mrr_minor for i in held))
        for (plan, currency), held in bars.items()
    ]
    chart.sort(key=lambda bar: (bar.currency, -bar.amount_minor, bar.key))
    limit, offset = filters.page
    return Listing(
        rows=tuple(_mix_sorted(items, filters)[offset : offset + limit]),
        total=len(items),
        sums=tuple(
            Sum(currency, sum(i.subscriptions for i in held), sum(i.mrr_minor for i in held))
            for currency, held in sorted(sums.items())
        ),
        bars=tuple(chart),
        choices=_choices(choices),
    )


def plan_customers(reader: Reader, filters: Filters) -> Listing[PlanCustomerItem]:
    """One page of the subscriptions behind the mix. No bars and no choices: the mix has them."""
    with reader.open() as connection:
        found = named.wanted_by(connection, filters)
        page = behind.page(connection, filters, found)
        sums: Sequence[Record]
        if told := kept_sums.tells(filters):
            sums = kept_sums.subscription_sums(connection, filters)
        else:
            sums = of_named(lambda some: behind.sums(connection, filters, some), found, filters)
    items = tuple(PlanCustomerItem(**row) for row in page.rows)
    capped = not told and too_many(sums, filters, found)
    return _listing(items, sums, (), (), page.last, capped=capped)


def _mix_item(cell: Record, whole: Mapping[str, int], catalog: Catalog) -> PlanMixItem:
    plan, mrr = cell["plan"], int(cell["mrr_minor"])
    return PlanMixItem(
        plan=plan,
        plan_name=catalog.plan(plan).name if plan else "Not in the catalogue",
        interval=cell["interval"],
        interval_count=cell["interval_count"],
        currency=cell["currency"] or "",
        subscriptions=int(cell["subscriptions"]),
        customers=int(cell["customers"]),
        mrr_minor=mrr,
        share=rate(mrr, whole[cell["currency"]]) or 0.0,
    )


def _mix_sorted(items: Iterable[PlanMixItem], filters: Filters) -> list[PlanMixItem]:
    ordered = sorted(items, key=lambda i: (i.currency, -i.mrr_minor, i.plan or "~"))
    match filters.sort:
        case "mrr_minor":
            ordered.sort(key=lambda i: i.mrr_minor, reverse=filters.descending)
        case "customers":
            ordered.sort(key=lambda i: i.customers, reverse=filters.descending)
        case "subscriptions":
            ordered.sort(key=lambda i: i.subscriptions, reverse=filters.descending)
        case "plan":
            ordered.sort(key=lambda i: i.plan or "~", reverse=filters.descending)
    return ordered


def _by_monday(ends: Sequence[Record], timezone: str) -> list[Record]:
    """What ends in each quarter of an hour, by the week of the business that it is in."""
    weeks: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for row in ends:
        day = local_date(int(row["quarter_hour"]) * QUARTER_HOUR, timezone)
        monday = day - timedelta(days=day.weekday())
        week = weeks[monday.isoformat(), row["currency"] or ""]
        week[0] += int(row["count"])
        week[1] += int(row["amount_minor"] or 0)
    return [
        {"monday": monday, "currency": currency, "count": count, "amount_minor": amount}
        for (monday, currency), (count, amount) in sorted(weeks.items())
    ]


def _weeks(found: Sequence[Record], timezone: str) -> list[Bar]:
    mondays = {row["monday"]: date.fromisoformat(row["monday"]) for row in found}
    return [
        Bar(
            key=row["monday"],
            currency=row["currency"],
            count=row["count"],
            amount_minor=row["amount_minor"],
            at=day_start(mondays[row["monday"]], timezone),
            until=day_start(mondays[row["monday"]] + timedelta(days=7), timezone),
        )
        for row in found
    ]


def _listing(
    items: tuple[Any, ...],
    sums: Sequence[Record],
    bars: Iterable[Bar],
    choices: Sequence[Record],
    last: str,
    *,
    capped: bool,
) -> Listing[Any]:
    added = [
        Sum(row["currency"] or "", int(row["count"]), int(row["amount_minor"] or 0))
        for row in sums
        if not capped
    ]
    return Listing(
        rows=items,
        total=total(sums, capped=capped),
        sums=tuple(sorted(added, key=lambda each: each.currency)),
        bars=tuple(bars),
        choices=_choices(choices),
        capped=capped,
        last=last,
    )


def _choices(rows: Sequence[Record]) -> dict[str, tuple[str, ...]]:
    """What each filter offers: plans, currencies, statuses, intervals and reasons."""
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        offered = {
            "plans": row["plan"],
            "currencies": row["currency"],
            "statuses": row["status"],
            "intervals": interval_name(row["interval"], row["interval_count"]),
            "reasons": row.get("reason"),
        }
        for name, value in offered.items():
            if value is not None:
                found[name].add(value)
    names = ("plans", "currencies", "statuses", "intervals", "reasons")
    return {name: tuple(sorted(found[name])) for name in names}
