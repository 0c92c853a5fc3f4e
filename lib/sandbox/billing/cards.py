"""Stripe's published test cards, and what each of them does when charged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lib.sandbox.errors import SandboxError


@dataclass(frozen=True)
class Decline:
    """Why a charge fails: Stripe's code, decline code, advice and sentence."""

    code: str
    decline_code: str
    message: str
    advice_code: str


@dataclass(frozen=True)
class Card:
    """A test card: ``decline`` None succeeds; ``attaches`` False is refused already on saving."""

    number: str
    brand: str = "visa"
    decline: Decline | None = None
    attaches: bool = True
    dispute: str | None = None
    """Why its holder disputes every charge, if so."""
    country: str = "US"

    @property
    def last4(self) -> str:
        return self.number[-4:]


def _declined(decline_code: str, message: str, advice: str = "try_again_later") -> Decline:
    return Decline("card_declined", decline_code, message, advice)


GENERIC = _declined("generic_decline", "Your card was declined.")
INSUFFICIENT = _declined("insufficient_funds", "Your card has insufficient funds.")
LOST = _declined("lost_card", "Your card was declined.", "do_not_try_again")
STOLEN = _declined("stolen_card", "Your card was declined.", "do_not_try_again")
FRAUDULENT = _declined("fraudulent", "Your card was declined.", "do_not_try_again")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.", "confirm_card_data")
CVC = Decline(
    "incorrect_cvc",
    "incorrect_cvc",
    "Your card's security code is incorrect.",
    "confirm_card_data",
)
PROCESSING = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
    "try_again_later",
)
AUTHENTICATION = Decline(
    "authentication_required",
    "authentication_required",
    "Your card was declined. This transaction requires authentication.",
    "try_again_later",
)

CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242"),
        Card("4000056655665556"),
        Card("5555555555554444", "mastercard"),
        Card("2223003122003222", "mastercard"),
        Card("5200828282828210", "mastercard"),
        Card("378282246310005", "amex"),
        Card("6011111111111117", "discover"),
        Card("4000002760000016", country="DE"),
        Card("4000008260000000", country="GB"),
        Card("4000000000000341", decline=GENERIC),
        Card("4000000000009995", decline=INSUFFICIENT, attaches=False),
        Card("4000000000000002", decline=GENERIC, attaches=False),
        Card("4000000000009987", decline=LOST, attaches=False),
        Card("4000000000009979", decline=STOLEN, attaches=False),
        Card("4100000000000019", decline=FRAUDULENT, attaches=False),
        Card("4000000000000069", decline=EXPIRED, attaches=False),
        Card("4000000000000127", decline=CVC, attaches=False),
        Card("4000000000000119", decline=PROCESSING, attaches=False),
        Card("4000000000000259", dispute="fraudulent"),
        Card("4000000000002685", dispute="product_not_received"),
        Card("4000000000003220", decline=AUTHENTICATION),
        Card("4000002500003155", decline=AUTHENTICATION),
        Card("4000002760003184", decline=AUTHENTICATION, country="DE"),
    )
}

TOKENS = {
    "visa": "4242424242424242",
    "us": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "mastercard_debit": "5200828282828210",
    "amex": "378282246310005",
    "discover": "6011111111111117",
    "de": "4000002760000016",
    "gb": "4000008260000000",
    "chargeCustomerFail": "4000000000000341",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "chargeDeclinedLostCard": "4000000000009987",
    "visa_chargeDeclinedLostCard": "4000000000009987",
    "chargeDeclinedStolenCard": "4000000000009979",
    "visa_chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedFraudulent": "4100000000000019",
    "visa_chargeDeclinedFraudulent": "4100000000000019",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "createDispute": "4000000000000259",
    "createDisputeProductNotReceived": "4000000000002685",
    "threeDSecure2Required": "4000000000003220",
    "authenticationRequired": "4000002760003184",
    "authenticationRequiredOnSetup": "4000002500003155",
}
"""What follows ``pm_card_`` or ``tok_`` in Stripe's ready-made methods."""


def card_of(name: str, param: str = "card[number]") -> Card:
    """The card for a number, a ``pm_card_…`` or a ``tok_…``. Raises SandboxError (402, 400)."""
    for prefix in ("pm_card_", "tok_"):
        if name.startswith(prefix):
            token = name.removeprefix(prefix)
            if token not in TOKENS:
                raise SandboxError.missing_resource("token", name, param=param)
            return CARDS[TOKENS[token]]
    number = name.replace(" ", "").replace("-", "")
    if number in CARDS:
        return CARDS[number]
    raise SandboxError(
        "Your card number is incorrect. Use one of Stripe's published test numbers, for "
        "example 4242 4242 4242 4242.",
        status=402,
        type="card_error",
        code="incorrect_number",
        param=param,
    )


def is_ready_made(id: str) -> bool:
    """Whether a payment method id is one of Stripe's ready-made ``pm_card_…``."""
    return id.startswith("pm_card_")


def payment_error(card: Card, method: dict[str, Any], charge: str | None) -> dict[str, Any]:
    """``last_payment_error`` for a declined charge. Only for a card with a decline."""
    decline = card.decline or GENERIC
    error = {
        "advice_code": decline.advice_code,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "payment_method": method,
        "type": "card_error",
    }
    if charge is not None:
        error["charge"] = charge
    return error
