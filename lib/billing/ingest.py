"""The one way into the projection: webhook, import, backfill and replay all end in `Ingest.commit`.

body -> signature -> event -> observations -> one transaction:
inbox, owners, history, references, fold of every touched customer, derived tables, watermark
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from .arrivals import Arrival, read_body, read_event
from .domain.errors import DatabaseUnavailable, PayloadInvalid
from .domain.fold import Rules, fold_customer
from .domain.observations import REFERENCE_TYPES, Observation
from .domain.project import project
from .domain.references import References
from .store import history, inbox, meta, owners, projection, references
from .store.engine import Store, retried
from .summary import Outcome, Summary
from .turns import Turns

BATCH = 2_000
"""Events a transaction of `apply`: enough to touch each customer rarely, little enough to hold."""


class Ingest:
    """Takes Stripe's events in. ``rules.references`` are replaced by what the store knows."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        *,
        clock: Callable[[], int],
        livemode: bool = False,
        org_key: str = "org_id",
    ) -> None:
        self.store = store
        self.rules = rules
        self.clock = clock
        self.livemode = livemode
        self.org_key = org_key
        self._references: tuple[int, References] | None = None

    def read(self, event: Any, *, body: bytes | None = None) -> Arrival:
        """One event, ready for :meth:`commit`. Raises PayloadInvalid when it is none."""
        return read_event(event, livemode=self.livemode, org_key=self.org_key, body=body)

    def apply(
        self, events: Iterable[dict[str, Any]], source: str = "import", *, batch: int = BATCH
    ) -> Summary:
        """Apply events in batches, each one transaction. Raises DatabaseUnavailable."""
        return self._take(((event, None) for event in events), source, batch)

    def import_lines(
        self, lines: Iterable[bytes], *, source: str = "import", batch: int = BATCH
    ) -> Summary:
        """Apply stored event bodies, one a line; every line is accounted for.

        Raises DatabaseUnavailable; what was committed before stays, and repeating is harmless.
        """
        return self._take(((None, line) for line in lines), source, batch)

    def commit(self, arrivals: Sequence[Arrival], source: str) -> list[Outcome]:
        """Apply a batch in one transaction; the outcomes are in the order of ``arrivals``.

        When one event makes the batch impossible, the batch is halved until that event stands
        alone; it is kept as failed and its neighbours are applied. Raises DatabaseUnavailable.
        """
        if not arrivals:
            return []
        try:
            return retried(lambda: self._commit(arrivals, source))
        except DatabaseUnavailable:
            raise
        except Exception as error:
            self._references = None
            if len(arrivals) == 1:
                failed = arrivals[0].failing(_sentence(error))
                if arrivals[0].state == "failed":
                    raise
                return self.commit([failed], source)
            middle = len(arrivals) // 2
            return self.commit(arrivals[:middle], source) + self.commit(arrivals[middle:], source)

    def retry_failed(self) -> Summary:
        """Try the events again that could not be applied, as after an upgrade."""
        with self.store.reading() as connection:
            bodies = inbox.failed_bodies(connection)
        return self.import_lines(bodies, source="retry")

    def _take(
        self, offered: Iterable[tuple[Any, bytes | None]], source: str, batch: int
    ) -> Summary:
        summary = Summary()
        waiting: list[Arrival] = []
        for event, line in offered:
            summary.lines += 1
            try:
                if line is not None:
                    line = line.strip().removeprefix(b"\xef\xbb\xbf")
                    event = read_body(line)
                waiting.append(self.read(event, body=line))
            except PayloadInvalid as error:
                summary.rejected.append((summary.lines, str(error)))
            if len(waiting) >= batch:
                summary.add(self.commit(waiting, source))
                waiting = []
        summary.add(self.commit(waiting, source))
        return summary

    def _commit(self, arrivals: Sequence[Arrival], source: str) -> list[Outcome]:
        once = {arrival.event_id: arrival for arrival in reversed(arrivals)}
        received_at = self.clock()
        try:
            with self.store.writing() as connection:
                rows = [arrival.row(source, received_at) for arrival in once.values()]
                changing = any(
                    o.object_type in REFERENCE_TYPES for a in once.values() for o in a.observations
                )
                references.lock(connection, changing=changing)
                taken = inbox.take(connection, rows)
                fresh = [
                    arrival
                    for arrival in reversed(once.values())
                    if arrival.event_id in taken.new
                    or (arrival.event_id in taken.failed_before and arrival.state != "failed")
                ]
                moving = self._fold(connection, fresh)
                fates = _fates(arrivals, fresh, moving)
                _mark(connection, fates, once, taken)
                _note(connection, once.values(), source, received_at, new=bool(taken.new or fresh))
                return fates
        except BaseException:
            # What was read of references inside a transaction that never happened is not so.
            self._references = None
            raise

    def _fold(self, connection: Connection, fresh: Sequence[Arrival]) -> set[str]:
        """Store what was observed, fold every customer it concerns; gives the events that moved."""
        seen = [o for arrival in fresh for o in arrival.observations]
        if not seen:
            return set()
        settled = owners.settle(connection, seen)
        stories = history.of_customers(connection, settled.customers)
        loose = {o.object_id for o in settled.observations if o.customer_id is None}
        past = [o for story in stories.values() for o in story]
        past += history.of_loose_objects(connection, loose)
        turns = Turns(past)
        moving = {o.event_id for o in settled.observations if turns.take(o)}
        history.append(connection, settled.observations)
        for observation in settled.observations:
            if observation.customer_id is not None:
                stories[observation.customer_id].append(observation)
        more = references.update(connection, settled.observations) - stories.keys()
        if more:
            owners.lock_customers(connection, more)
            stories |= history.of_customers(connection, more)
        self._project(connection, stories)
        return moving

    def _project(self, connection: Connection, stories: dict[str, list[Observation]]) -> None:
        rules = replace(self.rules, references=self._known_references(connection))
        projected = [
            project(fold_customer(customer_id, stories[customer_id], rules))
            for customer_id in sorted(stories)
            if stories[customer_id]
        ]
        known = projection.known_among(connection, stories)
        projection.write(connection, projected, known=known)

    def _known_references(self, connection: Connection) -> References:
        version = references.version(connection)
        if self._references is None or self._references[0] != version:
            self._references = version, references.load(connection)
        return self._references[1]


