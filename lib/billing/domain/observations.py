"""What was seen of one object at one second: the version-independent form of an event.

A *state* is a plain JSON-able dict in our own vocabulary (`lib.billing.stripe.parse` makes it, in
the shapes listed in `STATE_SHAPES`). An observation is one of

- ``created``: before it the object was absent;
- ``edge``: it went from ``before`` to ``after``;
- ``point``: it was ``after`` at that second (a read, or an update of nothing that we project);
- ``terminal``: ``after`` is its last state, nothing revives it.
"""

from __future__ import annotations

import json
from typing import Any, Final, Literal

from .values import dataclass

State = dict[str, Any]
Kind = Literal["created", "edge", "point", "terminal"]

REFERENCE_TYPES: Final = frozenset({"price", "product", "coupon", "portal_configuration"})
"""Objects that belong to no customer; a customer's fold may look some of them up."""

NOTICE: Final = "notice"
"""What another provider than Stripe told of a customer, piece by piece; see `domain.notices`. The
object is the customer, each piece a ``point``."""


_ENCODER: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Observation:
    """One object at one second.

    ``second`` is the event's ``created`` (for a read: the response's ``Date``), unix UTC.
    ``effective`` is when the change counts: ``ended_at`` for an end, else ``second``.
    ``customer_id`` is None when the payload does not say; ``parent`` then names the object whose
    customer it is, as ("invoice", "in_…").
    """

    event_id: str
    object_type: str
    object_id: str
    customer_id: str | None
    second: int
    kind: Kind
    before: State | None
    after: State | None
    effective: int
    parent: tuple[str, str] | None = None


class Spelled(dict[str, Any]):
    """A state that was read from its canonical ``text``."""

    __slots__ = ("text",)

    def __init__(self, state: State, text: str) -> None:
        super().__init__(state)
        self.text = text


def canonical(state: State | None) -> str:
    """The one spelling of a state: equal states have equal text."""
    return state.text if type(state) is Spelled else _ENCODER.encode(state)


STATE_SHAPES: Final[dict[str, str]] = {
    "customer": (
        "org_id email name currency created deleted locale default_payment_method balance "
        "delinquent"
    ),
    "subscription": (
        "status currency collection_method created start_date trial_start trial_end cancel_at "
        "cancel_at_period_end canceled_at ended_at reason feedback comment "
        "pause{behavior,resumes_at}|null schedule org_id default_payment_method latest_invoice "
        "days_until_due discounts[id] items[{id, quantity, period_start, period_end, discounts[id],"
        " "
        "price{id, lookup_key, product, currency, unit_amount_decimal, interval, interval_count, "
        "usage_type, billing_scheme, tiers_mode, transform{divide_by,round}|null, tax_behavior}}]"
    ),
    "invoice": (
        "number subscription status currency collection_method billing_reason total tax amount_due "
        "amount_paid amount_remaining created due_date finalized_at paid_at voided_at "
        "uncollectible_at attempt_count attempted payment_failed next_payment_attempt auto_advance "
        "hosted_invoice_url invoice_pdf period_start period_end"
    ),
    "discount": (
        "coupon percent_off amount_off currency duration duration_in_months start end subscription "
        "item deleted"
    ),
    "schedule": "subscription status phases[{start, end, items[{price, quantity}]}] end_behavior",
    "checkout": "subscription client_reference_id org_id mode status payment_status",
    "payment": "invoice status amount currency code decline_code message attempted_at",
    "invoice_payment": "invoice payment status amount_paid currency paid_at",
    "charge": "payment invoice amount amount_refunded currency status code decline_code disputed",
    "refund": "charge payment amount currency status reason",
    "dispute": "charge payment amount currency status reason",
    "credit_note": "invoice number status amount currency reason",
    "price": (
        "lookup_key product currency unit_amount_decimal interval interval_count usage_type "
        "billing_scheme tiers_mode tiers[{up_to, unit_amount_decimal, flat_amount_decimal}]|null "
        "transform active type tax_behavior nickname"
    ),
    "product": "name active",
    "coupon": "percent_off amount_off currency duration duration_in_months name",
    "notice": "what agreement plan ends_at org_id user email name",
    "portal_configuration": (
        "active name is_default created managed_by plan_group headline privacy_policy_url "
        "terms_of_service_url return_url login_page invoice_history payment_methods "
        "customer_update[] plan_changes allowed_changes[] proration trial_change "
        "downgrade_conditions[] products[{product, prices[id], quantity}]|null cancellation "
        "cancel_mode cancel_proration cancellation_reasons[]"
    ),
}
"""Keys of each object type's state. Unknown values are None; every key is always present."""
