"""Deliveries at a steady pace, each again until it is acknowledged, some late and some twice."""

from __future__ import annotations

import heapq
import http.client
import random
import threading
import time
from array import array
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from lib.billing.stripe.signature import sign

from .stream import Told

LATE: Final = 0.1
"""The share of events that come after ones which happened later."""

TWICE: Final = 0.03
"""The share of acknowledged deliveries that are sent again."""

BEHIND: Final = 400
"""Events that may wait to be sent: while everything is away the pace need not build a mountain."""


class Load:
    """``secret`` says with what is signed now. What was acknowledged is kept in ``spool``, in the
    order of its acknowledgements, a body a line."""

    def __init__(
        self,
        receivers: Sequence[str],
        secret: Callable[[], str],
        told: Iterator[Told],
        spool: Path,
        *,
        rate: float,
        connections: int = 8,
        seed: int = 1,
    ) -> None:
        self.counts: Counter[str] = Counter()
        self.took = array("d")  # seconds, of every delivery that was acknowledged
        self.unexpected: list[str] = []
        self.customers: deque[str] = deque(maxlen=500)
        self.seconds = 0.0
        self._to = [urlsplit(each).netloc for each in receivers]
        self._secret = secret
        self._told = told
        self._spool = spool.open("ab")
        self._rate = rate
        self._random = random.Random(seed)
        self._lock = threading.Lock()
        self._due: list[tuple[float, int, Told, int]] = []
        self._pushed = 0
        self._under_way = 0
        self._acknowledged: set[int] = set()
        self._stop = self._give_up = False
        self._pacer = threading.Thread(target=self._pace)
        self._threads = [threading.Thread(target=self._work, args=(n,)) for n in range(connections)]

    def start(self) -> None:
        for thread in (self._pacer, *self._threads):
            thread.start()

    def finish(self) -> None:
        """Tell nothing new, and wait until everything that was told is acknowledged."""
        self._stop = True
        for thread in (self._pacer, *self._threads):
            thread.join()
        self._spool.close()

    def give_up(self) -> None:
        """End at once, whatever is left; after :meth:`finish` there is nothing to end."""
        self._stop = self._give_up = True
        for thread in (self._pacer, *self._threads):
            thread.join()
        self._spool.close()

    def _pace(self) -> None:
        began = time.monotonic()
        number = 0
        while not self._stop:
            now = time.monotonic()
            while began + number / self._rate <= now and not self._stop:
                number += 1
                if len(self._due) > BEHIND:
                    self.counts["held back"] += 1
                    continue
                told = next(self._told)
                late = self._random.uniform(0.1, 3) if self._random.random() < LATE else 0.0
                with self._lock:
                    self.counts["events"] += 1
                    self.counts["out of order"] += late > 0
                    self._push(now + late, told, 0)
            time.sleep(0.005)
        self.seconds = time.monotonic() - began

    def _push(self, at: float, told: Told, tries: int) -> None:
        self._pushed += 1
        heapq.heappush(self._due, (at, self._pushed, told, tries))

    def _work(self, number: int) -> None:
        lines: dict[str, http.client.HTTPConnection] = {}
        turn = number
        while not self._give_up:
            with self._lock:
                found = self._next()
                if found is None and self._over:
                    break
                self._under_way += found is not None
            if found is None:
                time.sleep(0.01)
                continue
            turn += 1
            self._deliver(lines, self._to[turn % len(self._to)], *found)
        for line in lines.values():
            line.close()

    @property
    def _over(self) -> bool:
        return self._stop and not self._pacer.is_alive() and not self._due and not self._under_way

    def _next(self) -> tuple[Told, int] | None:
        if self._due and self._due[0][0] <= time.monotonic():
            _, _, told, tries = heapq.heappop(self._due)
            return told, tries
        return None

    def _deliver(
        self, lines: dict[str, http.client.HTTPConnection], to: str, told: Told, tries: int
    ) -> None:
        began = time.monotonic()
        status = self._post(lines, to, told.body)
        took = time.monotonic() - began
        with self._lock:
            self._under_way -= 1
            self.counts["deliveries"] += 1
            self.counts["retries"] += tries > 0
            if status is None:
                self.counts["broken or refused connections"] += 1
            else:
                self.counts[f"answered {status}"] += 1
            self._judge(told, tries, status, took)

    def _judge(self, told: Told, tries: int, status: int | None, took: float) -> None:
        again = 0.0
        if status == 200:
            self.took.append(took)
            if told.number in self._acknowledged:
                self.counts["repeated after a 2xx"] += 1
            else:
                self._acknowledged.add(told.number)
                self._spool.write(told.body + b"\n")
                if told.customer:
                    self.customers.append(told.customer)
            if self._random.random() < TWICE:
                again = self._random.uniform(0.05, 2)
        elif status == 400 and told.spoilt:
            self.counts["spoilt events refused"] += 1
        else:
            if status is not None and status != 503:
                self.unexpected.append(f"a delivery was answered {status}: {told.body[:300]!r}")
            again = self._random.uniform(0.1, 0.5) * min(tries + 1, 6)
        if again:
            self._push(time.monotonic() + again, told, tries + 1)

    def _post(
        self, lines: dict[str, http.client.HTTPConnection], to: str, body: bytes
    ) -> int | None:
        line = lines.get(to)
        if line is None:
            line = lines[to] = http.client.HTTPConnection(to, timeout=30)
        header = sign(body, self._secret(), int(time.time()))
        try:
            line.request(
                "POST",
                "/webhooks/stripe",
                body,
                {"Stripe-Signature": header, "Content-Type": "application/json"},
            )
            answer = line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            line.close()
            del lines[to]
            return None
        return answer.status
