"""The self-audit: every way to a number of MRR, side by side, and the rows that break one.

Sums are compared in SQL. Only the customers of a sum that breaks are folded anew from what was seen
of them, so that the line can name the very row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ..domain.periods import Period, periods
from ..domain.said import Count, said
from ..domain.times import day_start, local_date
from ..settings.setup import Setup
from ..store.queries import roll_forward as rolling
from ..store.queries.reading import Connection, Reader
from .audit_lines import AtFault, AuditLine, SelfAudit, compared
from .audit_periods import period_lines, reporting_lines
from .audit_readings import Readings
from .audit_rows import MOST, MOST_FOLDED, row_lines


def self_audit(reader: Reader, setup: Setup, now: int) -> SelfAudit:
    """Every line, of every currency with MRR or movements, all in one state of the projection."""
    with reader.open() as connection:
        return audit(connection, setup, now)


def audit(connection: Connection, setup: Setup, now: int) -> SelfAudit:
    """The same in a transaction that is open already."""
    read = Readings(connection, setup)
    spans = _months(connection, setup, now)
    lines: list[AuditLine] = []
    for currency in read.currencies:
        lines += _total_lines(read, currency)
        lines += period_lines(connection, setup, now, currency, spans, read.trend)
        lines += row_lines(read, currency)
    lines += reporting_lines(connection, setup, now, spans)
    return SelfAudit(tuple(lines))


def _months(connection: Connection, setup: Setup, now: int) -> list[Period]:
    extent = rolling.extent(connection, setup.policy)
    if extent is None:
        return []
    first = day_start(local_date(extent[0], setup.timezone), setup.timezone)
    return list(periods(first, max(now, extent[1]), "month", setup.timezone))


def _total_lines(read: Readings, currency: str) -> Iterator[AuditLine]:
    """MRR by every way, and customer by customer."""
    mrr = read.mrr.get(currency, 0)
    own = [row for row in read.unlike if row["currency"] == currency]
    kept = sum(int(row["moved"] - row["counted"]) for row in own if row["unvalued"])
    wrong = [row for row in own if not row["unvalued"]]
    faults = tuple(_faults(read, wrong))
    end = read.trend.get(currency, 0) - kept
    yield compared(
        "trend",
        currency,
        said("MRR is where its trend ends"),
        (said("MRR"), mrr),
        (said("Sum of movements"), end),
        rows=faults,
        note=said("Without what is kept for subscriptions that cannot be valued.") if kept else "",
    )
    yield from _unvalued(read, currency, kept)
    negative = tuple(
        AtFault(
            "subscription",
            row["subscription_id"],
            row["customer_id"],
            said("Its MRR is below nothing."),
            int(row["minor"]),
            None,
        )
        for row in read.below_zero
        if row["currency"] == currency
    )
    for slug, claim, name, amounts in (
        ("plans", said("MRR is the sum of the plan mix"), said("Sum of plans"), read.plans),
        (
            "customers",
            said("MRR is the sum of its customers"),
            said("Sum of customers"),
            read.customers,
        ),
        (
            "subscriptions",
            said("MRR is the sum of its subscriptions"),
            said("Sum of subscriptions"),
            read.subscriptions,
        ),
    ):
        yield compared(
            slug,
            currency,
            claim,
            (said("MRR"), mrr),
            (name, amounts.get(currency, 0)),
            rows=negative,
        )
    people = read.movers.get(currency, 0)
    yield compared(
        "each_customer",
        currency,
        said("Each customer's movements come to what its subscriptions count"),
        (said("Customers"), people),
        (said("Agree"), people - len(wrong)),
        unit="count",
        rows=faults,
    )


def _unvalued(read: Readings, currency: str, kept: int) -> Iterator[AuditLine]:
    held = [row for row in read.unvalued if row["currency"] in (None, currency)]
    if not held:
        return
    owners = sorted({row["customer_id"] for row in held})
    wrong = tuple(read.refolded.faults(owners[:MOST_FOLDED]))
    named = tuple(
        AtFault(
            "subscription",
            row["subscription_id"],
            row["customer_id"],
            row["mrr_note"] or said("It cannot be valued."),
        )
        for row in held[:MOST]
    )
    yield AuditLine(
        "unvalued",
        currency,
        said("What cannot be valued is kept at its last known value"),
        said("Movements beyond MRR"),
        kept + sum((f.stored or 0) - (f.right or 0) for f in wrong if f.kind == "movement"),
        said("Kept for it"),
        kept,
        "money",
        ok=not wrong,
        rows=wrong or named,
        note=said("Subscriptions that cannot be valued: {count}.", count=Count(len(held))),
    )


def _faults(read: Readings, wrong: list[Any]) -> Iterator[AtFault]:
    """The rows of the customers that differ; the customer where no row can be named."""
    few = wrong[:MOST]
    by_customer: defaultdict[str | None, list[AtFault]] = defaultdict(list)
    for fault in read.refolded.faults([row["customer_id"] for row in few]):
        by_customer[fault.customer_id].append(fault)
    for row in few:
        yield from by_customer[row["customer_id"]] or [
            AtFault(
                "customer",
                row["customer_id"],
                row["customer_id"],
                said("Its movements and its subscriptions differ."),
                int(row["moved"]),
                int(row["counted"]),
            )
        ]
