"""Whether this process runs by the applied catalogue, told to Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..domain.errors import BillingError
from ..following import Follower
from ..store import meta
from ..store.engine import Store


class FollowingGauges(Collector):
    """Read when Prometheus asks; with the database away what is left is not told."""

    def __init__(self, store: Store, follower: Follower[Any]) -> None:
        self._store = store
        self._follower = follower

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(
            "portside_catalogue_followed",
            "0 while this process runs by another catalogue than the applied one.",
            value=int(self._follower.lag is None),
        )
        try:
            with self._store.reading() as connection:
                left = meta.get(connection, meta.REFOLD_LEFT)
        except BillingError:
            return
        yield GaugeMetricFamily(
            "portside_refold_left",
            "Customers not yet folded by the applied catalogue, counted as it began.",
            value=int(left or 0),
        )
