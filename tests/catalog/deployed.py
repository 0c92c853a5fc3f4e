"""Processes over one database, each with a catalogue file of its own."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from lib.billing.catalog import CatalogApplied
from lib.billing.config import Settings
from lib.billing.domain.permissions import Role
from lib.billing.domain.times import iso
from lib.billing.http import make_app
from lib.billing.signing import write_new_key
from lib.billing.store import meta
from lib.billing.store.engine import Store
from lib.billing.store.queries.entitlements import entitlements_of
from lib.billing.wiring import Installation, open_installation
from tests.api.product import READS, TOKENS
from tests.catalog.conftest import SOLD
from tests.http.serving import SECRET, Sender, served

ADMIN = frozenset({Role.ADMIN})

ANALYTICS_IN_STARTER = SOLD.replace('["projects", "analytics"]', '["projects"]').replace(
    'features = ["projects"]\nlimits = { seats = 3 }',
    'features = ["projects", "analytics"]\nlimits = { seats = 3 }',
)
"""The flag moved from Pro to Starter."""

COMPANY = """
default_plan = "free"
[features.api]
name = "API access"
[plans.starter]
rank = 10
limits = { seats = 3 }
[[plans.starter.prices]]
lookup_key = "starter_monthly"
[plans.pro]
rank = 20
features = ["api"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
[[plans.pro.prices]]
lookup_key = "pro_yearly"
"""
"""What `tests.store.company` sells."""

WITHOUT_API = COMPANY.replace('features = ["api"]', "features = []")


@dataclass
class Deployed:
    """``at``: unix seconds. ``url``: Stripe's; None is without a key."""

    store: Store
    directory: Path
    at: int
    url: str | None = None
    opened: list[Installation] = field(default_factory=list)

    def file(self, name: str = "catalog.toml") -> Path:
        return self.directory / name

    def write(self, sold: str, name: str = "catalog.toml") -> Path:
        path = self.file(name)
        path.write_text(sold)
        return path

    def process(self, name: str = "catalog.toml", **more: str) -> Installation:
        """One that starts now, with the file of that name."""
        key = self.directory / "key.pem"
        if not key.exists():
            write_new_key(key)
        environment = {
            "PORTSIDE_DATABASE_URL": self.store.url.render_as_string(hide_password=False),
            "PORTSIDE_CATALOG": str(self.file(name)),
            "PORTSIDE_NOW": str(iso(self.at)),
            "PORTSIDE_API_TOKEN": TOKENS,
            "PORTSIDE_CLAIM_KEYS": str(key),
            "STRIPE_WEBHOOK_SECRET": SECRET,
        }
        if self.url is not None:
            environment |= {"STRIPE_API_KEY": "rk_test_x", "PORTSIDE_STRIPE_API_BASE": self.url}
        made = open_installation(Settings.load(environment | more))
        self.opened.append(made)
        return made

    def apply(self, sold: str | None = None, name: str = "catalog.toml") -> CatalogApplied:
        """As `portside catalog apply` does, in a process of its own."""
        if sold is not None:
            self.write(sold, name)
        desk = self.process(name).catalogue
        return desk.apply(staff="ann@example.com", roles=ADMIN)

    def note_applied(self, mark: str) -> None:
        """What an apply leaves behind, where nobody sells anything."""
        with self.store.writing() as connection:
            meta.put(connection, meta.APPLIED, mark)

    def kept(self, key: str) -> str | None:
        with self.store.reading() as connection:
            return meta.get(connection, key)

    def features(self, customer_id: str) -> list[str]:
        """As its row has them."""
        with self.store.reading() as connection:
            return list(entitlements_of(connection, [customer_id])[customer_id].features)

    def close(self) -> None:
        for each in self.opened:
            if each.gateway is not None:
                each.gateway.close()
            each.close()


@contextmanager
def serving(installed: Installation) -> Iterator[Sender]:
    """`portside serve`, jobs and all."""
    with (
        served(make_app(installed)) as address,
        httpx.Client(base_url=address, timeout=30) as client,
    ):
        client.headers["Authorization"] = f"Bearer {READS}"
        yield Sender(client)


def wait_until(true: Callable[[], Any], seconds: float = 60) -> Any:
    """What ``true`` gives as soon as it gives something."""
    ends = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.05)
    return found
