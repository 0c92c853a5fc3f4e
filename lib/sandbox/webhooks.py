"""Delivery of events to webhook endpoints: signed, retried, and disturbed on request.

Each endpoint has a lane of its own (a queue and a thread), so that a dead endpoint holds up no
other one. Without disturbances, and one at a time, it delivers in the order in which things
happened.
"""

from __future__ import annotations

import hashlib
import hmac
import random
import threading
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from lib.sandbox.events import matches

if TYPE_CHECKING:
    from lib.sandbox.core import Emitted, Sandbox

Object = dict[str, Any]
Order = Literal["created", "reversed", "shuffled"]

RETRY_SECONDS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Stripe's hours of back-off, scaled to a sandbox: six attempts in about 16 seconds."""


@dataclass
class Disturbances:
    """What goes wrong on purpose. Shares are 0..1, delay is in seconds."""

    duplicate: float = 0.0
    delay: float = 0.0
    reorder: bool = False
    drop: float = 0.0
    mis_sign: float = 0.0
    paused: bool = False


@dataclass
class Delivery:
    """One event for one endpoint."""

    event_id: str
    body: bytes
    attempt: int = 0
    duplicate: bool = False


@dataclass
class Counts:
    """Deliveries so far: ``queued`` are waiting, ``failed`` ran out of attempts."""

    queued: int = 0
    delivered: int = 0
    failed: int = 0
    duplicated: int = 0
    dropped: int = 0
    attempts: Counter[str] = field(default_factory=Counter)

    def shown(self) -> dict[str, int]:
        return {name: value for name, value in asdict(self).items() if name != "attempts"}


def signature(secrets: list[str], body: bytes, unix: int) -> str:
    """The ``Stripe-Signature`` header: one v1 per valid secret."""
    signed = f"{unix}.".encode() + body
    parts = [f"t={unix}"]
    for secret in secrets:
        parts.append(f"v1={hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()}")
    return ",".join(parts)


class Deliverer:
    """Hands committed events to the endpoints; does nothing until ``start``."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._random = random.Random(sandbox.seed)
        self._lanes: dict[str, Any] = {}
        self._endpoints: list[Object] | None = None
        self._running = False
        self._lock = threading.Lock()
        self.disturbances = Disturbances()
        self.by_endpoint: dict[str, Disturbances] = {}
        """Disturbances of single endpoints, instead of the general ones."""
        self.counts = Counts()
        self.pending: Counter[str] = Counter()
        """Deliveries by event id that have not succeeded yet."""

    def start(self) -> None:
        """Deliver from now on, beginning with what an earlier run still owed."""
        self._running = True
        with self._sandbox.lock:
            enabled = {endpoint["id"]: endpoint for endpoint in self.endpoints()}
            for id, endpoint_id, given_up in self._sandbox.storage.outbox.owed():
                body = self._sandbox.storage.event(id)
                if given_up or body is None or endpoint_id not in enabled:
                    self.pending[id] += 1
                else:
                    self._queue(enabled[endpoint_id], Delivery(id, body))

    def stop(self) -> None:
        """End every lane; what was still queued is delivered after the next start."""
        self._running = False
        for lane in self._lanes.values():
            lane.stop()
        self._lanes = {}

    def reload(self) -> None:
        """The endpoints changed."""
        self._endpoints = None

    def endpoints(self) -> list[Object]:
        """Enabled endpoints."""
        with self._sandbox.lock:
            if self._endpoints is None:
                self._endpoints = self._sandbox.find("webhook_endpoint", status="enabled")
            return self._endpoints

    def count(self, type: str) -> int:
        """How many endpoints get events of ``type``."""
        return sum(matches(endpoint["enabled_events"], type) for endpoint in self.endpoints())

    def record(self, emitted: list[Emitted]) -> None:
        """Note in the transaction under way what ``take`` is going to queue after its commit."""
        owed = [(id, endpoint["id"]) for id, endpoint in self._wanted(emitted)]
        if owed:
            self._sandbox.storage.owe(owed)

    def take(self, emitted: list[Emitted]) -> int:
        """Queue committed events to every endpoint that wants them; how many deliveries."""
        bodies = {id: body for id, _, body in emitted}
        wanted = self._wanted(emitted)
        for id, endpoint in wanted:
            self._queue(endpoint, Delivery(id, bodies[id]))
        return len(wanted)

    def _wanted(self, emitted: list[Emitted]) -> list[tuple[str, Object]]:
        if not self._running:
            return []
        return [
            (id, endpoint)
            for id, type, _ in emitted
            for endpoint in self.endpoints()
            if matches(endpoint["enabled_events"], type)
        ]

    def redeliver(self, since: int, until: int | None = None, order: Order = "created") -> int:
        """Queue stored events created in [since, until) again; how many events.

        A last bound of None means everything up to now.
        """
        with self._sandbox.lock:
            storage = self._sandbox.storage
            rows = storage.event_rows(
                "created >= ? AND created < ?", (since, until or 2**62), "created, seq"
            )
            if order == "reversed":
                rows.reverse()
            elif order == "shuffled":
                self._random.shuffle(rows)
            bodies = storage.event_bodies([row[0] for row in rows])
            self.take([(row[1], row[2], body) for row, body in zip(rows, bodies, strict=True)])
        return len(rows)

    def settle(self, seconds: float = 10.0) -> bool:
        """Wait until nothing is queued; False when that takes longer than ``seconds``."""
        deadline = time.monotonic() + seconds
        while self.counts.queued and time.monotonic() < deadline:
            time.sleep(0.01)
        return self.counts.queued == 0

    def of(self, endpoint_id: str) -> Disturbances:
        return self.by_endpoint.get(endpoint_id, self.disturbances)

    def _queue(self, endpoint: Object, delivery: Delivery) -> None:
        from lib.sandbox.lane import Lane

        disturbed = self.of(endpoint["id"])
        with self._lock:
            self.pending[delivery.event_id] += 1
            if self._random.random() < disturbed.drop:
                self.counts.dropped += 1
                self._sandbox.storage.outbox.settle(
                    delivery.event_id, endpoint["id"], delivered=False
                )
                return
            lane = self._lanes.get(endpoint["id"])
            if lane is None:
                lane = self._lanes[endpoint["id"]] = Lane(self, self._sandbox, endpoint["id"])
            copies = 1
            if self._random.random() < disturbed.duplicate:
                copies = 2
                self.counts.duplicated += 1
            for copy in range(copies):
                wait = disturbed.delay
                if disturbed.reorder:
                    wait += self._random.random() * 2
                self.counts.queued += 1
                twin = Delivery(delivery.event_id, delivery.body, duplicate=copy > 0)
                lane.add(twin, wait)

    def mis_signs(self, endpoint_id: str) -> bool:
        """Whether the next attempt is to be signed wrongly."""
        with self._lock:
            return self._random.random() < self.of(endpoint_id).mis_sign

    def finished(self, delivery: Delivery, endpoint_id: str, *, delivered: bool) -> None:
        """A delivery succeeded or ran out of attempts."""
        with self._sandbox.lock:
            if self._running:  # the store is closed soon after
                self._sandbox.storage.outbox.settle(
                    delivery.event_id, endpoint_id, delivered=delivered
                )
        with self._lock:
            self.counts.queued -= 1
            if delivered:
                self.counts.delivered += 1
                if not delivery.duplicate:
                    self.pending[delivery.event_id] -= 1
            else:
                self.counts.failed += 1

    def discarded(self, count: int) -> None:
        """A lane ended with ``count`` deliveries still queued."""
        with self._lock:
            self.counts.queued -= count
