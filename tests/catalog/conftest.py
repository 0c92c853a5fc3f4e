"""An empty sandbox that is sold from a catalogue, every writing call to it counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import stripe

from lib.billing.catalog import CatalogApplied, CatalogDesk
from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.domain.permissions import Role
from lib.billing.ingest import Ingest
from lib.billing.jobs import table
from lib.billing.portal import PortalDesk
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from lib.billing.stripe.gateway import Gateway
from lib.billing.stripe.products import Products
from lib.sandbox.testing import RunningSandbox, running_sandbox
from tests.sandbox.shop import NOW

ADMIN = frozenset({Role.ADMIN})
SOLD = """
currency = "usd"
default_plan = "free"
[features.projects]
name = "Unlimited projects"
[features.analytics]
name = "Advanced analytics"
[plans.free]
limits = { seats = 1 }
[plans.starter]
name = "Starter"
rank = 10
features = ["projects"]
limits = { seats = 3 }
[[plans.starter.prices]]
lookup_key = "starter_monthly"
interval = "month"
amount = 900
[plans.pro]
name = "Pro"
rank = 20
features = ["projects", "analytics"]
limits = { seats = 10 }
[[plans.pro.prices]]
lookup_key = "pro_monthly"
interval = "month"
amount = 2900
[[plans.pro.prices]]
lookup_key = "pro_yearly_jpy"
interval = "year"
amount = 43000
currency = "jpy"
"""


class Writes:
    """An ASGI application around the sandbox: notes what writes, and may refuse to answer."""

    def __init__(self, app: Any, made: list[str], breaks: list[int]) -> None:
        self.app, self.made, self.breaks = app, made, breaks

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["method"] in ("POST", "DELETE"):
            if self.breaks and len(self.made) >= self.breaks[0]:
                await send({"type": "http.response.start", "status": 401, "headers": []})
                body = b'{"error": {"message": "gone", "type": "invalid_request_error"}}'
                await send({"type": "http.response.body", "body": body})
                return
            self.made.append(f"{scope['method']} {scope['path']}")
        await self.app(scope, receive, send)


@dataclass
class Seller:
    running: RunningSandbox
    store: Store
    gateway: Gateway
    stripe: stripe.StripeClient
    made: list[str] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)

    def now(self) -> int:
        return self.running.sandbox.now()

    def desk(self, sold: str = SOLD, **over: Any) -> CatalogDesk:
        setup = Setup(catalog=parse_catalog(sold))
        portal = PortalDesk(
            store=self.store, clock=self.now, setup=setup, portals=None, return_url=None
        )
        options: dict[str, Any] = {"sells": Products(self.gateway), "portal": portal}
        return CatalogDesk(store=self.store, clock=self.now, setup=setup, **options | over)

    def apply(self, sold: str = SOLD, **over: Any) -> CatalogApplied:
        return self.desk(sold).apply(**{"staff": "ann@example.com", "roles": ADMIN} | over)

    def actions(self, sold: str = SOLD) -> list[tuple[str, str]]:
        """(action, name) of what would be written."""
        return [(step.action, step.name) for step in self.desk(sold).plan().steps]

    def problems(self, sold: str) -> list[str]:
        return [each.code for each in self.desk(sold).plan().problems]

    def price(self, lookup_key: str) -> Any:
        (found,) = self.stripe.v1.prices.list({"lookup_keys": [lookup_key]}).data
        return found

    def subscribe(self, lookup_key: str, email: str = "ada@example.com") -> str:
        """A customer who pays for it; their id."""
        customer = self.stripe.v1.customers.create({"email": email, "name": "Ada"})
        method = self.stripe.v1.payment_methods.attach("pm_card_visa", {"customer": customer.id})
        self.stripe.v1.subscriptions.create(
            {
                "customer": customer.id,
                "items": [{"price": self.price(lookup_key).id}],
                "default_payment_method": method.id,
            }
        )
        return str(customer.id)

    def deliver(self, sold: str | Catalog = SOLD) -> None:
        """Take in every event so far, as webhooks would, folded by the catalogue ``sold``."""
        catalog = parse_catalog(sold) if isinstance(sold, str) else sold
        ingest = Ingest(self.store, Rules(catalog), clock=self.now)
        for page in self.gateway.list_objects("events"):
            ingest.apply(page.objects, "webhook")


@pytest.fixture(autouse=True)
def jobs_come_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that a test waits for come ten times as often as they do in an installation."""
    for name in ("follow", "refold", "deliver"):
        monkeypatch.setitem(table.EVERY, name, table.EVERY[name] / 10)


@pytest.fixture
def seller(sqlite_store: Store) -> Iterator[Seller]:
    made: list[str] = []
    breaks: list[int] = []
    wrap = lambda app: Writes(app, made, breaks)  # noqa: E731
    with running_sandbox(now=NOW, frozen=True, wrap=wrap) as running:
        gateway = Gateway("rk_test_seller", running.url, retries=0)
        http = stripe.RequestsClient()
        client = stripe.StripeClient(
            "sk_test_seller", base_addresses={"api": running.url}, http_client=http
        )
        yield Seller(running, sqlite_store, gateway, client, made, breaks)
        gateway.close()
        http.close()
