"""What differs: rows from their history, and the history from what Stripe shows. Pure.

One object is one difference, however many of its fields differ. Only what the projection keeps is
compared. Left out on purpose: addresses of invoices, which Stripe writes anew for every reader, and
the copy of a price inside a subscription item, which Stripe changes with the price and without any
event of the subscription (prices are compared for themselves); and tiers, which never change and
come only with a read that asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .causes import PATIENCE, WINDOW
from .findings import Kind
from .observations import Observation, State
from .policy import ENDED
from .trail import NEIGHBOURHOOD, ObjectFold

COMPARED: Final[dict[str, tuple[str, ...]]] = {
    "customer": tuple(
        "org_id email name currency created deleted locale default_payment_method balance "
        "delinquent".split()
    ),
    "subscription": tuple(
        "status currency collection_method created start_date trial_start trial_end cancel_at "
        "cancel_at_period_end canceled_at ended_at reason feedback comment pause schedule org_id "
        "default_payment_method latest_invoice discounts items".split()
    ),
    "invoice": tuple(
        "number subscription status currency collection_method billing_reason total tax amount_due "
        "amount_paid amount_remaining created due_date finalized_at paid_at voided_at "
        "uncollectible_at attempt_count payment_failed next_payment_attempt auto_advance".split()
    ),
    "price": tuple(
        "lookup_key product currency unit_amount_decimal interval interval_count usage_type "
        "billing_scheme tiers_mode transform active type tax_behavior".split()
    ),
    "product": ("name", "active"),
    "coupon": ("percent_off", "amount_off", "currency", "duration", "duration_in_months", "name"),
    "portal_configuration": tuple(
        "active name managed_by plan_group return_url login_page cancellation cancel_mode "
        "plan_changes payment_methods".split()
    ),
}
"""Fields of each type's state that are compared with Stripe's."""

_ITEM: Final = ("id", "quantity", "period_start", "period_end", "discounts")
_MASKED: Final = frozenset({"hosted_invoice_url", "pdf"})
"""Columns whose values stay out of findings: who holds an invoice's address may pay it."""

RULED: Final[dict[str, frozenset[str] | None]] = {
    "customers": frozenset({"awaiting"}),
    "subscriptions": frozenset(
        "plan plan_rank plan_resolved interval interval_count quantity items mrr_minor value_minor "
        "gross_minor discounted_minor mrr_note".split()
    ),
    "plan_entitlements": None,
    "movements": None,
    "invoices": frozenset(),
    "search_terms": frozenset(),
    "price": frozenset(),
    "product": frozenset(),
    "coupon": frozenset(),
    "portal_configuration": frozenset(),
}
"""Columns that depend on catalogue, policy or time zone; None: all of them."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One object that is not as it should be. ``subject`` names it, whatever differs and why.

    ``projected`` and ``stripe`` hold the differing fields; None where one side has nothing.
    """

    subject: str
    customer_id: str | None
    object_type: str
    object_id: str
    fields: tuple[str, ...]
    projected: Mapping[str, Any] | None
    stripe: Mapping[str, Any] | None
    cause: str
    kind: Kind = "drift"
    event_id: str | None = None
    lost_after: int | None = None

    @property
    def field(self) -> str:
        """``subscription sub_1: cancel_at, status``."""
        what = f"{self.object_type} {self.object_id}"
        return f"{what}: {', '.join(self.fields)}" if self.fields else what


@dataclass(frozen=True, slots=True)
class Unapplied:
    """An event about an object that is in Stripe's list and did not make it into the projection."""

    event_id: str
    type: str
    created: int
    object_type: str
    object_id: str
    customer_id: str | None
    parent_id: str | None  # of an object that names no customer: what it belongs to
    why: str  # lacking · failed · ignored


def differing(object_type: str, ours: State | None, theirs: State | None) -> tuple[str, ...]:
    """Names of the compared fields that differ, in alphabetical order.

    Two states of something that is gone are equal, whatever else they say.
    """
    if _gone(object_type, ours) and _gone(object_type, theirs):
        return ()
    if object_type == "customer" and _gone(object_type, theirs) and ours is not None:
        return ("deleted",)
    mine, other = compared(object_type, ours), compared(object_type, theirs)
    if mine is None or other is None:
        return () if mine is other else tuple(sorted((mine or other or {}).keys()))
    return tuple(sorted(name for name in mine if mine[name] != other[name]))


def compared(object_type: str, state: State | None) -> State | None:
    """``state`` with only what is compared."""
    if state is None:
        return None
    kept = {name: state.get(name) for name in COMPARED[object_type]}
    if object_type == "subscription":
        kept["items"] = [
            {name: item[name] for name in _ITEM} | {"price": item["price"]["id"]}
            for item in state["items"]
        ]
    return kept


def names_discount(subscription: State | None, discount_id: str) -> bool:
    """Whether the discount is on a subscription or on one of its items."""
    if subscription is None:
        return False
    of_items = [name for item in subscription["items"] for name in item["discounts"]]
    return discount_id in [*subscription["discounts"], *of_items]


