"""What is amiss in a catalogue file, judged by itself. A rule is a function of the catalogue."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from .catalog import Catalog
from .catalog_findings import CatalogFinding, at
from .catalog_lint_prices import (
    long_lookup_keys,
    lookup_keys,
    price_terms,
    same_terms,
    three_decimals,
)
from .catalog_lint_words import translations, untranslated
from .plans import Path, Plan

MOST_CARDS: Final = 4
LONGEST_FEATURE: Final = 80
"""Stripe's limit."""

_KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")

Rule = Callable[[Catalog], Iterator[CatalogFinding]]


def findings(catalog: Catalog) -> Iterator[CatalogFinding]:
    """What every rule finds, in the order of the rules."""
    for rule in RULES:
        yield from rule(catalog)


def unknown_keys(catalog: Catalog) -> Iterator[CatalogFinding]:
    for path in catalog.origin.unknown:
        where = ".".join(str(part) for part in path)
        yield at(
            catalog,
            "error",
            "unknown_key",
            path,
            f"{where} means nothing here.",
            "Correct the spelling, or take it out. docs/catalogue.md lists what is known.",
        )


def plan_keys(catalog: Catalog) -> Iterator[CatalogFinding]:
    for slug in catalog.plans:
        if _KEY.fullmatch(slug) is None:
            yield at(
                catalog,
                "error",
                "plan_key",
                ("plans", slug),
                f"The plan key {slug!r} cannot be part of addresses and of Stripe's ids.",
                "Use a–z, 0–9, _ and -, at most 60 characters; name carries the words.",
            )


def shared_products(catalog: Catalog) -> Iterator[CatalogFinding]:
    owners: dict[str, str] = {}
    for plan in catalog.plans.values():
        for product in plan.products:
            owner = owners.setdefault(product, plan.slug)
            if owner != plan.slug:
                yield at(
                    catalog,
                    "error",
                    "product_shared",
                    ("plans", plan.slug, "products"),
                    f"The product {product} is named by {owner} and by {plan.slug}.",
                    "A product belongs to one plan: take it out of the other.",
                )


def kinde_keys(catalog: Catalog) -> Iterator[CatalogFinding]:
    """Every plan is known to Kinde by its own key too, so that one more than once is ambiguous."""
    owners = {slug: slug for slug in catalog.plans}
    for plan in catalog.plans.values():
        for key in plan.kinde_keys:
            owner = owners.setdefault(key, plan.slug)
            if owner != plan.slug:
                yield at(
                    catalog,
                    "error",
                    "kinde_key_shared",
                    ("plans", plan.slug, "kinde_keys"),
                    f"The plan key {key} of Kinde stands for {owner} and for {plan.slug}.",
                    "A key stands for one plan, and a plan's own key for that plan: take it out.",
                )


def long_names(catalog: Catalog) -> Iterator[CatalogFinding]:
    used = {key for plan in catalog.plans.values() for key in plan.features}
    for key in sorted(used | catalog.features.keys()):
        name = catalog.features[key].name if key in catalog.features else ""
        if max(len(key), len(name)) > LONGEST_FEATURE:
            yield at(
                catalog,
                "error",
                "too_long",
                ("features", key),
                f"The key or the name of the feature {key[:40]}… is longer than Stripe takes.",
                f"Shorten it to {LONGEST_FEATURE} characters.",
            )


def features(catalog: Catalog) -> Iterator[CatalogFinding]:
    used: set[str] = set()
    for plan in catalog.plans.values():
        used |= set(plan.features)
        for key in sorted(set(plan.features) - catalog.features.keys()):
            yield at(
                catalog,
                "warning",
                "feature_undeclared",
                ("plans", plan.slug, "features"),
                f"{plan.slug} has the feature {key}, which the file does not declare.",
                f"Add [features.{key}] with a name, or correct the spelling.",
            )
        if not plan.features:
            yield at(
                catalog,
                "note" if plan.slug == catalog.default_plan else "warning",
                "plan_without_feature",
                ("plans", plan.slug),
                f"{plan.slug} has no feature.",
                "List what it gives in features.",
            )
    for key in sorted(catalog.features.keys() - used):
        yield at(
            catalog,
            "warning",
            "feature_unused",
            ("features", key),
            f"No plan has the feature {key}.",
            "Give it to a plan, or take it out.",
        )


