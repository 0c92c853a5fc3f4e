"""The job that brings events to the product: signed, in each customer's order, until taken.

At least once: an event is marked as delivered after it was, and whoever is killed in between sends
it again under the same id.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, Protocol

import structlog

from ..domain.outgoing_waits import next_offer
from ..settings.clock import system_clock
from ..settings.outgoing import Endpoint
from ..store import deliveries
from ..store.deliveries import Delivery, Fate
from ..store.engine import Store
from .sending import Reply

AT_ONCE: Final = 8
"""Customers that are sent to side by side."""

BATCH: Final = 32
"""Deliveries between two commits."""

ROUND_SECONDS: Final = 30.0
"""After which the rest is left to the next round."""

ENOUGH: Final = 4
"""Failures of an endpoint, one after the other, after which it is left alone for the round."""

log = structlog.get_logger(__name__)


class Sends(Protocol):
    """`lib.billing.outgoing.sending.Sender` is one."""

    def send(self, endpoint: Endpoint, delivery: Delivery) -> Reply: ...


class Deliverer:
    """``clock``: the installation's, by which attempts wait. Several may work on one database."""

    def __init__(
        self,
        store: Store,
        endpoints: Sequence[Endpoint],
        sender: Sends,
        clock: Callable[[], int],
        *,
        system: Callable[[], int] = system_clock,
    ) -> None:
        self._store = store
        self._endpoints = {endpoint.name: endpoint for endpoint in endpoints}
        self._sender = sender
        self._clock = clock
        self._system = system
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End the round after what is under way."""
        self._stopping.set()

    def round(self) -> int:
        """Send what is due; gives how many were taken. Raises DatabaseUnavailable."""
        until = time.monotonic() + ROUND_SECONDS
        health = _Health(self._endpoints)
        taken = 0
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="portside-outgoing") as threads:
            while not self._stopping.is_set() and time.monotonic() < until:
                claimed = self._claim(health.well())
                if not claimed:
                    break
                sent = list(threads.map(lambda each: self._send(each, health), claimed))
                taken += self._settle(claimed, sent)
        return taken

    def _claim(self, names: Sequence[str]) -> list[Delivery]:
        if not names:
            return []
        with self._store.reading() as connection:
            # Most rounds find nothing, and SQLite's one writer is better not asked for that.
            if not deliveries.anything_due(connection, self._clock()):
                return []
        with self._store.writing() as connection:
            return deliveries.claim(
                connection,
                names,
                now=self._clock(),
                system_now=self._system(),
                at_most=BATCH,
            )

    def _send(self, delivery: Delivery, health: _Health) -> Reply | None:
        """None: it was not tried, the endpoint is not well."""
        if self._stopping.is_set() or not health.is_well(delivery.endpoint):
            return None
        try:
            reply = self._sender.send(self._endpoints[delivery.endpoint], delivery)
        except Exception as error:  # what became of the others of the batch is kept all the same
            log.error("outgoing_fault", event_id=delivery.event_id, kind=type(error).__name__)
            reply = Reply(False, reason="fault")
        health.note(delivery.endpoint, reply)
        return reply

    def _settle(self, claimed: Sequence[Delivery], sent: Sequence[Reply | None]) -> int:
        now = self._clock()
        tried = [(d, r) for d, r in zip(claimed, sent, strict=True) if r is not None]
        fates = [_fate(delivery, reply, now) for delivery, reply in tried]
        with self._store.writing() as connection:
            left = [d for d, r in zip(claimed, sent, strict=True) if r is None]
            deliveries.release(connection, left)
            deliveries.settle(connection, fates)
        for fate in fates:
            _tell(fate)
        return sum(fate.state == "delivered" for fate in fates)


def _fate(delivery: Delivery, reply: Reply, now: int) -> Fate:
    if reply.taken:
        return Fate(delivery, "delivered", now, reply.status, None)
    following = next_offer(delivery.attempts + 1, now, reply.asked)
    if reply.final or following is None:
        return Fate(delivery, "dead", now, reply.status, reply.reason)
    return Fate(delivery, None, now, reply.status, reply.reason, following)


def _tell(fate: Fate) -> None:
    if fate.state == "dead":
        log.warning(
            "outgoing_dead",
            event_id=fate.delivery.event_id,
            endpoint=fate.delivery.endpoint,
            reason=fate.reason,
        )


class _Health:
    """Which endpoints are worth trying in this round."""

    def __init__(self, names: Sequence[str] | dict[str, Endpoint]) -> None:
        self._names = list(names)
        self._lock = threading.Lock()
        self._failures: Counter[str] = Counter()

    def well(self) -> list[str]:
        return [name for name in self._names if self.is_well(name)]

    def is_well(self, name: str) -> bool:
        return self._failures[name] < ENOUGH

    def note(self, name: str, reply: Reply) -> None:
        with self._lock:
            self._failures[name] = self._failures[name] + 1 if reply.ailing else 0
