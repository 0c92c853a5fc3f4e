"""What has to be written so that Stripe sells what the catalogue says, what is in the way of it,
and what it costs whom: pure. Whoever holds an old version of a price keeps it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .catalog import Catalog
from .catalog_findings import CatalogFinding, in_order
from .catalog_live import Held, LiveCatalog, same_amount
from .catalog_locks import live_price, locks, products_of
from .catalog_steps import ORDER, Step, feature_steps, is_ours, makeable, plan_steps
from .observations import canonical
from .plans import Plan


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A price that is sold no more and still held. ``replaced``: only once this plan is applied.
    ``keyed``: it has a lookup key of its own still, which the file does not name."""

    plan: str
    lookup_key: str | None  # the key that it had or has, where known
    price_id: str
    terms: str
    held: Held
    replaced: bool
    keyed: bool = False

    def sentence(self) -> str:
        when = "will be an old version" if self.replaced else "is an old version"
        if self.keyed:
            when = "is not in the file"
        key = f"{self.lookup_key}: " if self.lookup_key else ""
        return (
            f"{key}{self.price_id} ({self.terms}) of {self.plan} {when}, held by "
            f"{self.held.spoken()}. They keep it."
        )


@dataclass(frozen=True, slots=True)
class CatalogPlan:
    """``problems``: why nothing may be applied. ``notes``: what was found in passing."""

    steps: tuple[Step, ...]
    problems: tuple[CatalogFinding, ...] = ()
    notes: tuple[str, ...] = ()
    versions: tuple[HeldVersion, ...] = ()

    @property
    def clean(self) -> bool:
        return not self.steps and not self.problems

    @property
    def mark(self) -> str:
        """Another one whenever applying would do something else."""
        said = [[s.action, s.target, s.name, s.live, s.wanted] for s in self.steps]
        return hashlib.sha256(canonical({"steps": said}).encode()).hexdigest()[:16]


def plan(catalog: Catalog, live: LiveCatalog, held: Mapping[str, Held]) -> CatalogPlan:
    """Compare the file with Stripe. ``held``: price id -> who has it on a live subscription."""
    found = list(locks(catalog, live, held))
    problems = [each for each in found if each.level == "error"]
    notes = [each.sentence for each in found if each.level != "error"]
    steps: list[Step] = []
    for each in sorted(catalog.plans.values(), key=lambda p: (p.group, p.rank, p.slug)):
        if not each.published:
            notes.append(f"{each.slug} is a draft and stays out of Stripe.")
        elif each.prices or each.products:
            steps += plan_steps(each, catalog, live)
            problems += _unmakeable(each, catalog, live)
    steps += feature_steps(catalog, live)
    steps.sort(key=lambda step: ORDER.index(step.action))
    return CatalogPlan(
        tuple(steps),
        tuple(in_order(problems)),
        tuple(dict.fromkeys([*notes, *_foreign(catalog, live)])),
        tuple(_versions(catalog, live, held, steps)),
    )


def _unmakeable(plan: Plan, catalog: Catalog, live: LiveCatalog) -> Iterator[CatalogFinding]:
    for number, price in enumerate(plan.prices):
        path = ("plans", plan.slug, "prices", number)
        found = live_price(price, live)
        if found is None and price.lookup_key and not makeable(price):
            lacks = "a meter" if price.amount is not None and price.interval else "amount, interval"
            yield CatalogFinding(
                "error",
                "price_unmakeable",
                catalog.origin.line(*path),
                f"{price.name} is not in Stripe and cannot be made: it lacks {lacks}.",
                "Complete it, or make the price in Stripe with this lookup key.",
            )
        if found is None or price.amount is None or same_amount(found.state, price.amount):
            continue
        line, state = catalog.origin.line(*path, "amount"), found.state
        if found.state["billing_scheme"] == "tiered" or state["transform"]:
            yield CatalogFinding(
                "error",
                "price_shape",
                line,
                f"{price.name} ({found.id}) is sold in tiers or packages, which the file cannot "
                "say.",
                "Take amount out, and make new versions in Stripe.",
            )
        elif price.usage == "metered" and price.meter is None:
            yield CatalogFinding(
                "error",
                "price_unmakeable",
                line,
                f"A new version of {price.name} needs the id of its meter.",
                'Add meter = "mtr_…".',
            )
        keyless = state | {"id": found.id, "lookup_key": None}
        if price.lookup_key and catalog.plan_of(keyless) is not plan:
            yield CatalogFinding(
                "error",
                "holders_unmapped",
                line,
                f"A new version of {price.name} takes its lookup key from {found.id}, and nothing "
                "else maps that to a plan: whoever holds it would be unresolved.",
                f'Add products = ["{state["product"]}"] to [plans.{plan.slug}], or '
                f'price_ids = ["{found.id}"] to the price.',
            )


def _foreign(catalog: Catalog, live: LiveCatalog) -> Iterator[str]:
    """What hangs on a plan's product and is none of the catalogue's business."""
    for plan in catalog.plans.values():
        for product in products_of(plan, catalog, live) if plan.published else ():
            for each in live.products[product].attached or ():
                if each.lookup_key not in plan.features and not is_ours(
                    each.lookup_key, catalog, live
                ):
                    yield (
                        f"{plan.slug}: {product} also has the feature {each.lookup_key}, which the "
                        "file does not know. It stays."
                    )


def _versions(
    catalog: Catalog, live: LiveCatalog, held: Mapping[str, Held], steps: list[Step]
) -> Iterator[HeldVersion]:
    replaced = {s.target: s.name for s in steps if s.action == "price.version"}
    sold = {
        found.id
        for plan in catalog.plans.values()
        for price in plan.prices
        if (found := live_price(price, live)) is not None
    }
    for price_id, who in sorted(held.items()):
        price = live.prices.get(price_id)
        if price is None or not who.customers or (price_id in sold and price_id not in replaced):
            continue
        plan = catalog.plan_of(price.state | {"id": price_id})
        if plan is not None:
            soon, own = price_id in replaced, price.state["lookup_key"]
            key = replaced.get(price_id) or own or price.version_of
            keyed = bool(own) and not soon
            yield HeldVersion(plan.slug, key, price_id, price.terms, who, soon, keyed)
