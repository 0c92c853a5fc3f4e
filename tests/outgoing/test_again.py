"""Dead letters that are sent again, and secrets that are rotated."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from lib.billing.outgoing.signing import signed
from lib.billing.store import deliveries
from lib.billing.store.deliveries import Delivery
from lib.billing.store.engine import Store

from .product import OLDER, SECRET, Product, product
from .scene import newcomer, subscribed, to


@pytest.fixture
def shop() -> Iterator[Product]:
    with product() as served:
        yield served


def test_a_dead_letter_is_sent_again_on_its_own(store: Store, shop: Product) -> None:
    scene = to(shop, store)
    scene.each([newcomer(), subscribed()])
    shop.status = 410
    scene.deliverer.round()
    shop.status = 200
    assert [state for _, state, _, _ in scene.deliveries()] == ["dead"] * 3
    with store.writing() as connection:
        assert deliveries.send_again(connection, scene.clock(), endpoint="shop") == 3
    scene.deliverer.round()
    assert sorted(shop.sequences()["cus_1"]) == [1, 2, 3]
    assert {name for name, _ in shop.attempts[:3]} == set(shop.ids)


def test_one_sent_again_that_fails_again_holds_back_nothing(store: Store, shop: Product) -> None:
    scene = to(shop, store)
    scene.take(newcomer())
    shop.status = 410
    scene.deliverer.round()
    with store.writing() as connection:
        deliveries.send_again(connection, scene.clock(), endpoint="shop")
    shop.status = 500
    scene.deliverer.round()
    scene.take(subscribed())
    shop.status = 200
    scene.deliverer.round()
    assert shop.sequences() == {"cus_1": [2, 3]}


@pytest.mark.parametrize("held", [SECRET, OLDER], ids=["the new secret", "the old secret"])
def test_while_a_secret_is_rotated_either_proves_it(store: Store, held: str) -> None:
    with product(secret=held) as shop:
        scene = to(shop, store, secrets={"shop": (SECRET, OLDER)})
        scene.take(newcomer())
        scene.deliverer.round()
    assert len(shop.taken) == 1
    assert len(shop.requests[0]["webhook-signature"].split(" ")) == 2


def test_another_secret_proves_nothing(store: Store) -> None:
    delivery = Delivery("msg_1", "shop", "cus_1", 1, 0, "{}")
    seen = signed(delivery.event_id, 1, delivery.payload, [OLDER])
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(delivery.payload, seen)
