"""What the facade hands to the customer page: frozen values, as `views` describes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from ..domain.attempts import Attempt
from ..domain.corrections import Correction
from ..domain.grants import Access
from ..domain.rows import CustomerRow, InvoiceRow, SubscriptionRow
from ..domain.schedules import ScheduleAhead

TimelineKind = Literal[
    "subscription", "invoice", "payment", "customer", "access", "movement", "link", "note", "other"
]


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    at: int
    kind: TimelineKind
    sentence: str
    event_id: str | None
    subject: str | None = None  # the object it is about, sub_… or in_…
    currency: str | None = None
    before_minor: int | None = None  # MRR before and after, for a movement
    after_minor: int | None = None


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """One row of the audit about a link, never its address."""

    minted_at: int
    staff: str
    flow: str
    reason: str
    ticket: str | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where something that a customer may use comes from."""

    plan: str  # the plan's name
    subscription_id: str | None  # None: the default plan, which needs none


@dataclass(frozen=True, slots=True)
class FeatureUse:
    """A feature that the customer may use; the subscriptions that give it, the best first."""

    slug: str
    name: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class LimitUse:
    """The highest limit of a name, and what grants exactly that."""

    name: str
    limit: int
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class CustomerView:
    customer: CustomerRow
    access: Access
    access_sentence: str
    plan_name: str
    feature_names: tuple[str, ...]
    at: int
    subscriptions: tuple[SubscriptionRow, ...]  # live first, then newest
    invoices: tuple[InvoiceRow, ...]  # newest first, at most 200
    links: tuple[LinkSeen, ...]  # newest first
    same_org: tuple[str, ...]  # other customers of the same organization
    balances: Mapping[str, int] = field(default_factory=dict)  # open invoices by currency
    corrections: tuple[Correction, ...] = ()  # refunds, disputes, credit notes, newest first
    schedules: tuple[ScheduleAhead, ...] = ()  # that still steer a subscription
    known_since: int | None = None  # the first second of which anything is known
    features: tuple[FeatureUse, ...] = ()
    limits: tuple[LimitUse, ...] = ()
    attempts: Mapping[str, tuple[Attempt, ...]] = field(default_factory=dict)  # by invoice id


@dataclass(frozen=True, slots=True)
class RawObject:
    """An object of a customer of which something is stored."""

    object_type: str
    object_id: str
    seen: int  # how often
    last_second: int  # of the newest observation


@dataclass(frozen=True, slots=True)
class RawSighting:
    """One stored observation: ``before`` and ``after`` in our own vocabulary, addresses hidden."""

    event_id: str
    second: int
    effective: int
    kind: str  # created · edge · point · terminal
    before: dict[str, Any] | None
    after: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class RawBody:
    """What Stripe sent, without secrets; ``why_not`` says why there is nothing to show."""

    event_id: str
    body: Any
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a customer has or lacks access at a time."""

    customer_id: str
    org_id: str | None
    at: int
    sentence: str
    rule: str
    plan: str
    access: bool
    what_would_change: str
    event_id: str | None
    chain: tuple[TimelineEntry, ...]  # oldest first: what led there

    def to_text(self) -> str:
        """The explanation as lines for a terminal."""
        from .explain import as_text

        return as_text(self)

    def to_dict(self) -> dict[str, Any]:
        """The explanation as plain values; times are ISO 8601 UTC."""
        from .explain import as_dict

        return as_dict(self)
