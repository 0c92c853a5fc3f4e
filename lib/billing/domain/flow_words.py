"""The situation of a customer in one sentence, for the one who picks a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .catalog import Catalog
from .declines import SENSITIVE, decline_words
from .policy import LIVE
from .rows import InvoiceRow, SubscriptionRow
from .times import spoken_day

_STATUS: Final = {
    "active": "active",
    "trialing": "on trial",
    "past_due": "past due",
    "unpaid": "unpaid",
    "paused": "paused",
    "canceled": "ended",
    "incomplete": "waiting for its first payment",
    "incomplete_expired": "never paid",
}


def situation_sentence(
    subscriptions: Sequence[SubscriptionRow],
    invoices: Sequence[InvoiceRow],
    catalog: Catalog,
    timezone: str,
) -> str:
    """E.g. "Pro, past due since 3 November 2026; the last payment failed: …."."""
    live = [row for row in subscriptions if row.status in LIVE]
    told = live or _latest(subscriptions)
    if not told:
        return "Never subscribed."
    parts = [_told(row, catalog, timezone) for row in told]
    failing = next((row for row in invoices if row.failing), None)
    if failing is not None:
        code = failing.decline_code or failing.failure_code
        secret = " (for staff only, do not tell the customer)" if code in SENSITIVE else ""
        parts.append(f"the last payment failed: {_lower(decline_words(code))}{secret}")
    elif not live and any(row.status == "open" for row in invoices):
        parts.append("an invoice is still open")
    return "; ".join(parts) + "."


def _latest(subscriptions: Sequence[SubscriptionRow]) -> list[SubscriptionRow]:
    ranked = sorted(subscriptions, key=lambda row: (row.ended_at or 0, row.created_at or 0))
    return ranked[-1:]


def _told(row: SubscriptionRow, catalog: Catalog, timezone: str) -> str:
    name = catalog.plan(row.plan).name if row.plan else "A plan that is not in the catalogue"
    words = _STATUS.get(row.status, row.status)
    if row.winding_down and row.ends_at is not None:
        ends = f"winding down until {spoken_day(row.ends_at, timezone)}"
        return f"{name}, {ends}" if row.status == "active" else f"{name}, {words}, {ends}"
    dated = {
        "past_due": ("past due since", row.past_due_since),
        "trialing": ("on trial until", row.trial_end),
        "active": ("renewing on", row.current_period_end),
        "canceled": ("ended on", row.ended_at),
    }
    said, second = dated.get(row.status, ("", None))
    return f"{name}, {words if second is None else f'{said} {spoken_day(second, timezone)}'}"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
