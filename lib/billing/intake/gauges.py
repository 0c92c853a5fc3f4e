"""What the database tells Prometheus, read when it asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

import structlog
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ..domain.errors import BillingError
from ..store.engine import Store
from ..store.queries.health import Health, read_health
from .outgoing_gauges import outgoing_metrics

FRESH_SECONDS: Final = 5.0
"""How long one reading serves: two Prometheus servers need not count twice."""

log = structlog.get_logger(__name__)


class Gauges(Collector):
    """A scrape never fails: with the database away it says so and nothing else.

    ``fresh``: seconds that one reading serves.
    """

    def __init__(
        self, store: Store, clock: Callable[[], int], *, fresh: float = FRESH_SECONDS
    ) -> None:
        self._store = store
        self._clock = clock
        self._fresh = fresh
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._metrics: list[Metric] = []

    def describe(self) -> list[Metric]:
        """Nothing: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            if time.monotonic() - self._read_at > self._fresh:
                self._metrics = self._read()
                self._read_at = time.monotonic()
            yield from self._metrics

    def _read(self) -> list[Metric]:
        up = GaugeMetricFamily("portside_database_up", "Whether the database answered.", value=0)
        try:
            now = self._clock()
            with self._store.reading() as connection:
                health = read_health(connection, now)
        except BillingError as error:
            log.warning("scrape_without_database", code=error.code)
            return [up]
        except Exception as error:  # a scrape that fails would look like a receiver that is down
            log.error("scrape_without_database", code=type(error).__name__)
            return [up]
        up.samples.clear()
        up.add_metric([], 1)
        return [up, *_metrics(health, now)]


def _metrics(health: Health, now: int) -> Iterator[Metric]:
    lag = GaugeMetricFamily(
        "portside_webhook_lag_seconds",
        "From Stripe's making of an event to its storing here, over webhooks of the last hour.",
        labels=["quantile"],
    )
    for quantile, seconds in health.lags.items():
        if seconds is not None:
            lag.add_metric([quantile], seconds)
    yield lag
    yield from _age(
        "portside_last_webhook_age_seconds", "Since the last webhook.", health.last_webhook_at, now
    )
    yield _one("portside_events", "Events in the inbox.", health.events)
    yield _one("portside_events_failed", "Events that could not be applied.", health.failed)
    yield _one(
        "portside_events_retrying",
        "Failed events that will be tried again by themselves; the others wait for a person.",
        health.retrying,
    )
    yield from _age(
        "portside_events_failed_oldest_seconds",
        "Since the oldest failed event arrived.",
        health.oldest_failed_at,
        now,
    )
    arrivals = CounterMetricFamily(
        "portside_arrivals",
        "Events by source and by what became of them, over all receivers and restarts.",
        labels=["source", "fate"],
    )
    for (source, fate), count in sorted(health.arrivals.items()):
        arrivals.add_metric([source, fate], count)
    yield arrivals
    found = GaugeMetricFamily(
        "portside_findings_open",
        "Differences from Stripe that nobody has acknowledged, by cause.",
        labels=["cause"],
    )
    for cause, count in sorted(health.findings.items()):
        found.add_metric([cause], count)
    yield found
    yield _one(
        "portside_findings_acknowledged", "Open differences left for a while.", health.acknowledged
    )
    yield _one(
        "portside_gaps_open",
        "Events known to be missing here that nobody has acknowledged.",
        health.gaps,
    )
    yield _one(
        "portside_gaps_acknowledged", "Missing events left for a while.", health.gaps_acknowledged
    )
    if health.lost_after is not None:
        yield _one(
            "portside_gap_lost_in_seconds",
            "Until Stripe's event list forgets the first missing event that is not acknowledged.",
            health.lost_after - now,
        )
    yield _one(
        "portside_customers_needing_reread",
        "Customers whose newest second could not be proven.",
        health.needing_reread,
    )
    yield _one(
        "portside_customers_with_gaps",
        "Customers in whose history something is missing.",
        health.with_gaps,
    )
    yield _one(
        "portside_requests_waiting",
        "Requests of staff that `serve` has not carried out yet.",
        health.requests_waiting,
    )
    yield from _age(
        "portside_reconcile_age_seconds",
        "Since a comparison of everyone with Stripe last came to its end.",
        health.last_reconciled_at,
        now,
    )
    yield from _age(
        "portside_prune_age_seconds",
        "Since a round of dropping old bodies last came to its end.",
        health.pruned_at,
        now,
    )
    yield from outgoing_metrics(health.outgoing, now)
    yield _one("portside_watermark", "Grows with every write to the projection.", health.watermark)


def _one(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)


def _age(name: str, meaning: str, at: int | None, now: int) -> Iterator[Metric]:
    """Seconds since ``at``; no metric while there is nothing to count from."""
    if at is not None:
        yield _one(name, meaning, max(now - at, 0))
