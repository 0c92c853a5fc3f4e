"""What the client gives back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True)
class Entitlements:
    """What one customer or organization may use.

    ``known`` is false for who has bought nothing yet: then it is the default plan. ``source`` says
    where it comes from: an answer, an older one while Portside is away ("stale"), or what was
    chosen for that case ("deny", "allow").
    """

    id: str
    plan: str
    plan_name: str = ""
    access: bool = False
    access_until: datetime | None = None
    rule: str | None = None
    features: frozenset[str] = frozenset()
    limits: Mapping[str, int] = field(default_factory=dict)
    customer_id: str | None = None
    org_id: str | None = None
    known: bool = True
    source: Literal["answer", "stale", "deny", "allow"] = "answer"

    def has(self, flag: str) -> bool:
        return self.source == "allow" or flag in self.features

    def limit(self, name: str) -> int | None:
        """None: the plan sets no such limit."""
        if self.source == "deny":
            return 0
        return self.limits.get(name)


@dataclass(frozen=True)
class PortalSession:
    """An address to redirect the acting member to, at once. Keep it nowhere."""

    url: str = field(repr=False)
    flow: str
    expires_at: datetime | None
    plan: str | None
    code: str | None  # why it is a Checkout: no_customer, never_subscribed


@dataclass(frozen=True)
class PricingLink:
    """The pricing page for one member, to start one subscription. Keep it nowhere."""

    url: str = field(repr=False)
    table: str
    customer_id: str | None
    expires_at: datetime | None


@dataclass(frozen=True)
class PlanClaim:
    """What a verified token says. ``subject`` is the id that it was asked for."""

    subject: str
    org: str | None
    customer: str
    plan_key: str
    plan_name: str
    access: bool
    access_until: datetime | None
    features: frozenset[str]
    limits: Mapping[str, int]
    expires_at: int  # unix seconds

    def has(self, flag: str) -> bool:
        return flag in self.features


def read_entitlements(name: str, body: Mapping[str, Any]) -> Entitlements:
    """Raises KeyError, TypeError, ValueError for what is no answer."""
    return Entitlements(
        id=name,
        plan=str(body["plan"]),
        plan_name=str(body["plan_name"]),
        access=bool(body["access"]),
        access_until=moment(body["access_until"]),
        rule=body["rule"],
        features=frozenset(body["features"]),
        limits=dict(body["limits"]),
        customer_id=body["customer_id"],
        org_id=body["org_id"],
    )


def read_default(name: str, default: Mapping[str, Any]) -> Entitlements:
    """What somebody has who is not known yet."""
    return Entitlements(
        id=name,
        plan=str(default["plan"]),
        plan_name=str(default["plan_name"]),
        features=frozenset(default["features"]),
        limits=dict(default["limits"]),
        known=False,
    )


def moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
