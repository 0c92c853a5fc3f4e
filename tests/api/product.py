"""The product that sells the subscriptions, asking over real HTTP at a clock that can be moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from lib.billing.api.parts import Api
from lib.billing.domain.observations import Observation, State
from lib.billing.settings.api_tokens import read_api_tokens
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.domain.states import item, price, seen, subscription
from tests.http.serving import receiver
from tests.reports.ledger import CATALOG, customer, fill

READS = "read-secret-of-the-tests"
WRITES = "write-secret-of-the-tests"
TOKENS = f"shop/read:entitlements={READS},shop/write:portal-sessions={WRITES}"
DAY = 86_400
T = 1_790_000_000
END = T + 20 * DAY

STARTER = [item(price("starter_monthly"))]
UNMAPPED = [item(price("unheard_of"))]


@dataclass
class Product:
    """``at``: the clock's second, which a test moves."""

    client: httpx.Client
    store: Store
    at: int = T + DAY

    def ask(self, path: str, secret: str | None = READS, **headers: str) -> httpx.Response:
        """GET below /v1/entitlements/."""
        if secret is not None:
            headers["Authorization"] = f"Bearer {secret}"
        return self.client.get(f"/v1/entitlements/{path}", headers=headers)

    def told(self, path: str) -> dict[str, Any]:
        answer = self.ask(path)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found


def somebody(
    customer_id: str, *states: State, org: str | None = None, second: int = T
) -> list[Observation]:
    """A customer with these subscriptions, `sub_<customer>_0`, …"""
    told = [
        seen(
            customer(org_id=org),
            second,
            kind="created",
            object_type="customer",
            object_id=customer_id,
            customer=customer_id,
        )
    ]
    for number, state in enumerate(states):
        told.append(
            seen(
                state,
                second,
                kind="terminal" if state["status"] == "canceled" else "created",
                object_id=f"sub_{customer_id.removeprefix('cus_')}_{number}",
                customer=customer_id,
            )
        )
    return told


@contextmanager
def selling(
    store: Store, observations: Iterable[Observation] = (), api: Api | None = None, **over: Any
) -> Iterator[Product]:
    """The API over ``store``, which holds ``observations``."""
    setup = over.pop("setup", Setup(catalog=CATALOG))
    fill(store, observations, setup)
    product: Product

    def clock() -> int:
        return product.at

    served = Api(read_api_tokens(TOKENS)) if api is None else api
    with receiver(store, setup=setup, clock=clock, api=served, **over) as sender:
        product = Product(sender.client, store)
        yield product


__all__ = ["CATALOG", "DAY", "END", "STARTER", "UNMAPPED", "T", "selling", "subscription"]
