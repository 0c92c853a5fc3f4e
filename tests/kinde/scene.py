"""A Kinde tenant and a receiver that believes it, both over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
from joserfc.jwk import RSAKey

from lib.billing.ingest import Ingest
from lib.billing.store.engine import Store
from lib.sandbox.kinde.app import kinde_app
from lib.sandbox.kinde.signing import BITS, Ring
from lib.sandbox.kinde.tenant import Tenant
from tests.http.serving import Sender, receiver, served
from tests.store.company import ingest_into

PATH = "/webhooks/kinde"


@dataclass
class Scene:
    tenant: Tenant
    sender: Sender
    store: Store

    @property
    def ingest(self) -> Ingest:
        return ingest_into(self.store)

    def post(self, token: str | bytes, *, delivery: str | None = None) -> httpx.Response:
        headers = {"Content-Type": "application/jwt"}
        if delivery is not None:
            headers["webhook-id"] = delivery
        return self.sender.client.post(PATH, content=token, headers=headers)

    def tell(self, event: dict[str, Any], **over: Any) -> httpx.Response:
        """Deliver an event as the tenant would."""
        return self.post(self.tenant.token(event, **over))

    def tell_all(self) -> list[str]:
        """Deliver everything that happened; what became of each."""
        return [self.tell(event).json()["state"] for event in self.tenant.events.values()]


@cache
def _key(whose: str) -> RSAKey:
    return RSAKey.generate_key(BITS, private=True)


def ring(whose: str) -> Ring:
    """With a key that is ``whose`` alone: making one takes longer than most tests."""
    return Ring([_key(whose)])


@contextmanager
def kinde(store: Store, **over: Any) -> Iterator[Scene]:
    """A tenant, and a receiver over ``store`` that is configured for it."""
    tenant = Tenant()
    tenant.ring = ring("tenant")
    with served(kinde_app(tenant)) as issuer:
        tenant.issuer = issuer
        with receiver(store, **{"kinde_issuer": issuer} | over) as sender:
            yield Scene(tenant, sender, store)


def entitlements(store: Store) -> dict[str, tuple[Any, ...]]:
    """Customer id -> (org, plan, rule), of every row."""
    with store.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT customer_id, org_id, plan, rule FROM plan_entitlements"
        ).fetchall()
    return {row[0]: tuple(row[1:]) for row in rows}
