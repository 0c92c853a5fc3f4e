"""What the company sells: plans, prices, features, policies, as `catalog.toml` states them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Final

from .catalog_mark import mark_of_text
from .observations import State
from .plans import (
    AUDIENCES,
    INTERVALS,
    TAX_BEHAVIORS,
    USAGES,
    Feature,
    Origin,
    Path,
    Plan,
    Policies,
    Price,
    PricingTable,
)
from .portal_policy import PortalPolicy, read_portal
from .pricing_tables import cards, read_tables
from .providers import Provider, id_of, is_stripes
from .toml_reader import TomlReader
from .translations import Translation, read_translations, unknown_translation_keys

__all__ = ["Catalog", "Feature", "Plan", "Policies", "Price", "PricingTable", "parse_catalog"]


@dataclass(frozen=True)
class Catalog:
    """A validated catalogue. A plan that is only named as the default exists with rank 0."""

    default_plan: str
    currency: str = "usd"
    plans: Mapping[str, Plan] = field(default_factory=dict)
    features: Mapping[str, Feature] = field(default_factory=dict)
    policies: Policies = field(default_factory=Policies)
    # Not in the representation, which marks what rows are folded by: no row depends on these.
    portal: PortalPolicy = field(default_factory=PortalPolicy, repr=False)
    tables: Mapping[str, PricingTable] = field(default_factory=dict, repr=False)
    translations: Mapping[str, Translation] = field(default_factory=dict, repr=False)
    origin: Origin = field(default_factory=Origin, repr=False, compare=False)

    @cached_property
    def _by_lookup_key(self) -> dict[str, Plan]:
        return {
            price.lookup_key: plan
            for plan in self.plans.values()
            for price in plan.prices
            if price.lookup_key
        }

    @cached_property
    def _by_price_id(self) -> dict[str, Plan]:
        return {
            price_id: plan
            for plan in self.plans.values()
            for price in plan.prices
            for price_id in price.price_ids
        }

    @cached_property
    def _by_kinde_key(self) -> dict[str, Plan]:
        """Plan key of Kinde, as an id here -> plan: its slug, and what it names beside that."""
        own = {id_of(Provider.KINDE, plan.slug): plan for plan in self.plans.values()}
        return own | {
            id_of(Provider.KINDE, key): plan
            for plan in self.plans.values()
            for key in plan.kinde_keys
        }

    @cached_property
    def _by_product(self) -> dict[str, Plan]:
        own = {plan.own_product: plan for plan in self.plans.values()}
        return own | {product: plan for plan in self.plans.values() for product in plan.products}

    def plan_of(self, price: State) -> Plan | None:
        """The plan that a price sells: by lookup key, then price id, then product; else None.

        What stands for a price at another provider is known by its id alone.
        """
        if not is_stripes(price.get("id")):
            return self._by_kinde_key.get(price["id"])
        return (
            self._by_lookup_key.get(price.get("lookup_key") or "")
            or self._by_price_id.get(price.get("id") or "")
            or self._by_product.get(price.get("product") or "")
        )

    def plan(self, slug: str) -> Plan:
        """The plan called ``slug``; one that has left the catalogue keeps only its name."""
        return self.plans.get(slug) or Plan(slug=slug, name=slug.replace("_", " ").capitalize())

    @property
    def default(self) -> Plan:
        return self.plan(self.default_plan)

    @property
    def mark(self) -> str:
        """Which catalogue this is: the same for one that says the same, wherever it is read, and
        in every version of Portside."""
        return self.origin.mark or mark_of_text(repr((self, self.portal, self.tables)))

    def cards(self, table: PricingTable) -> list[Plan]:
        """The plans that a pricing table shows, lowest rank first."""
        return cards(table, self.plans)


def parse_catalog(text: str, *, source: str = "catalog.toml") -> Catalog:
    """Read and validate a catalogue file's text.

    Raises :class:`CatalogInvalid` that names ``source``, the line where it can be told, and the
    remedy.
    """
    return _Reader(text, source).catalog()


_KNOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "file": (
        "currency",
        "default_plan",
        "tax_behavior",
        "policies",
        "portal",
        "features",
        "plans",
        "tables",
        "translations",
    ),
    "plan": tuple(each.name for each in fields(Plan) if each.name != "slug"),
    "price": tuple(each.name for each in fields(Price)),
    "feature": ("name",),
    "policies": tuple(each.name for each in fields(Policies)),
    "table": tuple(each.name for each in fields(PricingTable) if each.name != "key"),
}


class _Reader(TomlReader):
    def catalog(self) -> Catalog:
        default = str(self.text(self.data, "default_plan", "the file", required=True))
        currency = self.currency(self.data, "usd")
        tax = self.data.get("tax_behavior")
        if tax is not None:
            self.choice(self.data, "tax_behavior", "", TAX_BEHAVIORS, "the file")
        plans = {
            slug: self.plan(slug, table, currency, tax)
            for slug, table in self.tables("plans").items()
        }
        plans.setdefault(default, Plan(slug=default, name=default.capitalize()))
        self.refuse_shared_keys(plans)
        features = {
            slug: Feature(slug, str(self.text(table, "name", f"features.{slug}") or slug))
            for slug, table in self.tables("features").items()
        }
        return Catalog(
            default,
            currency,
            plans,
            features,
            self.policies(),
            read_portal(self),
            read_tables(self, plans),
            read_translations(self),
            Origin(self.source, self.lines, tuple(self.unknown_keys()), mark_of_text(self.data)),
        )

    def plan(self, slug: str, table: dict[str, Any], currency: str, tax: str | None) -> Plan:
        where = f"plans.{slug}"
        limits = table.get("limits", {})
        if not isinstance(limits, dict):
            raise self.fault(
                f"{where}: limits must be a table such as {{ seats = 10 }}.", table, "limits"
            )
        prices = table.get("prices", [])
        if not isinstance(prices, list) or not all(isinstance(each, dict) for each in prices):
            raise self.fault(f"{where}: write each price as [[{where}.prices]].", table, "prices")
        return Plan(
            slug=slug,
            name=self.text(table, "name", where) or slug.replace("_", " ").capitalize(),
            group=self.text(table, "group", where) or "core",
            audience=self.choice(table, "audience", AUDIENCES[0], AUDIENCES, where),
            rank=self.number(table, "rank", 0, where),
            features=self.texts(table, "features", where),
            limits={name: self.number(limits, name, 0, where) for name in limits},
            prices=tuple(self.price(slug, price, currency, tax) for price in prices),
            products=self.texts(table, "products", where),
            highlight=self.text(table, "highlight", where),
            cta=self.text(table, "cta", where),
            bullets=self.texts(table, "bullets", where),
            published=self.switch(table, "published", True, where),
            kinde_keys=self.texts(table, "kinde_keys", where),
        )

    def price(self, slug: str, table: dict[str, Any], currency: str, tax: str | None) -> Price:
        where = f"plans.{slug}.prices"
        lookup_key = self.text(table, "lookup_key", where)
        price_ids = self.texts(table, "price_ids", where)
        if lookup_key is None and not price_ids:
            raise self.fault(
                f'every price of plan {slug} needs lookup_key = "…" or price_ids = ["price_…"].',
                table,
            )
        interval = table.get("interval")
        if interval is not None:
            self.choice(table, "interval", "", INTERVALS, where)
        if "tax_behavior" in table:
            tax = self.choice(table, "tax_behavior", "", TAX_BEHAVIORS, where)
        return Price(
            lookup_key,
            price_ids,
            interval,
            self.number(table, "interval_count", 1, where) or 1,
            self.number(table, "amount", 0, where) if "amount" in table else None,
            self.currency(table, currency),
            self.choice(table, "usage", USAGES[0], USAGES, where),
            self.text(table, "meter", where),
            tax,
        )

    def policies(self) -> Policies:
        table = self.data.get("policies", {})
        if not isinstance(table, dict):
            raise self.fault("[policies] must be a table.", self.data, "policies")
        ends = ("period_end", "immediately")
        return Policies(
            upgrade=self.choice(table, "upgrade", "immediately", ends, "policies"),
            downgrade=self.choice(table, "downgrade", "period_end", ends, "policies"),
            cancel=self.choice(table, "cancel", "period_end", ends, "policies"),
            past_due_grace_days=self.number(table, "past_due_grace_days", 14, "policies"),
            collection_paused=self.choice(
                table, "collection_paused", "access", ("access", "default_plan"), "policies"
            ),
        )

    def refuse_shared_keys(self, plans: Mapping[str, Plan]) -> None:
        owners: dict[str, str] = {}
        for plan in plans.values():
            for number, price in enumerate(plan.prices):
                for key in filter(None, (price.lookup_key, *price.price_ids)):
                    if key in owners:
                        raise self.fault(
                            f"{key!r} is a price of {owners[key]} and again of {plan.slug}; "
                            "a price belongs to one plan and is listed once.",
                            self.data["plans"][plan.slug]["prices"][number],
                        )
                    owners[key] = plan.slug

    def unknown_keys(self) -> Iterator[Path]:
        yield from self.unknown(self.data, _KNOWN["file"])
        yield from unknown_translation_keys(self)
        yield from self.unknown(self.data.get("policies", {}), _KNOWN["policies"])
        for name, kind in (("plans", "plan"), ("features", "feature"), ("tables", "table")):
            for table in self.tables(name).values():
                yield from self.unknown(table, _KNOWN[kind])
                for price in table.get("prices", []) if kind == "plan" else []:
                    yield from self.unknown(price, _KNOWN["price"])
