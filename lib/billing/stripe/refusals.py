"""Stripe's errors as ours: what Stripe said, and what to do about it.

Neither bodies nor keys travel along: a body may hold a session's address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import stripe

from ..domain.errors import BillingError, StripeRefused, StripeUnavailable

_KNOWN: Final[tuple[tuple[re.Pattern[str], str, str], ...]] = tuple(
    (re.compile(pattern, re.IGNORECASE), code, remedy)
    for pattern, code, remedy in (
        (
            r"similar object exists in (live|test) mode",
            "other_mode",
            "Check STRIPE_API_KEY: test and live belong in databases of their own.",
        ),
        (
            r"no configuration provided",
            "no_configuration",
            "Save the customer portal's settings in the Stripe dashboard once, for this mode.",
        ),
        (
            r"configuration .* is (inactive|not active)|no such (billing_portal\.|portal )?config",
            "configuration_missing",
            "Activate that portal configuration, or configure another one.",
        ),
        (
            r"feature in the portal configuration is disabled",
            "feature_off",
            "Switch the feature on in the portal configuration.",
        ),
        (
            r"while payment method update is disabled",
            "feature_off",
            "Switch updating the payment method on first.",
        ),
        (
            r"already set to be cancel|set to be canceled",
            "already_winding_down",
            "It is already set to end: send the link for renewing instead.",
        ),
        (
            r"no changes to confirm",
            "no_change",
            "The customer already has this plan: choose another one.",
        ),
        (
            r"subscription schedule|update to it is scheduled|managed by.*schedule",
            "schedule_attached",
            "Release the schedule in the Stripe dashboard first.",
        ),
        (
            r"multiple (products|subscription items)|multiple items",
            "several_items",
            "Change it in the Stripe dashboard.",
        ),
        (r"usage-based|metered", "metered", "Change it in the Stripe dashboard."),
        (r"send_invoice", "send_invoice", "Change it in the Stripe dashboard."),
        (
            r"billing.mode",
            "not_flexible",
            "Only subscriptions of the billing mode flexible can be paused: migrate it in Stripe, "
            "or pause its collection there.",
        ),
        (
            r"because it is incomplete\b",
            "first_payment_missing",
            "The first payment was never completed: send the link to its invoice.",
        ),
        (
            r"cannot be paused because it is (?!set to|canceled|incomplete)",
            "not_pausable",
            "Only what is being billed can be paused.",
        ),
        (r"no such price", "price_missing", "Create the price in Stripe, or choose another plan."),
        (
            r"\bprice\b.*(not in|not listed|not active|tax_behavior|isn't| is in )",
            "price_not_offered",
            "Add the price to the portal configuration, or choose another plan.",
        ),
        (
            r"combine currencies",
            "other_currency",
            "Choose a price in the customer's own currency.",
        ),
        (
            r"no such (coupon|promotion)|coupon .*(expired|not valid|cannot be (applied|redeemed))",
            "coupon_missing",
            "Choose a coupon that exists in Stripe and can still be redeemed; portside.toml lists "
            "those that links may carry.",
        ),
        (
            r"return_url",
            "return_url_refused",
            "Set PORTSIDE_RETURN_URL to an https address that Stripe accepts.",
        ),
        (
            r"not a valid url",
            "return_url_refused",
            "Set PORTSIDE_RETURN_URL to an https address that Stripe accepts.",
        ),
        (
            r"no such customer",
            "customer_missing",
            "Stripe does not know this customer. Check that the key belongs to the same account "
            "and mode.",
        ),
        (
            r"no such subscription",
            "subscription_missing",
            "Stripe does not know this subscription. Run `portside backfill`.",
        ),
        (
            r"does not belong to the customer",
            "subscription_missing",
            "It belongs to another customer in Stripe. Run `portside reconcile`.",
        ),
        (
            r"already (ended|been canceled)|\bis (canceled|incomplete_expired)",
            "subscription_ended",
            "It has ended: send a Checkout link.",
        ),
        (
            r"only checkout sessions with a status",
            "checkout_not_open",
            "That Checkout link is not open any more.",
        ),
    )
)
_BY_PARAMETER: Final = (
    ("return_url", "return_url_refused"),
    ("success_url", "return_url_refused"),
    ("cancel_url", "return_url_refused"),
    ("coupon", "coupon_missing"),
    ("discounts", "coupon_missing"),
    ("price", "price_missing"),
    ("[subscription]", "subscription_missing"),
    ("configuration", "configuration_missing"),
    ("customer", "customer_missing"),
)
"""When the wording is new: part of the parameter that Stripe names, and what it is about."""

_REMEDIES: Final = {code: remedy for _, code, remedy in reversed(_KNOWN)}
_LAST_RESORT: Final = (
    "Nothing was changed. Look at the customer in the Stripe dashboard, or do it there."
)
_SECRET: Final = re.compile(
    r"\b(?:[sr]k|whsec)_\w[\w*]*|https?://\S*/(?:p/session|c/pay)/\S*"
    r"|(?<=[?&]t=)v1\.[\w.-]+",  # a token of the return page
    re.IGNORECASE,
)
_LONGEST: Final = 400


@contextmanager
def translated(asked: str) -> Iterator[None]:
    """Turn the SDK's errors into :class:`StripeUnavailable` and :class:`StripeRefused`.

    ``asked`` names what was asked for, e.g. ``GET /v1/prices``.
    """
    try:
        yield
    except stripe.StripeError as error:
        # Without the chain: the SDK's error carries the answer's body.
        raise _translate(error, asked) from None
    except (AttributeError, TypeError, UnicodeDecodeError):
        # The SDK trips over an `error` that is no object and over a body that is no text.
        raise StripeUnavailable(
            f"What answered {asked} does not speak like Stripe. Check PORTSIDE_STRIPE_API_BASE "
            "and what stands between Stripe and this machine."
        ) from None


def _translate(error: stripe.StripeError, asked: str) -> BillingError:
    status = error.http_status or 0
    reference = f" (Stripe's request {error.request_id})" if error.request_id else ""
    said = _scrubbed(error)
    if isinstance(error, stripe.APIConnectionError):
        return StripeUnavailable(
            "Stripe did not answer. Nothing was changed here; try again in a moment."
        )
    if isinstance(error, stripe.RateLimitError) or status == 429:
        return StripeUnavailable(
            f"Stripe asks to slow down. Try again in a minute.{reference}",
            code="stripe_rate_limit",
            retry_after=_retry_after(error),
        )
    if isinstance(error, stripe.AuthenticationError) or status == 401:
        return StripeRefused(
            f"Stripe does not accept the API key. Check STRIPE_API_KEY.{reference}",
            code="stripe_key",
        )
    if isinstance(error, stripe.PermissionError) or status == 403:
        return StripeRefused(_missing_right(said) + reference, code="stripe_permission")
    if isinstance(error, stripe.IdempotencyError):
        return StripeRefused(
            "This click was already used for another link. Close the panel and open it again."
            + reference,
            code="click_reused",
        )
    if _not_offered(error, said, status):
        return StripeRefused(
            f"{asked} is not offered there ({status}). Check PORTSIDE_STRIPE_API_BASE.{reference}",
            code="stripe_not_offered",
        )
    if isinstance(error, stripe.APIError) or status >= 500:
        return StripeUnavailable(
            f"Stripe has a problem of its own. Try again in a moment.{reference}",
            retry_after=_retry_after(error),
        )
    # Some stand-ins for Stripe leave the code out where an object is not there.
    code = error.code or ("resource_missing" if status == 404 else None)
    code, remedy = _known(said, code, str(getattr(error, "param", None) or ""))
    if not remedy and asked.startswith("POST"):
        remedy = _LAST_RESORT
    sentence = f"Stripe refused: {said.rstrip('.')}. {remedy}".rstrip()
    return StripeRefused(sentence + reference, code=code)


def _retry_after(error: stripe.StripeError) -> float | None:
    """The header's seconds; its other form, a date, is not worth trusting two clocks for."""
    said = str((error.headers or {}).get("Retry-After", "")).strip()
    return float(said) if re.fullmatch(r"\d{1,6}", said) else None


def _not_offered(error: stripe.StripeError, said: str, status: int) -> bool:
    """An address that Stripe would know: the answer is no error of Stripe's, or says so."""
    if status == 404 and re.search(r"unrecognized request url", said, re.IGNORECASE):
        return True
    return status in (404, 405, 501) and isinstance(error, stripe.APIError)


def _known(said: str, code: str | None, parameter: str) -> tuple[str, str]:
    """(our code, what to do): by Stripe's words, else by the parameter that it names."""
    for pattern, known, remedy in _KNOWN:
        if pattern.search(said):
            return known, remedy
    if code == "resource_missing":
        for part, known in _BY_PARAMETER:
            if part in parameter:
                return known, _REMEDIES[known]
    return f"stripe_{code}" if code else "stripe_refused", ""


def _missing_right(said: str) -> str:
    right = re.search(r"'(rak_\w+)'", said)
    named = f"the right {right[1]}" if right else "a right that this needs"
    return f"The API key lacks {named}. Add it to the restricted key in the Stripe dashboard."


def _scrubbed(error: stripe.StripeError) -> str:
    said = " ".join(str(error.user_message or "no reason given").split())
    return _SECRET.sub("…", said)[:_LONGEST]
