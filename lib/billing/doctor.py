"""Is this installation set up as it should be? Every check gives a finding with a remedy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .catalog_file import read_catalog
from .config import Settings, is_absolute_url
from .domain.catalog import Catalog
from .domain.errors import BillingError
from .store import coverage, migrate
from .store.engine import Store
from .stripe.gateway import Gateway
from .stripe.parse import parse_object


@dataclass(frozen=True, slots=True)
class Finding:
    """``name``: which check. ``remedy``: what to do; empty when it is fine."""

    ok: bool
    name: str
    sentence: str
    remedy: str = ""


def examine(settings: Settings) -> list[Finding]:
    """Run every check that can be run. Never raises for a fault that it can report."""
    catalog, found = _catalog(settings)
    gateway = _gateway(settings)
    return [
        *_keys(settings),
        *_secret(settings),
        _return_url(settings),
        _clock(settings),
        *_database(settings, catalog),
        found,
        *(_stripe(gateway, catalog) if gateway else ()),
    ]


def _keys(settings: Settings) -> Iterator[Finding]:
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


def _secret(settings: Settings) -> Iterator[Finding]:
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


def _return_url(settings: Settings) -> Finding:
    name, url = "Return URL", settings.return_url
    remedy = "Set PORTSIDE_RETURN_URL to an address like https://app.example.com/billing."
    if url is None:
        return Finding(False, name, "None is set, so no links can be minted.", remedy)
    if not is_absolute_url(url):
        return Finding(False, name, "It is not an absolute http or https address.", remedy)
    if settings.livemode and not url.startswith("https://"):
        return Finding(False, name, "Live mode needs https.", remedy)
    return Finding(True, name, f"Customers come back to {url}.")


def _clock(settings: Settings) -> Finding:
    if settings.now is not None and settings.livemode:
        return Finding(
            False, "Clock", "PORTSIDE_NOW replaces the clock in live mode.", "Unset PORTSIDE_NOW."
        )
    said = "The system clock." if settings.now is None else "Set by PORTSIDE_NOW."
    return Finding(True, "Clock", said)


def _database(settings: Settings, catalog: Catalog | None) -> Iterator[Finding]:
    try:
        store = Store(settings.database_url, read_url=settings.read_database_url)
    except BillingError as error:
        yield Finding(False, "Database", str(error), "Correct PORTSIDE_DATABASE_URL.")
        return
    try:
        revision = migrate.current(store)
        if revision != migrate.head():
            said = "It has no tables yet." if revision is None else f"It is at revision {revision}."
            yield Finding(False, "Database", said, "Run `portside db upgrade`.")
            return
        yield Finding(True, "Database", f"Reachable, at revision {revision}.")
        with store.reading() as connection:
            unknown = coverage.unresolved_prices(connection)
        yield _unresolved(unknown)
    except BillingError as error:
        yield Finding(False, "Database", str(error), "Check PORTSIDE_DATABASE_URL.")
    finally:
        store.close()


def _unresolved(unknown: list[str]) -> Finding:
    name = "Subscriptions' prices"
    if not unknown:
        return Finding(True, name, "Every live subscription's price maps to a plan.")
    return Finding(
        False,
        name,
        f"{len(unknown)} prices of live subscriptions map to no plan: {_some(unknown)}.",
        "Add them to the catalogue, by lookup key or price id.",
    )


def _catalog(settings: Settings) -> tuple[Catalog | None, Finding]:
    try:
        catalog = read_catalog(settings.catalog)
    except BillingError as error:
        return None, Finding(False, "Catalogue", str(error), f"Correct {settings.catalog}.")
    prices = sum(len(plan.prices) for plan in catalog.plans.values())
    return catalog, Finding(True, "Catalogue", f"{len(catalog.plans)} plans, {prices} prices.")


def _gateway(settings: Settings) -> Gateway | None:
    if settings.api_key is None:
        return None
    return Gateway(settings.api_key.get_secret_value(), settings.stripe_api_base)


def _stripe(gateway: Gateway, catalog: Catalog | None) -> Iterator[Finding]:
    for check in (_portal, _endpoint):
        try:
            yield from check(gateway)
        except BillingError as error:
            yield Finding(False, "Stripe", str(error), "Check the key and its rights.")
            return
    if catalog is not None:
        try:
            yield from _prices(gateway, catalog)
        except BillingError as error:
            yield Finding(False, "Prices", str(error), "Give the key the right rak_plan_read.")


def _portal(gateway: Gateway) -> Iterator[Finding]:
    name = "Portal"
    remedy = "Change it in Stripe: Settings, Billing, Customer portal."
    default = gateway.default_configuration()
    if default is None:
        yield Finding(False, name, "No default configuration is saved.", remedy)
        return
    if default.subscription_cancel and default.cancel_mode != "at_period_end":
        yield Finding(
            False,
            name,
            "It cancels immediately: customers lose at once what they have paid for.",
            f"Let it cancel at the end of the period. {remedy}",
        )
        return
    off = [
        label
        for label, on in (
            ("cancellation", default.subscription_cancel),
            ("plan changes", default.subscription_update),
            ("updating the card", default.payment_method_update),
        )
        if not on
    ]
    if off:
        yield Finding(False, name, f"Off: {', '.join(off)}.", remedy)
        return
    yield Finding(True, name, "It cancels at the end of the period.")


def _endpoint(gateway: Gateway) -> Iterator[Finding]:
    name = "Webhook endpoint"
    try:
        found = [raw for page in gateway.list_objects("webhook_endpoints") for raw in page.objects]
    except BillingError:
        # A key for daily work has no right to see endpoints, and that is well.
        return
    enabled = [raw for raw in found if raw.get("status", "enabled") == "enabled"]
    if not any(_delivers_here(raw) for raw in enabled):
        yield Finding(
            False,
            name,
            "Stripe delivers to no address that ends in /webhooks/stripe.",
            "Add an endpoint in Stripe: Developers, Webhooks.",
        )
    else:
        yield Finding(True, name, "Stripe delivers to it.")


def _delivers_here(endpoint: dict[str, Any]) -> bool:
    return str(endpoint.get("url", "")).rstrip("/").endswith("/webhooks/stripe")


def _prices(gateway: Gateway, catalog: Catalog) -> Iterator[Finding]:
    """Catalogue and Stripe name the same prices."""
    states: dict[str, dict[str, Any]] = {}
    for page in gateway.list_objects("prices", active=True, type="recurring"):
        for raw in page.objects:
            for seen in parse_object(raw, second=page.date, event_id="doctor"):
                if seen.object_type == "price" and seen.after is not None:
                    states[seen.object_id] = seen.after | {"id": seen.object_id}
    unmapped = sorted(i for i, state in states.items() if catalog.plan_of(state) is None)
    there = {state["lookup_key"] for state in states.values()} | states.keys()
    missing = sorted(
        price.lookup_key or "/".join(price.price_ids)
        for plan in catalog.plans.values()
        for price in plan.prices
        if not there & {price.lookup_key, *price.price_ids}
    )
    if unmapped:
        yield Finding(
            False,
            "Prices in Stripe",
            f"{len(unmapped)} active prices map to no plan: {_some(unmapped)}.",
            "Add them to the catalogue, or archive them in Stripe.",
        )
    if missing:
        yield Finding(
            False,
            "Prices in the catalogue",
            f"{len(missing)} are not active in Stripe: {_some(missing)}.",
            "Create them in Stripe with this lookup key, or take them out.",
        )
    if not unmapped and not missing:
        yield Finding(True, "Prices", f"All {len(states)} active prices map to a plan.")


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown
