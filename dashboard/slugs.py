"""Stable ids as people say them."""

from __future__ import annotations

from typing import Final

from dashboard.language import mark, tr

UNKNOWN: Final = "–"

_WORDS: Final[dict[str, str]] = {
    # rules
    "no_subscription": mark("No subscription"),
    "past_due_in_grace": mark("Past due, in grace"),
    "past_due_expired": mark("Past due, grace over"),
    "collection_paused": mark("Collection paused"),
    "plan_unresolved": mark("Plan unresolved"),
    "winding_down": mark("Winding down"),
    # why subscriptions end
    "cancellation_requested": mark("Asked for it"),
    "payment_failed": mark("Payment failed"),
    "payment_disputed": mark("Payment disputed"),
    "too_expensive": mark("Too expensive"),
    "missing_features": mark("Missing features"),
    "switched_service": mark("Switched service"),
    "customer_service": mark("Customer service"),
    "too_complex": mark("Too complex"),
    "low_quality": mark("Low quality"),
    "voluntary": mark("Voluntary"),
    "involuntary": mark("Involuntary"),
    # how long customers had been there
    "under_90_days": mark("Under 90 days"),
    "90_days_to_1_year": mark("90 days to 1 year"),
    "1_to_2_years": mark("1 to 2 years"),
    "over_2_years": mark("Over 2 years"),
    "joined_since": mark("Joined in the period"),
    # flows
    "home": mark("Customer portal"),
    "payment_method_update": mark("Update payment method"),
    "customer_update": mark("Update billing details"),
    "subscription_update": mark("Change plan"),
    "subscription_update_confirm": mark("Confirm a named plan"),
    "subscription_pause": mark("Pause subscription"),
    "subscription_cancel": mark("Cancel subscription"),
    "renew": mark("Renew subscription"),
    "pay_invoice": mark("Pay invoice"),
    "login_page": mark("Portal login page"),
    "checkout": mark("Start a subscription"),
    # why payments fail, where their own word says little
    "generic_decline": mark("No reason given"),
    "incorrect_cvc": mark("Incorrect CVC"),
    "invalid_cvc": mark("Invalid CVC"),
    "unknown": mark("Not said yet"),
    # invoices
    "charge_automatically": mark("Charged automatically"),
    "send_invoice": mark("Sent to be paid"),
    # how a link ended
    "waiting": mark("Waiting for the customer"),
    "acted": mark("Customer acted"),
    "no_change_seen": mark("No change seen"),
}


def words(slug: str | None) -> str:
    """A stable id as people say it: ``past_due`` → Past due."""
    if slug is None:
        return UNKNOWN
    known = _WORDS.get(slug)
    return tr(known if known is not None else slug.replace("_", " ").capitalize())
