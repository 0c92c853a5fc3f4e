"""Digests as notices: one for each day or week, made when its moment has come."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from ..digest.spans import covered
from ..digest.values import Covered
from ..domain.observations import canonical
from ..domain.times import DAY
from ..settings.notices import DigestPolicy
from ..store import notices, watches
from ..store.engine import Connection, Store
from ..store.notices import Notice

KIND: Final = "digest"
LATEST: Final = {"day": DAY // 2, "week": DAY}
"""Seconds after its moment in which one is still begun: an older one is news no more."""


class DigestSchedule:
    """Makes the digest that is due, once, whichever process comes first.

    A moment before the schedule was first switched on is let pass.
    """

    def __init__(
        self, store: Store, clock: Callable[[], int], policy: DigestPolicy, timezone: str
    ) -> None:
        self._store = store
        self._clock = clock
        self._policy = policy
        self._timezone = timezone
        self._watched = False

    def round(self) -> None:
        """Short. Raises DatabaseUnavailable."""
        now = self._clock()
        since = self._since(now)
        for moment in self._policy.moments:
            due = moment.last(now, self._timezone)
            if due < since[f"digest:{moment.by}"] or now - due > LATEST[moment.by]:
                continue
            span = covered(moment.by, due, self._timezone)
            with self._store.reading() as connection:
                there = notices.known(connection, [key_of(span)])
            if not there:
                with self._store.writing() as connection:
                    make(connection, span, self._policy.to.pairs, now)

    def _since(self, now: int) -> dict[str, int]:
        names = [f"digest:{moment.by}" for moment in self._policy.moments]
        if self._watched:
            with self._store.reading() as connection:
                found = watches.kept(connection, "digest:")
            if found.keys() >= set(names):
                return found
        with self._store.writing() as connection:
            found = watches.keep(connection, "digest:", names, now)
        self._watched = True
        return found


def make(
    connection: Connection,
    span: Covered,
    to: Iterable[tuple[str, str]],
    now: int,
    *,
    as_of: str | None = None,
    again: bool = False,
) -> str:
    """Put in the digest of ``span`` for who has it not yet; its key.

    ``again``: as another notice than those that were sent before.
    """
    key = f"{key_of(span)}:{now}" if again else key_of(span)
    content = canonical({"by": span.by, "day": span.first_day, "ends": span.ends, "as_of": as_of})
    notices.add(connection, [Notice(key, *each, KIND, content, now) for each in to])
    return key


def key_of(span: Covered) -> str:
    return f"digest:{span.by}:{span.name}"


def told(content: str, timezone: str) -> tuple[Covered, str | None]:
    """What a notice's content asks for: the day or week, and the time it is judged at."""
    found: dict[str, Any] = json.loads(content)
    return covered(found["by"], found["ends"], timezone), found["as_of"]
