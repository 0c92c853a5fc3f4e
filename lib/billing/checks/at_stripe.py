"""Is Stripe set up as the product needs it?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..domain.catalog import Catalog
from ..domain.errors import BillingError, NoSuchObject
from ..domain.flow_values import LinkPolicy
from ..portal import plan_at_stripe
from ..stripe.configurations import Configurations
from ..stripe.gateway import Gateway
from ..stripe.parse import parse_object
from . import portal
from .finding import Finding, some


def stripe(
    gateway: Gateway, catalog: Catalog | None, return_url: str | None = None
) -> Iterator[Finding]:
    """The portal's configuration, the webhook endpoint, and prices on both sides."""
    try:
        if catalog is not None:
            yield from portal.findings(plan_at_stripe(Configurations(gateway), catalog, return_url))
        yield from _endpoint(gateway)
    except BillingError as error:
        yield Finding(False, "Stripe", str(error), "Check the key and its rights.")
        return
    if catalog is not None:
        try:
            yield from _prices(gateway, catalog)
        except BillingError as error:
            yield Finding(False, "Prices", str(error), "Give the key the right rak_plan_read.")


def coupons(gateway: Gateway, policy: LinkPolicy) -> Iterator[Finding]:
    """Whether the coupons that links may carry can still be redeemed."""
    names = sorted({*policy.retention_coupons, *policy.checkout_coupons})
    dead = []
    for name in names:
        try:
            raw, _ = gateway.retrieve("coupon", name)
        except NoSuchObject:
            dead.append(name)
        except BillingError as error:
            yield Finding(False, "Coupons", str(error), "Give the key the right to read coupons.")
            return
        else:
            if not raw.get("valid"):
                dead.append(name)
    if dead:
        yield Finding(
            False,
            "Coupons",
            f"Stripe cannot redeem {some(dead)}, which [links] names.",
            "Create them in Stripe, or take them out of portside.toml.",
        )
    elif names:
        yield Finding(True, "Coupons", f"All {len(names)} that links may carry can be redeemed.")


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
            f"{len(unmapped)} active prices map to no plan: {some(unmapped)}.",
            "Add them to the catalogue, or archive them in Stripe.",
        )
    if missing:
        yield Finding(
            False,
            "Prices in the catalogue",
            f"{len(missing)} are not active in Stripe: {some(missing)}.",
            "Create them in Stripe with this lookup key, or take them out.",
        )
    if not unmapped and not missing:
        yield Finding(True, "Prices", f"All {len(states)} active prices map to a plan.")
