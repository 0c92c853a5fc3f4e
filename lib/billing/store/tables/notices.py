"""What is sent to people, each once, and what is watched for it."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table
from sqlalchemy import text as sql

from .columns import key, maybe_number, maybe_text, metadata, number, text

notices = Table(
    "notices",
    metadata,
    text("key"),  # what happened: digest:week:2026-W47, churn:cus_1:usd:1795230000
    text("channel"),  # slack · email
    text("recipient"),  # an address; "" for Slack
    text("kind"),  # digest, or which alert
    text("content"),  # canonical JSON; "" once there is no more to send
    number("made_at"),
    text("state"),  # waiting · sending · sent · given_up · told, by another notice
    number("attempts"),
    maybe_number("next_attempt_at"),
    maybe_number("claimed_at"),
    maybe_number("sent_at"),
    maybe_text("error"),
    PrimaryKeyConstraint("key", "channel", "recipient"),
    Index(
        "ix_notices_open",
        "next_attempt_at",
        sqlite_where=sql("state IN ('waiting', 'sending')"),
        postgresql_where=sql("state IN ('waiting', 'sending')"),
    ),
)

watches = Table(
    "watches",
    metadata,
    key("name"),  # digest:week, alert:drift
    number("since"),  # when it was first switched on
    maybe_number("tripped_at"),  # since when it is over its limit; of what can be over one
)
