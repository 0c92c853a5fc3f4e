"""One comparison with Stripe, from the rows to the gaps, and its repair."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ..domain.causes import CAUSES, PATIENCE
from ..domain.drift import Difference, Unapplied, gap
from ..domain.errors import NoCustomer, NoSuchObject
from ..domain.times import DAY
from ..ingest import Ingest
from ..reading.paced import Asks, Paced, Progress
from ..store import findings, history
from ..store.engine import Store
from ..store.queries import lacking
from ..store.queries.reading import Reader
from . import walks
from .events import Events
from .objects import Objects
from .references import ReferenceComparison
from .repairs import Repairs
from .rows import (
    compare_catalog,
    compare_references,
    compare_rows,
    compare_rules,
    compare_sums,
    mended_references,
)
from .summary import ReconcileSummary

RECENT_DAYS: Final = 35
"""Invoices made since then are compared whatever their status: a month and its last days."""

COMPARED: Final = ("customer", "subscription", "invoice")


class Comparison:
    """One run."""

    def __init__(
        self,
        store: Store,
        ingest: Ingest,
        stripe: Paced[Asks],
        clock: Callable[[], int],
        progress: Progress,
        only: str | None,
    ) -> None:
        self.summary = ReconcileSummary()
        self.started = clock()
        self._store, self._reader = store, Reader(store)
        self._ingest, self._stripe = ingest, stripe
        self._clock, self._progress = clock, progress
        self._only = only
        self._since = self.started - RECENT_DAYS * DAY
        self._events = Events(store, stripe, livemode=ingest.livemode)
        self._objects = Objects(
            store, stripe, self._events, livemode=ingest.livemode, org_key=ingest.org_key
        )
        self._still: set[str] = set()  # subjects found
        self._named: set[tuple[str, str]] = set()  # objects that they tell of
        self._looked_for = {"row", "second", "plan", "stripe"}  # first words of subjects
        self._lost: list[Unapplied] = []

    def compare(self) -> None:
        """Record all that differs, and close what no longer does."""
        self._check_name()
        self._compare_rows()
        self._read_events()
        if self._only is None:
            self._compare_references()
        for object_type in COMPARED:
            self._compare_objects(object_type)
        self._look_again()
        if self._only is None and self._events.readable:
            self._find_gaps()
        self.summary.left_out |= self._events.left_out
        self.summary.resolved += self._settle(self._still, self._looked_for)

    def repair(self) -> None:
        """Mend what can be: first the events that are lacking, then what they did not bring."""
        if self._only is None:
            self._objects.refuse_another_account()
        repairs = Repairs(
            self._ingest, self._stripe, self._events, self._objects, progress=self._progress
        )
        lost = {event.event_id: event for event in self._lost}
        for batch in walks.open_findings(self._store, self._only):
            for finding in batch:
                lost |= {event.event_id: event for event in self._events.of_finding(finding)}
            failed = [f.event_id for f in batch if f.cause == "failed_event" and f.event_id]
            repairs.retry(failed)
        repairs.bring_events(event for event in lost.values() if event.why == "lacking")
        for batch in walks.open_findings(self._store, self._only):
            mended = repairs.mend([f for f in batch if CAUSES[f.cause].repairable])
            with self._store.writing() as connection:
                self.summary.repaired += findings.resolve(
                    connection, mended, "repaired", now=self._clock()
                )
        with self._reader.open() as connection:
            unmapped = {d.subject for d in compare_catalog(connection, self._only)}
        self.summary.repaired += self._settle(unmapped, {"plan"}, repaired=True)
        self.summary.left_out |= self._events.left_out

    def _check_name(self) -> None:
        if self._only is None:
            return
        self.summary.customers = 1
        with self._store.reading() as connection:
            known = history.seen_among(connection, [self._only])
        if not known:
            try:
                self._objects.read("customer", self._only)
            except NoSuchObject:
                raise NoCustomer.named(self._only) from None

    def _compare_rows(self) -> None:
        rules, done = self._ingest.rules, 0
        with self._reader.open() as connection:
            mended = mended_references(connection)
        for batch in walks.customers(self._store, self._only):
            with self._reader.open() as connection:
                found = compare_rows(connection, batch, rules, mended)
            self._record(found)
            done += len(batch)
            self._progress(f"Rows: {done:,} customers folded")
        with self._reader.open() as connection:
            overall = compare_catalog(connection, self._only)
            if self._only is None:
                changed = compare_rules(connection, rules)
                overall += changed + compare_references(connection)
                self._looked_for.add("rules")
                if not changed and not any(name.startswith("row ") for name in self._still):
                    # Sums are of the rows: where those are wrong, that is what is told, and what
                    # is open about sums stays so.
                    overall += compare_sums(connection, rules)
                    self._looked_for.add("sums")
        self._record(overall)

    def _read_events(self) -> None:
        self._events.read_failed()
        if self._only is None:
            self._progress("Reading Stripe's event list")
            self._events.read()

    def _compare_references(self) -> None:
        comparison = ReferenceComparison(self._store, self._stripe, self._events)
        # A row that is wrong of itself was told of already.
        self._record(
            d for d in comparison.run() if f"row {d.object_type} {d.object_id}" not in self._still
        )
        self._named |= comparison.touched
        self.summary.left_out |= comparison.problems
        if not comparison.problems:
            self._looked_for.add("reference")

    def _compare_objects(self, object_type: str) -> None:
        done = 0
        for page in walks.listed(self._stripe, object_type, self._since, self._only):
            self._record(self._objects.compare_page(object_type, page))
            done += len(page.objects)
            self._progress(f"{object_type.capitalize()}s: {done:,} compared")
        if object_type == "customer" and self._only is None:
            self.summary.customers += done
        if object_type == "customer" and self._only is not None:
            self._record(self._objects.compare_ids("customer", [self._only]))
            return
        for batch in walks.living(self._store, object_type, self._since, self._only):
            self._record(self._objects.compare_unlisted(object_type, batch))

    def _look_again(self) -> None:
        """At what is open and too old by now to be in any list: age alone mends nothing."""
        for batch in walks.open_findings(self._store, self._only):
            for finding in batch:
                if finding.object_type in COMPARED and finding.object_id is not None:
                    self._record(
                        self._objects.compare_unlisted(finding.object_type, [finding.object_id])
                    )

    def _find_gaps(self) -> None:
        """Events that never arrived. Those of an object that differs belong to its finding: a lost
        event shows on the board exactly once. Those that may be on their way are no gaps yet."""
        with self._store.reading() as connection:
            began = lacking.began_at(connection, self._ingest.livemode)
        now = self._events.read_until or self._clock()
        for event in self._events.lacking():
            if began is not None and began <= event.created <= now - PATIENCE:
                self._lost.append(event)
        gaps = [gap(event) for event in self._lost if not self._told_of(event)]
        self._record(gaps)
        self._looked_for.add("event")
        self.summary.gaps = len(gaps)

    def _told_of(self, event: Unapplied) -> bool:
        named = (event.object_type, event.object_id) in self._named
        return named or self._events.owner_of(event) in self._objects.absorbed

    def _settle(self, still: set[str], scopes: set[str], *, repaired: bool = False) -> int:
        with self._store.writing() as connection:
            return findings.settle(
                connection,
                still,
                now=self._clock(),
                scopes=scopes,
                customer_id=self._only,
                resolution="repaired" if repaired else "gone",
            )

    def _record(self, found: Iterable[Difference]) -> None:
        fresh = [difference for difference in found if difference.subject not in self._still]
        if not fresh:
            return
        with self._store.writing() as connection:
            self.summary.new += findings.record(connection, fresh, now=self._clock())
        self.summary.found += len(fresh)
        for difference in fresh:
            self._still.add(difference.subject)
            self._named.add((difference.object_type, difference.object_id))
