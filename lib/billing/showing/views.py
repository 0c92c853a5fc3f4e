"""What the facade hands to pages: frozen values. Times are unix seconds UTC, money is minor units.

Text in them (names, comments, sentences) is plain text and may be hostile: whoever shows it
escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Freshness:
    """How current the projection is."""

    now: int
    last_webhook_at: int | None  # when the newest webhook was received
    last_event_at: int | None  # newest `created` of a stored event
    livemode: bool
    watermark: int  # grows with every write; the key of every cache
    api_ready: bool  # an API key is configured, so links can be minted
    stale: bool  # the last webhook is older than it should be
    failed: int  # inbox events kept as failed
    behind: int | None = None  # seconds that the replica read from is behind; None = there is none


@dataclass(frozen=True, slots=True)
class Sum:
    """A count and an amount in one currency."""

    currency: str
    count: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart: ``key`` is what a click filters by.

    A bar of time spans ``at <= second < until``, for the filters' ``starts`` and ``ends``.
    """

    key: str
    currency: str
    count: int
    amount_minor: int
    at: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """One page of a list, with what the whole filtered list adds up to.

    ``capped``: more than ``total`` match, and what they add up to was not counted: `Filters.exact`
    asks for that. ``last``: `Filters.after` of the page behind this one.
    """

    rows: tuple[Row, ...]
    total: int
    sums: tuple[Sum, ...]  # by currency, of the filtered list
    bars: tuple[Bar, ...]  # the chart, of the filtered list
    choices: Mapping[str, tuple[str, ...]]  # what each filter offers, of the unfiltered list
    capped: bool = False
    last: str = ""


@dataclass(frozen=True, slots=True)
class WindingDownItem:
    customer_id: str
    org_id: str | None
    email: str | None
    name: str | None
    subscription_id: str
    plan: str | None
    interval: str | None
    interval_count: int | None
    status: str
    mrr_minor: int | None  # the at-the-end value
    currency: str | None
    ends_at: int | None
    requested_at: int | None
    reason: str | None
    feedback: str | None
    comment: str | None  # the customer's own words
    overdue: bool  # the end has passed: Stripe's event is awaited, others send none
    event_id: str
    save_until: int | None = None  # the last second in which the end can be undone; None: too late


@dataclass(frozen=True, slots=True)
class FailedPaymentItem:
    customer_id: str
    org_id: str | None
    email: str | None
    name: str | None
    subscription_id: str | None
    invoice_id: str
    number: str | None
    plan: str | None
    status: str | None  # of the subscription
    amount_remaining_minor: int
    currency: str | None
    attempt_count: int
    next_attempt_at: int | None
    final_attempt: bool
    decline_code: str | None
    decline_words: str  # the decline code in a support agent's words
    sensitive: bool  # for staff only: do not tell the customer the reason
    failed_at: int | None
    age_days: int | None
    days_left: int | None  # whole days until access ends by grace or a scheduled end; 0 = it has
    mrr_minor: int | None
    suggested_flow: str  # payment_method_update · pay_invoice
    hosted_invoice_url: str | None
    event_id: str
    advice: str = ""  # what to do about it, in words


@dataclass(frozen=True, slots=True)
class PlanMixItem:
    plan: str | None  # None = price not in the catalogue
    plan_name: str
    interval: str | None
    interval_count: int | None
    currency: str
    subscriptions: int
    customers: int
    mrr_minor: int
    share: float  # of that currency's MRR, six decimals


@dataclass(frozen=True, slots=True)
class PlanCustomerItem:
    """A subscription that counts in MRR, and whose it is."""

    customer_id: str
    org_id: str | None
    email: str | None
    name: str | None
    subscription_id: str
    plan: str | None  # None = price not in the catalogue
    interval: str | None
    interval_count: int | None
    status: str
    winding_down: bool
    mrr_minor: int
    currency: str
    start_date: int | None


@dataclass(frozen=True, slots=True)
class Point:
    at: int
    amount_minor: int


@dataclass(frozen=True, slots=True)
class OverviewCurrency:
    currency: str
    mrr_minor: int
    committed_minor: int
    paying_customers: int
    winding_down: Sum
    at_risk: Sum  # past due, or with a failing invoice
    uncounted: int  # live subscriptions whose MRR cannot be computed, of no known currency too
    month_delta_minor: int  # movements since the month began
    sparkline: tuple[Point, ...]  # MRR at the end of each of the last 30 days, then now


@dataclass(frozen=True, slots=True)
class Overview:
    currencies: tuple[OverviewCurrency, ...]  # largest MRR first


@dataclass(frozen=True, slots=True)
class SearchHit:
    customer_id: str
    name: str | None
    email: str | None
    org_id: str | None
    plan: str | None
    status: str | None
    rule: str | None
    access: bool
    matched: str  # which field matched: customer · email · name · org · subscription · invoice
    matched_text: str
    plan_name: str | None = None
    ends_at: int | None = None  # of what is winding down
