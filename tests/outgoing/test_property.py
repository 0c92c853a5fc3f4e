"""Whatever comes in which order, how often and in which batches: the product ends up knowing what
the projection says, and hears nothing twice."""

from __future__ import annotations

import random
from collections import defaultdict
from typing import Any

import pytest

from lib.billing.domain.gating import entitled
from lib.billing.domain.outgoing import ENTITLEMENT, FAILED, SUCCEEDED
from lib.billing.domain.times import iso
from lib.billing.replay import replay
from lib.billing.store import outgoing
from lib.billing.store.engine import Store
from lib.billing.store.queries.entitlements import all_entitlements
from tests.cut import first
from tests.store.company import CATALOG, START, company

from .scene import DAY, Scene


def batches(events: list[Any], rng: random.Random) -> list[list[Any]]:
    """Every event once or more, in any order, in batches of any size."""
    again = [*events, *rng.sample(events, len(events) // 3)]
    rng.shuffle(again)
    found = []
    while again:
        size = rng.choice([1, 1, 2, 5, 40])
        found.append(again[:size])
        again = again[size:]
    return found


def known_to_the_product(scene: Scene) -> dict[str, dict[str, Any]]:
    """By customer the newest of what it was told; nothing was told of who has the default."""
    told: dict[str, dict[str, Any]] = {}
    for event in scene.told():
        if event["type"] == ENTITLEMENT:
            told[event["data"]["customer_id"]] = event["data"]
    return told


def check(scene: Scene) -> None:
    now = scene.clock()
    known = known_to_the_product(scene)
    with scene.store.reading() as connection:
        rows = list(all_entitlements(connection))
        told = outgoing.load(connection, [row.customer_id for row in rows])
    assert rows
    for row in rows:
        access = entitled([row], now, CATALOG).access
        kept = told[row.customer_id].told
        assert (kept.plan, kept.access, kept.rule) == (access.plan, access.access, access.rule)
        data = known.get(row.customer_id)
        if data is None:
            assert (access.access, access.plan) == (False, CATALOG.default_plan)
            continue
        assert data["plan"]["key"] == access.plan
        assert data["access"] == access.access
        assert data["access_until"] == iso(access.access_until)
        assert (data["rule"], data["status"]) == (access.rule, access.status)
        assert data["features"] == list(access.features)
        assert data["limits"] == access.limits


def repeated_payments(scene: Scene) -> list[Any]:
    counted: defaultdict[Any, int] = defaultdict(int)
    for event in scene.told():
        data = event["data"]
        if event["type"] == SUCCEEDED:
            counted[data["invoice_id"]] += 1
        elif event["type"] == FAILED:
            counted[data["invoice_id"], data["attempt"]] += 1
    return [what for what, times in counted.items() if times > 1]


@pytest.mark.parametrize("seed", first(4, range(12)))
def test_the_product_ends_up_knowing_what_the_projection_says(
    sqlite_store: Store, seed: int
) -> None:
    rng = random.Random(seed)
    scene = Scene(sqlite_store)
    for batch in batches(company(seed), rng):
        scene.take(*batch)
        scene.clock.move(rng.choice([0, 0, 30, DAY]))
    scene.clock.now = max(scene.clock(), START + rng.choice([1, 40, 400]) * DAY)
    scene.notices.round()
    check(scene)
    assert repeated_payments(scene) == []
    sequences: defaultdict[str, list[int]] = defaultdict(list)
    for event in scene.told():
        sequences[event["data"]["customer_id"]].append(event["data"]["sequence"])
    assert all(found == [*range(1, len(found) + 1)] for found in sequences.values())

    before = scene.told()
    replay(scene.ingest)
    scene.take(*company(seed))
    scene.notices.round()
    assert scene.told() == before


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.postgres
def test_on_postgres_too(postgres_store: Store, seed: int) -> None:
    rng = random.Random(seed)
    scene = Scene(postgres_store)
    for batch in batches(company(seed), rng):
        scene.take(*batch)
    scene.notices.round()
    check(scene)
    assert repeated_payments(scene) == []
