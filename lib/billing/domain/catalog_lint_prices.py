"""What is amiss with the prices of a catalogue file, judged by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from .amounts import spoken_amount
from .catalog import Catalog
from .catalog_findings import CatalogFinding, at
from .money import THREE_DECIMAL
from .plans import Path, Plan, Price

LONGEST_LOOKUP_KEY: Final = 200
"""Stripe's limit."""


def prices_of(catalog: Catalog) -> Iterator[tuple[Plan, Price, Path]]:
    for plan in catalog.plans.values():
        for number, price in enumerate(plan.prices):
            yield plan, price, ("plans", plan.slug, "prices", number)


def long_lookup_keys(catalog: Catalog) -> Iterator[CatalogFinding]:
    for _, price, path in prices_of(catalog):
        if price.lookup_key and len(price.lookup_key) > LONGEST_LOOKUP_KEY:
            yield at(
                catalog,
                "error",
                "too_long",
                (*path, "lookup_key"),
                f"The lookup key {price.lookup_key[:40]}… is longer than Stripe takes.",
                f"Shorten it to {LONGEST_LOOKUP_KEY} characters.",
            )


def lookup_keys(catalog: Catalog) -> Iterator[CatalogFinding]:
    for plan, price, path in prices_of(catalog):
        if price.lookup_key is None:
            yield at(
                catalog,
                "warning",
                "lookup_key_missing",
                path,
                f"{plan.slug}: the price {price.name} has no lookup key, so customers keep it but "
                "are offered it nowhere.",
                'Give it lookup_key = "…", in Stripe too; or leave it for those who have it.',
            )


def price_terms(catalog: Catalog) -> Iterator[CatalogFinding]:
    for plan, price, path in prices_of(catalog):
        lacking = [
            name
            for name, value in (("amount", price.amount), ("interval", price.interval))
            if value is None
        ]
        if price.lookup_key and lacking:
            yield at(
                catalog,
                "warning",
                "price_terms_missing",
                path,
                f"{plan.slug}: {price.name} names no {' and no '.join(lacking)}, so it is neither "
                "compared nor made.",
                f"Add {', '.join(lacking)}, unless it is sold in tiers.",
            )
        if price.usage == "metered" and price.meter is None:
            yield at(
                catalog,
                "warning",
                "meter_missing",
                (*path, "usage"),
                f"{plan.slug}: the metered price {price.name} names no meter, so it cannot be "
                "made.",
                'Add meter = "mtr_…", the id of a meter in Stripe.',
            )


def three_decimals(catalog: Catalog) -> Iterator[CatalogFinding]:
    for plan, price, path in prices_of(catalog):
        if price.amount is not None and price.amount % 10 and price.currency in THREE_DECIMAL:
            yield at(
                catalog,
                "warning",
                "three_decimals",
                (*path, "amount"),
                f"{plan.slug}: {price.name} costs {spoken_amount(price.amount, price.currency)}; "
                "cards are charged in steps of ten of its smallest unit.",
                "End the amount in 0.",
            )


def same_terms(catalog: Catalog) -> Iterator[CatalogFinding]:
    seen: dict[tuple[str, ...], str] = {}
    for plan, price, path in prices_of(catalog):
        every = (str(price.interval), str(price.interval_count))
        terms = (plan.slug, price.currency, *every, price.usage)
        if price.interval is None or price.lookup_key is None:
            continue
        if terms in seen:
            yield at(
                catalog,
                "warning",
                "same_terms",
                path,
                f"{plan.slug} sells {seen[terms]} and {price.name} in the same currency and "
                "interval; the portal can offer one of them.",
                "Take one of them out.",
            )
        seen.setdefault(terms, price.lookup_key)
