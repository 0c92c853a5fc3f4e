"""Deliveries that arrive together are committed together.

One thread writes. While it commits, new deliveries queue; the next commit takes all of them. A
commit costs about the same for one event as for a hundred, so a burst is absorbed without delaying
a lone delivery.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from ..domain.errors import DatabaseUnavailable
from .arrivals import Arrival
from .summary import Outcome

GROUP = 500
WAITING = 5_000
"""Deliveries that may queue; beyond, the sender is told to come back rather than to wait."""

Commit = Callable[[Sequence[Arrival], str], list[Outcome]]


class Grouping:
    """Use within one event loop. Every submitted delivery gets an outcome or an exception."""

    def __init__(self, commit: Commit, source: str = "webhook") -> None:
        self._commit = commit
        self._source = source
        self._waiting: list[tuple[Arrival, asyncio.Future[Outcome]]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="portside-writer")
        self._task: asyncio.Task[None] | None = None

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
            group, self._waiting = self._waiting[:GROUP], self._waiting[GROUP:]
            arrivals = [arrival for arrival, _ in group]
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


def _tell(group: Sequence[tuple[Arrival, asyncio.Future[Outcome]]], error: BaseException) -> None:
    for _, done in group:
        if not done.done():
            done.set_exception(error)
