"""Metrics of how well the product is kept informed."""

from __future__ import annotations

from typing import Final

from .metric import Metric

METRICS: Final = (
    Metric(
        "outgoing_waiting",
        "Waiting",
        "count",
        "down",
        "Outgoing events that the endpoint has not taken yet and that are offered to it again.",
        "Portside",
    ),
    Metric(
        "outgoing_delivered",
        "Delivered, 24 h",
        "count",
        "neither",
        "Outgoing events that the endpoint took in the last 24 hours, each counted once.",
        "Portside",
    ),
    Metric(
        "outgoing_dead",
        "Dead letters",
        "count",
        "down",
        "Outgoing events that the endpoint did not take and that are offered no more.",
        "Portside",
    ),
)
