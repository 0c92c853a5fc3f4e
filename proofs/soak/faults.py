"""What is killed, struck down and rotated, and when."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from ..proof import Disproved
from ..serving import SECRET, Served
from .standing import NEXT, Standing

CLOSEST, WIDEST = 4.0, 45.0
"""Seconds between two faults: as many as the length allows."""

SETTLED: Final = 1 / 3
"""From this share of the time on the first receiver is left alone, and PostgreSQL from a half on:
whether a process that goes on grows can be seen in one that goes on alone."""


LONG_ENOUGH: Final = 600.0
"""Seconds from which on there is a calm at all: a cut only has to meet every fault."""


class Faults:
    def __init__(self, standing: Standing, length: float) -> None:
        self.counts: Counter[str] = Counter()
        self._standing = standing
        self._length = length

    def run(self) -> None:
        """Every fault at its time, until the time is over."""
        began = time.monotonic()
        for at, fault in self._planned():
            time.sleep(max(began + at - time.monotonic(), 0))
            fault()
        time.sleep(max(began + self._length - time.monotonic(), 0))

    def _planned(self) -> Iterator[tuple[float, Callable[[], None]]]:
        apart = max(CLOSEST, min(WIDEST, self._length / 8))
        number, at = 0, apart / 2
        while at < self._length - apart / 4:
            yield at, self._at(number, at / self._length)
            number, at = number + 1, at + apart

    def _at(self, number: int, share: float) -> Callable[[], None]:
        first, second = self._standing.receivers
        if number in (1, 3):
            return self._both_secrets if number == 1 else self._only_the_new
        turn, calm = number % 4, self._length >= LONG_ENOUGH
        if turn == 2 and not (calm and share >= 1 / 2):
            return self._strike
        spared = turn != 1 or (calm and share >= SETTLED)
        return lambda: self._kill(second if spared else first)

    def _kill(self, receiver: Served) -> None:
        receiver.end(signal.SIGKILL)
        time.sleep(0.5)
        receiver.start()
        receiver.wait_until_ready()
        self.counts["kills of a receiver"] += 1

    def _strike(self) -> None:
        """By immediate shutdown and by SIGKILL of its postmaster in turn."""
        done = self.counts["PostgreSQL struck down and started again"]
        self._standing.server.strike(signal.SIGKILL if done % 2 else signal.SIGQUIT)
        time.sleep(0.5)
        self._standing.server.revive()
        for receiver in self._standing.receivers:
            receiver.wait_until_ready()
        self.counts["PostgreSQL struck down and started again"] += 1

    def _both_secrets(self) -> None:
        self._standing.restart_with(f"{NEXT},{SECRET}")
        self._standing.secret = NEXT
        self.counts["receivers restarted for another secret"] += 2

    def _only_the_new(self) -> None:
        self._standing.restart_with(NEXT)
        self.counts["receivers restarted for another secret"] += 2
        if self._standing.signed_with(SECRET) not in (400, 429):
            raise Disproved("What the old secret has signed is still taken.")
