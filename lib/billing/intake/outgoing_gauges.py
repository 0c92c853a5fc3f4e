"""What Prometheus is told of the product's endpoints."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from ..store.queries.outgoing import Told


def outgoing_metrics(endpoints: Sequence[Told], now: int) -> Iterator[Metric]:
    """By endpoint; families without a sample where nothing was ever to be told."""
    waiting = GaugeMetricFamily(
        "portside_outgoing_waiting",
        "Outgoing events that wait to be delivered.",
        labels=["endpoint"],
    )
    dead = GaugeMetricFamily(
        "portside_outgoing_dead",
        "Outgoing events that are offered no more and wait for a person.",
        labels=["endpoint"],
    )
    oldest = GaugeMetricFamily(
        "portside_outgoing_oldest_seconds",
        "Since the oldest outgoing event that waits was made.",
        labels=["endpoint"],
    )
    delivered = CounterMetricFamily(
        "portside_outgoing_delivered",
        "Outgoing events that the endpoint took, as far as they are kept.",
        labels=["endpoint"],
    )
    for each in endpoints:
        waiting.add_metric([each.endpoint], each.waiting)
        dead.add_metric([each.endpoint], each.dead)
        delivered.add_metric([each.endpoint], each.delivered)
        if each.oldest_at is not None:
            oldest.add_metric([each.endpoint], max(now - each.oldest_at, 0))
    yield from (waiting, dead, oldest, delivered)
