"""The rows of the derived tables, as values. Times are unix seconds UTC, money is minor units."""

from __future__ import annotations

from typing import Any

from .ledger import Ledger
from .values import dataclass


@dataclass(frozen=True, slots=True)
class CustomerRow:
    customer_id: str
    org_id: str | None
    email: str | None
    name: str | None
    currency: str | None
    locale: str | None
    created_at: int | None
    deleted: bool
    delinquent: bool
    balance_minor: int
    default_payment_method: str | None
    last_second: int  # of the newest observation of any object of this customer
    needs_reread: bool  # the last second of an object could not be proven
    gaps: int  # seconds before which something is missing
    awaiting: str  # " coupon:co_1 price:price_2 ": references the fold had to do without


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    subscription_id: str
    customer_id: str
    status: str
    live: bool
    plan: str | None  # slug; None = never known
    plan_rank: int
    plan_resolved: bool
    interval: str | None  # of the deciding item
    interval_count: int | None
    currency: str | None
    collection_method: str | None
    quantity: int | None  # of the deciding item
    item_count: int
    metered: bool
    items: list[dict[str, Any]]  # id, price, plan, quantity, value_minor, tax_inclusive …
    mrr_minor: int | None  # counted now under the policy; None = cannot be computed
    value_minor: int | None  # monthly value whatever the status ("at the end" value)
    gross_minor: int | None  # the same before any discount
    discounted_minor: int | None  # the same after every discount, lasting or not
    mrr_note: str | None  # why mrr_minor is None
    current_period_start: int | None
    current_period_end: int | None  # the earliest item's
    cancel_at: int | None
    cancel_at_period_end: bool
    winding_down: bool
    ends_at: int | None
    requested_at: int | None  # canceled_at
    ended_at: int | None
    reason: str | None
    feedback: str | None
    comment: str | None
    trial_start: int | None
    trial_end: int | None
    pause_behavior: str | None
    resumes_at: int | None
    schedule: str | None
    past_due_since: int | None
    start_date: int | None
    created_at: int | None
    latest_invoice: str | None
    default_payment_method: str | None
    event_id: str  # the event behind the current state
    last_second: int
    certainty: str  # proven · gap · ambiguous


@dataclass(frozen=True, slots=True)
class EntitlementRow:
    """One row a customer. It holds no clock: `domain.access.judge` reads it at a time."""

    customer_id: str
    org_id: str | None
    plan: str
    rule: str
    status: str | None
    granting: bool  # before the clock: the deciding subscription grants until access_until
    access_until: int | None
    past_due_since: int | None
    cancel_at_period_end: bool
    cancel_at: int | None
    current_period_end: int | None
    features: list[str]
    limits: dict[str, int]
    subscription_id: str | None
    event_id: str | None
    grants: list[dict[str, Any]]  # every candidate, best first; see domain.access


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    invoice_id: str
    customer_id: str
    subscription_id: str | None
    number: str | None
    status: str | None
    currency: str | None
    collection_method: str | None
    billing_reason: str | None
    total_minor: int
    tax_minor: int
    amount_due_minor: int
    amount_paid_minor: int
    amount_remaining_minor: int
    created_at: int | None
    due_at: int | None
    finalized_at: int | None
    paid_at: int | None
    voided_at: int | None
    uncollectible_at: int | None
    attempt_count: int
    next_attempt_at: int | None
    auto_advance: bool
    failed_at: int | None  # first failed attempt
    failing: bool  # open, automatic, attempted without success, something remaining
    failure_code: str | None
    decline_code: str | None
    hosted_invoice_url: str | None
    pdf: str | None
    event_id: str
    credited_minor: int  # credit notes that stand
    refunded_minor: int  # refunds that succeeded
    disputed_minor: int  # disputes not won
    dispute_status: str | None  # of the newest dispute


@dataclass(frozen=True, slots=True)
class RunwayRow:
    """MRR of one subscription that leaves on a known day. The rows of a subscription sum to what
    committed MRR is less than its MRR."""

    subscription_id: str
    step: int  # 0, 1, … in time
    customer_id: str
    at: int | None  # None: the end is scheduled, its time unknown
    kind: str  # end · downgrade
    plan: str | None  # what is left by it
    to_plan: str | None  # of a downgrade
    currency: str
    minor: int


@dataclass(frozen=True, slots=True)
class MovementRow:
    movement_id: str  # customer:currency:occurred_at
    policy: str
    customer_id: str
    currency: str
    occurred_at: int
    kind: str  # new · reactivation · expansion · contraction · churn
    delta_minor: int
    before_minor: int
    after_minor: int
    from_plan: str | None
    to_plan: str | None
    from_interval: str | None  # "month", or "3 month"
    to_interval: str | None
    subscription_id: str | None
    event_id: str | None
    reconstructed: bool
    switched: bool  # the other half of a change of currency


@dataclass(frozen=True, slots=True)
class SearchRow:
    """What a customer is found by, of one object. See `domain.search`."""

    customer_id: str
    kind: str  # customer · invoice
    object_id: str
    folded: str


@dataclass(frozen=True, slots=True)
class ProjectionRows:
    """Everything derived for one customer.

    ``whole``: it replaces whatever the tables hold for it. Else invoices that nothing has happened
    to and movements before the ledger's open group are left out, and stay as they are.
    ``ledger`` is None for a customer of several currencies, and for one that is made of notices.
    """

    customer: CustomerRow
    entitlement: EntitlementRow
    subscriptions: tuple[SubscriptionRow, ...]
    invoices: tuple[InvoiceRow, ...]
    movements: tuple[MovementRow, ...]
    runway: tuple[RunwayRow, ...] = ()
    ledger: Ledger | None = None
    whole: bool = True
