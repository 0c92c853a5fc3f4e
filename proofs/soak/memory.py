"""What every process holds, looked at every few seconds, and whether it grows."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import psutil

ALLOWED: Final = 0.10
"""Growth an hour, as a share of what is held on average, up to which it is called flat."""

WARM: Final = 60.0
"""Seconds that a process has to fill its caches before its memory is looked at."""

LEAST: Final = 300.0
"""Seconds of one process's life in the second half, without which nothing is said of its slope."""

MIB: Final = 1 << 20


@dataclass(frozen=True)
class Look:
    """``at``: seconds since the beginning. ``process``: its id: a restarted one has another."""

    at: float
    process: int
    size: int


Processes = Mapping[str, tuple[Callable[[], int | None], Callable[[int], int | None]]]
"""Name → the process id now, None while it is down; and how it is looked at."""


class Memory:
    def __init__(self, processes: Processes, *, every: float) -> None:
        self.looks: dict[str, list[Look]] = {name: [] for name in processes}
        self._processes = processes
        self._every = every
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        began = time.monotonic()
        while not self._stop.wait(self._every):
            for name, (process, held) in self._processes.items():
                found = process()
                size = None if found is None else held(found)
                if found is not None and size:
                    self.looks[name].append(Look(time.monotonic() - began, found, size))


def resident(process: int) -> int | None:
    """Resident bytes; None when it is gone."""
    try:
        return int(psutil.Process(process).memory_info().rss)
    except psutil.Error:
        return None


def private(process: int) -> int | None:
    """Bytes that a process and those below it have for themselves: of PostgreSQL without what all
    of it share, which fills up to what was configured; None when it is gone."""
    try:
        root = psutil.Process(process)
        return sum(each.memory_full_info().uss for each in (root, *root.children(recursive=True)))
    except psutil.Error:
        return None


@dataclass(frozen=True)
class Slope:
    """Of one process over the second half. ``hourly``: bytes that it grows an hour, None where it
    did not live long enough; ``size``: bytes on average; ``most``: of the whole run."""

    hourly: float | None
    size: float
    most: int

    @property
    def flat(self) -> bool | None:
        return None if self.hourly is None else self.hourly <= ALLOWED * self.size

    def told(self) -> str:
        if self.hourly is None:
            return f"{self.most / MIB:.0f} MiB at most, too short a life for a slope"
        verdict = "flat" if self.flat else "grows"
        hourly = f"{self.hourly / MIB:+.1f} MiB an hour"
        return f"{self.size / MIB:.0f} MiB, {hourly}: {verdict} ({self.most / MIB:.0f} at most)"


def slope(looks: Sequence[Look], length: float) -> Slope:
    """The median slope of all pairs: a cache that is filled once tips it less than a leak does."""
    most = max((look.size for look in looks), default=0)
    lives: dict[int, list[Look]] = {}
    for look in looks:
        lives.setdefault(look.process, []).append(look)
    later = [
        [look for look in life if look.at >= max(length / 2, life[0].at + WARM)]
        for life in lives.values()
    ]
    longest = max(later, key=lambda life: life[-1].at - life[0].at if life else 0.0, default=[])
    if not longest or longest[-1].at - longest[0].at < LEAST:
        return Slope(None, float(most), most)
    step = max(len(longest) // 300, 1)
    seen = longest[::step]
    steep = [
        (b.size - a.size) / (b.at - a.at) * 3_600 for n, a in enumerate(seen) for b in seen[n + 1 :]
    ]
    return Slope(statistics.median(steep), statistics.fmean(x.size for x in longest), most)
