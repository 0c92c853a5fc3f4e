"""The self-audit of a large company: made beside the receiver, kept for the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from .settings.setup import Setup
from .showing import audit_kept
from .showing.audit_lines import SelfAudit
from .showing.self_audit import audit
from .store import checked
from .store.checked import Checked
from .store.engine import Store
from .store.queries.reading import Connection

AT_ONCE: Final = 50_000
"""Movements up to which it is made when somebody asks: it takes no second then."""
REST: Final = 20
"""How many times as long as it took it is not made again."""
SELF_AUDIT: Final = "self_audit"


def large(connection: Connection, setup: Setup) -> bool:
    """Whether a self-audit takes longer than somebody waits at a page."""
    return checked.movements(connection, setup.policy) > AT_ONCE


def kept(connection: Connection) -> SelfAudit | None:
    """The last one that was kept."""
    found = checked.load(connection, SELF_AUDIT)
    return None if found is None else audit_kept.from_text(found.result, found.at)


class Audits:
    """``clock``: the system's seconds are the same ones that reports are made at."""

    def __init__(self, store: Store, clock: Callable[[], int], setup: Setup) -> None:
        self._store, self._clock, self._setup = store, clock, setup
        self._not_before = 0

    def round(self) -> bool:
        """Make one of a large company of which anything has changed since; True when it was."""
        if self._clock() < self._not_before:
            return False
        with self._store.reading() as connection:
            if not large(connection, self._setup):
                return False
            at, watermark = self._clock(), checked.watermark(connection)
            last = checked.load(connection, SELF_AUDIT)
            if last is not None and last.watermark == watermark:
                return False
            found = audit(connection, self._setup, at)
        with self._store.writing() as connection:
            told = Checked(at, watermark, audit_kept.to_text(found))
            checked.save(connection, SELF_AUDIT, told)
        self._not_before = self._clock() + REST * (self._clock() - at)
        return True
