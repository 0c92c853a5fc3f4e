"""What invoices add to the sums of what is owed: by the day of issue, of closing, and of the due
date of what is still open."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from .ageing import due_since
from .policy import ENDED
from .rows import InvoiceRow, SubscriptionRow
from .times import local_date
from .turnover import Added, Turn, Turnover, add_to

_CLOSED: Final = ("paid", "void", "uncollectible")


Owned = tuple[str, str]
"""(customer, subscription)"""


def of_invoices(rows: Iterable[InvoiceRow], ended: Collection[Owned], timezone: str) -> Turnover:
    """What these add. ``ended``: subscriptions that have ended, each of its own customer."""
    found: Turnover = {}
    for row in rows:
        add_to(found, _flows(row, timezone))
        if row.status == "open":
            of = "ended" if owned(row) in ended else ""
            due = due_since(row.due_at, row.finalized_at, row.created_at)
            turn = Turn("open", _day(due, timezone), "", row.currency or "", of)
            add_to(found, [(turn, Added(1, row.amount_remaining_minor))])
    return found


def owned(row: InvoiceRow | SubscriptionRow) -> Owned:
    """Which subscription it is or is of: one of its own customer's."""
    return row.customer_id, row.subscription_id or ""


def has_ended(status: str) -> bool:
    return status in ENDED


def _flows(row: InvoiceRow, timezone: str) -> Iterator[tuple[Turn, Added]]:
    """As `store.queries.owed.flows`."""
    if row.currency is None or row.status in (None, "draft"):
        return
    method, owed = row.collection_method or "", _owed(row)
    issued = row.created_at if row.finalized_at is None else row.finalized_at
    if issued is not None:
        turn = Turn("issued", _day(issued, timezone), "", row.currency, method)
        yield turn, Added(1, row.amount_due_minor)
        yield turn._replace(kind="owed"), Added(1, owed)
    if row.status in _CLOSED:
        times = (row.uncollectible_at, row.voided_at, row.paid_at, issued)
        left = next((at for at in times if at is not None), None)
        if left is not None:
            turn = Turn("owed", _day(left, timezone), "", row.currency, method)
            yield turn, Added(-1, -owed)


def _owed(row: InvoiceRow) -> int:
    if row.status == "paid":
        return row.amount_due_minor
    if row.status == "open":
        return row.amount_remaining_minor
    return row.amount_due_minor - row.amount_paid_minor


def _day(second: int | None, timezone: str) -> str:
    return "" if second is None else local_date(second, timezone).isoformat()
