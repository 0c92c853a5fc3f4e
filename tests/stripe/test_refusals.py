"""What Stripe says when it refuses a link, and what an agent is told to do about it."""

from __future__ import annotations

import pytest
import stripe

from lib.billing.domain.errors import StripeRefused
from lib.billing.stripe.refusals import translated

PORTAL = "POST /v1/billing_portal/sessions"
CONFIRM = "flow_data[subscription_update_confirm]"

SAID: dict[str, tuple[str, str]] = {
    "No configuration provided and your test mode default configuration has not been created. "
    "Provide a configuration or create your default by saving your customer portal settings in "
    "test mode at https://dashboard.stripe.com/test/settings/billing/portal.": (
        "no_configuration",
        "Save the customer portal's settings",
    ),
    "No configuration provided and your live mode default configuration has not been created.": (
        "no_configuration",
        "Save the customer portal's settings",
    ),
    "The portal configuration 'bpc_1' is inactive and cannot be used to create portal sessions.": (
        "configuration_missing",
        "Activate that portal configuration",
    ),
    "No such configuration: 'bpc_1'": ("configuration_missing", "Activate"),
    "This subscription cannot be updated because the subscription update feature in the portal "
    "configuration is disabled.": ("feature_off", "Switch the feature on"),
    "This subscription cannot be canceled because the subscription cancellation feature in the "
    "portal configuration is disabled.": ("feature_off", "Switch the feature on"),
    "The payment method update feature in the portal configuration is disabled.": (
        "feature_off",
        "Switch the feature on",
    ),
    "Cannot enable subscription updates while payment method update is disabled.": (
        "feature_off",
        "Switch updating the payment method on",
    ),
    "The subscription is already set to be canceled at period end": (
        "already_winding_down",
        "send the link for renewing",
    ),
    "This subscription is already set to be canceled at a given date.": (
        "already_winding_down",
        "send the link for renewing",
    ),
    "Cannot update the subscription because there are no changes to confirm.": (
        "no_change",
        "choose another one",
    ),
    "This subscription cannot be updated because an update to it is scheduled with the "
    "subscription schedule 'sub_sched_1'.": ("schedule_attached", "Release the schedule"),
    "This subscription cannot be updated because it has multiple subscription items.": (
        "several_items",
        "Stripe dashboard",
    ),
    "This subscription cannot be updated because it uses usage-based billing.": (
        "metered",
        "Stripe dashboard",
    ),
    "This subscription cannot be updated because its collection method is send_invoice.": (
        "send_invoice",
        "Stripe dashboard",
    ),
    "This subscription cannot be paused because its billing mode is not flexible.": (
        "not_flexible",
        "migrate it in Stripe",
    ),
    "This subscription cannot be paused because it is unpaid.": (
        "not_pausable",
        "Only what is being billed",
    ),
    "This subscription cannot be paused because it is set to be canceled.": (
        "already_winding_down",
        "send the link for renewing",
    ),
    "This subscription cannot be updated because it is incomplete.": (
        "first_payment_missing",
        "send the link to its invoice",
    ),
    "The price 'price_1' is not in the portal configuration's "
    "`features[subscription_update][products]`.": ("price_not_offered", "Add the price"),
    "The price 'price_1' has another tax_behavior than the current price.": (
        "price_not_offered",
        "choose another plan",
    ),
    "No such price: 'price_1'": ("price_missing", "Create the price in Stripe"),
    "You cannot combine currencies on a single customer. This customer has a subscription with "
    "currency eur": ("other_currency", "the customer's own currency"),
    "No such coupon: 'STAY20'": ("coupon_missing", "portside.toml lists"),
    "Coupon STAY20 is expired and cannot be applied.": ("coupon_missing", "can still be redeemed"),
    "You must provide a `return_url` because the portal configuration has no "
    "`default_return_url`.": ("return_url_refused", "Set PORTSIDE_RETURN_URL"),
    "Not a valid URL. URLs must begin with http:// or https://.": (
        "return_url_refused",
        "Set PORTSIDE_RETURN_URL",
    ),
    "No such customer: 'cus_1'": ("customer_missing", "same account and mode"),
    "No such subscription: 'sub_1'": ("subscription_missing", "portside backfill"),
    "The subscription 'sub_1' does not belong to the customer 'cus_2'.": (
        "subscription_missing",
        "portside reconcile",
    ),
    "The subscription 'sub_1' has already ended: its status is canceled.": (
        "subscription_ended",
        "send a Checkout link",
    ),
    'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a '
    "status of `complete`.": ("checkout_not_open", "not open any more"),
    "No such customer: 'cus_1'; a similar object exists in live mode, but a test mode key was used "
    "to make this request.": ("other_mode", "Check STRIPE_API_KEY"),
}


def _refusal(said: str, asked: str = PORTAL, **more: str) -> StripeRefused:
    error = stripe.InvalidRequestError(said, http_status=400, **{"param": "", **more})
    with pytest.raises(StripeRefused) as caught, translated(asked):
        raise error
    return caught.value


@pytest.mark.parametrize(("said", "expected"), SAID.items(), ids=[said[:60] for said in SAID])
def test_a_known_refusal_has_a_code_and_says_what_to_do(
    said: str, expected: tuple[str, str]
) -> None:
    refusal = _refusal(said)
    code, remedy = expected
    assert refusal.code == code
    assert remedy in str(refusal)
    assert str(refusal).startswith("Stripe refused: ")


REWORDED = {
    "customer": "customer_missing",
    "flow_data[subscription_cancel][subscription]": "subscription_missing",
    "flow_data[subscription_cancel][retention][coupon_offer][coupon]": "coupon_missing",
    "discounts[0][coupon]": "coupon_missing",
    f"{CONFIRM}[items][0][price]": "price_missing",
    "line_items[0][price]": "price_missing",
    "configuration": "configuration_missing",
}


@pytest.mark.parametrize(("parameter", "code"), REWORDED.items(), ids=list(REWORDED))
def test_in_other_words_the_parameter_still_tells(parameter: str, code: str) -> None:
    refusal = _refusal("It is not there.", param=parameter, code="resource_missing")
    assert refusal.code == code
    assert len(str(refusal)) > len("Stripe refused: It is not there. ")


def test_what_nobody_foresaw_is_told_with_a_way_out_and_a_code() -> None:
    refusal = _refusal("The moon is full.", code="moon_phase")
    assert refusal.code == "stripe_moon_phase"
    assert str(refusal) == (
        "Stripe refused: The moon is full. Nothing was changed. "
        "Look at the customer in the Stripe dashboard, or do it there."
    )


def test_reading_has_nothing_to_undo() -> None:
    refusal = _refusal("The moon is full.", asked="GET /v1/events")
    assert str(refusal) == "Stripe refused: The moon is full."
    assert refusal.code == "stripe_refused"


def test_an_address_in_stripes_words_is_left_out() -> None:
    refusal = _refusal("See https://billing.stripe.com/p/session/test_secret now.")
    assert "test_secret" not in str(refusal)
    refusal = _refusal("Not a valid URL: https://app.example/return?t=v1.test-secret.mac")
    assert "test-secret" not in str(refusal)
