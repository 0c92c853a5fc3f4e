"""What one customer adds to the sums that lists and key numbers are read from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from .rows import InvoiceRow, MovementRow, SubscriptionRow
from .times import local_date, period_start


class Cell(NamedTuple):
    """The key of one sum; in the order of the table's columns."""

    kind: str  # plan_mix · paying · leaving · movement · one of INVOICED
    bucket: str = ""  # leaving: the Monday of the end; movement: the business day
    policy: str = ""
    plan: str = ""  # "" where no plan is known; of invoices: their status
    interval: str = ""  # of invoices: how they are collected
    interval_count: int = 0
    currency: str = ""
    tag: str = ""  # movement: its kind; of invoices: why they were made


class Sums(NamedTuple):
    """``customers``: distinct ones; of movements and invoices, how many. ``minor``: MRR, what it
    moved by, or an amount of invoices."""

    subscriptions: int
    customers: int
    minor: int


Contribution = Mapping[Cell, Sums]
NOTHING = Sums(0, 0, 0)

INVOICED: Final = {
    "invoices_total": "total_minor",
    "invoices_tax": "tax_minor",
    "invoices_paid": "amount_paid_minor",
    "invoices_credited": "credited_minor",
    "invoices_refunded": "refunded_minor",
    "invoices_disputed": "disputed_minor",
    "invoices_open": "amount_remaining_minor",
}
"""Kind → the amount of an invoice that is summed. Of `invoices_total` there is a cell wherever
there are invoices, else only where something sums up; `invoices_open` is of open ones alone."""


def of_subscriptions(rows: Iterable[SubscriptionRow], timezone: str) -> dict[Cell, Sums]:
    """Plan mix, paying flag and winding-down weeks of one customer's subscriptions."""
    found: dict[Cell, list[int]] = defaultdict(list)
    for row in rows:
        if not row.mrr_minor or row.mrr_minor < 0:
            continue
        currency = row.currency or ""
        plan = row.plan or ""
        mix = Cell(
            "plan_mix",
            plan=plan,
            interval=row.interval or "",
            interval_count=row.interval_count or 0,
            currency=currency,
        )
        found[mix].append(row.mrr_minor)
        found[Cell("paying", currency=currency)].append(row.mrr_minor)
        if row.winding_down and row.ends_at is not None:
            monday = period_start(local_date(row.ends_at, timezone), "week").isoformat()
            found[Cell("leaving", monday, plan=plan, currency=currency)].append(row.mrr_minor)
    return {cell: Sums(len(values), 1, sum(values)) for cell, values in found.items()}


def of_movements(rows: Iterable[MovementRow], timezone: str) -> dict[Cell, Sums]:
    """Movements by business day and kind."""
    found: dict[Cell, Sums] = {}
    for row in rows:
        day = local_date(row.occurred_at, timezone).isoformat()
        cell = Cell("movement", day, row.policy, currency=row.currency, tag=row.kind)
        found[cell] = plus(found.get(cell, NOTHING), Sums(0, 1, row.delta_minor))
    return found


def of_invoices(rows: Iterable[InvoiceRow]) -> dict[Cell, Sums]:
    """Amounts by status, way of collection, reason and currency. No time zone is in them."""
    found: dict[Cell, Sums] = {}
    for row in rows:
        for kind, name in INVOICED.items():
            counted = kind == "invoices_total"
            minor = getattr(row, name) if kind != "invoices_open" or row.status == "open" else 0
            if not (minor or counted):
                continue
            cell = Cell(
                kind,
                plan=row.status or "",
                interval=row.collection_method or "",
                currency=row.currency or "",
                tag=row.billing_reason or "",
            )
            found[cell] = plus(found.get(cell, NOTHING), Sums(0, int(counted), minor))
    return found


def add_to(total: dict[Cell, Sums], part: Contribution) -> None:
    """Add ``part`` to ``total`` in place."""
    for cell, sums in part.items():
        known = total.get(cell)
        total[cell] = sums if known is None else plus(known, sums)


def plus(one: Sums, other: Sums) -> Sums:
    return Sums(
        one.subscriptions + other.subscriptions,
        one.customers + other.customers,
        one.minor + other.minor,
    )


def merged(*parts: Contribution) -> dict[Cell, Sums]:
    """The sum of several contributions, without what comes to nothing."""
    total: dict[Cell, Sums] = {}
    for part in parts:
        add_to(total, part)
    return {cell: sums for cell, sums in total.items() if sums != NOTHING}


def minus(contribution: Contribution) -> dict[Cell, Sums]:
    return {
        cell: Sums(-sums.subscriptions, -sums.customers, -sums.minor)
        for cell, sums in contribution.items()
    }
