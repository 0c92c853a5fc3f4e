"""Metrics of how well the projection keeps up with Stripe."""

from __future__ import annotations

from typing import Final

from .metric import Metric

METRICS: Final = (
    Metric(
        "webhook_lag",
        "Webhook lag, p95",
        "seconds",
        "down",
        "From Stripe's “created” to the arrival here: of 100 webhooks of the last 24 hours 95 took "
        "no longer.",
        "Portside",
    ),
    Metric(
        "webhooks",
        "Webhooks",
        "count",
        "neither",
        "Events that arrived by webhook, those among them that Stripe had sent before.",
        "Portside",
    ),
    Metric(
        "late_webhooks",
        "Late",
        "count",
        "down",
        "Webhooks that arrived over an hour after Stripe's “created”.",
        "Portside",
    ),
    Metric(
        "duplicates",
        "Duplicates today",
        "count",
        "neither",
        "Webhooks of this UTC day that had arrived before, each answered and none applied twice.",
        "Portside",
    ),
    Metric(
        "failed_events",
        "Failed events",
        "count",
        "down",
        "Events kept in the inbox because they could not be applied.",
        "Portside",
    ),
    Metric(
        "open_drift",
        "Open drift",
        "count",
        "down",
        "Objects that differ from Stripe, as the comparisons found them.",
        "Portside",
    ),
    Metric(
        "event_days_left",
        "Days left",
        "days",
        "up",
        "Whole days until Stripe's event list forgets the event.",
        "Stripe, events are listed for 30 days",
    ),
    *(
        Metric(f"webhooks_{state}", label, "count", "neither", definition, "Portside")
        for state, label, definition in (
            ("applied", "Applied", "Webhooks of the day that changed what is projected."),
            (
                "stale",
                "Into history",
                "Webhooks of the day that were put into history and left current rows unchanged.",
            ),
            ("repeated", "Duplicate", "Webhooks of the day that had arrived before."),
            ("ignored", "Ignored", "Webhooks of the day that say nothing that is projected."),
            ("failed", "Failed", "Webhooks of the day that could not be applied."),
        )
    ),
)
