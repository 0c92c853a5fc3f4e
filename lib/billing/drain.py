"""Drain: tries again what could not be applied, through the one writer.

An event is replayed from its stored body. An object that we read is read again instead: what it
was then is of no use any more. The newer read takes the older one's place, with its count of
attempts, so that an object has one failed row however often it is tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from .domain.errors import NoSuchObject, PayloadInvalid, StripeRefused, WrongUsage
from .domain.retries import next_attempt
from .enrich import EXPAND, Retrieves
from .ingest import Ingest
from .intake.arrivals import Arrival
from .intake.summary import Outcome, Summary
from .store import inbox, meta, unapplied
from .store.engine import Store
from .store.unapplied import Kept

AT_ONCE: Final = 500
READS_AT_ONCE: Final = 20

PRUNED: Final = (
    "Its body was pruned, so that it cannot be tried again. "
    "Repair its customer, then ignore it with a reason."
)
NO_KEY: Final = "It can only be read again with Stripe's API: set STRIPE_API_KEY."
GONE: Final = "Stripe has no such object any more."

_EXPANDED: Final = {
    "invoice": EXPAND,
    "price": ("tiers",),
    "subscription": ("discounts",),
}
"""What a read of one object asks for beyond the plain object."""


class Drain:
    """Tries failed events again. Without ``gateway`` objects that were read stay as they are."""

    def __init__(
        self,
        store: Store,
        ingest: Ingest,
        *,
        clock: Callable[[], int],
        gateway: Retrieves | None = None,
        at_once: int = AT_ONCE,
    ) -> None:
        self._store = store
        self._ingest = ingest
        self._clock = clock
        self._gateway = gateway
        self._at_once = at_once

    def run(self) -> Summary:
        """Try every failed event now, also those whose automatic attempts are used up.

        Raises DatabaseUnavailable, StripeUnavailable; what was applied before stays.
        """
        summary = Summary()
        with self._store.reading() as connection:
            reads = unapplied.failed_reads(connection, None)
        for page in self._pages():
            _add(summary, self._replay(page))
        _add(summary, (self._read_again(event_id) for event_id in reads))
        return summary

    def round(self) -> int:
        """Try a page of the events whose next attempt is due; gives how many."""
        now = self._clock()
        with self._store.reading() as connection:
            events = unapplied.failed_events(connection, None, self._at_once, due=now)
            reads = (
                unapplied.failed_reads(connection, READS_AT_ONCE, due=now) if self._gateway else []
            )
        self._replay(events)
        for event_id in reads:
            self._read_again(event_id)
        return len(events) + len(reads)

    def one(self, event_id: str) -> Outcome:
        """Try one failed event. Raises NoSuchObject, WrongUsage when there is nothing to try."""
        with self._store.reading() as connection:
            kept = unapplied.one(connection, event_id)
        if kept is None:
            raise NoSuchObject(f"No event has the id {event_id!r}. Take it from the inbox.")
        read = kept.event_id.startswith("read:")
        if kept.state in ("applied", "stale") or (kept.state == "ignored" and read):
            return Outcome(event_id, kept.state, kept.error)  # settled before
        if kept.state != "failed":
            raise WrongUsage(f"The event is {kept.state}: there is nothing to try again.")
        if read:
            return self._read_again(event_id)
        (outcome,) = self._replay([kept])
        return outcome

    def _pages(self) -> Iterator[list[Kept]]:
        """Pages by their place, not from the start: what fails again must not come again."""
        last: Kept | None = None
        until = self._clock()
        while True:
            with self._store.reading() as connection:
                page = unapplied.failed_events(connection, last, self._at_once)
            page = [kept for kept in page if kept.received_at <= until]
            if not page:
                return
            yield page
            last = page[-1]

    def _replay(self, page: Sequence[Kept]) -> list[Outcome]:
        arrivals: list[Arrival] = []
        outcomes: list[Outcome] = []
        for kept in page:
            try:
                arrivals.append(self._arrival(kept))
            except PayloadInvalid as error:
                self._stop(kept.event_id, str(error))
                outcomes.append(Outcome(kept.event_id, "failed", str(error)))
        outcomes += map(self._told, self._ingest.commit(arrivals, "retry"))
        if any(outcome.fate == "failed" for outcome in outcomes):
            with self._store.writing() as connection:
                meta.raise_watermark(connection)  # their attempts and errors are shown
        return outcomes

    def _told(self, outcome: Outcome) -> Outcome:
        """The writer calls it a repeat when an event fails as it did before."""
        if outcome.fate != "repeated":
            return outcome
        with self._store.reading() as connection:
            kept = unapplied.one(connection, outcome.event_id)
        if kept is None or kept.state != "failed":
            return outcome
        return Outcome(kept.event_id, "failed", kept.error)

    def _arrival(self, kept: Kept) -> Arrival:
        if kept.body is None:
            raise PayloadInvalid(PRUNED)
        return self._ingest.read_again(kept.event_id, kept.body)

    def _read_again(self, event_id: str) -> Outcome:
        with self._store.reading() as connection:
            kept = unapplied.one(connection, event_id)
        if kept is None or kept.state != "failed":
            return Outcome(event_id, "repeated")  # someone else was quicker
        if self._gateway is None:
            return Outcome(event_id, "failed", NO_KEY)
        kind = kept.type.removeprefix("read.")
        object_id = event_id.removeprefix("read:").rsplit(":", 2)[0]
        try:
            found, second = self._gateway.retrieve(kind, object_id, expand=_EXPANDED.get(kind, ()))
        except NoSuchObject:
            self._rest(event_id, GONE)
            return Outcome(event_id, "ignored", GONE)
        except StripeRefused as error:
            self._failed_again(event_id, str(error))
            return Outcome(event_id, "failed", str(error))
        arrival = self._ingest.read_object(found, second=second, source=kept.source)
        if arrival is None:
            self._rest(event_id, GONE)
            return Outcome(event_id, "ignored", GONE)
        return self._replace(kept, arrival)

    def _replace(self, kept: Kept, arrival: Arrival) -> Outcome:
        (outcome,) = self._ingest.commit([arrival], kept.source)
        if arrival.event_id == kept.event_id:  # within the same second; the writer has told
            return self._told(outcome)
        if outcome.fate == "failed":
            attempts = kept.attempts + 1
            following = next_attempt(attempts, self._clock())
            with self._store.writing() as connection:
                unapplied.inherit(connection, arrival.event_id, attempts, following)
        self._rest(kept.event_id, f"Read again as {arrival.event_id}.")
        return replace(outcome, event_id=kept.event_id)

    def _rest(self, event_id: str, why: str) -> None:
        with self._store.writing() as connection:
            unapplied.ignore(connection, event_id, why)
            meta.raise_watermark(connection)

    def _stop(self, event_id: str, why: str) -> None:
        with self._store.writing() as connection:
            unapplied.stop(connection, event_id, why)

    def _failed_again(self, event_id: str, why: str) -> None:
        with self._store.writing() as connection:
            inbox.mark_retried(connection, [(event_id, "failed", why)], self._clock())
            meta.raise_watermark(connection)


def _add(summary: Summary, outcomes: Sequence[Outcome] | Iterator[Outcome]) -> None:
    seen = list(outcomes)
    summary.lines += len(seen)
    summary.add(seen)
