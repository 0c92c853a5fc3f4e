"""What the portal should let customers do: one configuration a plan group, from the catalogue.

A configuration is a `State` in the shape of `observations.STATE_SHAPES`; what is wanted of one
holds only the fields that Portside manages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from .catalog import Catalog, Plan
from .observations import State
from .portal_policy import PortalPolicy

MANAGER: Final = "portside"
"""What ``metadata.managed_by`` of our configurations says."""

MOST_PRODUCTS: Final = 10
"""Stripe's limit for one configuration."""

LABELS: Final[dict[str, str]] = {
    "active": "In use",
    "name": "Name",
    "managed_by": "Managed by",
    "plan_group": "Plan group",
    "headline": "Headline",
    "privacy_policy_url": "Privacy policy",
    "terms_of_service_url": "Terms of service",
    "return_url": "Return address",
    "login_page": "Login page",
    "invoice_history": "Invoice history",
    "payment_methods": "Payment methods",
    "customer_update": "Details that customers may change",
    "cancellation": "Cancellation",
    "cancel_mode": "Cancellation takes effect",
    "cancel_proration": "Proration when canceling",
    "cancellation_reasons": "Reasons asked for",
    "plan_changes": "Plan changes",
    "allowed_changes": "What may be changed",
    "proration": "Proration of a change",
    "trial_change": "A change during a trial",
    "downgrade_conditions": "Changes that wait for the period's end",
    "products": "Prices offered",
}
"""The managed fields in the order in which they are shown."""

LATER: Final = ("decreasing_item_amount", "shortening_interval")
"""What makes a change a downgrade."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``states``: plan group -> managed fields. With any problem nothing may be applied.

    ``notes``: what is left out, and why. ``names``: id of a price or product -> its lookup key or
    plan.
    """

    states: Mapping[str, State]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)


def name_of(group: str) -> str:
    return f"Portside: {group}"


def groups_of(catalog: Catalog) -> dict[str, list[Plan]]:
    """The plans that are sold, by plan group; lowest rank first."""
    found: dict[str, list[Plan]] = {}
    for plan in sorted(catalog.plans.values(), key=lambda plan: (plan.rank, plan.slug)):
        if plan.prices:
            found.setdefault(plan.group, []).append(plan)
    return dict(sorted(found.items()))


def lookup_keys(catalog: Catalog) -> list[str]:
    """Every lookup key of the catalogue, sorted."""
    return sorted(
        price.lookup_key
        for plan in catalog.plans.values()
        for price in plan.prices
        if price.lookup_key
    )


def wanted(catalog: Catalog, prices: Mapping[str, State], return_url: str | None) -> Wanted:
    """What should be, given Stripe's ``prices`` (id -> state, active ones count).

    ``return_url`` is used where the file names none.
    """
    states: dict[str, State] = {}
    problems = list(_policy_problems(catalog))
    notes: list[str] = []
    known = {s["lookup_key"]: (i, s) for i, s in prices.items() if s["lookup_key"] and s["active"]}
    for group, plans in groups_of(catalog).items():
        offers, missing, left_out = _offers(plans, known)
        problems += missing + _offer_problems(group, offers, prices)
        notes += left_out
        states[group] = _terms(catalog, group, offers, return_url)
    if not states:
        problems.append("No plan of the catalogue has a price, so there is nothing to offer.")
    return Wanted(states, tuple(problems), tuple(notes), _names(catalog, prices))


def _names(catalog: Catalog, prices: Mapping[str, State]) -> dict[str, str]:
    found: dict[str, str] = {}
    for price_id, state in prices.items():
        if state["lookup_key"]:
            found[price_id] = state["lookup_key"]
        plan = catalog.plan_of({**state, "id": price_id})
        if plan is not None and state["product"]:
            found.setdefault(state["product"], plan.name)
    return found


