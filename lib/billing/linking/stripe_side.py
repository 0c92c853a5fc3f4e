"""What minting asks of Stripe."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ..domain.portal import CheckoutSeen, Deeplink, PortalConfiguration, SessionMade


class MakesSessions(Protocol):
    """What minting asks of `stripe.gateway.Gateway`."""

    def create_portal_session(
        self,
        customer: str,
        *,
        return_url: str,
        idempotency_key: str,
        link: Deeplink,
        configuration: str | None = None,
    ) -> SessionMade: ...

    def create_checkout_session(
        self,
        *,
        price: str,
        success_url: str,
        cancel_url: str,
        idempotency_key: str,
        customer: str | None = None,
        email: str | None = None,
        org_id: str | None = None,
        org_key: str = "org_id",
        quantity: int | None = 1,
        trial_days: int | None = None,
        coupon: str | None = None,
        metadata: Mapping[str, str] | None = None,
        beside: Sequence[str] = (),
    ) -> SessionMade: ...

    def close_checkout_session(self, session_id: str) -> CheckoutSeen: ...

    def price_id(self, lookup_key: str) -> str | None: ...

    def portal_configurations(self) -> list[PortalConfiguration]: ...
