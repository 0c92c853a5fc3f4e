"""Customers, subscriptions and invoices as Stripe shows them beside what their history says.

A difference counts only when the object, read once more and folded once more, still differs: a
webhook that arrives while a page is being read is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ..domain.causes import PATIENCE
from ..domain.drift import (
    Difference,
    Unapplied,
    absence,
    differing,
    explained,
    explained_absence,
    stripe_difference,
)
from ..domain.errors import ConfigurationError, EventUnusable, NoSuchObject, StripeRefused
from ..domain.observations import Observation
from ..domain.trail import NEIGHBOURHOOD, ObjectFold, fold_object
from ..reading.paced import Asks, Paced
from ..store import history
from ..store.engine import Store
from ..stripe.gateway import Page
from ..stripe.parse import parse_object
from ..stripe.told import DISCOUNTS
from .events import Events
from .ids import Ids

EXPAND: Final = {"subscription": DISCOUNTS, "price": ("tiers",)}
"""What is read along, so that an object that is read again brings what its value needs."""

OTHER_ACCOUNT: Final = (
    "Stripe knows none of the customers who are known here, so nothing was repaired. "
    "Check that STRIPE_API_KEY belongs to the account whose events are stored here."
)


class Objects:
    """Compares page by page; remembers only which ids Stripe listed."""

    def __init__(
        self, store: Store, stripe: Paced[Asks], events: Events, *, livemode: bool, org_key: str
    ) -> None:
        self._store = store
        self._stripe = stripe
        self._events = events
        self._livemode = livemode
        self._org_key = org_key
        self.listed = {kind: Ids() for kind in ("customer", "subscription", "invoice")}
        self._met = self._unmet = False  # is a customer who is known here known to Stripe?
        self.absorbed: set[str] = set()
        """Customers who are missing here or deleted there: one difference each, and what belongs
        to them is not told again."""

    def refuse_another_account(self) -> None:
        """Raises ConfigurationError when Stripe knows none of the customers who are known here:
        what comes in stays in the history for ever, so a stranger's customers must not."""
        if self._unmet and not self._met:
            raise ConfigurationError(OTHER_ACCOUNT)

    def compare_page(self, object_type: str, page: Page) -> list[Difference]:
        """Differences of one page of Stripe's list."""
        seen: list[Observation] = []
        found: list[Difference] = []
        for raw in page.objects:
            self.listed[object_type].add(str(raw["id"]))
            try:
                seen += self._main(raw, page.date)
            except EventUnusable as error:
                found.append(_unreadable(object_type, str(raw["id"]), str(error)))
        return found + self.compare_ids(object_type, [s.object_id for s in self._suspects(seen)])

    def compare_unlisted(self, object_type: str, object_ids: Iterable[str]) -> list[Difference]:
        """Differences of what is alive here and was in no list: each is asked for by its id."""
        missing = [name for name in object_ids if name not in self.listed[object_type]]
        return self.compare_ids(object_type, missing)

    def compare_ids(self, object_type: str, object_ids: Iterable[str]) -> list[Difference]:
        """Differences of these objects, each read for itself."""
        found = []
        for name in object_ids:
            self.listed[object_type].add(name)
            difference = self.compare_one(object_type, name)
            if difference is not None:
                found.append(difference)
        return found

    def compare_one(self, object_type: str, object_id: str) -> Difference | None:
        """Read one object now, fold it now; None when they agree."""
        try:
            raw, second = self.read(object_type, object_id)
        except NoSuchObject as error:
            return self._absent(object_type, object_id, error.code)
        try:
            seen = self._main(raw, second)
        except EventUnusable as error:
            return _unreadable(object_type, object_id, str(error))
        return self.judge(seen[0]) if seen else None

    def read(self, object_type: str, object_id: str) -> tuple[dict[str, Any], int]:
        """The object and the second of the answer, with what its value needs where that is
        allowed. Raises NoSuchObject."""
        expand = EXPAND.get(object_type, ())
        try:
            return self._stripe.retrieve(object_type, object_id, expand=expand)
        except StripeRefused as error:
            if not expand or error.code == "stripe_key":
                raise
            return self._stripe.retrieve(object_type, object_id)

    def state_of(self, object_type: str, object_id: str) -> dict[str, Any] | None:
        """The newest state that is known here."""
        return _state(self._folds(object_type, [object_id]).get(object_id))

    def judge(self, seen: Observation) -> Difference | None:
        """What Stripe showed beside what the history folds to at this moment."""
        fold = self._folds(seen.object_type, [seen.object_id]).get(seen.object_id)
        if not self._suspects([seen]):
            return None
        cause, event = self._cause(fold, seen)
        if cause in ("missing_customer", "deleted_customer"):
            self.absorbed.add(seen.object_id)
        return stripe_difference(fold, seen, cause, event=event)

    def _suspects(self, seen: Sequence[Observation]) -> list[Observation]:
        """Those that are not as their history says; what a missing customer has is left out."""
        if not seen:
            return []
        folds = self._folds(seen[0].object_type, [s.object_id for s in seen])
        self._met |= seen[0].object_type == "customer" and bool(folds)
        differing_now = [
            s
            for s in seen
            if not _unproven(folds.get(s.object_id))
            and not self._told_of(s)
            and differing(s.object_type, _state(folds.get(s.object_id)), s.after)
        ]
        strangers = [s for s in differing_now if s.object_id not in folds]
        owners = {s.customer_id for s in strangers if s.customer_id}
        with self._store.reading() as connection:
            known = history.seen_among(connection, owners) if owners else set()
        return [
            s
            for s in differing_now
            if s.object_id in folds or s.object_type == "customer" or s.customer_id in known
        ]

    def _cause(self, fold: ObjectFold | None, seen: Observation) -> tuple[str, Unapplied | None]:
        name, after = seen.object_id, seen.after or {}
        events = self._events.about(seen.object_type, name)
        known_until = fold.last_second if fold else None
        cause, event = explained(events, known_until, seen.second, readable=self._events.readable)
        if event is None:
            # It may have changed since the list was read.
            since = after.get("created") if known_until is None else known_until - NEIGHBOURHOOD
            self._events.refresh(since or seen.second, seen.second)
            events = self._events.about(seen.object_type, name)
            cause, event = explained(
                events, known_until, seen.second, readable=self._events.readable
            )
        if seen.object_type != "customer":
            return cause, event
        if after.get("deleted"):
            return "deleted_customer", event
        if fold is None and not self._anything_seen(name):
            young = seen.second - (after.get("created") or 0) < PATIENCE
            return ("not_yet_delivered" if young else "missing_customer"), event
        return cause, event

    def _absent(self, object_type: str, object_id: str, code: str) -> Difference | None:
        """Stripe does not know it."""
        with self._store.reading() as connection:
            seen = history.of_objects(connection, object_type, [object_id]).get(object_id)
        if not seen:
            return None  # a row without a history: that is told of the row
        fold = fold_object(seen)
        cause = explained_absence(object_type, fold, code)
        if cause is None:
            return None
        self._unmet |= object_type == "customer"
        event = None
        if cause == "deleted_invoice":
            events = self._events.about(object_type, object_id)
            why, event = explained(events, fold.last_second, fold.last_second, readable=True)
            cause = "missed_event" if why == "not_yet_delivered" else why if event else cause
        owner = next((o.customer_id for o in seen if o.customer_id), None)
        if owner in self.absorbed and owner != object_id:
            return None
        return absence(fold, owner, cause, event)

    def _told_of(self, seen: Observation) -> bool:
        """Whether it belongs to a customer whose difference says it all."""
        return seen.customer_id in self.absorbed and seen.object_type != "customer"

    def _folds(self, object_type: str, object_ids: Iterable[str]) -> dict[str, ObjectFold]:
        with self._store.reading() as connection:
            stories = history.of_objects(connection, object_type, object_ids)
        return {name: fold_object(seen) for name, seen in stories.items()}

    def _anything_seen(self, customer_id: str) -> bool:
        with self._store.reading() as connection:
            return bool(history.seen_among(connection, [customer_id]))

    def _main(self, raw: dict[str, Any], second: int) -> list[Observation]:
        """What the object says of itself; nothing for one of the other mode."""
        if raw.get("livemode", self._livemode) != self._livemode:
            return []
        return list(parse_object(raw, second=second, event_id="", org_key=self._org_key)[:1])


def _unproven(fold: ObjectFold | None) -> bool:
    return fold is not None and fold.ambiguous and not fold.terminal


def _state(fold: ObjectFold | None) -> dict[str, Any] | None:
    return fold.state if fold else None


def _unreadable(object_type: str, object_id: str, problem: str) -> Difference:
    return Difference(
        subject=f"stripe {object_type} {object_id}",
        customer_id=object_id if object_type == "customer" else None,
        object_type=object_type,
        object_id=object_id,
        fields=(),
        projected=None,
        stripe={"problem": problem},
        cause="unreadable_object",
    )