def _gone(object_type: str, state: State | None) -> bool:
    if state is None:
        return False
    if object_type == "customer":
        return bool(state.get("deleted"))
    return object_type == "invoice" and state.get("status") == "deleted"


def stripe_difference(
    fold: ObjectFold | None, seen: Observation, cause: str, *, event: Unapplied | None = None
) -> Difference | None:
    """How ``fold`` differs from the object as Stripe showed it; None when it does not."""
    object_type, ours = seen.object_type, fold.state if fold else None
    names = differing(object_type, ours, seen.after)
    if not names:
        return None
    mine, theirs = compared(object_type, ours), compared(object_type, seen.after)
    return Difference(
        subject=f"stripe {object_type} {seen.object_id}",
        customer_id=seen.customer_id,
        object_type=object_type,
        object_id=seen.object_id,
        fields=names,
        projected=None if mine is None else {name: mine[name] for name in names},
        stripe=None if theirs is None else {name: theirs[name] for name in names},
        cause=cause,
        **_of_event(event),
    )


def row_difference(
    table: str,
    object_id: str,
    customer_id: str | None,
    folded: Mapping[str, Any] | None,
    stored: Mapping[str, Any] | None,
    *,
    rules_changed: bool,
) -> Difference | None:
    """How a stored row differs from the one that its history folds to; None when it does not.

    Under changed rules only what the rules have no say in is compared.
    """
    ruled = RULED[table]
    if rules_changed and ruled is None:
        return None
    left_out = ruled if rules_changed and ruled is not None else frozenset()
    if folded is None or stored is None:
        cause = "extra_row" if folded is None else "deleted_row"
        names: tuple[str, ...] = ()
    else:
        cause = "hand_edited_row"
        names = tuple(sorted(n for n in folded if n not in left_out and folded[n] != stored[n]))
        if not names:
            return None
    return Difference(
        subject=f"row {table} {object_id}",
        customer_id=customer_id,
        object_type=table,
        object_id=object_id,
        fields=names,
        projected=None if stored is None else _shown(stored, names),
        stripe=None if folded is None else _shown(folded, names),
        cause=cause,
    )


def _shown(row: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: "…" if name in _MASKED and row[name] else row[name] for name in names or row}


def gap(event: Unapplied) -> Difference:
    """An event that never came and whose object shows no difference (any more)."""
    return Difference(
        subject=f"event {event.event_id}",
        customer_id=event.customer_id,
        object_type=event.object_type,
        object_id=event.object_id,
        fields=(event.type,),
        projected=None,
        stripe={"type": event.type, "created": event.created},
        cause="missed_event",
        kind="gap",
        **_of_event(event),
    )


def explained(
    events: Sequence[Unapplied], known_until: int | None, now: int, *, readable: bool
) -> tuple[str, Unapplied | None]:
    """(cause, event) of a difference of an object of which events are ``events``.

    The newest event that was not applied explains it, if it is not older than what is known of the
    object (``known_until``): an event of Stripe carries the whole object, so whatever happened
    earlier shows in what we know.
    """
    since = 0 if known_until is None else known_until - NEIGHBOURHOOD
    telling = [event for event in events if event.created >= since]
    if not telling:
        return ("event_expired" if readable else "unexplained"), None
    newest = max(telling, key=lambda event: (event.created, event.event_id))
    if newest.why != "lacking":
        return f"{newest.why}_event", newest
    return ("not_yet_delivered" if now - newest.created < PATIENCE else "missed_event"), newest


def explained_absence(object_type: str, fold: ObjectFold, code: str) -> str | None:
    """Why Stripe does not know an object that we do; None when we know that it is gone.

    ``code`` is the error's: ``other_mode``, or ``no_such_object``.
    """
    state = fold.state
    if state is None or _gone(object_type, state):
        return None
    if object_type == "subscription" and state["status"] in ENDED:
        return None
    if code == "other_mode":
        return "other_mode"
    if object_type == "invoice" and state["status"] == "draft":
        return "deleted_invoice"
    return "unknown_to_stripe"


def absence(
    fold: ObjectFold, customer_id: str | None, cause: str, event: Unapplied | None = None
) -> Difference:
    """An object that is projected and that Stripe does not know."""
    kept = compared(fold.object_type, fold.state) or {}
    names = tuple(name for name in ("status", "email", "number", "created") if kept.get(name))
    return Difference(
        subject=f"stripe {fold.object_type} {fold.object_id}",
        customer_id=customer_id,
        object_type=fold.object_type,
        object_id=fold.object_id,
        fields=(),
        projected={name: kept[name] for name in names},
        stripe=None,
        cause=cause,
        **_of_event(event),
    )


def _of_event(event: Unapplied | None) -> dict[str, Any]:
    if event is None:
        return {}
    lost_after = event.created + WINDOW if event.why == "lacking" else None
    return {"event_id": event.event_id, "lost_after": lost_after}
