"""A webhook in over HTTP, a signed event out over HTTP."""

from __future__ import annotations

import httpx

from lib.billing.http import make_app
from lib.billing.settings.outgoing import Endpoint
from lib.billing.store.engine import Store
from tests.http.serving import Installed, Sender, served

from .product import product
from .scene import Scene, newcomer, subscribed


def test_a_webhook_in_is_a_signed_event_out(store: Store) -> None:
    with product() as shop:
        scene = Scene(store, [Endpoint("shop", shop.url)])
        installed = Installed(store, scene.ingest, clock=scene.clock)
        with served(make_app(installed)) as address, httpx.Client(base_url=address) as client:
            sender = Sender(client)
            assert sender.deliver(newcomer()).status_code == 200
            assert sender.deliver(subscribed()).status_code == 200
        assert scene.deliverer.round() == 3
    assert shop.types == [
        "subscriber.created",
        "customer.plan_assigned",
        "entitlement.changed",
    ]
    assert shop.taken[1]["data"]["plan"] == {"key": "pro", "name": "Pro"}
    assert shop.sequences() == {"cus_1": [1, 2, 3]}
