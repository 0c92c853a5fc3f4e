"""Rows as the writers leave them: events, tallies, findings, runs and requests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table, insert, update

from lib.billing.domain.observations import canonical
from lib.billing.store.engine import Store
from lib.billing.store.tables import (
    acknowledgements,
    customers,
    findings,
    inbox,
    reconciliations,
    requests,
    tallies,
)

NOW = 1_795_316_400  # Sunday 22 November 2026, 03:00 UTC
DAY = 86_400
TODAY = NOW - NOW % DAY


def _put(store: Store, table: Table, row: Mapping[str, Any]) -> int:
    with store.writing() as connection:
        made = connection.execute(insert(table).values(dict(row))).inserted_primary_key
    assert made is not None
    return made[0] if isinstance(made[0], int) else 0


def webhook(store: Store, event_id: str, lag: int, **over: Any) -> None:
    """An event received now that had been under way for ``lag`` seconds."""
    received = over.pop("received_at", NOW)
    row = {
        "event_id": event_id,
        "type": "customer.subscription.updated",
        "created_at": received - lag,
        "received_at": received,
        "source": "webhook",
        "state": "applied",
        "error": None,
        "attempts": 1,
        "api_version": None,
        "livemode": False,
        "payload": None,
        "size": 0,
        "next_attempt_at": None,
    }
    _put(store, inbox, row | over)


def failed(store: Store, event_id: str, **over: Any) -> None:
    """An event that is kept as failed."""
    row = {"state": "failed", "error": "The price is not an object.", "attempts": 2}
    webhook(store, event_id, 5, **(row | over))


def tally(store: Store, day: int, fate: str, events: int, source: str = "webhook") -> None:
    _put(store, tallies, {"day": day, "source": source, "fate": fate, "events": events})


def customer(store: Store, customer_id: str, **over: Any) -> None:
    row = {
        "customer_id": customer_id,
        "org_id": None,
        "email": None,
        "name": None,
        "currency": "usd",
        "locale": None,
        "created_at": NOW - 90 * DAY,
        "deleted": False,
        "delinquent": False,
        "balance_minor": 0,
        "default_payment_method": None,
        "last_second": NOW - DAY,
        "needs_reread": False,
        "gaps": 0,
        "awaiting": "",
    }
    _put(store, customers, row | over)


def drift(store: Store, customer_id: str, **over: Any) -> int:
    """An open difference of one subscription; gives its number."""
    row = {
        "subject": f"drift:{customer_id}:subscription:sub_{customer_id[4:]}",
        "kind": "drift",
        "customer_id": customer_id,
        "object_type": "subscription",
        "object_id": f"sub_{customer_id[4:]}",
        "field": "status",
        "projected": canonical({"status": "active", "cancel_at": None}),
        "stripe": canonical({"status": "past_due", "cancel_at": NOW + 9 * DAY}),
        "cause": "missed_event",
        "event_id": None,
        "lost_after": None,
        "first_seen_at": NOW - 2 * DAY,
        "last_seen_at": NOW - 3_600,
        "times": 3,
        "resolved_at": None,
        "resolution": None,
    }
    return _put(store, findings, row | over)


def gap(store: Store, event_id: str, lost_after: int | None, **over: Any) -> int:
    """An event of Stripe's list that never arrived; gives its number."""
    row = {
        "subject": f"gap:{event_id}",
        "kind": "gap",
        "object_type": "event",
        "object_id": event_id,
        "field": "event",
        "projected": None,
        "stripe": canonical({"type": "invoice.paid"}),
        "cause": "missed_event",
        "event_id": event_id,
        "lost_after": lost_after,
    }
    return drift(store, str(over.pop("customer_id", "cus_1")), **(row | over))


def run(store: Store, **over: Any) -> None:
    """A comparison with Stripe that came to its end three hours ago."""
    row = {
        "started_at": NOW - 3 * 3_600 - 40,
        "ended_at": NOW - 3 * 3_600,
        "applied": False,
        "scope": "",
        "customers": 60,
        "requests": 4,
        "findings": 1,
        "repaired": 0,
        "problem": None,
    }
    _put(store, reconciliations, row | over)


def acknowledgement(store: Store, subject: str, **over: Any) -> None:
    row = {
        "subject": subject,
        "staff": "ada@example.com",
        "reason": "Finance is on it",
        "at": NOW - DAY,
        "expires_at": NOW + 6 * DAY,
    }
    _put(store, acknowledgements, row | over)


def carried_out(store: Store, request_id: int, outcome: str, state: str = "done") -> None:
    """What `portside serve` does with a request in the end."""
    values = {"state": state, "outcome": outcome, "done_at": NOW + 4}
    with store.writing() as connection:
        connection.execute(
            update(requests).where(requests.c.request_id == request_id).values(values)
        )
