"""The transaction behind every event: three questions and one answer.

    the door     what is new of the batch goes into the inbox
    the locks    whose it is, held; where those customers stand
    (the fold)   from the standing where that suffices, else from the whole history
    the rows     everything that follows, and the facts about the whole last

Each is sent together, so that PostgreSQL is waited for once. Locks are taken in one order by
everyone: references, inbox rows by event id, objects by id, customers by id, and the facts about
the whole last.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass

from ..domain.fold import Rules
from ..domain.observations import REFERENCE_TYPES, Observation
from ..domain.providers import is_stripes
from ..outgoing.telling import Teller
from ..store import (
    history,
    inbox,
    meta,
    named_deliveries,
    owners,
    references,
    tallies,
    turnover,
)
from ..store.dialect import commit, together
from ..store.engine import Connection, Store
from ..store.owners import Settled
from .arrivals import Arrival
from .projecting import Folded, Projector
from .summary import Outcome
from .turns import Turns
from .upkeep import Upkeep


@dataclass(frozen=True, slots=True)
class _Door:
    """What the inbox knew of a batch, and by whose rules every row is said to be folded."""

    taken: inbox.Taken
    folded_by: str | None


class Writer:
    """Writes batches. ``rules.references`` are replaced by what the store knows."""

    def __init__(
        self,
        store: Store,
        rules: Rules,
        *,
        clock: Callable[[], int],
        livemode: bool,
        teller: Teller | None = None,
    ) -> None:
        self._store = store
        self._timezone, self._policy = rules.timezone, rules.policy.slug
        self._projector = Projector(rules, teller)
        self._clock = clock
        self._livemode = livemode
        self.upkeep = Upkeep(store, rules, self._projector)

    @property
    def mark(self) -> str:
        """The mark of the rules that rows are folded by."""
        return self._projector.mark

    def write(self, arrivals: Sequence[Arrival], source: str) -> list[Outcome]:
        """One batch, one transaction; all of it or nothing. Outcomes in the order of ``arrivals``.

        Raises DatabaseUnavailable; anything else means that an event of the batch is unusable.
        """
        *_, outcomes = self.steps(arrivals, source)
        return outcomes

    def steps(self, arrivals: Sequence[Arrival], source: str) -> Generator[list[Outcome]]:
        """:meth:`write` in three steps: locked and folded; sent; committed. Closed before its end
        it comes to nothing, once sent perhaps. Only the last one's outcomes are true."""
        once: dict[str, Arrival] = {}
        for arrival in arrivals:
            once.setdefault(arrival.event_id, arrival)
        now = self._clock()
        try:
            with self._store.writing() as connection:
                once = _first_of_name(connection, once, now)
                door = self._enter(connection, once.values(), source, now)
                fresh = [a for a in once.values() if _is_fresh(a, door.taken)]
                seen = [o for arrival in fresh for o in arrival.observations]
                settled, in_place = self._lock(connection, seen)
                yield []
                with together(connection):
                    moving = self._fold(connection, settled, in_place, source)
                    fates = _fates(arrivals, fresh, moving)
                    _mark(connection, fates, once, door.taken, now)
                    tallies.add(connection, now, source, [o.fate for o in fates])
                    if source == "webhook":
                        meta.put_highest(connection, meta.LAST_WEBHOOK_AT, now)
                    self._own(connection, door.folded_by, folded=bool(seen))
                    if door.taken.new or fresh:
                        self._note(connection, once.values())
                    commit(connection)
                    yield []
        except BaseException:
            self._projector.forget()
            raise
        yield fates

    def _enter(
        self, connection: Connection, offered: Iterable[Arrival], source: str, now: int
    ) -> _Door:
        arrivals = list(offered)
        changing = any(o.object_type in REFERENCE_TYPES for a in arrivals for o in a.observations)
        with together(connection):
            references.lock(connection, changing=changing)
            folded_by = meta.ask(connection, meta.FOLDED_BY)
            taken = inbox.take(connection, [arrival.row(source, now) for arrival in arrivals])
            return _Door(taken, folded_by.taken())

    def _lock(
        self, connection: Connection, seen: Sequence[Observation]
    ) -> tuple[Settled, dict[str, Folded]]:
        """Hold whatever ``seen`` is about; gives the customers that need no history besides."""
        if not seen:
            return owners.NOBODY, {}
        with together(connection):
            claims = owners.claim(connection, seen)
            asked = self._projector.ask(connection, claims.claimed)
            settled = owners.settle(connection, claims)
            return settled, self._projector.in_place(connection, settled, asked)

    def _fold(
        self,
        connection: Connection,
        settled: Settled,
        in_place: dict[str, Folded],
        source: str,
    ) -> set[str]:
        """Store what was observed, and all that follows from it; gives the events that moved."""
        if not settled.observations:
            return set()
        known = settled.customers - in_place.keys() - settled.newcomers
        stories = history.of_customers(connection, known)
        stories |= {name: [] for name in settled.newcomers & settled.customers}
        loose = {o.object_id for o in settled.observations if o.customer_id is None}
        past = [o for story in stories.values() for o in story]
        past += history.of_loose_objects(connection, loose)
        turns = Turns(past)
        for observation in settled.observations:
            at = in_place.get(observation.customer_id or "")
            stood = at and at.before.objects.get((observation.object_type, observation.object_id))
            if stood:
                turns.stand(stood)
        moving = {o.event_id for o in settled.observations if turns.take(o)}
        history.append(connection, settled.observations)
        for observation in settled.observations:
            if observation.customer_id in stories:
                stories[observation.customer_id].append(observation)
        more = references.update(connection, settled.observations) - stories.keys()
        if more:
            owners.lock_customers(connection, more)
            stories |= history.of_customers(connection, more)
        self._projector.write(connection, stories, in_place, known | more, source)
        return moving

    def _own(self, connection: Connection, said: str | None, *, folded: bool) -> None:
        if said is None:
            meta.put(connection, meta.FOLDED_BY, self.mark)
            turnover.keep(connection, self._timezone, self._policy)
        elif folded:
            self.upkeep.own(connection, said)

    def _note(self, connection: Connection, offered: Iterable[Arrival]) -> None:
        newest = [
            arrival.created_at
            for arrival in offered
            if arrival.livemode == self._livemode
            and not arrival.is_read
            and is_stripes(arrival.event_id)  # what is behind Stripe is told from this
        ]
        if newest:
            meta.put_highest(connection, meta.LAST_EVENT_AT, max(newest))
        meta.raise_watermark(connection)


