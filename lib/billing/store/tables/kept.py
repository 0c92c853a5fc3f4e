"""What was received and seen: never derived, and what everything else is derived from."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Index,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)
from sqlalchemy import text as sql

from .columns import flag, key, maybe_number, maybe_text, metadata, number, serial, text

inbox = Table(
    "inbox",
    metadata,
    key("event_id"),
    text("type"),
    number("created_at"),  # the event's own `created`
    number("received_at"),
    text("source"),  # webhook · import · backfill · enrich · reconcile
    text("state"),  # applied · stale · ignored · failed
    maybe_text("error"),  # why it was ignored, or what made it fail
    number("attempts"),
    maybe_text("api_version"),
    flag("livemode"),
    Column("payload", LargeBinary),  # the body, zlib; null once pruned. See inbox.body_of
    number("size"),  # bytes of the body before compression
    maybe_number("next_attempt_at"),  # of a failed event; null = not by itself
    Index(None, "received_at"),
    Index(None, "created_at"),
    Index(None, "state", "received_at"),
)

observations = Table(
    "observations",
    metadata,
    serial("seq"),  # the order in which they were stored; the fold does not look at it
    text("event_id"),
    text("object_type"),
    text("object_id"),
    maybe_text("customer_id"),  # null until the customer of the parent is known
    maybe_text("parent_type"),  # of an observation that names no customer of its own
    maybe_text("parent_id"),
    number("second"),
    number("effective"),
    text("kind"),  # created · edge · point · terminal
    maybe_text("before"),  # canonical state
    maybe_text("after"),  # canonical state
    UniqueConstraint("event_id", "object_type", "object_id"),
    Index(None, "customer_id", "second"),
    Index(None, "object_type", "object_id"),
    Index(
        "ix_observations_parent",
        "parent_type",
        "parent_id",
        sqlite_where=sql("parent_id IS NOT NULL"),
        postgresql_where=sql("parent_id IS NOT NULL"),
    ),
    Index(None, "effective"),
)

owners = Table(
    "owners",
    metadata,
    text("object_id"),
    text("object_type"),
    maybe_text("customer_id"),  # null while only an orphan has named the object
    PrimaryKeyConstraint("object_id", "object_type"),
)
"""Whose object it is. These rows are also what concurrent writers lock: see `owners.py`."""

meta = Table("meta", metadata, key("key"), text("value"))
"""watermark (raised by each commit of the writer), last_webhook_at, last_event_at, and cursors."""

tallies = Table(
    "tallies",
    metadata,
    number("day"),  # the first second of a UTC day, by arrival
    text("source"),
    text("fate"),  # applied · stale · ignored · repeated · failed
    number("events"),
    PrimaryKeyConstraint("day", "source", "fate"),
)
"""How many events arrived and what became of them; a repeat is counted nowhere else."""

deliveries = Table(
    "deliveries",
    metadata,
    key("delivery_id"),  # what its sender calls it, as "kinde:msg_1"
    text("event_id"),
    number("received_at"),
    Index(None, "received_at"),
)
"""Deliveries of senders that name them, while one may be sent again: see `deliveries.py`."""
