"""One run of the comparison: every way in turn, several rounds, each into a database of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from ..events import subscription_events
from ..ingest import feeding
from . import floor, own, theirs
from .deliveries import Delivery, signed
from .installed import NotInstalled
from .lines import (
    BARE,
    BARE_FIFTY,
    CHECKED,
    DJ_STRIPE,
    IMPORTED,
    REPLAYED,
    Line,
    engine,
    in_process,
    over_http,
)
from .server import Server, ours, server

Event = dict[str, Any]
ENGINE_AT_ONCE: Final = (1, 8, 32)
HTTP: Final = ((1, 2), (8, 2), (16, 2), (32, 2), (64, 2), (32, 1), (32, 3), (32, 4))
"""(deliveries under way at once, receivers)"""
LARGER: Final = 10
"""How many times the events are imported and replayed: a batch of theirs is larger than all of
what is delivered."""


@dataclass
class Run:
    """``load``: of the machine when it began. ``http``: which line is which."""

    events: int
    larger: int
    rounds: int
    version: str
    load: float
    lines: list[Line] = field(default_factory=list)
    http: dict[tuple[int, int], str] = field(default_factory=dict)


def measure(customers: int, renewals: int, rounds: int, say: Callable[[str], None]) -> Run:
    """Events of ``customers``, each with one creation and ``renewals``."""
    events = subscription_events(customers, renewals)
    load = os.getloadavg()[0]
    with server() as made, tempfile.TemporaryDirectory() as folder:
        run = Run(len(events), LARGER * len(events), rounds, made.version, load)
        _Feeding(run, made, events, Path(folder), say).all()
    return run


class _Feeding:
    def __init__(
        self,
        run: Run,
        made: Server,
        events: Sequence[Event],
        folder: Path,
        say: Callable[[str], None],
    ) -> None:
        self.run, self.made, self.events, self.folder, self.say = run, made, events, folder, say
        self.migrated = made.database()
        feeding.ready(ours(self.migrated))

    def all(self) -> None:
        floor.inserted(self.made.database(), self._signed(), 1)  # files of its log are made
        deliveries = self._signed()
        self._note(BARE, lambda: floor.inserted(self.made.database(), deliveries, 1))
        self._note(BARE_FIFTY, lambda: floor.inserted(self.made.database(), deliveries, 50))
        self._note(CHECKED, lambda: floor.verified(deliveries))
        for at_once in ENGINE_AT_ONCE:
            self._note(engine(at_once), lambda n=at_once: self._engine(n))
        self._note(DJ_STRIPE, self._dj_stripe, rounds=1)
        for batch in (1, 50, 2_000):
            rounds = 1 if batch == 1 else None  # as long as all others together
            self._note(in_process(batch), lambda b=batch: self._in_process(b), rounds=rounds)
        self._ours_elsewhere()

    def _signed(self) -> list[Delivery]:
        return signed(self.events)

    def _note(self, what: str, work: Callable[[], float], *, rounds: int | None = None) -> None:
        rates = []
        why = ""
        try:
            for _ in range(rounds or self.run.rounds):
                rates.append(work())
        except (NotInstalled, theirs.Unmeasured, RuntimeError) as reason:
            why = str(reason)
        line = Line(what, tuple(rates), "" if rates else why)
        told = f"{line.rate:,.0f}/s" if line.rate is not None else f"not measured: {why}"
        self.say(f"{what}: {told}")
        self.run.lines.append(line)

    def _engine(self, at_once: int) -> float:
        database = self.made.database()
        fed = theirs.sync_engine(database, self._signed(), at_once, self.folder)
        return self._checked(fed, database)

    def _dj_stripe(self) -> float:
        database = self.made.database()
        return self._checked(theirs.dj_stripe(database, self._signed(), self.folder), database)

    def _checked(self, fed: theirs.Fed, database: str) -> float:
        wanted = len({event["data"]["object"]["id"] for event in self.events})
        if fed.rows != wanted:
            raise theirs.Unmeasured(f"it has {fed.rows} subscriptions of {wanted}")
        self.made.drop(database)
        return fed.rate

    def _in_process(self, batch: int) -> float:
        database = self.made.copy(self.migrated)
        rate = own.delivered(ours(database), self._signed(), batch)
        self.made.drop(database)
        return rate

    def _ours_elsewhere(self) -> None:
        for at_once, receivers in HTTP:
            what = over_http(at_once, receivers)
            self.run.http[at_once, receivers] = what
            self._note(what, lambda n=at_once, r=receivers: self._over_http(n, r), rounds=1)
        larger = subscription_events(len(self.events), LARGER - 1)
        database = self.made.copy(self.migrated)
        self._note(IMPORTED, lambda: feeding.imported(ours(database), larger), rounds=1)
        self._note(REPLAYED, lambda: feeding.replayed(ours(database), len(larger)), rounds=1)

    def _over_http(self, at_once: int, receivers: int) -> float:
        database = self.made.copy(self.migrated)
        rate = feeding.over_http(ours(database), self.events, at_once, receivers)
        self.made.drop(database)
        return rate