def _first_of_name(
    connection: Connection, once: dict[str, Arrival], now: int
) -> dict[str, Arrival]:
    """Without what came as a repetition of a delivery that brought something else."""
    named: dict[str, str] = {}
    for arrival in once.values():
        if arrival.delivery_id is not None:
            named.setdefault(arrival.delivery_id, arrival.event_id)
    if not named:
        return once
    first = named_deliveries.admit(connection, named, now)
    return {
        event_id: arrival
        for event_id, arrival in once.items()
        if arrival.delivery_id is None
        or (arrival.delivery_id in first and named[arrival.delivery_id] == event_id)
    }


def _is_fresh(arrival: Arrival, taken: inbox.Taken) -> bool:
    """Whether it was never applied."""
    if arrival.event_id in taken.new:
        return True
    return arrival.event_id in taken.failed_before and arrival.state != "failed"


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
    now: int,
) -> None:
    stale = [o.event_id for o in fates if o.fate == "stale" and o.event_id in taken.new]
    inbox.mark(connection, "stale", stale)
    told: dict[str, tuple[inbox.State, str | None]] = {}
    for outcome in fates:
        if outcome.fate != "repeated":
            told[outcome.event_id] = outcome.fate, outcome.error
    again = []
    for event_id in taken.failed_before:
        arrival = offered[event_id]
        again.append((event_id, *told.get(event_id, (arrival.state, arrival.error))))
    inbox.mark_retried(connection, again, now)
