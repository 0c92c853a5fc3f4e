"""What the product is told of customers whom Kinde bills, also where Kinde itself says nothing."""

from __future__ import annotations

import random
from typing import Any

import pytest

from lib.billing.replay import replay
from lib.billing.store.engine import Store
from tests.cut import first
from tests.kinde.events import DAY, START, event
from tests.outgoing.scene import Scene
from tests.outgoing.test_property import check
from tests.store.company import CATALOG

GRACE = CATALOG.policies.past_due_grace_days * DAY
BEGUN = ["customer.plan_assigned", "entitlement.changed"]
OVER = ["customer.agreement_cancelled", "entitlement.changed"]
CHANGED = ["customer.plan_changed", "entitlement.changed"]

PRO = event(1, "agreement_created", agreement_id="a", plan="pro")
WINDS_DOWN = event(DAY, "agreement_cancelled", agreement_id="a", expires_on=START + 9 * DAY)
FAILED = event(2, "payment_failed")

LEDGERS: dict[str, list[tuple[int, list[Any], list[str]]]] = {
    "an end that Kinde only announced": [
        (1, [PRO], BEGUN),
        (DAY, [WINDS_DOWN], ["entitlement.changed"]),
        (9 * DAY - 1, [], []),
        (9 * DAY, [], OVER),
        (30 * DAY, [], []),
    ],
    "who comes back after it": [
        (1, [PRO], BEGUN),
        (DAY, [WINDS_DOWN], ["entitlement.changed"]),
        (9 * DAY, [], OVER),
        (20 * DAY, [event(20 * DAY, "agreement_created", agreement_id="b", plan="pro")], BEGUN),
    ],
    "who takes the cancellation back": [
        (1, [PRO], BEGUN),
        (DAY, [WINDS_DOWN], ["entitlement.changed"]),
        (2 * DAY, [event(2 * DAY, "plan_changed", plan="starter")], CHANGED),
        (20 * DAY, [], []),
    ],
    "an end after the grace": [
        (1, [PRO], BEGUN),
        (2, [FAILED], ["entitlement.changed"]),
        (3, [event(3, "agreement_cancelled", expires_on=START + GRACE + DAY)], []),
        (GRACE + 2, [], CHANGED),
        (GRACE + DAY, [], ["customer.agreement_cancelled"]),
    ],
}


@pytest.mark.parametrize("ledger", LEDGERS.values(), ids=LEDGERS.keys())
def test_ledger(store: Store, ledger: list[tuple[int, list[Any], list[str]]]) -> None:
    scene = Scene(store)
    for second, events, out in ledger:
        told = len(scene.told())
        scene.clock.now = START + second
        scene.ingest.commit([scene.ingest.read_kinde(each) for each in events], "kinde")
        scene.notices.round()
        kinds = [kind for kind in scene.types()[told:] if kind != "subscriber.created"]
        assert kinds == out


KINDS = (
    "agreement_created", "plan_assigned", "plan_changed", "agreement_cancelled",
    "payment_failed", "payment_succeeded", "invoice_overdue",
)  # fmt: skip


@pytest.mark.parametrize("seed", first(4, range(10)))
def test_the_product_knows_what_the_projection_says(sqlite_store: Store, seed: int) -> None:
    rng = random.Random(seed)
    scene = Scene(sqlite_store)
    waiting = []
    for _ in range(30):
        second = rng.randrange(40 * DAY)
        data: dict[str, Any] = {"agreement_id": rng.choice([None, "a", "b"])}
        data["plan"] = rng.choice(["pro", "starter", "gold"])
        data["expires_on"] = rng.choice([None, START + second + rng.randrange(20 * DAY)])
        waiting.append(event(second, rng.choice(KINDS), rng.choice("xyz"), **data))
    rng.shuffle(waiting)
    for each in [*waiting, *waiting[::3]]:
        scene.ingest.commit([scene.ingest.read_kinde(each)], "kinde")
        scene.clock.move(rng.choice([0, DAY, 3 * DAY]))
        scene.notices.round()
        check(scene)
    before = scene.told()
    replay(scene.ingest)
    scene.notices.round()
    assert scene.told() == before
    assert all(mine == [*range(1, len(mine) + 1)] for mine in _sequences(before).values())


def _sequences(told: list[Any]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for each in told:
        found.setdefault(each["data"]["customer_id"], []).append(each["data"]["sequence"])
    return found
