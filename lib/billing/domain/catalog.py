"""What the company sells: plans, prices, features, policies, as `catalog.toml` states them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .errors import CatalogInvalid
from .observations import State
from .portal_policy import PortalPolicy, read_portal

INTERVALS = ("day", "week", "month", "year")


@dataclass(frozen=True)
class Price:
    lookup_key: str | None
    price_ids: tuple[str, ...]
    interval: str | None
    interval_count: int
    amount: int | None  # minor units
    currency: str


@dataclass(frozen=True)
class Plan:
    slug: str
    name: str
    group: str = "core"
    audience: str = "organizations"
    rank: int = 0
    features: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    prices: tuple[Price, ...] = ()
    products: tuple[str, ...] = ()
    highlight: str | None = None
    cta: str | None = None
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Feature:
    slug: str
    name: str


@dataclass(frozen=True)
class Policies:
    upgrade: str = "immediately"
    downgrade: str = "period_end"
    cancel: str = "period_end"
    past_due_grace_days: int = 14
    collection_paused: str = "access"  # or "default_plan"


@dataclass(frozen=True)
class Catalog:
    """A validated catalogue. A plan that is only named as the default exists with rank 0."""

    default_plan: str
    currency: str = "usd"
    plans: Mapping[str, Plan] = field(default_factory=dict)
    features: Mapping[str, Feature] = field(default_factory=dict)
    policies: Policies = field(default_factory=Policies)
    # Not in the representation, which marks what rows are folded by: no row depends on it.
    portal: PortalPolicy = field(default_factory=PortalPolicy, repr=False)

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
    def _by_product(self) -> dict[str, Plan]:
        return {product: plan for plan in self.plans.values() for product in plan.products}

    def plan_of(self, price: State) -> Plan | None:
        """The plan that a price sells: by lookup key, then price id, then product; else None."""
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


def parse_catalog(text: str, *, source: str = "catalog.toml") -> Catalog:
    """Read and validate a catalogue file's text.

    Raises :class:`CatalogInvalid` that names ``source``, the line where it can be told, and the
    remedy.
    """
    return _Reader(text, source).catalog()


class _Reader:
    def __init__(self, text: str, source: str) -> None:
        self.lines = text.splitlines()
        self.source = source
        try:
            self.data: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CatalogInvalid(f"{source}: not valid TOML: {error}.") from None

    def fail(self, message: str, *needles: str) -> CatalogInvalid:
        for needle in needles:
            for number, line in enumerate(self.lines, 1):
                if needle in line:
                    return CatalogInvalid(f"{self.source}, line {number}: {message}")
        return CatalogInvalid(f"{self.source}: {message}")

    def catalog(self) -> Catalog:
        default = self.text(self.data, "default_plan", "the file", required=True)
        currency = self.currency(self.data, "usd")
        plans = {
            slug: self.plan(slug, table, currency) for slug, table in self.tables("plans").items()
        }
        plans.setdefault(str(default), Plan(slug=str(default), name=str(default).capitalize()))
        self.refuse_shared_keys(plans)
        features = {
            slug: Feature(slug, str(self.text(table, "name", f"features.{slug}") or slug))
            for slug, table in self.tables("features").items()
        }
        return Catalog(str(default), currency, plans, features, self.policies(), read_portal(self))

    def tables(self, name: str) -> dict[str, dict[str, Any]]:
        value = self.data.get(name, {})
        if not isinstance(value, dict) or not all(isinstance(v, dict) for v in value.values()):
            raise self.fail(f"[{name}.…] must be tables, one for each.", name)
        return value

    def text(
        self, table: Mapping[str, Any], key: str, where: str, *, required: bool = False
    ) -> str | None:
        value = table.get(key)
        if value is None and not required:
            return None
        if not isinstance(value, str) or not value.strip():
            raise self.fail(f'{where} needs {key} = "…".', f"{key} ", where)
        return value

    def currency(self, table: Mapping[str, Any], default: str) -> str:
        code = str(table.get("currency", default)).lower()
        if len(code) != 3 or not code.isalpha():
            raise self.fail(
                f"currency {code!r} is not a three-letter ISO code such as usd.", "currency"
            )
        return code

    def number(self, table: Mapping[str, Any], key: str, default: int, where: str) -> int:
        value = table.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(f"{where}: {key} must be a whole number, not {value!r}.", key)
        return value

    def texts(self, table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.fail(f"{where}: {key} must be a list of texts.", key)
        return tuple(value)

    def plan(self, slug: str, table: dict[str, Any], currency: str) -> Plan:
        where = f"plans.{slug}"
        limits = table.get("limits", {})
        if not isinstance(limits, dict):
            raise self.fail(f"{where}: limits must be a table such as {{ seats = 10 }}.", where)
        prices = table.get("prices", [])
        if not isinstance(prices, list):
            raise self.fail(f"{where}: write each price as [[{where}.prices]].", where)
        return Plan(
            slug=slug,
            name=self.text(table, "name", where) or slug.replace("_", " ").capitalize(),
            group=self.text(table, "group", where) or "core",
            audience=self.choice(
                table, "audience", "organizations", ("organizations", "users"), where
            ),
            rank=self.number(table, "rank", 0, where),
            features=self.texts(table, "features", where),
            limits={name: self.number(limits, name, 0, where) for name in limits},
            prices=tuple(self.price(slug, price, currency) for price in prices),
            products=self.texts(table, "products", where),
            highlight=self.text(table, "highlight", where),
            cta=self.text(table, "cta", where),
            bullets=self.texts(table, "bullets", where),
        )

    def price(self, slug: str, table: dict[str, Any], currency: str) -> Price:
        where = f"plans.{slug}.prices"
        lookup_key = self.text(table, "lookup_key", where)
        price_ids = self.texts(table, "price_ids", where)
        if lookup_key is None and not price_ids:
            raise self.fail(
                f'every price of plan {slug} needs lookup_key = "…" or price_ids = ["price_…"].',
                f"[[{where}]]",
            )
        interval = table.get("interval")
        if interval is not None and interval not in INTERVALS:
            raise self.fail(
                f"{where}: interval {interval!r} is none of {', '.join(INTERVALS)}.", "interval"
            )
        amount = self.number(table, "amount", 0, where) if "amount" in table else None
        count = self.number(table, "interval_count", 1, where)
        return Price(
            lookup_key, price_ids, interval, count or 1, amount, self.currency(table, currency)
        )

    def choice(
        self, table: Mapping[str, Any], key: str, default: str, known: tuple[str, ...], where: str
    ) -> str:
        value = table.get(key, default)
        if value not in known:
            raise self.fail(f"{where}: {key} {value!r} is none of {', '.join(known)}.", key)
        return str(value)

    def policies(self) -> Policies:
        table = self.data.get("policies", {})
        if not isinstance(table, dict):
            raise self.fail("[policies] must be a table.", "policies")
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
            for price in plan.prices:
                for key in filter(None, (price.lookup_key, *price.price_ids)):
                    if key in owners:
                        raise self.fail(
                            f"{key!r} is a price of {owners[key]} and again of {plan.slug}; "
                            "a price belongs to one plan and is listed once.",
                            f'"{key}"',
                        )
                    owners[key] = plan.slug
