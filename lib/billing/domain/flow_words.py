"""The situation of a customer in one sentence, for the one who picks a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .catalog import Catalog
from .declines import SENSITIVE, decline_words
from .policy import LIVE
from .rows import InvoiceRow, SubscriptionRow
from .said import Day, Said, said, said_in_turn

_STATUS: Final = {
    "active": said("active"),
    "trialing": said("on trial"),
    "past_due": said("past due"),
    "unpaid": said("unpaid"),
    "paused": said("paused"),
    "canceled": said("ended"),
    "incomplete": said("waiting for its first payment"),
    "incomplete_expired": said("never paid"),
}


class Within(Said):
    """A sentence as a part of another one, which English begins small."""

    @classmethod
    def of(cls, text: str) -> str:
        small = text[:1].lower() + text[1:]
        if not isinstance(text, Said):
            return small
        made = str.__new__(cls, small)
        made.template, made.values = text.template, text.values
        made.parts, made.between, made.end = text.parts, text.between, text.end
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        whole = Said(self.template, self.values, self.parts, self.between, self.end)
        return Within.of, (whole,)


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
        return said("Never subscribed.")
    parts = [_told(row, catalog, timezone) for row in told]
    failing = next((row for row in invoices if row.failing), None)
    if failing is not None:
        code = failing.decline_code or failing.failure_code
        why = Within.of(decline_words(code))
        parts.append(
            said(
                "the last payment failed: {why} (for staff only, do not tell the customer)", why=why
            )
            if code in SENSITIVE
            else said("the last payment failed: {why}", why=why)
        )
    elif not live and any(row.status == "open" for row in invoices):
        parts.append(said("an invoice is still open"))
    return said_in_turn(parts, "; ", ".")


def _latest(subscriptions: Sequence[SubscriptionRow]) -> list[SubscriptionRow]:
    ranked = sorted(subscriptions, key=lambda row: (row.ended_at or 0, row.created_at or 0))
    return ranked[-1:]


def _told(row: SubscriptionRow, catalog: Catalog, timezone: str) -> str:
    name = catalog.plan(row.plan).name if row.plan else said("A plan that is not in the catalogue")
    words = _STATUS.get(row.status, row.status)
    if row.winding_down and row.ends_at is not None:
        ends = Day(row.ends_at, timezone)
        if row.status == "active":
            return said("{plan}, winding down until {day}", plan=name, day=ends)
        return said("{plan}, {status}, winding down until {day}", plan=name, status=words, day=ends)
    if row.status == "past_due" and row.past_due_since is not None:
        since = Day(row.past_due_since, timezone)
        return said("{plan}, past due since {day}", plan=name, day=since)
    if row.status == "trialing" and row.trial_end is not None:
        return said("{plan}, on trial until {day}", plan=name, day=Day(row.trial_end, timezone))
    if row.status == "active" and row.current_period_end is not None:
        renewal = Day(row.current_period_end, timezone)
        return said("{plan}, renewing on {day}", plan=name, day=renewal)
    if row.status == "canceled" and row.ended_at is not None:
        return said("{plan}, ended on {day}", plan=name, day=Day(row.ended_at, timezone))
    return said("{plan}, {status}", plan=name, status=words)
