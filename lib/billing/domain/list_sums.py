"""What one customer adds to the sums that its lists are counted by, whatever they are narrowed to.

Made from the rows that the lists show, so that a list and its count never tell two stories. An open
invoice is carried by every standing, so a fold that goes on from one still gives all of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from .rollups import Cell, Sums
from .rows import InvoiceRow, SubscriptionRow
from .times import local_date, period_start

UNKNOWN: Final = "unknown"
"""How lists call it when nothing says why."""

LISTED: Final = (
    "winding",  # live with a scheduled end, by status (policy) and why (tag); minor: its value
    "winding_unvalued",  # those of them whose value is not known
    "winding_week",  # the same by the Monday of the end alone; bucket "" where it is not known
    "failing",  # the queue of failed payments; policy: status of the subscription, tag: why
    "price",  # live items by price (tag), lookup key (plan) and product (interval)
    "price_unvalued",  # subscriptions of a price of which something is not known
    "price_again",  # customers who hold a price (tag) in a further currency
)
"""The kinds of cells that this file makes."""

_Counts = defaultdict[Cell, list[int]]


def of_lists(
    subscriptions: Iterable[SubscriptionRow], invoices: Iterable[InvoiceRow], timezone: str
) -> dict[Cell, Sums]:
    """Every cell of one customer, of whom all subscriptions and all open invoices are given."""
    held = list(subscriptions)
    found: _Counts = defaultdict(lambda: [0, 0, 0])
    live = [row for row in held if row.live]
    for row in live:
        if row.winding_down:
            _add_end(found, row, timezone)
    if live:
        _add_prices(found, live)
    by_id = {row.subscription_id: row for row in held}
    for invoice in invoices:
        if invoice.failing and invoice.amount_remaining_minor > 0:
            _add_failing(found, invoice, by_id.get(invoice.subscription_id or ""))
    return {cell: Sums(*counts) for cell, counts in found.items()}


def _add_end(found: _Counts, row: SubscriptionRow, timezone: str) -> None:
    currency, value = row.currency or "", row.value_minor
    cell = Cell(
        "winding",
        policy=row.status,
        plan=row.plan or "",
        interval=row.interval or "",
        interval_count=row.interval_count or 0,
        currency=currency,
        tag=_first(row.feedback, row.reason),
    )
    monday = ""
    if row.ends_at is not None:
        monday = period_start(local_date(row.ends_at, timezone), "week").isoformat()
    _count(found, cell, value or 0)
    _count(found, Cell("winding_week", monday, currency=currency), value or 0)
    if value is None:
        _count(found, cell._replace(kind="winding_unvalued"), 0)


def _add_failing(found: _Counts, invoice: InvoiceRow, of: SubscriptionRow | None) -> None:
    if of is not None and not of.live:
        return
    cell = Cell(
        "failing",
        policy=of.status if of else "",
        plan=(of.plan if of else None) or "",
        interval=(of.interval if of else None) or "",
        interval_count=(of.interval_count if of else None) or 0,
        currency=invoice.currency or "",
        tag=_first(invoice.decline_code, invoice.failure_code),
    )
    _count(found, cell, invoice.amount_remaining_minor)


def _add_prices(found: _Counts, live: Iterable[SubscriptionRow]) -> None:
    """As `store.queries.price_holders.counted` reads it of the items."""
    held: defaultdict[str, defaultdict[str, set[Cell]]]
    held = defaultdict(lambda: defaultdict(set))
    for row in live:
        currency = row.currency or ""
        for price, items in _by_price(row):
            cell = Cell(
                "price",
                plan=max(item["lookup_key"] or "" for item in items),
                interval=max(item["product"] or "" for item in items),
                currency=currency,
                tag=price,
            )
            values = [item["value_minor"] for item in items if item["licensed"]]
            if row.mrr_minor is None or None in values:
                _count(found, Cell("price_unvalued", currency=currency, tag=price), 0)
                worth = 0
            else:
                worth = sum(values) if row.mrr_minor else 0  # a trial adds nothing
            _count(found, cell, worth)
            held[price][currency].add(cell)
    for price, by_currency in held.items():
        for cells in by_currency.values():
            found[min(cells)][1] += 1  # once a currency, whatever order its rows come in
        if again := len(by_currency) - 1:
            found[Cell("price_again", tag=price)][1] += again


def _by_price(row: SubscriptionRow) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    of_price: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for item in row.items:
        of_price[item["price"]].append(item)
    yield from of_price.items()


def _count(found: _Counts, cell: Cell, minor: int) -> None:
    counts = found[cell]
    counts[0] += 1
    counts[2] += minor


def _first(*said: str | None) -> str:
    """As SQL's coalesce."""
    return next((each for each in said if each is not None), UNKNOWN)
