"""The transaction behind every write to the projection.

Locks are taken in one order by everyone: references, inbox rows by event id, objects by id,
customers by id, and the facts about the whole last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from ..domain.fold import Rules
from ..domain.observations import REFERENCE_TYPES
from ..domain.providers import is_stripes
from ..outgoing.telling import Teller
from ..store import (
    aside,
    history,
    inbox,
    meta,
    named_deliveries,
    owners,
    references,
    rollups,
    standings,
    tallies,
)
from ..store.engine import Connection, Store
from .arrivals import Arrival
from .projecting import Projector
from .summary import Outcome
from .turns import Turns


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

    def write(self, arrivals: Sequence[Arrival], source: str) -> list[Outcome]:
        """One batch, one transaction; all of it or nothing. Outcomes in the order of ``arrivals``.

        Raises DatabaseUnavailable; anything else means that an event of the batch is unusable.
        """
        once: dict[str, Arrival] = {}
        for arrival in arrivals:
            once.setdefault(arrival.event_id, arrival)
        received_at = self._clock()
        try:
            with self._store.writing() as connection:
                once = _first_of_name(connection, once, received_at)
                rows = [arrival.row(source, received_at) for arrival in once.values()]
                changing = any(
                    o.object_type in REFERENCE_TYPES for a in once.values() for o in a.observations
                )
                references.lock(connection, changing=changing)
                taken = inbox.take(connection, rows)
                fresh = [
                    arrival
                    for arrival in once.values()
                    if arrival.event_id in taken.new
                    or (arrival.event_id in taken.failed_before and arrival.state != "failed")
                ]
                moving = self._fold(connection, fresh, source)
                fates = _fates(arrivals, fresh, moving)
                _mark(connection, fates, once, taken, received_at)
                tallies.add(connection, received_at, source, [o.fate for o in fates])
                if source == "webhook":
                    meta.put_highest(connection, meta.LAST_WEBHOOK_AT, received_at)
                if taken.new or fresh:
                    self._note(connection, once.values())
                self._own(connection, folded=any(arrival.observations for arrival in fresh))
                return fates
        except BaseException:
            self._projector.forget()
            raise

    @property
    def mark(self) -> str:
        """The mark of the rules that rows are folded by."""
        return self._projector.mark

    def refold(self, customer_ids: Sequence[str], *, left: int | None = None) -> bool:
        """Derive the rows of these customers anew from what was seen; True when any differed.

        ``left``: customers who are still to come, kept for who wants to know.
        """
        with self._store.writing() as connection:
            references.lock(connection, changing=False)
            owners.lock_customers(connection, customer_ids)
            stories = history.of_customers(connection, customer_ids)
            changed = self._projector.write(connection, stories, {}, known=set(customer_ids))
            standings.sign(connection, customer_ids, self.mark)
            if left is not None:
                meta.put(connection, meta.REFOLD_LEFT, str(left))
            if changed:
                meta.raise_watermark(connection)
            return changed

    def refold_references(self) -> bool:
        """Derive prices, products and coupons anew; True when any differed."""
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            changed = references.rebuild(connection)
            if changed:
                meta.raise_watermark(connection)
            return changed

    def sign(self) -> None:
        """Note that every row is folded by the rules of now, and make the sums what the rows say.

        Writers wait meanwhile: sums are right only between two of them.
        """
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            dropped = aside.drop_others(connection, self._policy)
            if rollups.rebuild(connection, self._timezone, self._policy) or dropped:
                meta.raise_watermark(connection)
            meta.put(connection, meta.FOLDED_BY, self.mark)
            meta.forget(connection, meta.REFOLD_LEFT)
            meta.forget(connection, meta.LISTS_WAIT)

    def sum_invoices(self) -> None:
        """Make the sums of invoices what the rows say: a fold takes from them what a row said
        before it, and that may have been somebody's edit."""
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            if rollups.rebuild_invoiced(connection):
                meta.raise_watermark(connection)

    def begin_refold(self) -> int:
        """Say that everybody is about to be folded by the rules of now; how many it concerns.

        Whoever writes by other rules from then on says so, and :meth:`end_refold` sees it.
        """
        with self._store.writing() as connection:
            # No writer is half way: what others fold is either counted here or noted by them.
            references.lock(connection, changing=True)
            standings.complete(connection)
            left = standings.count_by_others(connection, self.mark)
            meta.put(connection, meta.FOLDED_BY, f"{meta.REFOLDING}{self.mark}")
            meta.put(connection, meta.REFOLD_LEFT, str(left))
            meta.raise_watermark(connection)
            return left

    def end_refold(self) -> bool:
        """Note that every row is folded by the rules of now; False when somebody has folded by
        others meanwhile. The sums are right already: each fold adds what it changes."""
        with self._store.writing() as connection:
            references.lock(connection, changing=True)
            if meta.get(connection, meta.FOLDED_BY) != f"{meta.REFOLDING}{self.mark}":
                return False
            aside.drop_others(connection, self._policy)
            meta.put(connection, meta.FOLDED_BY, self.mark)
            meta.forget(connection, meta.REFOLD_LEFT)
            meta.forget(connection, meta.LISTS_WAIT)
            meta.raise_watermark(connection)
            return True

    def _own(self, connection: Connection, *, folded: bool) -> None:
        """Keep what is said of all rows true: those ``folded`` now are so by the rules of now."""
        said = meta.get(connection, meta.FOLDED_BY)
        if said is None:
            meta.put(connection, meta.FOLDED_BY, self.mark)
        elif folded and said not in (self.mark, f"{meta.REFOLDING}{self.mark}", meta.MIXED):
            meta.put(connection, meta.FOLDED_BY, meta.MIXED)

    def _fold(self, connection: Connection, fresh: Sequence[Arrival], source: str) -> set[str]:
        """Store what was observed, fold every customer it concerns; gives the events that moved."""
        seen = [o for arrival in fresh for o in arrival.observations]
        if not seen:
            return set()
        settled = owners.settle(connection, seen)
        in_place = self._projector.in_place(connection, settled)
        stories = history.of_customers(connection, settled.customers - in_place.keys())
        loose = {o.object_id for o in settled.observations if o.customer_id is None}
        past = [o for story in stories.values() for o in story]
        past += history.of_loose_objects(connection, loose)
        turns = Turns(past)
        for each in in_place.values():
            turns.stand(each.before.objects.values())
        moving = {o.event_id for o in settled.observations if turns.take(o)}
        history.append(connection, settled.observations)
        for observation in settled.observations:
            if observation.customer_id in stories:
                stories[observation.customer_id].append(observation)
        more = references.update(connection, settled.observations) - stories.keys()
        if more:
            owners.lock_customers(connection, more)
            stories |= history.of_customers(connection, more)
        self._projector.write(connection, stories, in_place, source=source)
        return moving

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
