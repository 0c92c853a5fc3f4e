"""A running process follows the applied catalogue, and no other.

`portside catalog apply` notes which catalogue it applied. A process that runs by another reads its
own file again: when it is the applied one, the process goes over to it between two requests; when
it is not, nothing changes and that is said.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Generic, Protocol, Self, TypeVar

import structlog

from .domain.catalog import Catalog
from .domain.errors import ConfigurationError
from .store import meta
from .store.engine import Store

log = structlog.get_logger(__name__)

OTHER: Final = (
    "Another catalogue than the one this process runs by was applied, and its own file is not "
    "that one. Deploy the applied file here, or apply this one: `portside catalog apply`."
)


class Sells(Protocol):
    """What can go over to another catalogue; `lib.billing.wiring.Installation` is one."""

    @property
    def catalog(self) -> Catalog: ...

    @property
    def store(self) -> Store: ...

    def with_catalog(self, catalog: Catalog) -> Self:
        """The same, selling by ``catalog``; what is open stays open."""


T = TypeVar("T", bound=Sells)


@dataclass(frozen=True, slots=True)
class Lag:
    """``applied``: the mark of the catalogue that this process does not have. ``why``: a sentence
    that says what to do."""

    applied: str
    why: str


class Follower(Generic[T]):
    """Keeps one process at the applied catalogue. ``read`` reads its file and may raise
    ConfigurationError."""

    def __init__(self, running: T, read: Callable[[], Catalog]) -> None:
        self._running = running
        self._read = read
        self._lag: Lag | None = None
        self._applied: str | None = None
        self._guard = threading.Lock()
        self._told: list[Callable[[T], None]] = []

    @property
    def running(self) -> T:
        """What the process runs by; another one after each change, itself never changed."""
        return self._running

    @property
    def lag(self) -> Lag | None:
        """What was found amiss at the last look; None while nothing is."""
        return self._lag

    @property
    def at_applied(self) -> bool:
        """Whether, at the last look, the applied catalogue was the one that this runs by."""
        return self._applied == self._running.catalog.mark

    def tell(self, changed: Callable[[T], None]) -> None:
        """Call ``changed`` with what runs from now on, in the thread that looked."""
        self._told.append(changed)

    def look(self) -> bool:
        """Follow, if there is something to follow; True when the process went over to it.

        Raises DatabaseUnavailable.
        """
        with self._guard:
            with self._running.store.reading() as connection:
                self._applied = applied = meta.get(connection, meta.APPLIED)
            if applied is None or applied == self._running.catalog.mark:
                self._lag = None
                return False
            try:
                found = self._read()
            except ConfigurationError as error:
                return self._behind(applied, f"Another catalogue was applied. {error}")
            if found.mark != applied:
                return self._behind(applied, OTHER)
            before = self._running.catalog.mark
            self._running = self._running.with_catalog(found)
            self._lag = None
            for changed in self._told:
                changed(self._running)
            log.info("catalogue_followed", before=before, now=applied)
            return True

    def _behind(self, applied: str, why: str) -> bool:
        lag = Lag(applied, why)
        if lag != self._lag:
            log.warning("catalogue_not_applied", applied=applied, sentence=why)
        self._lag = lag
        return False
