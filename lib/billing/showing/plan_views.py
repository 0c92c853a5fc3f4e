"""What the Plans page is handed: prices beside Stripe's, old versions, candidates tried out.

A count or an amount is None for whoever may not see the company's totals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ..domain.catalog_findings import CatalogFinding

PriceState = Literal["same", "differs", "archived", "missing", "draft", "kept"]
"""As the file says · another amount · archived in Stripe · not in Stripe · of a draft plan · has
no lookup key, so it is kept and offered nowhere."""


@dataclass(frozen=True, slots=True)
class PriceLine:
    """A price of the file beside Stripe's. ``terms`` are words: ``29.00 USD a month``."""

    plan: str
    plan_name: str
    name: str  # lookup key, else ids
    line: int | None  # of the file
    terms: str
    state: PriceState
    price_id: str | None  # Stripe's
    live_terms: str | None
    customers: int | None


@dataclass(frozen=True, slots=True)
class HeldPrice:
    """An older price that is sold no more and still held, in one currency."""

    plan: str
    plan_name: str
    lookup_key: str | None  # that it had or has, where known
    price_id: str
    terms: str
    currency: str
    keyed: bool  # it has a lookup key of its own still, which the file does not name
    customers: int | None
    subscriptions: int | None
    mrr_minor: int | None
    unvalued: int | None  # subscriptions whose value is not known: in no sum


@dataclass(frozen=True, slots=True)
class LoosePrice:
    """An active price in Stripe, or one that is held, that is in no plan."""

    price_id: str
    lookup_key: str | None
    terms: str
    held: bool
    customers: int | None


@dataclass(frozen=True, slots=True)
class PlanPrices:
    lines: tuple[PriceLine, ...]
    held: tuple[HeldPrice, ...]
    loose: tuple[LoosePrice, ...]
    told_by: Literal["Stripe", "its events"]


@dataclass(frozen=True, slots=True)
class PriceHolder:
    """A live subscription that has one price, and whose it is."""

    customer_id: str
    org_id: str | None
    email: str | None
    name: str | None
    subscription_id: str
    plan: str | None
    interval: str | None
    interval_count: int | None
    status: str
    winding_down: bool
    mrr_minor: int | None
    currency: str | None
    start_date: int | None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A catalogue that somebody tries out. ``mark``: another one for another text."""

    mark: str
    findings: tuple[CatalogFinding, ...]
    plans: int
    prices: int


@dataclass(frozen=True, slots=True)
class ImpactRow:
    """One customer whom a candidate changes. Long lists are cut to a few and a count."""

    customer_id: str
    who: str
    from_plan: str
    to_plan: str
    gained: str
    lost: str
    limits: str
    access: Literal["", "gained", "lost"]
    unresolved: bool


@dataclass(frozen=True, slots=True)
class ImpactKind:
    """``sort``: plan · gains · loses · limit · access · unresolved. ``words`` say what changes."""

    sort: str
    words: str
    customers: int


@dataclass(frozen=True, slots=True)
class ImpactRun:
    """One comparison of every customer with a candidate, under way or over.

    Args:
        share: 0 to 1, of the customers that were looked at.
        left: seconds that it will still take, as it went so far; None before that can be said.
        rows: the first of those whom it changes, at most `impact_runs.MOST_ROWS`.
    """

    key: str
    watermark: int
    state: Literal["waiting", "running", "done", "stopped", "failed"]
    at: int  # unix seconds that it was asked at
    share: float
    left: int | None
    customers: int
    changed: int
    sentence: str
    kinds: tuple[ImpactKind, ...]
    rows: tuple[ImpactRow, ...]
    names: Mapping[str, str]  # plan slug -> its name in the candidate
    trouble: str | None = None
