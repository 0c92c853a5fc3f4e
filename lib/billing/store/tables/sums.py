"""Sums over all customers, kept by adding what each customer's fold changes; dropping them loses
nothing."""

from __future__ import annotations

from sqlalchemy import PrimaryKeyConstraint, Table

from .columns import metadata, number, text

rollups = Table(
    "rollups",
    metadata,
    text("kind"),  # plan_mix · paying · leaving · movement · invoices_…
    text("bucket"),  # a day or a Monday, ISO; "" where there is none
    text("policy"),
    text("plan"),  # of invoices: their status
    text("interval"),  # of invoices: how they are collected
    number("interval_count"),
    text("currency"),
    text("tag"),  # a movement's kind; why an invoice was made
    number("subscriptions"),
    number("customers"),
    number("minor"),
    PrimaryKeyConstraint(
        "kind", "bucket", "policy", "plan", "interval", "interval_count", "currency", "tag"
    ),
)
"""What customers add as they are now, and movements by their day: `domain.rollups`."""

turnover = Table(
    "turnover",
    metadata,
    text("kind"),  # inferred · held · cohort · stay · upgrade · day · month · failed · …
    text("day"),  # a business day, ISO; of cohort and plans the first of its month
    text("policy"),
    text("currency"),
    text("tag"),
    text("began"),  # cohort: the first day of the month of the first MRR
    text("plan"),
    text("to_plan"),
    text("interval"),
    text("to_interval"),
    text("reason"),
    text("feedback"),
    number("count"),
    number("minor"),
    PrimaryKeyConstraint(
        "kind",
        "day",
        "policy",
        "currency",
        "tag",
        "began",
        "plan",
        "to_plan",
        "interval",
        "to_interval",
        "reason",
        "feedback",
    ),
)
"""Sums that compare each customer with its own past, by day: `domain.turnover`."""
