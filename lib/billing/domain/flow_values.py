"""Flows, and the choices of one customer among them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .errors import LinkRefused
from .said import said, said_in_turn


class Flow(StrEnum):
    HOME = "home"
    PAYMENT_METHOD_UPDATE = "payment_method_update"
    CUSTOMER_UPDATE = "customer_update"
    SUBSCRIPTION_UPDATE = "subscription_update"
    SUBSCRIPTION_UPDATE_CONFIRM = "subscription_update_confirm"
    SUBSCRIPTION_PAUSE = "subscription_pause"
    SUBSCRIPTION_CANCEL = "subscription_cancel"
    RENEW = "renew"
    PAY_INVOICE = "pay_invoice"
    LOGIN_PAGE = "login_page"
    CHECKOUT = "checkout"


LABELS: Final[dict[Flow, tuple[str, str]]] = {
    Flow.HOME: (said("Open customer portal"), said("the portal's home")),
    Flow.PAYMENT_METHOD_UPDATE: (
        said("Update payment method"),
        said("the portal's payment method page"),
    ),
    Flow.CUSTOMER_UPDATE: (
        said("Update billing details"),
        said("the portal's page for billing details"),
    ),
    Flow.SUBSCRIPTION_UPDATE: (said("Change plan"), said("the portal's page for choosing a plan")),
    Flow.SUBSCRIPTION_UPDATE_CONFIRM: (
        said("Confirm a named plan"),
        said("the portal's page for confirming that plan"),
    ),
    Flow.SUBSCRIPTION_PAUSE: (said("Pause subscription"), said("the portal's page for pausing")),
    Flow.SUBSCRIPTION_CANCEL: (said("Cancel subscription"), said("the portal's cancellation page")),
    Flow.RENEW: (said("Renew subscription"), said("the portal's home, where “Don't cancel” is")),
    Flow.PAY_INVOICE: (said("Pay invoice"), said("the invoice's own page at Stripe")),
    Flow.LOGIN_PAGE: (said("Portal login page"), said("the portal's login page, safe to e-mail")),
    Flow.CHECKOUT: (said("Start a subscription"), said("Stripe Checkout")),
}
"""Flow -> (button, where it leads). The button names its destination."""

LINK_REASONS: Final = (
    said("Customer asked by e-mail"),
    said("Customer asked by phone or chat"),
    said("Payment failed"),
    said("Customer wants to leave"),
    said("Customer wants another plan"),
    said("Other"),
)
"""Why links are made, as the panel lists it; words of one's own follow a colon."""


def spoken_reason(kept: str) -> str:
    """Why a link was made, as it is kept: a listed reason stays one that can be translated, words
    of one's own stay as they are."""
    for known in LINK_REASONS:
        if kept == known:
            return known
        if kept.startswith(f"{known}: "):
            return said_in_turn((known, kept[len(known) + 2 :]), ": ")
    return kept


@dataclass(frozen=True, slots=True)
class LinkPolicy:
    """What staff may put into a link, as configured. Coupons are Stripe's ids."""

    retention_coupons: tuple[str, ...] = ()  # offered before a cancellation
    checkout_coupons: tuple[str, ...] = ()
    longest_trial_days: int = 0  # of a Checkout link; 0 = no trials


@dataclass(frozen=True, slots=True)
class PlanOffer:
    """A price of the catalogue that a link can name."""

    lookup_key: str
    plan: str
    name: str
    interval: str | None
    interval_count: int


@dataclass(frozen=True, slots=True)
class Choice:
    """One flow for one object. ``code`` and ``reason`` are set when it is refused."""

    flow: Flow
    label: str
    destination: str
    allowed: bool
    code: str | None = None
    reason: str | None = None
    subscription_id: str | None = None
    invoice_id: str | None = None
    plans: tuple[PlanOffer, ...] = ()  # what `plan` may be, where the flow asks for one
    recommended: bool = False
    coupons: tuple[str, ...] = ()  # what `coupon` may be; it may always be left out
    longest_trial_days: int = 0  # what `trial_days` may be at most
    note: str | None = None  # what to know before handing it over


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """What an agent sees before minting: the situation, then the choices."""

    sentence: str
    choices: tuple[Choice, ...]

    @property
    def recommended(self) -> Choice | None:
        return next((choice for choice in self.choices if choice.recommended), None)

    def find(
        self, flow: str, *, subscription_id: str | None = None, invoice_id: str | None = None
    ) -> Choice:
        """The choice that is meant: the allowed one, when only one is; of several invoices the
        most urgent. Which of several subscriptions is meant has to be said.

        Raises:
            LinkRefused: there is no such flow, or not for that subscription or invoice.
        """
        subscriptions = {choice.subscription_id for choice in self.choices}
        invoices = {choice.invoice_id for choice in self.choices}
        found = [
            choice
            for choice in self.choices
            if choice.flow == flow
            and _fits(subscription_id, choice.subscription_id, subscriptions)
            and _fits(invoice_id, choice.invoice_id, invoices)
        ]
        if not found:
            raise _not_found(flow, subscription_id, invoice_id)
        allowed = [choice for choice in found if choice.allowed]
        named = sorted({choice.subscription_id for choice in allowed if choice.subscription_id})
        if len(named) > 1:
            raise LinkRefused(
                f"Say which subscription is meant: {' or '.join(named)}.",
                code="subscription_required",
            )
        return (allowed or found)[0]


def _fits(wanted: str | None, own: str | None, known: set[str | None]) -> bool:
    """A flow that is for the whole customer fits whatever object of theirs is named."""
    return wanted is None or wanted == own or (own is None and wanted in known)


def _not_found(flow: str, subscription_id: str | None, invoice_id: str | None) -> LinkRefused:
    if flow not in {known.value for known in Flow}:
        known = ", ".join(item.value for item in Flow)
        return LinkRefused(f"There is no flow {flow!r}. Use one of: {known}.", code="unknown_flow")
    if invoice_id is not None:
        return LinkRefused(
            f"{invoice_id} is not an open invoice of this customer.", code="invoice_not_open"
        )
    return LinkRefused(
        f"{subscription_id} is not a live subscription of this customer.", code="not_live"
    )
