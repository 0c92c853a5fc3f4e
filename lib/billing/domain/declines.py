"""Decline codes: what they mean in words, whether a retry can help, and what to offer.

Source: Stripe's table of decline codes. An unknown code is shown as it is.
"""

from __future__ import annotations

from typing import Final, Literal

from .said import said

SuggestedFlow = Literal["payment_method_update", "pay_invoice"]

NEVER_RETRIED: Final = frozenset(
    {
        "incorrect_number",
        "lost_card",
        "pickup_card",
        "stolen_card",
        "revocation_of_authorization",
        "revocation_of_all_authorizations",
        "authentication_required",
        "highest_risk_level",
        "transaction_not_allowed",
    }
)
"""Declines after which Stripe makes no further attempt by itself."""

SENSITIVE: Final = frozenset(
    {"fraudulent", "highest_risk_level", "lost_card", "merchant_blacklist", "pickup_card"}
    | {"restricted_card", "security_violation", "stolen_card"}
)
"""For staff only: telling the customer would help a thief."""

_SAME_CARD: Final = frozenset(
    {
        "approve_with_id",
        "authentication_not_handled",
        "authentication_required",
        "card_velocity_exceeded",
        "duplicate_transaction",
        "insufficient_funds",
        "invoice_payment_intent_requires_action",
        "issuer_not_available",
        "offline_pin_required",
        "online_or_offline_pin_required",
        "payment_intent_authentication_failure",
        "processing_error",
        "reenter_transaction",
        "try_again_later",
        "withdrawal_count_limit_exceeded",
    }
)
"""The card itself is good: paying the invoice once more is what helps."""

_CONFIRMED: Final = frozenset(
    {
        "authentication_not_handled",
        "authentication_required",
        "invoice_payment_intent_requires_action",
        "payment_intent_authentication_failure",
    }
)
"""The bank wants to hear it from the customer."""

_WORDS: Final[dict[str, str]] = {
    "authentication_required": said("The bank asks the customer to confirm the payment"),
    "call_issuer": said("The bank declined without a reason: the customer should call it"),
    "card_declined": said("The bank declined the card"),
    "card_not_supported": said("The card does not allow this kind of payment"),
    "card_velocity_exceeded": said("The card's limit for a period is used up"),
    "currency_not_supported": said("The card does not allow this currency"),
    "do_not_honor": said("The bank declined without a reason: the customer should call it"),
    "expired_card": said("The card has expired"),
    "fraudulent": said("Stripe suspects fraud"),
    "generic_decline": said("The bank declined without a reason"),
    "highest_risk_level": said("Stripe blocked the payment as too risky"),
    "incorrect_cvc": said("The security code is wrong"),
    "incorrect_number": said("The card number is wrong"),
    "incorrect_zip": said("The postal code is wrong"),
    "insufficient_funds": said("There was not enough money in the account"),
    "invalid_account": said("The account behind the card is not valid"),
    "invalid_cvc": said("The security code is wrong"),
    "invalid_expiry_month": said("The expiry month is wrong"),
    "invalid_expiry_year": said("The expiry year is wrong"),
    "invalid_number": said("The card number is wrong"),
    "invoice_payment_intent_requires_action": said(
        "The bank asks the customer to confirm the payment"
    ),
    "issuer_not_available": said("The bank could not be reached"),
    "lost_card": said("The card is reported lost"),
    "merchant_blacklist": said("The payment matches a block list"),
    "payment_intent_authentication_failure": said("The customer did not confirm the payment"),
    "pickup_card": said("The card may be lost or stolen"),
    "processing_error": said("The bank could not process the payment"),
    "restricted_card": said("The card may be lost or stolen"),
    "revocation_of_all_authorizations": said("The customer revoked every future charge"),
    "revocation_of_authorization": said("The customer revoked this charge"),
    "security_violation": said("The bank declined without a reason"),
    "stolen_card": said("The card is reported stolen"),
    "stop_payment_order": said("The customer stopped the payment at the bank"),
    "transaction_not_allowed": said("The bank does not allow this payment"),
    "try_again_later": said("The bank asks to try again later"),
    "withdrawal_count_limit_exceeded": said("The card's limit is used up"),
}


def decline_words(code: str | None) -> str:
    """What a decline code means, for a support agent."""
    if code is None:
        return said("Stripe has not said why")
    return _WORDS.get(code, code.replace("_", " ").capitalize())


def suggested_flow(code: str | None) -> SuggestedFlow:
    """The link that helps: pay again where the card is good, else another card."""
    return "pay_invoice" if code in _SAME_CARD else "payment_method_update"


def advice(code: str | None, *, final: bool) -> str:
    """What to do about a failed payment, in words for whoever writes to the customer."""
    if code is None:
        told = "Offer both: another payment method, or paying the invoice once more."
    elif code in SENSITIVE:
        told = "Ask for another payment method, and do not say why."
    elif code in _CONFIRMED:
        told = "Send the invoice's page: the customer has to confirm the payment with the bank."
    elif code in _SAME_CARD:
        told = "The card itself is good: send the invoice's page, so that it is paid once more."
    else:
        told = "This card will not do: send the link that takes another payment method."
    return f"{told} Stripe will not try again by itself." if final else told


def is_final_attempt(next_attempt_at: int | None, code: str | None) -> bool:
    """Whether no further attempt is to be expected on an open automatic invoice."""
    return next_attempt_at is None or code in NEVER_RETRIED
