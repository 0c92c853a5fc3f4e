"""What is amiss in a catalogue against the prices that are known and the portal as it is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from .amounts import spoken_amount
from .catalog import Catalog
from .catalog_findings import CatalogFinding
from .catalog_live import Held, LiveCatalog, LivePrice, same_amount
from .catalog_locks import live_price
from .portal_plan import PortalPlan
from .providers import is_stripes, own_id

POLICY_FIELDS: Final = {"downgrade_conditions": "downgrade", "cancel_mode": "cancel"}
"""A field of the portal's configuration -> the policy that it should follow."""


def compared(
    catalog: Catalog, live: LiveCatalog, used: Collection[str] = ()
) -> Iterator[CatalogFinding]:
    """Prices of the file against Stripe's, and Stripe's that the file does not know.

    Args:
        used: ids of prices that customers hold, which `in_use` judges.
    """
    for plan in catalog.plans.values():
        for number, price in enumerate(plan.prices):
            path = ("plans", plan.slug, "prices", number)
            found = live_price(price, live)
            if found is None:
                if price.lookup_key and plan.published:
                    yield CatalogFinding(
                        "warning",
                        "price_not_in_stripe",
                        catalog.origin.line(*path),
                        f"{plan.slug}: Stripe has no price with the lookup key {price.lookup_key}.",
                        "`portside catalog apply` makes it.",
                    )
                continue
            if price.amount is not None and not same_amount(found.state, price.amount):
                wanted = spoken_amount(price.amount, price.currency)
                yield CatalogFinding(
                    "warning",
                    "amount_differs",
                    catalog.origin.line(*path, "amount"),
                    f"{price.name} costs {found.terms} in Stripe ({found.id}), {wanted} in the "
                    "file.",
                    "`portside catalog apply` makes a new version; whoever has the old one keeps "
                    "it.",
                )
            if not found.state["active"]:
                yield CatalogFinding(
                    "warning",
                    "price_archived",
                    catalog.origin.line(*path),
                    f"{price.name} ({found.id}) is archived in Stripe.",
                    "`portside catalog apply` activates it; or take it out.",
                )
    yield from _unmapped(catalog, [price for price in live.prices.values() if price.id not in used])


def _unmapped(catalog: Catalog, prices: Collection[LivePrice]) -> Iterator[CatalogFinding]:
    for price in sorted(prices, key=lambda each: each.id):
        state = price.state
        if not state["active"] or state["interval"] is None:
            continue
        if catalog.plan_of(state | {"id": price.id}) is None:
            key = f" (lookup key {state['lookup_key']})" if state["lookup_key"] else ""
            yield CatalogFinding(
                "warning",
                "lookup_key_unmapped" if state["lookup_key"] else "price_unmapped",
                None,
                f"The active price {price.id}{key}, {price.terms}, is in no plan.",
                "Add it to a plan by lookup_key or price_ids, or archive it in Stripe.",
            )


def in_use(
    catalog: Catalog,
    used: Mapping[str, tuple[str | None, str | None, Held]],
    together: Collection[frozenset[str]],
) -> Iterator[CatalogFinding]:
    """Prices of live subscriptions that the catalogue does not know.

    Args:
        used: price id -> (lookup key, product, who has it).
        together: the sets of prices that subscriptions consist of. A price that only ever stands
            beside one that is known is an add-on: it decides no plan.
    """
    unknown = {
        price_id
        for price_id, (key, product, _) in used.items()
        if catalog.plan_of({"id": price_id, "lookup_key": key, "product": product}) is None
    }
    deciding = {each for items in together if items <= unknown for each in items}
    for price_id in sorted(unknown):
        key, _, held = used[price_id]
        named = f"{key} ({price_id})" if key else price_id
        if price_id in deciding:
            yield CatalogFinding(
                "error",
                "price_in_use_unknown",
                None,
                f"{named} is in no plan, but held by {held.spoken()}: their plan is unresolved.",
                _to_know(price_id, key),
            )
        else:
            yield CatalogFinding(
                "note",
                "add_on_unknown",
                None,
                f"{named} is in no plan; it is held, only beside one, by {held.spoken()}.",
                "An add-on needs none.",
            )


def _to_know(price_id: str, key: str | None) -> str:
    if not is_stripes(price_id):
        return f'Add kinde_keys = ["{own_id(price_id)}"] to a plan.'
    if key:
        return f'Add lookup_key = "{key}" or price_ids = ["{price_id}"] to a plan.'
    return f'Add price_ids = ["{price_id}"] to a price of a plan.'


def portal(catalog: Catalog, planned: PortalPlan) -> Iterator[CatalogFinding]:
    """Policies that the portal's configuration does not follow."""
    for group in planned.groups:
        if group.action != "update":
            continue
        for change in group.changes:
            policy = POLICY_FIELDS.get(change.field)
            if policy is not None:
                said = getattr(catalog.policies, policy)
                yield CatalogFinding(
                    "warning",
                    f"{policy}_policy",
                    catalog.origin.line("policies", policy),
                    f"The {policy} policy is {said}; the portal of the group {group.group} "
                    f"({group.configuration_id}) does otherwise.",
                    "Run `portside portal apply`.",
                )
