"""Backfill: everything that Stripe has now, read once, through the same writer as webhooks.

Each object is an observation at the second that the response's ``Date`` header names. The place is
kept after every page, so that an interrupted backfill goes on where it stopped; reading a page
twice is harmless.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

from .domain.errors import StripeRefused
from .ingest import Ingest
from .reading.paced import Lists, Paced, Progress
from .store import meta
from .store.engine import Store
from .stripe.gateway import Page

KINDS: Final[dict[str, dict[str, Any]]] = {
    "products": {},
    "prices": {"expand": ["data.tiers"]},
    "coupons": {},
    "portal_configurations": {},
    "customers": {},
    "subscriptions": {"status": "all", "expand": ["data.discounts"]},
    "subscription_schedules": {},
    "invoices": {"expand": ["data.payments"]},
}
"""What is read, in this order: what customers' numbers need comes first.

Four levels of expansion are the most that Stripe allows, one less in a list: why a payment failed
is read invoice by invoice, by `lib.billing.enrich`.
"""

NEEDED: Final = frozenset({"customers", "subscriptions", "invoices"})
"""Without these there is no backfill; the others are left out and named."""

_KEY_CODES: Final = frozenset({"stripe_key", "stripe_permission"})

CURSOR: Final = "backfill"


@dataclass(slots=True)
class BackfillSummary:
    """What one run did; ``*_in_all`` counts the interrupted runs before it too.

    ``read``: objects by kind; a page that was under way when a run was killed is read again and
    counts once. ``requests``: answered by Stripe or not; what an interrupted run asked after the
    last page that it kept is not in ``requests_in_all``.
    ``left_out``: kind -> why it could not be read. ``unexpanded``: kinds that Stripe would not give
    with the details that were asked for.
    """

    resumed: bool = False
    runs: int = 1
    read: dict[str, int] = field(default_factory=dict)
    read_in_all: dict[str, int] = field(default_factory=dict)
    applied: int = 0
    stale: int = 0
    ignored: int = 0
    repeated: int = 0
    failed: int = 0
    requests: int = 0
    requests_in_all: int = 0
    pauses: int = 0
    left_out: dict[str, str] = field(default_factory=dict)
    unexpanded: list[str] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class _Place:
    """Where an interrupted backfill goes on, and what the runs so far had done."""

    kind: str | None = None
    after: str | None = None
    runs: int = 0
    requests: int = 0
    read: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    unexpanded: list[str] = field(default_factory=list)


class Backfill:
    """One run. Raises StripeUnavailable and StripeRefused; run it again to go on."""

    def __init__(
        self,
        store: Store,
        ingest: Ingest,
        reader: Paced[Lists],
        *,
        progress: Progress = lambda _: None,
    ) -> None:
        self._store = store
        self._ingest = ingest
        self._reader = reader
        self._progress = progress
        self._summary = BackfillSummary()
        self._begun = _Place()

    def run(self) -> BackfillSummary:
        """Read what is left to read."""
        self._begun = place = self._place()
        summary = self._summary
        summary.resumed = place.kind is not None
        summary.runs = place.runs + 1
        summary.read_in_all = dict(place.read)
        summary.left_out |= place.left_out
        summary.unexpanded += place.unexpanded
        kinds, after = list(KINDS), place.after
        for kind in kinds[kinds.index(place.kind) if place.kind else 0 :]:
            self._read(kind, after)
            after = None
        with self._store.writing() as connection:
            meta.forget(connection, CURSOR)
        self._count_requests()
        return summary

    def _read(self, kind: str, after: str | None) -> None:
        self._summary.read[kind] = 0
        self._summary.read_in_all.setdefault(kind, 0)
        try:
            self._read_from(kind, after)
        except StripeRefused as error:
            if kind in NEEDED or error.code == "stripe_key":
                raise
            self._summary.left_out[kind] = str(error)

    def _read_from(self, kind: str, after: str | None) -> None:
        """Go on after an object; from the beginning where that object is no more."""
        try:
            self._read_expanded(kind, after)
        except StripeRefused as error:
            if after is None or self._summary.read[kind] or not error.code.endswith("_missing"):
                raise
            self._summary.read_in_all[kind] = 0
            self._read_expanded(kind, None)

    def _read_expanded(self, kind: str, after: str | None) -> None:
        """Read a kind with its details, or without them where only those are refused."""
        filters = KINDS[kind]
        try:
            self._read_pages(kind, after, filters)
        except StripeRefused as error:
            gone = error.code.endswith("_missing")
            if "expand" not in filters or self._summary.read[kind] or gone:
                raise
            if error.code in _KEY_CODES:
                raise
            plain = {name: value for name, value in filters.items() if name != "expand"}
            self._read_pages(kind, after, plain)
            self._summary.unexpanded.append(kind)

    def _read_pages(self, kind: str, after: str | None, filters: dict[str, Any]) -> None:
        for page in self._reader.pages(kind, after=after, **filters):
            self._take(kind, page)

    def _take(self, kind: str, page: Page) -> None:
        summary = self._summary
        taken = self._ingest.observe(page.objects, second=page.date, source="backfill")
        summary.read[kind] += taken.lines
        summary.read_in_all[kind] += taken.lines
        summary.applied += taken.applied
        summary.stale += taken.stale
        summary.ignored += taken.ignored
        summary.repeated += taken.repeated
        summary.failed += taken.failed
        summary.failures += taken.failures
        self._count_requests()
        if page.objects:
            self._remember(kind, str(page.objects[-1]["id"]))
        counted = f"{summary.read_in_all[kind]:,} read, {summary.requests_in_all:,} requests"
        self._progress(f"{kind.replace('_', ' ').capitalize()}: {counted}")

    def _count_requests(self) -> None:
        self._summary.requests = self._reader.requests
        self._summary.requests_in_all = self._begun.requests + self._reader.requests
        self._summary.pauses = self._reader.pauses

    def _place(self) -> _Place:
        """The place of an interrupted run; an empty one for a new run."""
        with self._store.reading() as connection:
            kept = meta.get(connection, CURSOR)
        if kept is None:
            return _Place()
        stored = json.loads(kept)
        if stored.get("kind") not in KINDS:
            return _Place()
        # An earlier version kept the place alone.
        return _Place(**{name: stored[name] for name in _Place.__slots__ if name in stored})

    def _remember(self, kind: str, after: str) -> None:
        summary = self._summary
        place = {
            "kind": kind,
            "after": after,
            "runs": summary.runs,
            "requests": summary.requests_in_all,
            "read": summary.read_in_all,
            "left_out": summary.left_out,
            "unexpanded": summary.unexpanded,
        }
        with self._store.writing() as connection:
            meta.put(connection, CURSOR, json.dumps(place))
