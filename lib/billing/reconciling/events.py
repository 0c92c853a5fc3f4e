"""Stripe's event list beside the inbox: which events did not make it into the projection?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

import orjson

from ..domain.causes import WINDOW
from ..domain.drift import Unapplied
from ..domain.errors import NoSuchObject, StripeRefused
from ..domain.findings import Finding
from ..reading.paced import Asks, Paced
from ..store import unapplied
from ..store.engine import Store
from ..store.queries import lacking
from ..stripe.gateway import Page
from ..stripe.told import told

FAILED_AT_MOST: Final = 5_000
ONE_BY_ONE: Final = 50
"""Up to so many events are fetched by id; more are picked from the list, a hundred a request."""


class Events:
    """What Stripe's list names that was not applied here. Only those are held in memory."""

    def __init__(self, store: Store, stripe: Paced[Asks], *, livemode: bool) -> None:
        self._store = store
        self._stripe = stripe
        self._livemode = livemode
        self._known: dict[str, Unapplied] = {}
        self._by_object: dict[tuple[str, str], set[str]] = {}
        self._owners: dict[str, str] = {}
        self.read_until: int | None = None  # Stripe's second when its newest page was read
        self._read_from = 0
        self.problem: str | None = None  # why the list cannot be read

    @property
    def readable(self) -> bool:
        return self.problem is None

    @property
    def left_out(self) -> dict[str, str]:
        """What could not be read, and why, as a summary tells it."""
        return {} if self.problem is None else {"events": self.problem}

    def read(self, since: int | None = None) -> None:
        """Read the list from its newest event back to ``since``, by default to its end.

        Without the right to read events nothing is known of them, and ``problem`` says so.
        """
        if not self.readable:
            return
        filters: dict[str, Any] = {} if since is None else {"created": {"gte": since}}
        newest = None
        try:
            for page in self._stripe.pages("events", **filters):
                newest = newest or page.date
                self._take(page)
        except StripeRefused as error:
            if error.code == "stripe_key":
                raise
            self.problem = str(error)
            return
        first = self.read_until is None
        self._read_from = (since or 0) if first else min(self._read_from, since or 0)
        self.read_until = newest

    def read_failed(self) -> None:
        """Add the events that are kept here as failed, however old."""
        with self._store.reading() as connection:
            failed = unapplied.failed_events(connection, None, FAILED_AT_MOST)
        for kept in failed:
            if kept.body is not None:
                self._add(_loaded(kept.body), "failed")

    def refresh(self, since: int, now: int) -> None:
        """Make sure that the list is known from ``since`` up to Stripe's second ``now``."""
        if self.read_until is None or since < self._read_from:
            self.read(since)
        elif now > self.read_until:
            self.read(self.read_until - 1)

    def about(self, object_type: str, object_id: str) -> list[Unapplied]:
        """Events about one object that are still not applied."""
        named = self._by_object.get((object_type, object_id), ())
        return self._still(self._known[event_id] for event_id in sorted(named))

    def of_customer(self, customer_id: str) -> list[Unapplied]:
        """Events of one customer that are still not applied."""
        return self._still(e for e in self._known.values() if self.owner_of(e) == customer_id)

    def of_finding(self, finding: Finding) -> list[Unapplied]:
        """Events that a finding tells of and that are still not applied."""
        if finding.kind == "gap":
            return self._still([_of_gap(finding)]) if self.readable else []
        if finding.cause in ("missing_customer", "deleted_customer"):
            return self.of_customer(finding.object_id or "")
        return self.about(finding.object_type or "", finding.object_id or "")

    def owner_of(self, event: Unapplied) -> str | None:
        """Whose object it is about, where the event or another one of its kind says so."""
        return event.customer_id or self._owners.get(event.parent_id or "")

    def lacking(self) -> list[Unapplied]:
        """Events that never arrived, oldest first."""
        found = self._still(event for event in self._known.values() if event.why == "lacking")
        return sorted(found, key=lambda event: (event.created, event.event_id))

    def fetched(self, events: Iterable[Unapplied]) -> Iterator[list[dict[str, Any]]]:
        """Their bodies in batches; one that Stripe's list has forgotten meanwhile is left out."""
        wanted = {event.event_id: event for event in events}
        if len(wanted) <= ONE_BY_ONE:
            yield [body for event_id in wanted for body in self._fetched(event_id)]
            return
        oldest = min(event.created for event in wanted.values())
        for page in self._stripe.pages("events", created={"gte": oldest}):
            yield [raw for raw in page.objects if raw["id"] in wanted]

    def _fetched(self, event_id: str) -> Iterator[dict[str, Any]]:
        try:
            yield self._stripe.retrieve("event", event_id)[0]
        except NoSuchObject:
            return
        except StripeRefused as error:
            if error.code == "stripe_key":
                raise
            self.problem = str(error)

    def _take(self, page: Page) -> None:
        with self._store.reading() as connection:
            states = lacking.states_of(connection, [str(raw["id"]) for raw in page.objects])
        for raw in page.objects:
            why = {None: "lacking", "failed": "failed", "ignored": "ignored"}.get(
                states.get(raw["id"])
            )
            if why is not None and raw.get("livemode") is self._livemode:
                self._add(raw, why)

    def _add(self, raw: Any, why: str) -> None:
        event = told(raw, why)
        if event is not None:
            self._known[event.event_id] = event
            about = (event.object_type, event.object_id)
            self._by_object.setdefault(about, set()).add(event.event_id)
            if event.customer_id is not None:
                self._owners[event.object_id] = event.customer_id

    def _still(self, events: Iterable[Unapplied]) -> list[Unapplied]:
        """Those whose standing in the inbox has not changed since they were noted."""
        noted = list(events)
        if not noted:
            return []
        with self._store.reading() as connection:
            states = lacking.states_of(connection, [event.event_id for event in noted])
        return [e for e in noted if states.get(e.event_id, "lacking") == e.why]


def _of_gap(finding: Finding) -> Unapplied:
    """The event itself, also where the list was not read: a run for one customer reads none."""
    return Unapplied(
        event_id=finding.event_id or "",
        type=finding.field.rpartition(": ")[2],
        created=(finding.lost_after or WINDOW) - WINDOW,
        object_type=finding.object_type or "",
        object_id=finding.object_id or "",
        customer_id=finding.customer_id,
        parent_id=None,
        why="lacking",
    )


def _loaded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
