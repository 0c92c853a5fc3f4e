"""After another catalogue was applied: every customer folded by it, a few at a time, while
everything goes on.

What a customer was folded by is kept with each, so that this goes on where it was broken off and
finds again whom somebody folded by other rules meanwhile.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog

from .ingest import Ingest
from .store import fence, meta, standings
from .store.engine import Store

AT_ONCE: Final = 100
"""Customers a transaction: their webhooks wait that long."""
BREATH: Final = 0.05
"""Seconds between two transactions: SQLite's other writers look for a gap now and then."""
PAUSE: Final = 60.0
"""Seconds before it looks once more for what a process with another catalogue has written."""

log = structlog.get_logger(__name__)


class Refold:
    """``due``: whether this process runs by the applied catalogue. ``ticks``: the system's."""

    def __init__(
        self,
        store: Store,
        ingest: Ingest,
        due: Callable[[], bool],
        *,
        at_once: int = AT_ONCE,
        breath: float = BREATH,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._ingest = ingest
        self._due = due
        self._at_once = at_once
        self._breath = breath
        self._ticks = ticks
        self._stopping = threading.Event()
        self._ended_at: float | None = None

    def stop(self) -> None:
        """End a round under way after its transaction; the next one goes on."""
        self._stopping.set()

    def round(self) -> int:
        """Fold whoever is folded by other rules than now's; gives how many.

        Raises DatabaseUnavailable; running it again is harmless.
        """
        mark = self._ingest.mark
        if not self._due():
            return 0
        if self._ingest.keep_turnover():
            log.info("turnover_kept")
        if not self._waits(mark):
            return 0
        left = self._ingest.begin_refold()
        log.info("refold_begins", customers=left)
        done, last = 0, ""
        while not self._stopping.is_set() and self._ingest.mark == mark:
            fence.look(self._store)  # a round may be long, and an upgrade come in the middle
            with self._store.reading() as connection:
                batch = standings.by_others(connection, mark, last, self._at_once)
            if not batch:
                self._ended_at = self._ticks()
                whole = self._ingest.end_refold()
                log.info("refold_ends", customers=done, whole=whole)
                break
            left = max(left - len(batch), 0)
            self._ingest.refold(batch, left=left)
            done, last = done + len(batch), batch[-1]
            self._stopping.wait(self._breath)
        return done

    def _waits(self, mark: str) -> bool:
        with self._store.reading() as connection:
            said = meta.get(connection, meta.FOLDED_BY)
        if said in (None, mark):
            return False
        if said != meta.MIXED or self._ended_at is None:
            return True
        return self._ticks() - self._ended_at >= PAUSE
