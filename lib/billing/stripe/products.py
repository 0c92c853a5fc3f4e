"""What Stripe sells, over the API: products, prices, features; read, made, changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final, Protocol
from urllib.parse import quote

from ..domain.catalog import Catalog
from ..domain.catalog_live import LiveCatalog, LivePrice, LiveProduct
from ..domain.catalog_locks import products_of
from ..domain.catalog_steps import Step
from ..domain.errors import NoSuchObject
from .fields import Fields, Raw
from .gateway import Page
from .parse_product import (
    attached,
    feature_params,
    live_feature,
    live_price,
    live_product,
    price_params,
    product_params,
)

FEATURES: Final = "/v1/entitlements/features"
PRODUCTS: Final = "/v1/products"
PRICES: Final = "/v1/prices"
KEYS_AT_ONCE: Final = 10
"""Lookup keys that Stripe takes in one request."""


class Asks(Protocol):
    """What this asks of `stripe.gateway.Gateway`."""

    def list_at(self, path: str, **filters: Any) -> Iterator[Page]: ...

    def retrieve(self, kind: str, object_id: str) -> tuple[Raw, int]: ...

    def post(self, path: str, params: dict[str, Any], *, idempotency_key: str) -> Raw: ...

    def delete(self, path: str) -> Raw: ...


class Products:
    """The account's products, prices and features. Raises what the gateway raises."""

    def __init__(self, gateway: Asks) -> None:
        self._gateway = gateway

    def live_catalog(self, catalog: Catalog) -> LiveCatalog:
        """Every product; the prices and features of those that ``catalog`` may mean."""
        products = {each.id: each for each in map(live_product, self._all(PRODUCTS))}
        prices = self._named_prices(catalog)
        found = LiveCatalog(products, prices)
        concerned = {
            p for plan in catalog.plans.values() for p in products_of(plan, catalog, found)
        }
        # A price may have left its plan's product; what a catalogue published once is asked too.
        concerned |= {each.id for each in products.values() if each.marks.plan is not None}
        for product in sorted(concerned):
            products[product] = self._with_features(products[product])
            prices |= {p.id: p for p in map(live_price, self._all(PRICES, product=product))}
        # A lookup key is free again once its feature is archived.
        usable = (raw for raw in self._all(FEATURES) if raw.get("active", True))
        features = {each.lookup_key: each for each in map(live_feature, usable)}
        return LiveCatalog(products, prices, features)

    def prices_on_sale(self) -> dict[str, LivePrice]:
        """Every active recurring price of the account, by id."""
        found = map(live_price, self._all(PRICES, active=True, type="recurring"))
        return {price.id: price for price in found}

    def carry_out(self, step: Step, features: Mapping[str, str], *, idempotency_key: str) -> str:
        """Write one step; the id of what was made or changed.

        ``features``: lookup key -> id of a feature, those just made included.
        """
        if step.action == "feature.detach":
            product = quote(str(step.live["product"]), safe="")
            self._gateway.delete(f"{PRODUCTS}/{product}/features/{step.target}")
            return str(step.target)
        path, params = self._request(step, features)
        made = self._gateway.post(path, params, idempotency_key=idempotency_key)
        return Fields(made, step.name).own_id()

    def _request(self, step: Step, features: Mapping[str, str]) -> tuple[str, dict[str, Any]]:
        wanted, target = step.wanted, quote(step.target or "", safe="")
        match step.action:
            case "feature.create":
                return FEATURES, feature_params(wanted)
            case "feature.rename":
                return f"{FEATURES}/{target}", feature_params(wanted)
            case "product.create":
                return PRODUCTS, product_params(wanted)
            case "product.update":
                return f"{PRODUCTS}/{target}", product_params(wanted)
            case "feature.attach":
                product = quote(str(wanted["product"]), safe="")
                feature = {"entitlement_feature": features[wanted["feature"]]}
                return f"{PRODUCTS}/{product}/features", feature
            case "price.create" | "price.version":
                return PRICES, price_params(wanted)
            case _:  # price.activate, price.name: exactly the fields named
                return f"{PRICES}/{target}", dict(wanted)

    def _named_prices(self, catalog: Catalog) -> dict[str, LivePrice]:
        named = [price for plan in catalog.plans.values() for price in plan.prices]
        keys = sorted({price.lookup_key for price in named if price.lookup_key})
        found: dict[str, LivePrice] = {}
        for start in range(0, len(keys), KEYS_AT_ONCE):
            asked = keys[start : start + KEYS_AT_ONCE]
            found |= {p.id: p for p in map(live_price, self._all(PRICES, lookup_keys=asked))}
        for price_id in sorted({i for price in named for i in price.price_ids} - found.keys()):
            try:
                raw, _ = self._gateway.retrieve("price", price_id)
            except NoSuchObject:
                continue  # the plan says so
            found[price_id] = live_price(raw)
        return found

    def _with_features(self, product: LiveProduct) -> LiveProduct:
        path = f"{PRODUCTS}/{quote(product.id, safe='')}/features"
        return replace(product, attached=tuple(map(attached, self._all(path))))

    def _all(self, path: str, **filters: Any) -> Iterator[Raw]:
        for page in self._gateway.list_at(path, **filters):
            yield from page.objects
