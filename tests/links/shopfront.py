"""A company in a running sandbox, its events taken in by the real way, and a desk for links."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.domain.permissions import Role
from lib.billing.domain.policy import PRESETS
from lib.billing.ingest import Ingest
from lib.billing.linking.sessions import LinkMaker
from lib.billing.links import LinkDesk, LinkRequest, MintedLink, RateLimit
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from lib.billing.stripe.gateway import Gateway
from lib.sandbox.portal import configurations
from lib.sandbox.testing import running_sandbox
from tests.sandbox.shop import ALL_FEATURES, NOW, RETURN_URL, Shop, open_shop

CATALOG_TEXT = """
default_plan = "free"
[plans.starter]
rank = 10
[[plans.starter.prices]]
lookup_key = "starter_monthly"
[plans.pro]
rank = 20
[[plans.pro.prices]]
lookup_key = "pro_monthly"
[plans.gone]
rank = 30
[[plans.gone.prices]]
lookup_key = "gone_monthly"
"""
CATALOG = parse_catalog(CATALOG_TEXT)
AGENT = frozenset({Role.SUPPORT})


@dataclass
class Front:
    shop: Shop
    store: Store
    gateway: Gateway
    ingest: Ingest
    setup: Setup = field(default_factory=lambda: Setup(catalog=CATALOG))

    def now(self) -> int:
        return self.shop.running.sandbox.now()

    def deliver(self) -> None:
        """Take in every event that the sandbox has sent so far, as webhooks would."""
        for page in self.gateway.list_objects("events"):
            self.ingest.apply(page.objects, "webhook")

    def desk(self, return_url: str | None = RETURN_URL, **over: Any) -> LinkDesk:
        maker = LinkMaker(over.pop("gateway", self.gateway), return_url=return_url)
        return LinkDesk(store=self.store, clock=self.now, setup=self.setup, maker=maker, **over)

    def customer(self, **params: Any) -> str:
        made = self.shop.customer(metadata={"org_id": "org_1"}, **params)
        self.deliver()
        return made

    def subscriber(self, *prices: str, **params: Any) -> tuple[str, str]:
        """(customer id, subscription id); nobody else has their address."""
        made = self.shop.customer(email=f"ada.{secrets.token_hex(4)}@example.com")
        subscription = self.shop.subscription(made, *prices, **params)
        self.deliver()
        return made, str(subscription.id)

    def pass_time(self, seconds: int) -> None:
        self.shop.running.advance(seconds)

    def mint(self, customer: str, flow: str, **over: Any) -> MintedLink:
        options = {key: over.pop(key) for key in ("return_url", "limit") if key in over}
        return self.desk(**options).mint(request(customer, flow, **over))


def request(customer: str, flow: str, **over: Any) -> LinkRequest:
    asked: dict[str, Any] = {
        "customer_id": customer,
        "flow": flow,
        "staff": "sam@portside.example",
        "roles": AGENT,
        "reason": "Asked on the phone",
        "click_id": secrets.token_hex(8),
    }
    return LinkRequest(**asked | over)


@contextmanager
def open_front(store: Store, catalog: Catalog = CATALOG) -> Iterator[Front]:
    with running_sandbox(now=NOW, frozen=True) as running:
        shop = open_shop(running)
        for name, key in (("basic", "starter_monthly"), ("pro", "pro_monthly")):
            shop.stripe.v1.prices.update(shop.prices[name], {"lookup_key": key})
        with running.sandbox.transaction():
            features = {**ALL_FEATURES, **shop.update_feature()}
            configurations.create(
                running.sandbox,
                {"features": features, "login_page": {"enabled": True}},
                is_default=True,
            )
        gateway = Gateway("rk_test_desk", running.url)
        rules = Rules(catalog=catalog, policy=PRESETS["portside"], timezone="UTC")
        ingest = Ingest(store, rules, clock=running.sandbox.now)
        yield Front(shop, store, gateway, ingest, Setup(catalog=catalog))
        gateway.close()


__all__ = ["AGENT", "CATALOG", "CATALOG_TEXT", "Front", "RateLimit", "open_front", "request"]
