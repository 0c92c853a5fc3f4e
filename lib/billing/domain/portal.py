"""What a portal configuration lets customers do, and what a portal or Checkout session is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class PortalConfiguration:
    """One portal configuration. ``prices`` None: Stripe did not tell which ones are offered."""

    id: str
    is_default: bool
    active: bool = True
    payment_method_update: bool = True
    subscription_update: bool = True
    subscription_cancel: bool = True
    cancel_mode: str | None = "at_period_end"  # or "immediately"
    cancel_proration: str | None = None  # None of this and the next two: not told
    proration: str | None = None
    downgrade_conditions: frozenset[str] | None = None  # what waits for the period's end
    invoice_history: bool = True
    prices: frozenset[str] | None = None
    login_url: str | None = None  # the portal login page, when it is on
    default_return_url: str | None = None
    customer_update: bool = True
    subscription_pause: bool = False
    plan_group: str | None = None  # of a managed one
    created: int = 0


def configuration_for(
    found: Iterable[PortalConfiguration], plan_group: str | None
) -> PortalConfiguration | None:
    """The managed configuration of a plan group, the oldest of several; else the account's default.

    Falling back is better than no link: the portal then works as it is set up by hand, and the
    doctor says that nothing was applied.
    """
    usable = sorted((c for c in found if c.active), key=lambda c: (c.created, c.id))
    mine = (c for c in usable if plan_group is not None and c.plan_group == plan_group)
    default = (c for c in usable if c.is_default)
    return next(mine, None) or next(default, None)


@dataclass(frozen=True, slots=True)
class Deeplink:
    """Where in the portal a session begins; without one it begins at home."""

    flow: str
    subscription_id: str | None = None
    item_id: str | None = None  # of subscription_update_confirm
    price_id: str | None = None  # of subscription_update_confirm
    retention_coupon: str | None = None  # offered before a cancellation


@dataclass(frozen=True, slots=True)
class SessionMade:
    """A session of Stripe's. Its address acts as the customer: it is shown once, never kept."""

    id: str
    url: str = field(repr=False)
    created: int
    expires_at: int | None = None  # Checkout tells it; a portal session does not


@dataclass(frozen=True, slots=True)
class CheckoutSeen:
    """A Checkout session as Stripe has it: open, complete or expired, and what it started."""

    status: str | None
    subscription_id: str | None
