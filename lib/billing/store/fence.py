"""Who may write: a version whose rows the database's schema keeps right, and no other.

A migration may change what a writer has to keep (0013 keeps sums of all invoices). A version that
does not know that would leave them wrong, so it takes nothing in any more once the database was
upgraded; Stripe sends again. See docs/decisions/0032.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Final, ParamSpec, Protocol, TypeVar

from ..domain.errors import DatabaseUnavailable
from . import migrate
from .engine import Store

P = ParamSpec("P")
T = TypeVar("T")

EVERY: Final = 1.0
"""Seconds that one look serves; a migration waits for longer before it changes anything."""

TOO_OLD: Final = "schema_newer"
"""Code of the refusal: the database is ahead of this version."""


class TakesTurns(Protocol):
    """`lib.billing.store.turns.Turns` is one."""

    def taken(self, name: str) -> AbstractContextManager[bool]: ...
    def close(self) -> None: ...


class Fence:
    """Of one process. ``every``: seconds that one look serves. May be asked from any thread."""

    def __init__(
        self, store: Store, *, every: float = EVERY, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        self._store = store
        self._every = every
        self._ticks = ticks
        self._lock = threading.Lock()
        self._open_until = float("-inf")

    def check(self) -> None:
        """Raise DatabaseUnavailable unless this version may write; its code says why it may not."""
        with self._lock:
            now = self._ticks()
            if now < self._open_until:
                return
            self._open_until = float("-inf")
            look(self._store)
            self._open_until = now + self._every

    def before(self, work: Callable[P, T]) -> Callable[P, T]:
        """``work``, which is not begun unless this version may write."""

        def checked(*given: P.args, **named: P.kwargs) -> T:
            self.check()
            return work(*given, **named)

        return checked

    def turns(self, turns: TakesTurns) -> TakesTurns:
        """``turns``, of which none is taken while this version may not write."""
        return _Fenced(turns, self)


class _Fenced:
    def __init__(self, turns: TakesTurns, fence: Fence) -> None:
        self._turns = turns
        self._fence = fence

    @contextmanager
    def taken(self, name: str) -> Iterator[bool]:
        self._fence.check()
        with self._turns.taken(name) as mine:
            yield mine

    def close(self) -> None:
        self._turns.close()


def look(store: Store) -> None:
    """Raise DatabaseUnavailable unless this version may write to the database as it is now."""
    # What counts is the primary; a replica may be behind.
    opened = store.writing() if store.replicated else store.reading()
    with opened as connection:
        found = migrate.standing(connection)
    if found.revision is None or found.revision < migrate.HEAD:
        at = "no revision yet" if found.revision is None else f"revision {found.revision}"
        raise DatabaseUnavailable(
            f"The database is at {at}, and this version needs {migrate.HEAD}. "
            "Run `portside db upgrade`.",
            code="not_migrated",
        )
    if found.writers_from is not None and found.writers_from > migrate.HEAD:
        raise DatabaseUnavailable(
            f"The database is at revision {found.revision}, or about to be, and this version knows "
            f"{migrate.HEAD}: it would leave rows wrong. Start the version that upgraded it.",
            code=TOO_OLD,
        )
