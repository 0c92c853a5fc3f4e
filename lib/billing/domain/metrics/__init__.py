"""The registry of metrics: one definition each, read by pages, docs, file headers and tests."""

from __future__ import annotations

from typing import Final

from . import (
    bridging,
    changing,
    churn,
    closing,
    collecting,
    informing,
    keeping_up,
    leaving,
    lists,
    mixing,
    movements,
    receivables,
    recurring,
    saving,
    selling,
    upgrading,
)
from .metric import Direction, Metric, Unit

METRICS: Final[dict[str, Metric]] = {
    metric.slug: metric
    for part in (
        recurring,
        movements,
        churn,
        leaving,
        collecting,
        receivables,
        keeping_up,
        informing,
        lists,
        closing,
        bridging,
        selling,
        upgrading,
        saving,
        mixing,
        changing,
    )
    for metric in part.METRICS
}
"""Every metric in use, by slug."""

__all__ = ["METRICS", "Direction", "Metric", "Unit"]