def _policy_problems(catalog: Catalog) -> list[str]:
    found = []
    if catalog.policies.upgrade != "immediately":
        found.append(
            "[policies] upgrade must be “immediately”: the portal can do nothing else. "
            "Change it in the catalogue."
        )
    if catalog.portal.plan_changes and not catalog.portal.payment_methods:
        found.append(
            "[portal] payment_methods must be on where plan_changes is: Stripe refuses plan "
            "changes without it."
        )
    return found


def _offers(
    plans: list[Plan], known: Mapping[str, tuple[str, State]]
) -> tuple[dict[str, list[str]], list[str], list[str]]:
    """(product -> price ids, problems, notes)."""
    offers: dict[str, list[str]] = {}
    missing, notes = [], []
    for plan in plans:
        for price in plan.prices:
            key = price.lookup_key
            if key is None:
                notes.append(
                    f"{plan.slug}: {', '.join(price.price_ids)} has no lookup key, "
                    "so customers keep it but are not offered it."
                )
            elif key not in known:
                missing.append(
                    f"Stripe has no active price with the lookup key {key} of the plan "
                    f"{plan.slug}. Create it there, or take it out of the catalogue."
                )
            else:
                price_id, state = known[key]
                if state["usage_type"] == "metered" or state["type"] != "recurring":
                    kind = "metered" if state["type"] == "recurring" else "not recurring"
                    notes.append(f"{plan.slug}: {key} is {kind}, which the portal cannot offer.")
                else:
                    offers.setdefault(str(state["product"]), []).append(price_id)
    return offers, missing, notes


def _offer_problems(
    group: str, offers: Mapping[str, list[str]], prices: Mapping[str, State]
) -> list[str]:
    found = []
    if len(offers) > MOST_PRODUCTS:
        found.append(
            f"The plan group {group} sells {len(offers)} products, and a portal configuration can "
            f"offer {MOST_PRODUCTS}. Give some of its plans another group in the catalogue."
        )
    for ids in offers.values():
        at: dict[tuple[Any, ...], str] = {}
        for price_id in ids:
            state = prices[price_id]
            interval = (state["currency"], state["interval"], state["interval_count"])
            if interval in at:
                found.append(
                    f"{at[interval]} and {state['lookup_key']} sell one product in the same "
                    "interval; the portal can offer one of them. Take one out of the catalogue."
                )
            at[interval] = str(state["lookup_key"])
    return found


def _terms(
    catalog: Catalog, group: str, offers: Mapping[str, list[str]], return_url: str | None
) -> State:
    portal, policies = catalog.portal, catalog.policies
    changes = portal.plan_changes and bool(offers)
    quantity = "quantity" in portal.allowed_changes
    ends = policies.cancel == "period_end"
    return {
        "active": True,
        "name": name_of(group),
        "managed_by": MANAGER,
        "plan_group": group,
        **_texts(portal, return_url),
        "login_page": portal.login_page,
        "invoice_history": portal.invoice_history,
        "payment_methods": portal.payment_methods,
        "customer_update": sorted(portal.customer_update),
        "cancellation": portal.cancellation,
        "cancel_mode": "at_period_end" if ends else "immediately",
        "cancel_proration": "none",
        "cancellation_reasons": sorted(portal.cancellation_reasons),
        "plan_changes": changes,
        "allowed_changes": sorted(portal.allowed_changes),
        "proration": portal.proration,
        "trial_change": portal.trial_change,
        "downgrade_conditions": list(LATER) if policies.downgrade == "period_end" else [],
        "products": [
            {"product": product, "prices": sorted(ids), "quantity": quantity}
            for product, ids in sorted(offers.items())
        ],
    }


def _texts(portal: PortalPolicy, return_url: str | None) -> State:
    """Those that are managed; an empty one takes the value away."""
    given = {
        "headline": portal.headline,
        "privacy_policy_url": portal.privacy_policy_url,
        "terms_of_service_url": portal.terms_of_service_url,
        "return_url": return_url if portal.return_url is None else portal.return_url,
    }
    return {key: value or None for key, value in given.items() if value is not None}
