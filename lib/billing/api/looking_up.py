"""Questions that come together are answered together.

One thread reads. While it does, new questions queue; its next statement takes all of them. A
statement costs about the same for one name as for ten, and threads that compete for the
interpreter would cost every question far more than that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from ..domain.errors import DatabaseUnavailable
from ..domain.rows import EntitlementRow
from ..gating import Gate, Rows

AT_ONCE: Final = 200
WAITING: Final = 5_000
"""Questions that may queue; beyond, the asker is told to come back rather than to wait."""

Seen = tuple[Sequence[EntitlementRow], int]
"""The rows of a name, and the time at which they were read."""


class LookUps:
    """Use within one event loop."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._waiting: list[tuple[str, asyncio.Future[Seen]]] = []
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="portside-gate")
        self._task: asyncio.Task[None] | None = None

    async def rows(self, name: str) -> Seen:
        """Raises DatabaseUnavailable, and what the clock raises."""
        if len(self._waiting) >= WAITING:
            raise DatabaseUnavailable("Too many questions are waiting. Ask again in a moment.")
        done: asyncio.Future[Seen] = asyncio.get_running_loop().create_future()
        self._waiting.append((name, done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._drain())
        return await done

    def close(self) -> None:
        self._thread.shutdown(wait=False)

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            group, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
            names = {name for name, _ in group}
            try:
                found, now = await loop.run_in_executor(self._thread, self._read, names)
            except Exception as error:  # the askers' answers depend on it, not this loop
                for _, done in group:
                    if not done.done():
                        done.set_exception(error)
            else:
                for name, done in group:
                    if not done.done():
                        done.set_result((found[name], now))

    def _read(self, names: set[str]) -> tuple[Rows, int]:
        # The time first: what is read afterwards is at least as new.
        now = self._gate.now()
        return self._gate.rows(names), now
