"""The dashboard's own tables: the only ones that its database role may write."""

from __future__ import annotations

from sqlalchemy import Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from .columns import flag, maybe_number, maybe_text, metadata, number, serial, text

audit = Table(
    "audit",
    metadata,
    serial("audit_id"),
    number("at"),
    text("staff"),
    text("action"),  # link.requested · link.minted · link.refused · link.failed · export · …
    maybe_text("customer_id"),
    maybe_text("link_id"),  # joins the rows of one minting
    maybe_text("click_id"),
    maybe_text("flow"),
    maybe_text("reason"),
    maybe_text("ticket"),
    maybe_text("subscription_id"),
    maybe_text("invoice_id"),
    maybe_text("plan"),
    maybe_text("session_id"),  # Stripe's id; the session's address is never kept
    maybe_text("code"),  # of a refusal or failure
    maybe_text("detail"),  # one sentence, or canonical JSON
    text("previous_hash"),
    text("hash"),
    UniqueConstraint("previous_hash"),  # a chain has one successor a link: no silent fork
    Index(None, "staff", "at"),
    Index(None, "customer_id", "at"),
    Index(None, "link_id"),
    Index(None, "click_id"),
)
"""Append-only: triggers refuse UPDATE and DELETE."""

notes = Table(
    "notes",
    metadata,
    serial("note_id"),
    text("customer_id"),
    text("staff"),
    number("created_at"),
    text("body"),
    Index(None, "customer_id", "created_at"),
)
"""Append-only like the audit: a note is corrected by another one."""

acknowledgements = Table(
    "acknowledgements",
    metadata,
    serial("acknowledgement_id"),
    text("subject"),  # of the finding
    text("staff"),
    text("reason"),
    number("at"),
    number("expires_at"),
    Index(None, "subject"),
)
"""A difference that someone has looked at and means to leave for a while."""

requests = Table(
    "requests",
    metadata,
    serial("request_id"),
    number("at"),
    text("staff"),
    text("action"),  # check · repair · retry · ignore · close · resend
    text("subject"),  # a customer, an event, a month, a delivery; "" is everyone
    maybe_text("reason"),
    text("state"),  # waiting · done · failed
    maybe_text("outcome"),  # one sentence
    maybe_number("done_at"),
    Index(
        "ix_requests_waiting",
        "request_id",
        sqlite_where=sql("state = 'waiting'"),
        postgresql_where=sql("state = 'waiting'"),
    ),
)
"""What staff ask of the one writer; the dashboard adds rows and `serve` carries them out."""

saved_views = Table(
    "saved_views",
    metadata,
    serial("view_id"),
    number("at"),
    text("staff"),
    text("name"),
    text("page"),  # slug
    text("query"),  # as an address spells it
    flag("shared"),
    text("state"),  # kept · gone
    Index(None, "staff", "name"),
)
"""Only added to: the newest row of one person's name is the view."""

staff_choices = Table(
    "staff_choices",
    metadata,
    serial("choice_id"),
    number("at"),
    text("staff"),
    text("name"),  # language · tour · last_here
    text("value"),
    Index(None, "staff", "name"),
)
"""The newest row of one person's name counts: the dashboard adds, `serve` takes away older ones."""
