"""Closed months: what finance has signed. Append-only, each sealed by a hash over the last."""

from __future__ import annotations

from sqlalchemy import PrimaryKeyConstraint, Table, UniqueConstraint

from .columns import maybe_text, metadata, number, serial, text

closes = Table(
    "closes",
    metadata,
    serial("close_id"),
    text("month"),  # 2026-10
    text("policy"),
    text("timezone"),
    number("starts"),  # the first second; of a later close where the one before it ended
    number("ends"),  # the first second that is no longer in it
    number("closed_at"),
    text("staff"),
    maybe_text("reason"),  # why it was closed although something was open
    text("definitions"),  # their version: a hash
    number("seen"),  # the newest observation that was known, by its place in storage
    text("figures"),  # canonical JSON
    text("previous_hash"),
    text("hash"),
    UniqueConstraint("policy", "month"),
    UniqueConstraint("previous_hash"),  # a chain has one successor a link: no silent fork
)
"""One row a closed month and policy. Triggers refuse UPDATE and DELETE."""

closed_movements = Table(
    "closed_movements",
    metadata,
    text("month"),
    text("policy"),
    text("customer_id"),
    text("currency"),
    text("kind"),  # a movement's; of the first close also `opening`
    number("minor"),
    number("movements"),
    PrimaryKeyConstraint("policy", "month", "customer_id", "currency", "kind"),
)
"""A closed month's movements, summed. Sealed by the close's figures; a closed month takes none."""
