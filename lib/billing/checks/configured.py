"""Is what was configured usable?"""

from __future__ import annotations

from collections.abc import Iterator

from ..config import Settings, is_absolute_url
from ..domain.catalog import Catalog
from ..domain.errors import BillingError
from ..domain.returning import is_return_page
from ..settings.business import Business
from ..settings.catalog_file import read_catalog
from .finding import Finding


def keys(settings: Settings) -> Iterator[Finding]:
    """The API key: there, restricted, and of the mode that was asked for."""
    name = "API key"
    key = settings.api_key.get_secret_value() if settings.api_key else None
    if key is None:
        yield Finding(
            False,
            name,
            "No key is set, so links, backfill and decline codes are off.",
            "Set STRIPE_API_KEY to a restricted key (rk_…).",
        )
        return
    told = "PORTSIDE_MODE" in settings.given
    if told and settings.configured_mode != settings.mode:
        yield Finding(
            False,
            "Mode",
            f"PORTSIDE_MODE says {settings.configured_mode}, the key is a {settings.mode} key; "
            "the key decides.",
            "Unset PORTSIDE_MODE, or use a key of that mode.",
        )
    if key.startswith("sk_"):
        yield Finding(
            False,
            name,
            f"A secret key of {settings.mode} mode: it may do everything in the account.",
            "Create a restricted key with read rights and Customer portal: write.",
        )
    else:
        yield Finding(True, name, f"A restricted key of {settings.mode} mode.")


def secret(settings: Settings) -> Iterator[Finding]:
    """The webhook's signing secrets."""
    name = "Webhook secret"
    secrets = settings.webhook_secrets
    if not secrets:
        yield Finding(
            False,
            name,
            "None is set, so the webhook endpoint is off.",
            "Set STRIPE_WEBHOOK_SECRET to the endpoint's signing secret (whsec_…).",
        )
    elif not all(secret.startswith("whsec_") for secret in secrets):
        yield Finding(
            False,
            name,
            "It does not begin with whsec_, so it is no signing secret.",
            "Copy the signing secret from the endpoint's page in Stripe.",
        )
    else:
        many = "" if len(secrets) == 1 else f" ({len(secrets)} while one is being rolled)"
        yield Finding(True, name, f"Set{many}.")


def return_url(settings: Settings) -> Finding:
    """Where the portal sends customers back."""
    name, url = "Return URL", settings.return_url
    remedy = "Set PORTSIDE_RETURN_URL to an address like https://app.example.com/billing."
    if url is None:
        return Finding(False, name, "None is set, so no links can be minted.", remedy)
    if not is_absolute_url(url):
        return Finding(False, name, "It is not an absolute http or https address.", remedy)
    if settings.livemode and not url.startswith("https://"):
        return Finding(False, name, "Live mode needs https.", remedy)
    if settings.return_keys and not is_return_page(url):
        said = "PORTSIDE_RETURN_KEY is set, but the address does not end in /return: it is unused."
        return Finding(
            False, name, said, "Unset the key, or use the return page of `portside serve`."
        )
    return Finding(True, name, f"Customers come back to {url}.")


def clock(settings: Settings) -> Finding:
    """Whether another clock than the system's is in force."""
    if settings.now is not None and settings.livemode:
        return Finding(
            False, "Clock", "PORTSIDE_NOW replaces the clock in live mode.", "Unset PORTSIDE_NOW."
        )
    said = "The system clock." if settings.now is None else "Set by PORTSIDE_NOW."
    return Finding(True, "Clock", said)


def business(settings: Settings) -> tuple[Business | None, Finding]:
    """`portside.toml`, and what it says."""
    name = "Business"
    try:
        business = settings.business()
    except BillingError as error:
        return None, Finding(False, name, str(error), f"Correct {settings.config}.")
    said = f"Policy {business.policy.slug}, days in {business.timezone}."
    return business, Finding(True, name, said)


def catalog(settings: Settings) -> tuple[Catalog | None, Finding]:
    """The catalogue file, and what it says."""
    try:
        catalog = read_catalog(settings.catalog)
    except BillingError as error:
        return None, Finding(False, "Catalogue", str(error), f"Correct {settings.catalog}.")
    prices = sum(len(plan.prices) for plan in catalog.plans.values())
    return catalog, Finding(True, "Catalogue", f"{len(catalog.plans)} plans, {prices} prices.")
