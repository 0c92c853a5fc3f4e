"""Repairs what was found, through the one writer only, and looks whether it helped.

Rows are folded anew. What Stripe has otherwise is mended by the events that are lacking, so that
inbox and history are complete, and where those do not suffice by the object as it is now.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from ..domain.drift import Unapplied, names_discount
from ..domain.errors import NoSuchObject
from ..domain.findings import Finding
from ..ingest import Ingest
from ..reading.paced import Asks, Paced, Progress
from ..replay import replay
from ..store import history, inbox
from ..store.queries.lacking import awaited, states_of
from ..store.queries.reading import Reader
from ..stripe.gateway import Page
from ..stripe.told import deleted_stub, holder_of
from .events import Events
from .objects import Objects
from .references import LISTS
from .rows import compare_references, compare_rows, compare_rules, compare_sums

SOURCE = "reconcile"

Mend = Callable[[Finding], bool]


class Repairs:
    """Mends findings; each method tells which of them are no more."""

    def __init__(
        self,
        ingest: Ingest,
        stripe: Paced[Asks],
        events: Events,
        objects: Objects,
        *,
        progress: Progress,
    ) -> None:
        self._ingest = ingest
        self._reader = Reader(ingest.store)
        self._stripe = stripe
        self._events = events
        self._objects = objects
        self._progress = progress

    def bring_events(self, events: Iterable[Unapplied]) -> int:
        """Fetch events that never arrived and apply them; gives how many were."""
        brought = 0
        for batch in self._events.fetched(events):
            summary = self._ingest.apply(batch, source=SOURCE)
            brought += summary.applied + summary.stale
            self._progress(f"Events: {brought:,} fetched and applied")
        return brought

    def retry(self, event_ids: Iterable[str]) -> None:
        """Try failed events again."""
        with self._reader.open() as connection:
            bodies = [inbox.body_of(connection, event_id) for event_id in event_ids]
        self._ingest.import_lines([body for body in bodies if body is not None], source="retry")

    def mend(self, findings: list[Finding]) -> list[int]:
        """Repair these findings, whose events were brought already; ids of those that are gone."""
        by_scope: dict[str, list[Finding]] = {}
        for finding in findings:
            by_scope.setdefault(finding.subject.split(" ", 1)[0], []).append(finding)
        mended = [
            self._rules([*by_scope.get("rules", []), *by_scope.get("sums", [])]),
            self._rows(by_scope.get("row", [])),
            self._each(by_scope.get("second", []), self._second),
            self._each(by_scope.get("stripe", []), self._object),
            self._each(by_scope.get("reference", []), self._reference),
            self._gaps(by_scope.get("event", [])),
        ]
        return [finding.finding_id for finding in chain.from_iterable(mended)]

    def _rules(self, findings: list[Finding]) -> Iterator[Finding]:
        """Everyone is folded by the rules of now, and the sums are made what the rows say."""
        if not findings:
            return
        replay(self._ingest, progress=self._progress)
        with self._reader.open() as connection:
            rules = self._ingest.rules
            left = {d.subject for d in compare_rules(connection, rules)}
            left |= {d.subject for d in compare_sums(connection, rules)}
        yield from (finding for finding in findings if finding.subject not in left)

    def _rows(self, findings: list[Finding]) -> Iterator[Finding]:
        if not findings:
            return
        customers = sorted({f.customer_id for f in findings if f.customer_id is not None})
        if len(customers) < len(findings):
            self._ingest.refold_references()
        if customers:
            self._ingest.refold(customers)
        if any(finding.object_type == "invoices" for finding in findings):
            self._ingest.sum_invoices()
        with self._reader.open() as connection:
            left = {d.subject for d in compare_rows(connection, customers, self._ingest.rules)}
            left |= {d.subject for d in compare_references(connection)}
        yield from (finding for finding in findings if finding.subject not in left)

    def _each(self, findings: list[Finding], mend: Mend) -> Iterator[Finding]:
        yield from (finding for finding in findings if mend(finding))

    def _second(self, finding: Finding) -> bool:
        """Read what cannot be told from its events."""
        if not (finding.object_type and finding.object_id and finding.customer_id):
            return False
        state = self._objects.state_of(finding.object_type, finding.object_id)
        kind, name, expand = holder_of(
            finding.object_type, finding.object_id, state, finding.customer_id
        )
        try:
            raw, second = self._stripe.retrieve(kind, name, expand=expand)
        except NoSuchObject:
            return False
        self._ingest.observe([raw], second=second, source=SOURCE)
        with self._reader.open() as connection:
            left = compare_rows(connection, [finding.customer_id], self._ingest.rules)
        return finding.subject not in {difference.subject for difference in left}

    def _object(self, finding: Finding) -> bool:
        object_type, object_id = finding.object_type or "", finding.object_id or ""
        match finding.cause:
            case "unknown_to_stripe" | "other_mode" | "unreadable_object":
                pass
            case "deleted_invoice":
                self._bury(finding)
            case "missing_customer" | "deleted_customer":
                self._customer(object_id)
            case _:
                self._read_again(object_type, object_id)
        self._objects.absorbed.discard(object_id)
        return self._objects.compare_one(object_type, object_id) is None

    def _read_again(self, object_type: str, object_id: str) -> None:
        if self._objects.compare_one(object_type, object_id) is None:
            return
        try:
            raw, second = self._objects.read(object_type, object_id)
        except NoSuchObject:
            return
        self._ingest.observe([raw], second=second, source=SOURCE)

    def _customer(self, customer_id: str) -> None:
        """A customer with what belongs to it, where its events did not bring it all."""
        self._read_again("customer", customer_id)
        self._objects.absorbed.discard(customer_id)
        for kind, page in self._belongings(customer_id):
            differing = {d.object_id for d in self._objects.compare_page(kind, page)}
            raws = [raw for raw in page.objects if raw["id"] in differing]
            self._ingest.observe(raws, second=page.date, source=SOURCE)

    def _belongings(self, customer_id: str) -> Iterator[tuple[str, Page]]:
        for page in self._stripe.pages("subscriptions", customer=customer_id, status="all"):
            yield "subscription", page
        for page in self._stripe.pages("invoices", customer=customer_id):
            yield "invoice", page

    def _bury(self, finding: Finding) -> None:
        """A draft that Stripe has deleted tells nothing any more; its customer, who must still be
        known, proves that the right account was asked, and when."""
        try:
            _, second = self._stripe.retrieve("customer", finding.customer_id or "")
        except NoSuchObject:
            return
        stub = deleted_stub("invoice", finding.object_id or "")
        self._ingest.observe([stub], second=second, source=SOURCE)

    def _reference(self, finding: Finding) -> bool:
        """Read a price, product or coupon; a discount shows only in what it is on."""
        object_type, object_id = finding.object_type or "", finding.object_id or ""
        asked = [(object_type, object_id)]
        if object_type not in LISTS:
            asked = self._holders(object_type, object_id)
        for kind, name in asked:
            try:
                raw, second = self._objects.read(kind, name)
            except NoSuchObject:
                return False
            if self._ingest.observe([raw], second=second, source=SOURCE).failed:
                return False
        with self._reader.open() as connection:
            return (object_type, object_id) not in awaited(connection)

    def _holders(self, object_type: str, object_id: str) -> list[tuple[str, str]]:
        """Subscriptions that name a discount; the customer where none does."""
        with self._reader.open() as connection:
            owners = awaited(connection).get((object_type, object_id), [])
            stories = history.of_customers(connection, owners)
        holders = {
            (seen.object_type, seen.object_id)
            for story in stories.values()
            for seen in story
            if seen.object_type == "subscription" and names_discount(seen.after, object_id)
        }
        return sorted(holders) or [("customer", owner) for owner in owners]

    def _gaps(self, findings: list[Finding]) -> Iterator[Finding]:
        wanted = [finding.event_id for finding in findings if finding.event_id is not None]
        with self._reader.open() as connection:
            arrived = states_of(connection, wanted)
        yield from (finding for finding in findings if finding.event_id in arrived)
