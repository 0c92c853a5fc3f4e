"""What the receiver tells Prometheus."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.registry import Collector

from .arrivals import Arrival
from .summary import Outcome

Commit = Callable[[Sequence[Arrival], str], list[Outcome]]


class Meters:
    """Counters of one application; never shared, so that two of them do not add up."""

    def __init__(self, *more: Collector) -> None:
        self._registry = CollectorRegistry()
        for collector in more:
            self._registry.register(collector)
        self._events = Counter(
            "portside_webhook_events",
            "Verified deliveries by what became of them, and by who sent them.",
            ["provider", "state"],
            registry=self._registry,
        )
        self._refused = Counter(
            "portside_webhook_refused",
            "Deliveries that were not taken, by code, and by whom they claimed to be from.",
            ["code", "provider"],
            registry=self._registry,
        )
        self._commits = Histogram(
            "portside_commit_seconds", "Duration of one commit.", registry=self._registry
        )
        self._group = Histogram(
            "portside_commit_events",
            "Events in one commit.",
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
            registry=self._registry,
        )

        self._jobs = Counter(
            "portside_job_rounds",
            "Rounds of what runs beside the receiver, by how they ended.",
            ["job", "outcome"],
            registry=self._registry,
        )

        self._api = Histogram(
            "portside_api_seconds",
            "Requests to the API by route and status.",
            ["route", "status"],
            buckets=(0.001, 0.002, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5),
            registry=self._registry,
        )

    def count(self, state: str, provider: str = "stripe") -> None:
        self._events.labels(provider, state).inc()

    def refuse(self, code: str, provider: str = "stripe") -> None:
        self._refused.labels(code, provider).inc()

    def job(self, name: str, outcome: str) -> None:
        self._jobs.labels(name, outcome).inc()

    def api(self, route: str, status: int, seconds: float) -> None:
        self._api.labels(route, str(status)).observe(seconds)

    def timed(self, commit: Commit) -> Commit:
        """``commit``, measured."""

        def measured(arrivals: Sequence[Arrival], source: str) -> list[Outcome]:
            self._group.observe(len(arrivals))
            with self._commits.time():
                return commit(arrivals, source)

        return measured

    def exposition(self) -> tuple[bytes, str]:
        """The text that a scrape gets, and its content type."""
        return generate_latest(self._registry), CONTENT_TYPE_LATEST
