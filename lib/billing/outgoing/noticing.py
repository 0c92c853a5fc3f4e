"""What is told though no event arrives: grace that is over, a period that has passed.

And, at the beginning, what everybody may use already: noted without a word, so that the first
difference is told as one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from ..store import outgoing, owners
from ..store.engine import Store
from ..store.faults import retried
from .telling import Teller

AT_ONCE: Final = 500
"""Customers a transaction: their webhooks wait that long."""


class Notices:
    """The job beside the receiver. ``clock``: the installation's."""

    def __init__(self, store: Store, teller: Teller, clock: Callable[[], int]) -> None:
        self._store = store
        self._teller = teller
        self._clock = clock
        self._after: str | None = ""

    def round(self) -> int:
        """Note whoever is not known yet, and tell what time has changed; gives how many customers
        were looked at. Raises DatabaseUnavailable."""
        return self._note_everybody() + self._pass_time()

    def _note_everybody(self) -> int:
        """Once a process: whoever comes later is noted by the writer."""
        if self._after is None:
            return 0
        with self._store.writing() as connection:
            self._teller.begin(connection)
        noted = 0
        while True:
            with self._store.reading() as connection:
                names = outgoing.never_told(connection, self._after, AT_ONCE)
            if not names:
                self._after = None
                return noted
            retried(partial(self._note, names))
            noted += len(names)
            self._after = names[-1]

    def _note(self, names: list[str]) -> None:
        with self._store.writing() as connection:
            owners.lock_customers(connection, names)
            self._teller.note(connection, names)

    def _pass_time(self) -> int:
        looked_at, before = 0, None
        while True:
            with self._store.reading() as connection:
                names = outgoing.due_by_time(connection, self._clock(), AT_ONCE)
            if not names or names == before:  # a replica that is behind gives the same ones again
                return looked_at
            before = names
            retried(partial(self._tell, names))
            looked_at += len(names)

    def _tell(self, names: list[str]) -> None:
        with self._store.writing() as connection:
            owners.lock_customers(connection, names)
            self._teller.pass_time(connection, names)
