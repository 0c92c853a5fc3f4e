"""Where the guards and Stripe part: read by `docs/links.md`, by the tests and by the proof.

A refusal that is not listed in `STRICTER` is one that Stripe would give too. What is listed in
`LEFT_TO_STRIPE` is allowed here and may still be refused there.
"""

from __future__ import annotations

from typing import Final

from .flow_values import Flow

_PLAN_CHANGES: Final = (Flow.SUBSCRIPTION_UPDATE, Flow.SUBSCRIPTION_UPDATE_CONFIRM)

STRICTER: Final[dict[str, tuple[tuple[Flow, ...], str]]] = {
    "never_subscribed": (
        (Flow.HOME, Flow.PAYMENT_METHOD_UPDATE, Flow.CUSTOMER_UPDATE, Flow.LOGIN_PAGE),
        "Stripe opens the portal for anyone; for somebody without a subscription and without an "
        "invoice it is empty, and a subscription cannot be started there.",
    ),
    "already_subscribed": (
        (Flow.CHECKOUT,),
        "Stripe starts a second subscription without a word, and bills both.",
    ),
    "org_subscribed": (
        (Flow.CHECKOUT,),
        "To Stripe two customers of one organization are strangers; the organization would pay "
        "twice.",
    ),
    "other_currency": (
        (Flow.CHECKOUT,),
        "Stripe may say so only to the customer, after they have filled in their card.",
    ),
    "email_shared": (
        (Flow.LOGIN_PAGE,),
        "Stripe opens the newest customer with that address that has a subscription, which may be "
        "another one than was meant.",
    ),
    "winding_down": (
        _PLAN_CHANGES,
        "Stripe changes the plan and lets it end all the same: the customer pays for a plan that "
        "is about to go.",
    ),
    "schedule_attached": (
        (*_PLAN_CHANGES, Flow.SUBSCRIPTION_CANCEL, Flow.RENEW),
        "Stripe refuses only while a phase is still to come; here it is enough that a schedule is "
        "attached, as what the customer does would not survive it.",
    ),
    "no_configuration": (
        (Flow.SUBSCRIPTION_PAUSE, Flow.LOGIN_PAGE),
        "When the portal configuration cannot be read, the login page's address is unknown, and "
        "pausing is off in most accounts.",
    ),
}
"""Code -> (flows for which Stripe would go along, why it is refused here on purpose)."""

LEFT_TO_STRIPE: Final[dict[str, str]] = {
    "not_flexible": "Only subscriptions of the billing mode *flexible* can be paused. The mode is "
    "in no event of an older API version, so the projection does not hold it.",
    "coupon_missing": "Whether a coupon can still be redeemed is known to Stripe alone.",
    "price_missing": "A price that was never seen here is looked up by its lookup key when the "
    "link is made.",
    "feature_off": "While the portal configuration cannot be read, nothing is taken to be off.",
}
"""Codes with which Stripe may refuse what is allowed here, and why that is not known before."""
