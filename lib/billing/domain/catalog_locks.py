"""What may not change once a plan is published, and what else must not be applied.

A plan is published by being applied: its product then carries its key, audience and currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from .catalog import Catalog
from .catalog_findings import CatalogFinding
from .catalog_live import Held, LiveCatalog, LivePrice, LiveProduct
from .plans import Plan, Price


def products_of(plan: Plan, catalog: Catalog, live: LiveCatalog) -> list[str]:
    """The products in Stripe that sell a plan; the first is the one that new prices are made on."""
    marked = [p.id for p in live.products.values() if p.marks.plan == plan.slug]
    sold = [
        str(found.state["product"])
        for price in plan.prices
        if (found := live_price(price, live)) is not None
    ]
    every = [*plan.products, plan.own_product, *sorted(marked), *sold]
    return [each for each in dict.fromkeys(every) if each in live.products]


def live_price(price: Price, live: LiveCatalog) -> LivePrice | None:
    """The price in Stripe that one of the catalogue means: by lookup key, else by id."""
    found = live.by_lookup_key.get(price.lookup_key) if price.lookup_key else None
    if found is not None:
        return found
    known = [live.prices[each] for each in price.price_ids if each in live.prices]
    return next((each for each in known if each.state["active"]), known[0] if known else None)


def locks(
    catalog: Catalog, live: LiveCatalog, held: Mapping[str, Held]
) -> Iterator[CatalogFinding]:
    """Why nothing may be applied."""
    sells: dict[str, list[str]] = defaultdict(list)
    for plan in catalog.plans.values():
        if not plan.published:
            yield from _withdrawn(plan, catalog, live)
            continue
        products = products_of(plan, catalog, live)
        for product in products:
            sells[product].append(plan.slug)
            yield from _marks(plan, catalog, live.products[product])
        for missing in sorted(set(plan.products) - live.products.keys()):
            yield CatalogFinding(
                "warning",
                "product_missing",
                catalog.origin.line("plans", plan.slug, "products"),
                f"{plan.slug}: Stripe has no product {missing}.",
                "Correct the id, unless it is of the other mode.",
            )
        for number, price in enumerate(plan.prices):
            yield from _price(plan, number, price, catalog, live)
    # One that is published says whose it is, and that was told above.
    free = {p: slugs for p, slugs in sells.items() if live.products[p].marks.plan is None}
    yield from _shared(free, catalog)
    yield from _gone(catalog, live, held)


def _marks(plan: Plan, catalog: Catalog, product: LiveProduct) -> Iterator[CatalogFinding]:
    line, marks = catalog.origin.line, product.marks
    if marks.plan is not None and marks.plan != plan.slug:
        yield CatalogFinding(
            "error",
            "plan_key_changed",
            line("plans", plan.slug),
            f"{product.id} was published as the plan {marks.plan}; the file sells it as "
            f"{plan.slug}. The key of a published plan cannot change.",
            f"Call the plan {marks.plan} again, or give {plan.slug} lookup keys of its own.",
        )
        return
    if marks.audience not in (None, plan.audience):
        yield CatalogFinding(
            "error",
            "audience_changed",
            line("plans", plan.slug, "audience"),
            f"{plan.slug} was published for {marks.audience}; the file says {plan.audience}. "
            "The audience of a published plan cannot change.",
            f'Write audience = "{marks.audience}", or make another plan.',
        )
    if marks.currency not in (None, catalog.currency):
        yield CatalogFinding(
            "error",
            "currency_changed",
            line("currency"),
            f"{plan.slug} was published under the currency {marks.currency}; the file says "
            f"{catalog.currency}. The currency is locked once a plan is published.",
            f'Write currency = "{marks.currency}"; a price may name its own.',
        )


def _withdrawn(plan: Plan, catalog: Catalog, live: LiveCatalog) -> Iterator[CatalogFinding]:
    for product in live.products.values():
        if product.marks.plan == plan.slug:
            yield CatalogFinding(
                "error",
                "draft_after_publishing",
                catalog.origin.line("plans", plan.slug, "published"),
                f"{plan.slug} is published ({product.id}) and cannot become a draft again.",
                "Take published = false out; to stop selling it, archive its prices in Stripe.",
            )


def _price(
    plan: Plan, number: int, price: Price, catalog: Catalog, live: LiveCatalog
) -> Iterator[CatalogFinding]:
    found = live_price(price, live)
    path = ("plans", plan.slug, "prices", number)
    if found is None:
        if price.lookup_key is None:
            yield CatalogFinding(
                "warning",
                "price_missing",
                catalog.origin.line(*path, "price_ids"),
                f"{plan.slug}: Stripe has no price {price.name}.",
                "Correct the id, unless it is of the other mode.",
            )
        return
    state = found.state
    for field, told, wanted in (
        ("currency", state["currency"], price.currency),
        ("interval", state["interval"], price.interval),
        ("usage", state["usage_type"] or "licensed", price.usage),
    ):
        if field == "interval" and price.interval is not None:
            told = f"{state['interval_count'] or 1} {told}"
            wanted = f"{price.interval_count} {wanted}"
        if wanted is not None and told != wanted:
            yield CatalogFinding(
                "error",
                f"price_{field}_changed",
                catalog.origin.line(*path, field),
                f"{price.name} ({found.id}) has the {field} {told} in Stripe; the file says "
                f"{wanted}. A published price keeps it.",
                f"Write it as Stripe has it, or use another lookup key for the new {field}.",
            )


def _shared(sells: Mapping[str, list[str]], catalog: Catalog) -> Iterator[CatalogFinding]:
    for product, slugs in sorted(sells.items()):
        for slug in slugs[1:]:
            yield CatalogFinding(
                "error",
                "product_shared",
                catalog.origin.line("plans", slug),
                f"The product {product} sells {slugs[0]} and {slug}, but Stripe's features belong "
                "to products.",
                "Give each plan a product of its own: make new prices on another one.",
            )


def _gone(
    catalog: Catalog, live: LiveCatalog, held: Mapping[str, Held]
) -> Iterator[CatalogFinding]:
    sold = {p for plan in catalog.plans.values() for p in products_of(plan, catalog, live)}
    for product in sorted(live.products.values(), key=lambda each: each.id):
        slug = product.marks.plan
        if slug is None or slug in catalog.plans or product.id in sold:
            continue
        holders = {
            customer
            for price_id, who in held.items()
            if price_id in live.prices and live.prices[price_id].state["product"] == product.id
            for customer in who.customers
        }
        yield CatalogFinding(
            "error" if holders else "note",
            "plan_gone",
            None,
            f"The published plan {slug} ({product.id}) is not in the file; "
            f"{len(holders):,} customers hold it.",
            "Put it back while anybody holds it." if holders else "Archive its product in Stripe.",
        )
