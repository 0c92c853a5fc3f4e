"""The address that a choice leads to: a hosted page that is there already, or a new session."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from ..domain.errors import BillingError, ConfigurationError, LinkRefused, NoSuchObject
from ..domain.flow_values import Choice, Flow, Situation
from ..domain.portal import Deeplink, PortalConfiguration, SessionMade, configuration_for
from ..domain.rows import SubscriptionRow
from ..returns import ReturnLinks

PORTAL_SECONDS: Final = 300
"""A portal session that nobody opens ends after five minutes; Stripe does not tell when."""

_FRESH_SECONDS: Final = 300
_AGAIN_SECONDS: Final = 30


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
        quantity: int = 1,
    ) -> SessionMade: ...

    def price_id(self, lookup_key: str) -> str | None: ...

    def portal_configurations(self) -> list[PortalConfiguration]: ...


@dataclass(frozen=True, slots=True)
class Address:
    """Where a link leads. ``lives``: seconds unopened; ``ends``: a fixed end; neither: no end."""

    url: str = field(repr=False)
    bearer: bool
    session_id: str | None = None
    lives: int | None = None
    ends: int | None = None

    def expires_at(self, minted_at: int) -> int | None:
        return self.ends if self.lives is None else minted_at + self.lives


class LinkMaker:
    """Makes addresses. Without a gateway or a return address only hosted pages can be had.

    Args:
        return_url: where the portal and Checkout send the customer back; from the configuration,
            never from a request.
        returns: adds to the return address what the return page needs to know.
        ticks: seconds that only run forward, for how long a portal configuration is remembered.
    """

    def __init__(
        self,
        gateway: MakesSessions | None,
        *,
        return_url: str | None,
        org_key: str = "org_id",
        returns: ReturnLinks | None = None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gateway = gateway
        self._return_url = return_url
        self._org_key = org_key
        self._returns = returns
        self._ticks = ticks
        self._known: list[PortalConfiguration] = []
        self._ask_after = float("-inf")

    def configuration(self, plan_group: str | None = None) -> PortalConfiguration | None:
        """The managed portal configuration of a plan group, else the account's default one.

        Remembered for five minutes; None: not to be had.
        """
        now = self._ticks()
        if self._gateway is not None and now >= self._ask_after:
            try:
                self._known = self._gateway.portal_configurations()
                self._ask_after = now + _FRESH_SECONDS
            except BillingError:
                # Stripe's own answer at minting is the truth; the panel must not wait for it.
                self._ask_after = now + _AGAIN_SECONDS
        return configuration_for(self._known, plan_group)

    def forget(self) -> None:
        """Ask Stripe again for its configurations: somebody has changed them."""
        self._ask_after = float("-inf")

    def make(
        self,
        choice: Choice,
        situation: Situation,
        *,
        plan: str | None,
        idempotency_key: str,
        at: int = 0,
    ) -> Address:
        """The address for an allowed choice. ``at``: unix seconds of the minting.

        Raises:
            LinkRefused: the plan is missing, unknown, not offered, or the one they have.
            ConfigurationError: STRIPE_API_KEY or PORTSIDE_RETURN_URL is missing.
            StripeRefused, StripeUnavailable: Stripe's answer.
        """
        if choice.flow is Flow.PAY_INVOICE:
            return Address(_invoice_page(choice, situation), bearer=False)
        if choice.flow is Flow.LOGIN_PAGE:
            return Address(_login_page(situation), bearer=False)
        gateway, base_url = self._ready()
        return_url = self._back(base_url, situation, choice, at)
        if return_url != base_url:
            # One key must not stand for two requests that differ.
            idempotency_key += f"-{hashlib.sha256(return_url.encode()).hexdigest()[:12]}"
        if choice.flow is Flow.CHECKOUT:
            made = gateway.create_checkout_session(
                price=self._price(gateway, choice, plan),
                success_url=return_url,
                cancel_url=return_url,
                idempotency_key=idempotency_key,
                customer=situation.customer.customer_id,
                org_id=situation.customer.org_id,
                org_key=self._org_key,
            )
            return Address(made.url, bearer=True, session_id=made.id, ends=made.expires_at)
        link = self._deeplink(gateway, choice, situation, plan)
        configuration = situation.configuration
        made = gateway.create_portal_session(
            situation.customer.customer_id,
            return_url=return_url,
            idempotency_key=idempotency_key,
            link=link,
            configuration=configuration.id if configuration else None,
        )
        return Address(made.url, bearer=True, session_id=made.id, lives=PORTAL_SECONDS)

    def _back(self, return_url: str, situation: Situation, choice: Choice, at: int) -> str:
        if self._returns is None:
            return return_url
        return self._returns.address(return_url, situation, choice.flow, at)

    def _ready(self) -> tuple[MakesSessions, str]:
        if self._gateway is None:
            raise ConfigurationError("Links of this kind need an API key. Set STRIPE_API_KEY.")
        if self._return_url is None:
            raise ConfigurationError(
                "Set PORTSIDE_RETURN_URL to where the portal sends the customer back."
            )
        return self._gateway, self._return_url

    def _deeplink(
        self, gateway: MakesSessions, choice: Choice, situation: Situation, plan: str | None
    ) -> Deeplink:
        link = Deeplink(choice.flow, choice.subscription_id)
        if choice.flow is not Flow.SUBSCRIPTION_UPDATE_CONFIRM:
            return link
        item = _subscription(choice, situation).items[0]
        price = self._price(gateway, choice, plan)
        if price == item["price"]:
            raise LinkRefused(
                "The customer already has this plan. Choose another one.", code="no_change"
            )
        offered = situation.configuration.prices if situation.configuration else None
        if offered is not None and price not in offered:
            raise LinkRefused(
                f"The portal does not offer {plan}. Add its price to the portal configuration, "
                "or send the link for changing the plan.",
                code="price_not_offered",
            )
        return Deeplink(choice.flow, choice.subscription_id, item["id"], price)

    def _price(self, gateway: MakesSessions, choice: Choice, plan: str | None) -> str:
        offered = ", ".join(offer.lookup_key for offer in choice.plans)
        if plan is None:
            raise LinkRefused(f"Say which plan: one of {offered}.", code="plan_required")
        if all(offer.lookup_key != plan for offer in choice.plans):
            raise LinkRefused(
                f"{plan!r} cannot be offered here. Use one of: {offered}.", code="plan_unknown"
            )
        price = gateway.price_id(plan)
        if price is None:
            raise LinkRefused(
                f"Stripe has no active price with the lookup key {plan}. Create it there first.",
                code="price_missing",
            )
        return price


def _invoice_page(choice: Choice, situation: Situation) -> str:
    found = (row for row in situation.invoices if row.invoice_id == choice.invoice_id)
    url = next(found).hosted_invoice_url
    if url is None:
        raise NoSuchObject(f"Invoice {choice.invoice_id} has no page to pay on.")
    return url


def _login_page(situation: Situation) -> str:
    if situation.configuration is None or situation.configuration.login_url is None:
        raise LinkRefused("The portal's login page is off.", code="login_page_off")
    return situation.configuration.login_url


def _subscription(choice: Choice, situation: Situation) -> SubscriptionRow:
    wanted = choice.subscription_id
    return next(row for row in situation.subscriptions if row.subscription_id == wanted)
