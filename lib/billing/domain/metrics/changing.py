"""Metrics of what changed since somebody was last here. Counts; money beside them is their sum."""

from __future__ import annotations

from typing import Final

from .metric import Metric

_SOURCE: Final = "Portside"

METRICS: Final = (
    Metric(
        "since_new",
        "New customers",
        "count",
        "up",
        "Times that a customer's MRR rose above zero for the first time, by when it took effect.",
        _SOURCE,
    ),
    Metric(
        "since_reactivation",
        "Reactivations",
        "count",
        "up",
        "Times that a customer who had paid before and was at zero came back.",
        _SOURCE,
    ),
    Metric(
        "since_expansion",
        "Upgrades",
        "count",
        "up",
        "Times that a paying customer's MRR rose: expansion.",
        _SOURCE,
    ),
    Metric(
        "since_contraction",
        "Downgrades",
        "count",
        "down",
        "Times that a paying customer's MRR fell and something was left: contraction.",
        _SOURCE,
    ),
    Metric(
        "since_churn",
        "Churned",
        "count",
        "down",
        "Times that a customer's MRR came down to zero.",
        _SOURCE,
    ),
    Metric(
        "since_switched",
        "Changes of currency",
        "count",
        "neither",
        "Halves of a change of currency: churn in one and new in the other, within the hour.",
        _SOURCE,
    ),
    Metric(
        "since_scheduled",
        "Cancellations scheduled",
        "count",
        "down",
        "Live subscriptions whose end was asked for since and still stands, with the monthly value "
        "that will leave; one that left MRR at once is told as churn alone.",
        _SOURCE,
        flags=("leaves_when_scheduled",),
    ),
    Metric(
        "since_withdrawn",
        "Cancellations withdrawn",
        "count",
        "up",
        "Live subscriptions whose scheduled end was undone in the last fourteen days at most and "
        "that renew again, with their monthly value; one that had left MRR is told as a "
        "reactivation alone.",
        _SOURCE,
        flags=("leaves_when_scheduled",),
    ),
    Metric(
        "since_failed",
        "Payments failed",
        "count",
        "down",
        "Automatic invoices whose first payment failed since and that are still open, with what is "
        "left to pay.",
        _SOURCE,
    ),
    Metric(
        "since_recovered",
        "Payments recovered",
        "count",
        "up",
        "Automatic invoices of at most ninety days before that were paid since, after a payment of "
        "theirs had failed, with what was asked for.",
        _SOURCE,
    ),
    Metric(
        "since_drift",
        "Differences from Stripe",
        "count",
        "down",
        "Differences and missing events first seen since that are still open.",
        _SOURCE,
    ),
    Metric(
        "since_resolved",
        "Differences resolved",
        "count",
        "up",
        "Differences and missing events that were repaired, or were gone when looked at again.",
        _SOURCE,
    ),
    Metric(
        "since_closed",
        "Months closed",
        "count",
        "neither",
        "Months that somebody closed since.",
        _SOURCE,
    ),
)
