"""`portside serve` as a process that can be killed, and a sender that never gives up."""

from __future__ import annotations

import heapq
import json
import random
import signal
import socket
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx

from lib.billing.config import Settings
from lib.billing.stripe.signature import sign
from lib.billing.wiring import Installation, open_installation

from .processes import ROOT, Process, nursery
from .proof import Disproved

SECRET = "whsec_of_the_proofs"
STARTS_WITHIN = 120.0


def environment(database: str, **over: str) -> dict[str, str]:
    """The settings of one installation."""
    return {
        "PORTSIDE_DATABASE_URL": database,
        "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
        "STRIPE_WEBHOOK_SECRET": SECRET,
        **over,
    }


def installation(database: str) -> Installation:
    """The same installation in this process."""
    return open_installation(Settings.load(environment(database)))


class Served:
    """A receiver on a port of its own; its log goes to ``log``. ``over``: settings beside its
    database, catalogue and secret, or in their place."""

    def __init__(self, database: str, log: Path, **over: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = log
        self._environment = environment(database, **over)
        self._process: Process | None = None

    @property
    def process(self) -> int | None:
        """Its process id; None while it is down."""
        found = self._process
        return None if found is None else found.pid

    def start(self) -> None:
        arguments = ["serve", "--port", str(self.port)]
        self._process = nursery().start(arguments, self._environment, self.log)

    def wait_until_ready(self) -> None:
        """Raise Disproved when it does not answer in time."""
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            try:
                if httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            if self._process is None or not self._process.alive:
                break
            time.sleep(0.05)
        raise Disproved(f"The receiver does not start: {self.log.read_text()[-600:]}")

    def end(self, how: signal.Signals) -> None:
        """Send a signal and wait until the process is gone."""
        if self._process is not None:
            self._process.end(how)
            self._process = None

    def restart(self, **over: str) -> None:
        """End it politely and start it again, with other settings; returns when it is ready."""
        self.end(signal.SIGTERM)
        self._environment |= over
        self.start()
        self.wait_until_ready()


class Sender:
    """Delivers a stream of events over several connections, each again until it is acknowledged.

    As Stripe does: anything but a 2xx is sent again later, and now and then something is delivered
    twice although it was acknowledged. Its hours are tenths of a second here.
    """

    def __init__(
        self,
        url: str,
        events: Iterator[dict[str, Any]],
        seed: int,
        *,
        connections: int = 4,
        verify: ssl.SSLContext | bool = True,
    ) -> None:
        self.sent: dict[str, dict[str, Any]] = {}
        self.acknowledged: set[str] = set()
        self.counts: Counter[str] = Counter()
        self._url = url
        self._verify = verify
        self._events = events
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._again: list[tuple[float, str, int]] = []
        self._under_way = 0
        self._no_more = False
        self._given_up = False
        self._threads = [threading.Thread(target=self._work) for _ in range(connections)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Send nothing new, and wait until everything that was sent is acknowledged."""
        with self._lock:
            self._no_more = True
        for thread in self._threads:
            thread.join()

    def give_up(self) -> None:
        """End at once, whatever is left; after :meth:`finish` there is nothing to end."""
        with self._lock:
            self._no_more = True
            self._again.clear()
            self._given_up = True
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        with httpx.Client(base_url=self._url, timeout=30, verify=self._verify) as client:
            while True:
                with self._lock:
                    if self._given_up:
                        return
                    found = self._next()
                    if found is None and self._no_more and not self._again and not self._under_way:
                        return
                    self._under_way += found is not None
                if found is None:
                    time.sleep(0.02)
                else:
                    self._deliver(client, *found)

    def _next(self) -> tuple[str, int] | None:
        if self._again and self._again[0][0] <= time.monotonic():
            _, event_id, tries = heapq.heappop(self._again)
            return event_id, tries
        if self._no_more:
            return None
        event = next(self._events, None)
        if event is None:
            self._no_more = True
            return None
        self.sent[event["id"]] = event
        return event["id"], 0

    def _deliver(self, client: httpx.Client, event_id: str, tries: int) -> None:
        body = json.dumps(self.sent[event_id]).encode()
        header = {"Stripe-Signature": sign(body, SECRET, int(time.time()))}
        try:
            answer: int | None = client.post(
                "/webhooks/stripe", content=body, headers=header
            ).status_code
        except httpx.HTTPError:
            answer = None
        with self._lock:
            self._under_way -= 1
            self.counts["deliveries"] += 1
            self.counts["retries"] += tries > 0
            taken = answer is not None and 200 <= answer < 300
            self.counts["broken or refused connections"] += answer is None
            if answer is not None and not taken:
                self.counts[f"answered {answer}"] += 1
            if taken:
                self.counts["repeated after a 2xx"] += event_id in self.acknowledged
                self.acknowledged.add(event_id)
            if not taken or self._random.random() < 0.03:
                pause = self._random.uniform(0.05, 0.4) * min(tries + 1, 4)
                heapq.heappush(self._again, (time.monotonic() + pause, event_id, tries + 1))
        if answer is None:
            time.sleep(0.2)
