"""The writes that make Stripe sell what the catalogue says, one by one.

A price is never edited: another amount is a new version, which takes the lookup key over. Nothing
is ever archived.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from .catalog import Catalog
from .catalog_live import MANAGER, LiveCatalog, LivePrice, LiveProduct, same_amount
from .catalog_locks import live_price, products_of
from .observations import State, canonical
from .plans import Plan, Price

Action = Literal[
    "feature.create",
    "feature.rename",
    "product.create",
    "product.update",
    "feature.attach",
    "price.create",
    "price.version",
    "price.activate",
    "price.name",
    "feature.detach",
]
ORDER: Final[tuple[Action, ...]] = (
    "feature.create",
    "feature.rename",
    "product.create",
    "product.update",
    "feature.attach",
    "price.create",
    "price.version",
    "price.activate",
    "price.name",
    "feature.detach",
)
"""What comes first when applying: a price that can be bought has its features already."""


@dataclass(frozen=True, slots=True)
class Step:
    """One write. ``name``: what people call the thing. ``target``: the id of what is changed, None
    for what is made. ``wanted`` and ``live``: the fields concerned, in our vocabulary."""

    action: Action
    plan: str | None
    name: str
    target: str | None
    wanted: State
    live: State = field(default_factory=dict)


def plan_steps(plan: Plan, catalog: Catalog, live: LiveCatalog) -> Iterator[Step]:
    products = products_of(plan, catalog, live)
    marks = {
        "plan": plan.slug,
        "audience": plan.audience,
        "currency": catalog.currency,
        "managed_by": MANAGER,
    }
    if not products:
        wanted: State = {"id": plan.own_product, "name": plan.name, **marks}
        yield Step("product.create", plan.slug, plan.name, None, wanted)
    for number, product in enumerate(products):
        yield from _product(plan, live.products[product], marks, named=number == 0)
    for product in products or [plan.own_product]:
        yield from _attachments(plan, product, catalog, live)
    for price in plan.prices:
        yield from _price(plan, price, (products or [plan.own_product])[0], live)


def _product(plan: Plan, product: LiveProduct, marks: State, *, named: bool) -> Iterator[Step]:
    known = {
        "plan": product.marks.plan,
        "audience": product.marks.audience,
        "currency": product.marks.currency,
    }
    live: State = {"active": product.active}
    wanted: State = {"active": True}
    if named:
        live["name"], wanted["name"] = product.name, plan.name
    for key, value in known.items():
        if value is None:  # another value is a lock, never overwritten
            live[key], wanted[key] = None, marks[key]
    changed = {key: value for key, value in wanted.items() if live[key] != value}
    if changed:
        yield Step(
            "product.update",
            plan.slug,
            plan.name,
            product.id,
            changed,
            {key: live[key] for key in changed},
        )


def _attachments(plan: Plan, product: str, catalog: Catalog, live: LiveCatalog) -> Iterator[Step]:
    known = live.products.get(product)
    usable = {feature.id for feature in live.features.values()}
    attached = {
        each.lookup_key: each
        for each in (known.attached or () if known else ())
        if each.feature_id in usable  # an archived feature gives nothing
    }
    for key in sorted(set(plan.features) - attached.keys()):
        wanted: State = {"product": product, "feature": key}
        yield Step("feature.attach", plan.slug, key, None, wanted)
    for key, each in sorted(attached.items()):
        if key not in plan.features and is_ours(key, catalog, live):
            yield Step("feature.detach", plan.slug, key, each.id, {}, {"product": product})


def is_ours(key: str, catalog: Catalog, live: LiveCatalog) -> bool:
    feature = live.features.get(key)
    used = any(key in plan.features for plan in catalog.plans.values())
    return used or key in catalog.features or bool(feature and feature.managed)


def _price(plan: Plan, price: Price, product: str, live: LiveCatalog) -> Iterator[Step]:
    key = price.lookup_key
    if key is None:
        return
    found = live_price(price, live)
    if found is not None and found.state["lookup_key"] != key:
        # Listed by id beside a lookup key that nobody has yet.
        if _as_stripe_has_it(price, found) and found.state["active"]:
            wanted: State = {"lookup_key": key}
            yield Step("price.name", plan.slug, key, found.id, wanted, {"lookup_key": None})
            return
        found = None
    if found is None:
        if makeable(price):
            yield Step("price.create", plan.slug, key, None, _terms(plan, price, product, None))
    elif price.amount is not None and not same_amount(found.state, price.amount):
        wanted = _terms(plan, price, str(found.state["product"] or product), found)
        live_terms = {
            "amount": found.state["unit_amount_decimal"],
            "currency": found.state["currency"],
        }
        yield Step("price.version", plan.slug, key, found.id, wanted, live_terms)
    elif not found.state["active"]:
        yield Step("price.activate", plan.slug, key, found.id, {"active": True}, {"active": False})


def _as_stripe_has_it(price: Price, found: LivePrice) -> bool:
    return price.amount is None or same_amount(found.state, price.amount)


def makeable(price: Price) -> bool:
    whole = price.amount is not None and price.interval is not None
    return whole and (price.usage == "licensed" or price.meter is not None)


def _terms(plan: Plan, price: Price, product: str, before: LivePrice | None) -> State:
    tax = before.state["tax_behavior"] if before else None
    if tax in (None, "unspecified"):
        tax = price.tax_behavior
    state = before.state if before else {}
    return {
        "product": product,
        "lookup_key": price.lookup_key,
        "amount": price.amount,
        "currency": price.currency,
        "interval": price.interval or state.get("interval"),
        "interval_count": price.interval_count if price.interval else state.get("interval_count"),
        "usage": price.usage,
        "meter": price.meter,
        "tax_behavior": tax,
        "plan": plan.slug,
        "instead_of": before.id if before else None,
    }


def feature_steps(catalog: Catalog, live: LiveCatalog) -> Iterator[Step]:
    sold = [p for p in catalog.plans.values() if p.published and (p.prices or p.products)]
    for key in sorted({key for plan in sold for key in plan.features}):
        declared, found = catalog.features.get(key), live.features.get(key)
        name = declared.name if declared else key.replace("_", " ").capitalize()
        if found is None:
            yield Step("feature.create", None, key, None, {"lookup_key": key, "name": name})
        elif declared is not None and found.name != name:
            yield Step("feature.rename", None, key, found.id, {"name": name}, {"name": found.name})


def spoken(step: Step) -> str:
    """E.g. ``price.create pro_monthly (pro)``."""
    return f"{step.action} {step.name}" + (f" ({step.plan})" if step.plan else "")


def idempotency_key(step: Step, salt: str) -> str:
    """The same write asked twice is one. Asked again after an apply that came to its end, when
    somebody has undone it by hand, it is another: hence ``salt``, the last such apply."""
    asked = {
        "action": step.action,
        "target": step.target,
        "live": step.live,
        "wanted": step.wanted,
        "salt": salt,
    }
    digest = hashlib.sha256(canonical(asked).encode()).hexdigest()[:32]
    return f"portside-catalog-{digest}"
