"""A shop in a running sandbox whose portal is kept by the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.permissions import Role
from lib.billing.portal import PortalApplied, PortalDesk
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from lib.billing.stripe.configurations import Configurations
from tests.fresh import fresh_store
from tests.links.shopfront import Front, open_front

BACK = "https://app.example/return"
ADMIN = frozenset({Role.ADMIN})
SOLD = """
default_plan = "free"
[portal]
headline = "Your plan"
privacy_policy_url = "https://app.example/privacy"
terms_of_service_url = "https://app.example/terms"
[plans.starter]
rank = 10
[[plans.starter.prices]]
lookup_key = "starter_monthly"
[plans.pro]
rank = 20
[[plans.pro.prices]]
lookup_key = "pro_monthly"
"""


@dataclass
class Kept:
    front: Front

    def desk(self, sold: str = SOLD, **over: Any) -> PortalDesk:
        options: dict[str, Any] = {
            "portals": Configurations(self.front.gateway),
            "return_url": BACK,
        }
        return PortalDesk(
            store=self.front.store,
            clock=self.front.now,
            setup=Setup(catalog=parse_catalog(sold)),
            **options | over,
        )

    def apply(self, sold: str = SOLD, **over: Any) -> PortalApplied:
        return self.desk(sold).apply(**{"staff": "ann@example.com", "roles": ADMIN} | over)

    @property
    def portals(self) -> Any:
        return self.front.shop.stripe.v1.billing_portal.configurations

    def managed(self) -> list[Any]:
        found = self.portals.list({"limit": 100}).data
        return [each for each in found if each.metadata.to_dict().get("managed_by") == "portside"]


@pytest.fixture
def kept(sqlite_store: Store) -> Iterator[Kept]:
    with open_front(sqlite_store) as front:
        yield Kept(front)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    """One for a whole table of tests; each leaves it as it found it."""
    store = fresh_store(tmp_path_factory.mktemp("kept") / "portside.db")
    with open_front(store) as front:
        yield Kept(front)
    store.close()
