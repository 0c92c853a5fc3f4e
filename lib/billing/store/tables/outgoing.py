"""What the product that sells the subscriptions was told, and what it is still to be told.

Kept, not derived: a replay asks these tables what was told already.
"""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint
from sqlalchemy import text as sql

from .columns import flag, key, maybe_number, maybe_text, metadata, number, text

outgoing_told = Table(
    "outgoing_told",
    metadata,
    key("customer_id"),
    number("sequence"),  # of the newest event about the customer; 0 = none yet
    number("told_at"),
    text("state"),  # JSON of `domain.outgoing.Told`
    maybe_number("changes_at"),  # when what was told ends without any event
    Index(
        "ix_outgoing_told_changes_at",
        "changes_at",
        sqlite_where=sql("changes_at IS NOT NULL"),
        postgresql_where=sql("changes_at IS NOT NULL"),
    ),
)
"""What each customer may use, as the product knows it."""

outgoing_events = Table(
    "outgoing_events",
    metadata,
    key("event_id"),  # the `webhook-id` of every attempt
    text("customer_id"),
    number("sequence"),  # 1, 2, … of the customer's events
    text("type"),
    number("occurred_at"),
    number("created_at"),
    text("payload"),  # the body, as it is signed and sent
    UniqueConstraint("customer_id", "sequence"),
    Index(None, "created_at"),
)

outgoing_deliveries = Table(
    "outgoing_deliveries",
    metadata,
    text("event_id"),
    text("endpoint"),  # its name in portside.toml
    text("customer_id"),
    number("sequence"),
    text("state"),  # waiting · delivered · dead
    flag("alone"),  # sent again by a person: nothing waits for it, and it waits for nothing
    number("attempts"),
    maybe_number("next_attempt_at"),  # while it waits
    maybe_number("leased_until"),  # system time: somebody is sending it
    maybe_number("done_at"),  # delivered, or dead since
    maybe_number("status"),  # of the last answer, where there was one
    maybe_text("reason"),  # why the last attempt failed, as a short code
    PrimaryKeyConstraint("event_id", "endpoint"),
    Index(
        "ix_outgoing_deliveries_order",
        "customer_id",
        "endpoint",
        "sequence",
        sqlite_where=sql("state = 'waiting'"),
        postgresql_where=sql("state = 'waiting'"),
    ),
    Index(
        "ix_outgoing_deliveries_due",
        "next_attempt_at",
        sqlite_where=sql("state = 'waiting'"),
        postgresql_where=sql("state = 'waiting'"),
    ),
    Index(
        "ix_outgoing_deliveries_done",
        "state",
        "done_at",
        sqlite_where=sql("done_at IS NOT NULL"),
        postgresql_where=sql("done_at IS NOT NULL"),
    ),
)
"""One row an event and endpoint. Bodies of answers are never kept."""
