"""Prices, products, coupons and portal configurations: what somebody here has seen or needs.

What Stripe no longer lists is left out too: a deleted coupon still discounts whoever has it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from ..domain.drift import Difference, Unapplied, compared, differing
from ..domain.errors import EventUnusable, StripeRefused
from ..domain.observations import State
from ..reading.paced import Asks, Paced
from ..store import references
from ..store.engine import Store
from ..store.queries import lacking
from ..stripe.parse import parse_object
from .events import Events

LISTS: Final = {
    "price": "prices",
    "product": "products",
    "coupon": "coupons",
    "portal_configuration": "portal_configurations",
}


class ReferenceComparison:
    """``problems``: lists that could not be read, and why. ``touched``: further objects that the
    differences tell of, as (type, id)."""

    def __init__(self, store: Store, stripe: Paced[Asks], events: Events) -> None:
        self._store = store
        self._stripe = stripe
        self._events = events
        self.problems: dict[str, str] = {}
        self.touched: set[tuple[str, str]] = set()

    def run(self) -> list[Difference]:
        """Every difference; there are as many references as the catalogue has prices."""
        with self._store.reading() as connection:
            awaited = lacking.awaited(connection)
            known = {kind: references.states(connection, kind) for kind in LISTS}
        found = [self._missing(*what, awaited[what]) for what in sorted(awaited)]
        for kind, plural in LISTS.items():
            try:
                shown = self._listed(kind, plural)
            except StripeRefused as error:
                if error.code == "stripe_key":
                    raise
                self.problems[plural] = str(error)
                continue
            waiting = {name for awaited_kind, name in awaited if awaited_kind == kind}
            mine = {name: s for name, s in known[kind].items() if name not in waiting}
            differences = {
                name: difference
                for name, state in sorted(mine.items())
                if (difference := self._difference(kind, name, state, shown.get(name)))
            }
            found += self._moves(differences, shown) if kind == "price" else differences.values()
        return found

    def _listed(self, kind: str, plural: str) -> dict[str, State]:
        shown: dict[str, State] = {}
        for page in self._stripe.pages(plural):
            for raw in page.objects:
                try:
                    (seen,) = parse_object(raw, second=page.date, event_id="")[:1]
                except EventUnusable:
                    continue  # the event that brings it will be kept as failed, with the reason
                shown[seen.object_id] = seen.after or {}
        return shown

    def _difference(
        self, kind: str, name: str, ours: State, theirs: State | None
    ) -> Difference | None:
        if theirs is None:
            return None
        names = differing(kind, ours, theirs)
        if not names:
            return None
        mine, other = compared(kind, ours) or {}, compared(kind, theirs) or {}
        return Difference(
            subject=f"reference {kind} {name}",
            customer_id=None,
            object_type=kind,
            object_id=name,
            fields=names,
            projected={field: mine[field] for field in names},
            stripe={field: other[field] for field in names},
            cause="stale_reference",
            event_id=self._newest(kind, name),
        )

    def _moves(
        self, differences: dict[str, Difference], shown: dict[str, State]
    ) -> list[Difference]:
        """A lookup key that moved is one difference: of the price that has lost it."""
        holders = {
            state["lookup_key"]: name for name, state in shown.items() if state["lookup_key"]
        }
        told = dict(differences)
        for name, difference in differences.items():
            key = (difference.projected or {}).get("lookup_key")
            holder = holders.get(key) if key else None
            if holder is None:
                continue
            stripe: dict[str, Any] = {**(difference.stripe or {}), "now_on": holder}
            told[name] = replace(difference, cause="moved_lookup_key", stripe=stripe)
            self.touched.add(("price", holder))
            if holder in told and differences[holder].fields == ("lookup_key",):
                gained = (differences[holder].projected or {}).get("lookup_key")
                if gained is None:
                    del told[holder]
        return list(told.values())

    def _missing(self, kind: str, name: str, customers: list[str]) -> Difference:
        return Difference(
            subject=f"reference {kind} {name}",
            customer_id=customers[0] if len(customers) == 1 else None,
            object_type=kind,
            object_id=name,
            fields=(),
            projected=None,
            stripe=None,
            cause="missing_reference",
            event_id=self._newest(kind, name),
        )

    def _newest(self, kind: str, name: str) -> str | None:
        events: list[Unapplied] = self._events.about(kind, name)
        newest = max(events, key=lambda event: (event.created, event.event_id), default=None)
        return newest.event_id if newest else None
