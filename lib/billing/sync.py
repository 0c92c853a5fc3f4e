"""Backfill: everything that Stripe has now, read once, through the same writer as webhooks.

Each object is an observation at the second that the response's ``Date`` header names. The place is
kept after every page, so that an interrupted backfill goes on where it stopped; reading a page
twice is harmless.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from .domain.errors import StripeRefused
from .ingest import Ingest
from .store import meta
from .store.engine import Store
from .stripe.gateway import Gateway, Page
from .stripe.paced import PAUSES, Paced, Progress

__all__ = ["CURSOR", "KINDS", "PAUSES", "Backfill", "BackfillSummary", "Progress"]

KINDS: Final[dict[str, dict[str, Any]]] = {
    "products": {},
    "prices": {"expand": ["data.tiers"]},
    "coupons": {},
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
    """``read``: objects by kind in this run. ``left_out``: kind -> why it could not be read.

    ``unexpanded``: kinds that Stripe would not give with the details that were asked for.
    """

    resumed: bool = False
    read: dict[str, int] = field(default_factory=dict)
    applied: int = 0
    stale: int = 0
    ignored: int = 0
    repeated: int = 0
    failed: int = 0
    requests: int = 0
    left_out: dict[str, str] = field(default_factory=dict)
    unexpanded: list[str] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)


class Backfill:
    """One run. Raises StripeUnavailable and StripeRefused; run it again to go on."""

    def __init__(
        self,
        store: Store,
        ingest: Ingest,
        gateway: Gateway,
        *,
        progress: Progress = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._ingest = ingest
        self._stripe = Paced(gateway, sleep=sleep, progress=progress)
        self._progress = progress
        self._summary = BackfillSummary()

    def run(self) -> BackfillSummary:
        """Read what is left to read."""
        begun, after = self._place()
        self._summary.resumed = begun is not None
        kinds = list(KINDS)
        for kind in kinds[kinds.index(begun) if begun else 0 :]:
            self._read(kind, after)
            after = None
        with self._store.writing() as connection:
            meta.forget(connection, CURSOR)
        self._summary.requests = self._stripe.requests
        return self._summary

    def _read(self, kind: str, after: str | None) -> None:
        self._summary.read[kind] = 0
        try:
            self._read_expanded(kind, after)
        except StripeRefused as error:
            if kind in NEEDED or error.code == "stripe_key":
                raise
            self._summary.left_out[kind] = str(error)

    def _read_expanded(self, kind: str, after: str | None) -> None:
        """Read a kind with its details, or without them where only those are refused."""
        filters = KINDS[kind]
        try:
            self._read_pages(kind, after, filters)
        except StripeRefused as error:
            if "expand" not in filters or self._summary.read[kind] or error.code in _KEY_CODES:
                raise
            plain = {name: value for name, value in filters.items() if name != "expand"}
            self._read_pages(kind, after, plain)
            self._summary.unexpanded.append(kind)

    def _read_pages(self, kind: str, after: str | None, filters: dict[str, Any]) -> None:
        for page in self._stripe.pages(kind, after=after, **filters):
            self._take(kind, page)

    def _take(self, kind: str, page: Page) -> None:
        summary = self._summary
        taken = self._ingest.observe(page.objects, second=page.date, source="backfill")
        summary.read[kind] += taken.lines
        summary.applied += taken.applied
        summary.stale += taken.stale
        summary.ignored += taken.ignored
        summary.repeated += taken.repeated
        summary.failed += taken.failed
        summary.failures += taken.failures
        if page.objects:
            self._remember(kind, str(page.objects[-1]["id"]))
        self._progress(f"{kind.replace('_', ' ').capitalize()}: {summary.read[kind]:,} read")

    def _place(self) -> tuple[str | None, str | None]:
        """(kind, id after which to go on) of an interrupted run; (None, None) for a new one."""
        with self._store.reading() as connection:
            kept = meta.get(connection, CURSOR)
        if kept is None:
            return None, None
        place = json.loads(kept)
        return (place["kind"], place["after"]) if place["kind"] in KINDS else (None, None)

    def _remember(self, kind: str, after: str) -> None:
        with self._store.writing() as connection:
            meta.put(connection, CURSOR, json.dumps({"kind": kind, "after": after}))
