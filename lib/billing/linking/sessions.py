"""The address that a choice leads to: a hosted page that is there already, or a new session."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final

from ..domain.errors import BillingError, ConfigurationError, LinkRefused
from ..domain.flow_guards import Refusal
from ..domain.flow_plans import against_plan, against_start, billed_beside, is_metered, offers
from ..domain.flow_situation import Situation
from ..domain.flow_values import Choice, Flow
from ..domain.link_life import OPEN_WITHIN
from ..domain.portal import Deeplink, PortalConfiguration, configuration_for
from ..domain.providers import is_stripes
from ..domain.rows import SubscriptionRow
from ..returns import ReturnLinks
from .addresses import Address, invoice_page, login_page
from .checkouts import close_earlier
from .kinde_side import OpensPortal, kinde_portal
from .stripe_side import MakesSessions
from .values import LinkRequest

PORTAL_SECONDS: Final = OPEN_WITHIN
"""A portal session that nobody opens ends after five minutes; Stripe does not tell when."""

_FRESH_SECONDS: Final = 300
_AGAIN_SECONDS: Final = 30


class LinkMaker:
    """Makes addresses. Without a gateway or a return address only hosted pages can be had.

    Args:
        return_url: where the portal and Checkout send the customer back; from the configuration,
            never from a request.
        returns: adds to the return address what the return page needs to know.
        ticks: seconds that only run forward, for how long a portal configuration is remembered.
        kinde: makes addresses for customers whom Kinde bills; None: it cannot be asked.
    """

    def __init__(
        self,
        gateway: MakesSessions | None,
        *,
        return_url: str | None,
        org_key: str = "org_id",
        returns: ReturnLinks | None = None,
        ticks: Callable[[], float] = time.monotonic,
        kinde: OpensPortal | None = None,
    ) -> None:
        self._kinde = kinde
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

    @property
    def opens_kinde(self) -> bool:
        return self._kinde is not None

    def forget(self) -> None:
        """Ask Stripe again for its configurations: somebody has changed them."""
        self._ask_after = float("-inf")

    def make(
        self,
        choice: Choice,
        situation: Situation,
        request: LinkRequest,
        *,
        idempotency_key: str,
        earlier: Iterable[str] = (),
        at: int = 0,
    ) -> Address:
        """The address for an allowed choice. ``at``: unix seconds of the minting.

        Args:
            earlier: Checkout sessions of this customer that may still be open. A new Checkout
                closes them first, so that at most one subscription can be started.

        Raises:
            LinkRefused: the plan is missing, unknown, not offered, or the one they have; or an
                earlier Checkout was completed just now.
            ConfigurationError: STRIPE_API_KEY or PORTSIDE_RETURN_URL is missing.
            StripeRefused, StripeUnavailable: Stripe's answer.
            KindeRefused, KindeUnavailable: Kinde's.
        """
        if not is_stripes(situation.customer.customer_id):
            return_url = self._return_url and self._back(self._return_url, situation, choice, at)
            return kinde_portal(self._kinde, choice, situation, return_url)
        if choice.flow is Flow.PAY_INVOICE:
            return invoice_page(choice, situation)
        if choice.flow is Flow.LOGIN_PAGE:
            return login_page(situation)
        gateway, base_url = self._ready()
        # The address tells the customer's state. Where that has changed between two halves of a
        # click, Stripe refuses the second: another key would make a second session unseen.
        return_url = self._back(base_url, situation, choice, at)
        if choice.flow is Flow.CHECKOUT:
            price = _price(gateway, choice, situation, request.plan)
            keys = billed_beside(str(request.plan), situation.catalog)
            beside = [_active(gateway, key) for key in keys]
            close_earlier(gateway, earlier, situation)
            made = gateway.create_checkout_session(
                price=price,
                success_url=return_url,
                cancel_url=request.cancel_url or return_url,
                idempotency_key=idempotency_key,
                customer=situation.customer.customer_id or None,
                email=situation.customer.email,
                org_id=situation.customer.org_id,
                org_key=self._org_key,
                quantity=None if is_metered(str(request.plan), situation) else 1,
                trial_days=request.trial_days,
                coupon=request.coupon,
                metadata=dict(request.marks),
                beside=beside,
            )
            return Address(made.url, bearer=True, session_id=made.id, ends=made.expires_at)
        link = _deeplink(gateway, choice, situation, request)
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
    gateway: MakesSessions, choice: Choice, situation: Situation, request: LinkRequest
) -> Deeplink:
    if choice.flow is Flow.SUBSCRIPTION_CANCEL:
        return Deeplink(choice.flow, choice.subscription_id, retention_coupon=request.coupon)
    if choice.flow is not Flow.SUBSCRIPTION_UPDATE_CONFIRM:
        return Deeplink(choice.flow, choice.subscription_id)
    item = _subscription(choice, situation).items[0]
    price = _price(gateway, choice, situation, request.plan)
    # A price that was never seen here is known by its id only now.
    if price == item["price"]:
        raise LinkRefused(
            "The customer already has this plan. Choose another one.", code="no_change"
        )
    offered = situation.configuration.prices if situation.configuration else None
    if offered is not None and price not in offered:
        raise LinkRefused(
            f"The portal does not offer {request.plan}. Add its price to the portal configuration, "
            "or send the link for changing the plan.",
            code="price_not_offered",
        )
    return Deeplink(choice.flow, choice.subscription_id, item["id"], price)


def _price(gateway: MakesSessions, choice: Choice, situation: Situation, plan: str | None) -> str:
    usable = ", ".join(offer.lookup_key for offer in choice.plans)
    if plan is None:
        raise LinkRefused(f"Say which plan: one of {usable}.", code="plan_required")
    if all(offer.lookup_key != plan for offer in choice.plans):
        code, reason = _against(choice, situation, plan) or (
            "plan_unknown",
            f"{plan!r} cannot be offered here.",
        )
        raise LinkRefused(f"{reason} Here you can use: {usable}.", code=code)
    return _active(gateway, plan)


def _active(gateway: MakesSessions, lookup_key: str) -> str:
    price = gateway.price_id(lookup_key)
    if price is None:
        raise LinkRefused(
            f"Stripe has no active price with the lookup key {lookup_key}. Create it there first.",
            code="price_missing",
        )
    return price


def _against(choice: Choice, situation: Situation, plan: str) -> Refusal | None:
    """Why a plan of the catalogue is not among those that can be offered."""
    if choice.flow is Flow.CHECKOUT:
        return against_start(plan, situation)
    row = _subscription(choice, situation)
    named = (offer for offer in offers(situation.catalog) if offer.lookup_key == plan)
    return next((against_plan(offer, row, situation) for offer in named), None)


def _subscription(choice: Choice, situation: Situation) -> SubscriptionRow:
    wanted = choice.subscription_id
    return next(row for row in situation.subscriptions if row.subscription_id == wanted)