def _fates(
    arrivals: Sequence[Arrival], fresh: Sequence[Arrival], moving: set[str]
) -> list[Outcome]:
    left = {arrival.event_id: arrival for arrival in fresh}
    outcomes = []
    for offered in arrivals:
        arrival = left.pop(offered.event_id, None)
        if arrival is None:
            outcomes.append(Outcome(offered.event_id, "repeated"))
        elif arrival.state == "applied" and arrival.event_id not in moving:
            outcomes.append(Outcome(arrival.event_id, "stale"))
        else:
            outcomes.append(Outcome(arrival.event_id, arrival.state, arrival.error))
    return outcomes


def _mark(
    connection: Connection,
    fates: Sequence[Outcome],
    offered: dict[str, Arrival],
    taken: inbox.Taken,
) -> None:
    stale = [o.event_id for o in fates if o.fate == "stale" and o.event_id in taken.new]
    inbox.mark(connection, "stale", stale)
    told = {o.event_id: o for o in fates if o.fate != "repeated"}
    retried_now = []
    for event_id in taken.failed_before:
        outcome = told.get(event_id)
        state = offered[event_id].state if outcome is None else outcome.fate
        error = offered[event_id].error if outcome is None else outcome.error
        retried_now.append((event_id, state, error))
    inbox.mark_retried(connection, retried_now)


def _note(
    connection: Connection, offered: Iterable[Arrival], source: str, received_at: int, *, new: bool
) -> None:
    """The facts about the whole, last: every writer wants these rows."""
    if source == "webhook":
        meta.put_highest(connection, meta.LAST_WEBHOOK_AT, received_at)
    if new:
        newest = max(arrival.created_at for arrival in offered)
        meta.put_highest(connection, meta.LAST_EVENT_AT, newest)
        meta.raise_watermark(connection)


def _sentence(error: Exception) -> str:
    """What went wrong, without the statement and values that database errors carry."""
    first = (str(error).strip().splitlines() or [""])[0]
    return f"It could not be applied ({type(error).__name__}: {first[:200]})."
