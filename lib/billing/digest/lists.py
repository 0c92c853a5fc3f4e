"""The lists of a digest, from the rows of reports: sums of all, and the largest of each currency.

Amounts of different currencies are never weighed against each other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from heapq import nlargest
from typing import Any, Final, TypeVar

from .values import Covered, Customer, Ending, Failing, Left, Listed, Sum, Upgraded

T = TypeVar("T", Upgraded, Left, Ending, Failing)
Row = Mapping[str, Any]

LARGEST: Final = 5
"""Rows of one currency that a list names."""


def upgrades(rows: Iterable[Row]) -> Listed[Upgraded]:
    """Steps up that brought MRR; what moved up for the same or less is no large upgrade."""
    found = (_upgraded(row) for row in rows if row["delta_minor"] > 0 and row["currency"])
    return _listed(found, lambda up: up.delta_minor, lambda up: up.customer.customer_id)


def churned(rows: Iterable[Row]) -> Listed[Left]:
    return _listed(
        (_left(row) for row in rows),
        lambda gone: gone.mrr_minor,
        lambda gone: gone.customer.customer_id,
    )


def winding_down(
    rows: Iterable[Row], span: Covered, now: int, until: int
) -> tuple[Listed[Ending], tuple[Sum, ...]]:
    """What was asked to end in the period, and the sums of all that ends before ``until``."""
    fresh, near = [], []
    for row in rows:
        if row["requested_at"] is not None and span.starts <= row["requested_at"] < span.ends:
            fresh.append(_ending(row))
        if row["ends_at"] is not None and now <= row["ends_at"] < until:
            near.append((row["currency"], row["mrr_minor"]))
    listed = _listed(fresh, lambda end: end.mrr_minor, lambda end: end.subscription_id)
    return listed, _sums(near)


def failing(rows: Iterable[Row], span: Covered) -> tuple[Listed[Failing], tuple[Sum, ...]]:
    """What first failed in the period, and the sums of all that is tried no more."""
    fresh, final = [], []
    for row in rows:
        if row["currency"] is None:
            continue
        if row["failed_at"] is not None and span.starts <= row["failed_at"] < span.ends:
            fresh.append(_failing(row))
        if row["final_attempt"]:
            final.append((row["currency"], row["amount_remaining_minor"]))
    listed = _listed(fresh, lambda each: each.remaining_minor, lambda each: each.invoice_id)
    return listed, _sums(final)


def _listed(
    found: Iterable[T], worth: Callable[[T], int | None], name: Callable[[T], str]
) -> Listed[T]:
    by_currency: defaultdict[str | None, list[T]] = defaultdict(list)
    for each in found:
        by_currency[each.currency].append(each)
    sums = _sums((c, worth(each)) for c, rows in by_currency.items() for each in rows)
    top: list[T] = []
    for summed in sums:
        rows = sorted(by_currency[summed.currency], key=name)
        top += nlargest(LARGEST, rows, key=lambda each: worth(each) or 0)
    return Listed(sums, tuple(top))


def _sums(amounts: Iterable[tuple[str | None, int | None]]) -> tuple[Sum, ...]:
    """By currency, the most rows first."""
    found: defaultdict[str | None, list[int | None]] = defaultdict(list)
    for currency, minor in amounts:
        found[currency].append(minor)
    made = (
        Sum(currency, len(minors), sum(m for m in minors if m is not None), minors.count(None))
        for currency, minors in found.items()
    )
    return tuple(sorted(made, key=lambda s: (-s.count, s.currency or "")))


def _customer(row: Row) -> Customer:
    return Customer(row["customer_id"], row["email"], row.get("name"))


def _upgraded(row: Row) -> Upgraded:
    return Upgraded(
        customer=_customer(row),
        kind=row["kind"],
        delta_minor=row["delta_minor"],
        currency=row["currency"],
        from_plan=row["from_plan"],
        to_plan=row["to_plan"],
        from_interval=row["from_interval"],
        to_interval=row["to_interval"],
        change=row["change"],
        occurred_at=row["occurred_at"],
    )


def _left(row: Row) -> Left:
    return Left(
        customer=_customer(row),
        mrr_minor=row["mrr_minor"],
        currency=row["currency"],
        plan=row["plan"],
        cause=row["cause"],
        reason=row["feedback"] or row["reason"],
        comment=row["comment"],
        left_at=row["left_at"],
        switched=bool(row["switched"]),
    )


def _ending(row: Row) -> Ending:
    return Ending(
        customer=_customer(row),
        subscription_id=row["subscription_id"],
        plan=row["plan"],
        mrr_minor=row["mrr_minor"],
        currency=row["currency"],
        ends_at=row["ends_at"],
        requested_at=row["requested_at"],
        reason=row["feedback"] or row["reason"],
    )


def _failing(row: Row) -> Failing:
    return Failing(
        customer=_customer(row),
        invoice_id=row["invoice_id"],
        number=row["number"],
        remaining_minor=row["amount_remaining_minor"],
        currency=row["currency"],
        failed_at=row["failed_at"],
        next_attempt_at=row["next_attempt_at"],
        final_attempt=row["final_attempt"],
        decline_code=row["decline_code"],
    )
