"""Where Stripe and the projection were seen to differ, and what was done about it."""

from __future__ import annotations

from sqlalchemy import Index, Table
from sqlalchemy import text as sql

from .columns import flag, key, maybe_number, maybe_text, metadata, number, serial, text

findings = Table(
    "findings",
    metadata,
    serial("finding_id"),
    text("subject"),  # what differs, by name: kind, object and field
    text("kind"),  # drift · gap
    maybe_text("customer_id"),
    maybe_text("object_type"),
    maybe_text("object_id"),
    text("field"),
    maybe_text("projected"),
    maybe_text("stripe"),
    text("cause"),
    maybe_text("event_id"),  # the event that was missed or failed
    maybe_number("lost_after"),  # when Stripe's event list forgets it
    number("first_seen_at"),
    number("last_seen_at"),
    number("times"),  # runs that saw it
    maybe_number("resolved_at"),
    maybe_text("resolution"),  # repaired · gone
    Index(
        "uq_findings_open",
        "subject",
        unique=True,
        sqlite_where=sql("resolved_at IS NULL"),
        postgresql_where=sql("resolved_at IS NULL"),
    ),
    Index(None, "customer_id"),
)
"""One row from first sight to resolution; the same difference seen anew later is a new row."""

reconciliations = Table(
    "reconciliations",
    metadata,
    serial("run_id"),
    number("started_at"),
    maybe_number("ended_at"),
    flag("applied"),
    text("scope"),  # a customer, or "" for everyone
    number("customers"),
    number("requests"),
    number("findings"),
    number("repaired"),
    maybe_text("problem"),  # why it did not come to its end
    maybe_text("left_out"),  # what Stripe would not let us read, by name; null for nothing
    Index(None, "started_at"),
)
"""Every comparison with Stripe."""

checked = Table(
    "checked",
    metadata,
    key("name"),  # self_audit
    number("at"),
    text("watermark"),  # of the projection that was looked at
    text("result"),  # JSON
)
"""What was found by looking at every row, the last time that was done."""
