"""A comparison with Stripe now and then, whoever of several processes gets to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from ..requests import Reconciles
from ..store.engine import Store
from ..store.queries.health import last_reconciled_at

AFTER_A_FAULT: Final = 3_600
"""Seconds before the next try of one that did not come to its end: it reads a lot."""

FIRST_AFTER: Final = 900
"""Seconds before the first one ever: a new installation is still being filled, and what is on its
way would be taken for missing."""


class Periodic:
    """Compares everyone, without repairing, once the last comparison is ``hours`` old.

    What counts is when the last one ended, whoever ran it: a restart begins none.
    """

    def __init__(
        self, store: Store, reconciles: Reconciles, clock: Callable[[], int], *, hours: int
    ) -> None:
        self._store = store
        self._reconciles = reconciles
        self._clock = clock
        self._seconds = hours * 3_600
        self._began_at: int | None = None
        self._tried_at: int | None = None

    def round(self) -> bool:
        """True when there was a comparison."""
        with self._store.reading() as connection:
            last = last_reconciled_at(connection)
        now = self._clock()
        if self._began_at is None:
            self._began_at = now
        since, pause = (last, self._seconds) if last is not None else (self._began_at, FIRST_AFTER)
        if now - since < pause:
            return False
        if self._tried_at is not None and now - self._tried_at < AFTER_A_FAULT:
            return False
        self._tried_at = now
        self._reconciles.run(apply=False, only=None)
        return True
