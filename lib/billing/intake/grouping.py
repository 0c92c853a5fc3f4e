"""Deliveries that arrive together are committed together.

One thread writes. While it commits, new deliveries queue; the next commit takes all of them. A
commit costs about the same for one event as for a hundred, so a burst is absorbed without delaying
a lone delivery.

Whoever delivers steadily sends the next one when the last is answered. Taking what has queued at
that moment would leave two groups that wait for each other, each of half the size and of nearly the
whole cost; so a moment is given to those who were just answered.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from ..domain.errors import DatabaseUnavailable
from .arrivals import Arrival
from .summary import Outcome

GROUP = 500
WAITING = 5_000
"""Deliveries that may queue; beyond, the sender is told to come back rather than to wait."""

PAUSE: Final = 0.002
"""Seconds within which the next of many deliveries comes. When none does, none is waited for."""

Commit = Callable[[Sequence[Arrival], str], list[Outcome]]


class Grouping:
    """Use within one event loop. Every submitted delivery gets an outcome or an exception."""

    def __init__(self, commit: Commit, source: str = "webhook") -> None:
        self._commit = commit
        self._source = source
        self._waiting: list[tuple[Arrival, asyncio.Future[Outcome]]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="portside-writer")
        self._task: asyncio.Task[None] | None = None
        self._expected = 0
        self._patience = 0.0

    async def submit(self, arrival: Arrival) -> Outcome:
        """Store one delivery. Raises DatabaseUnavailable."""
        if len(self._waiting) >= WAITING:
            raise DatabaseUnavailable("Too many deliveries are waiting. Send this one again later.")
        done: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((arrival, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await done

    async def close(self) -> None:
        """Commit what still waits, then end the thread."""
        if self._task is not None:
            await self._task
        self._thread.shutdown()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await self._gather()
            group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            arrivals = [arrival for arrival, _ in group]
            began = loop.time()
            try:
                outcomes = await loop.run_in_executor(
                    self._thread, self._commit, arrivals, self._source
                )
            except Exception as error:  # the senders' answers depend on it, not this loop
                _tell(group, error)
            else:
                for (_, done), outcome in zip(group, outcomes, strict=True):
                    if not done.done():
                        done.set_result(outcome)
            self._expected = len(group) + len(self._waiting)
            self._patience = loop.time() - began

    async def _gather(self) -> None:
        """Wait for as many as were under way, while they come, and for a commit's time at most."""
        loop = asyncio.get_running_loop()
        most = loop.time() + self._patience
        came = -1
        while came < len(self._waiting) < min(self._expected, GROUP) and loop.time() < most:
            came = len(self._waiting)
            await asyncio.sleep(PAUSE)


def _tell(group: Sequence[tuple[Arrival, asyncio.Future[Outcome]]], error: BaseException) -> None:
    for _, done in group:
        if not done.done():
            done.set_exception(error)