def selling(catalog: Catalog) -> Iterator[CatalogFinding]:
    """Plans that cannot be bought, and a free plan that nobody can sign up to."""
    for plan in catalog.plans.values():
        if plan.slug == catalog.default_plan:
            if not any(price.amount == 0 for price in plan.prices):
                yield at(
                    catalog,
                    "warning",
                    "free_without_zero_price",
                    ("plans", plan.slug),
                    f"The default plan {plan.slug} has no price of 0, so nobody can subscribe to "
                    "it: it is what remains without a subscription.",
                    f"If that is not meant, add [[plans.{plan.slug}.prices]] with amount = 0.",
                )
        elif not plan.prices and plan.published:
            yield at(
                catalog,
                "warning",
                "plan_without_price",
                ("plans", plan.slug),
                f"{plan.slug} has no price, so nobody can buy it.",
                f"Add [[plans.{plan.slug}.prices]], or published = false.",
            )


def groups(catalog: Catalog) -> Iterator[CatalogFinding]:
    members: dict[str, list[Plan]] = defaultdict(list)
    for plan in catalog.plans.values():
        members[plan.group].append(plan)
    for group, plans in members.items():
        first = plans[0]
        for plan in plans[1:]:
            if plan.audience != first.audience:
                yield at(
                    catalog,
                    "error",
                    "audience_mixed",
                    ("plans", plan.slug, "audience"),
                    f"The group {group} sells {first.slug} to {first.audience} and {plan.slug} to "
                    f"{plan.audience}.",
                    "Give it another group: nobody could change between the two.",
                )
        ranks: dict[int, str] = {}
        for plan in plans:
            other = ranks.setdefault(plan.rank, plan.slug)
            if other != plan.slug:
                yield at(
                    catalog,
                    "warning",
                    "rank_tie",
                    ("plans", plan.slug, "rank"),
                    f"{other} and {plan.slug} of the group {group} have the rank {plan.rank}: "
                    "neither is an upgrade of the other.",
                    "Give the better plan the higher rank.",
                )


def tables(catalog: Catalog) -> Iterator[CatalogFinding]:
    default: str | None = None
    for table in catalog.tables.values():
        path: Path = ("tables", table.key)
        shown = catalog.cards(table)
        if not any(plan.group == table.group for plan in catalog.plans.values()):
            yield at(
                catalog,
                "error",
                "table_group_unknown",
                (*path, "group"),
                f"The pricing table {table.key} shows the group {table.group}, which no plan is "
                "in.",
                'Correct group = "…".',
            )
        elif not shown:
            yield at(
                catalog,
                "warning",
                "table_empty",
                path,
                f"The pricing table {table.key} shows nothing: every plan of {table.group} is a "
                "draft.",
                "Publish a plan, or take the table out.",
            )
        if len(shown) > MOST_CARDS:
            yield at(
                catalog,
                "warning",
                "too_many_cards",
                path if catalog.origin.line(*path) else ("plans", shown[-1].slug),
                f"The pricing table {table.key} shows {len(shown)} plans; beyond {MOST_CARDS} "
                "people stop comparing.",
                "Give some of its plans another group.",
            )
        if table.default and table.state == "draft":
            yield at(
                catalog,
                "error",
                "default_table_draft",
                (*path, "default"),
                f"The default pricing table {table.key} is a draft.",
                'Write state = "live", or make another one the default.',
            )
        if table.default and default is not None:
            yield at(
                catalog,
                "error",
                "default_table_twice",
                (*path, "default"),
                f"{default} and {table.key} are both the default pricing table.",
                "Leave one.",
            )
        default = table.key if table.default else default


def policies(catalog: Catalog) -> Iterator[CatalogFinding]:
    if catalog.policies.upgrade != "immediately":
        yield at(
            catalog,
            "error",
            "upgrade_policy",
            ("policies", "upgrade"),
            f"The upgrade policy is {catalog.policies.upgrade}; Stripe's portal can do nothing but "
            "immediately.",
            'Write upgrade = "immediately".',
        )


RULES: Final[tuple[Rule, ...]] = (
    unknown_keys,
    plan_keys,
    long_names,
    long_lookup_keys,
    lookup_keys,
    price_terms,
    three_decimals,
    same_terms,
    shared_products,
    kinde_keys,
    features,
    selling,
    groups,
    tables,
    translations,
    untranslated,
    policies,
)
