"""However many customers there are, impact holds a few of them at a time."""

from __future__ import annotations

import gc
import tracemalloc
from itertools import islice
from typing import Any

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.impact import Impact
from lib.billing.ingest import Ingest
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.catalog.test_impact import NOW, SOLD, _tell, swap

FEW, MANY = 100, 380
MORE = 100_000
"""Bytes that may be held after so many more customers; each of them is more than a thousand."""


def grow(store: Store, start: int, end: int) -> None:
    made: list[dict[str, Any]] = []
    for number in range(start, end):
        _tell(made, f"m{number}", "pro_monthly" if number % 2 else "starter_monthly")
    events = [each | {"id": f"evt_{start}_{n}"} for n, each in enumerate(made)]
    Ingest(store, Rules(parse_catalog(SOLD)), clock=lambda: NOW).apply(events)


def held() -> int:
    gc.collect()  # statements are garbage that refers to itself
    return tracemalloc.get_traced_memory()[0]


def test_whoever_was_looked_at_is_let_go(sqlite_store: Store) -> None:
    grow(sqlite_store, 0, 400)
    candidate = parse_catalog(swap(SOLD, "plans.starter", "plans.pro"))
    setup = Setup(catalog=parse_catalog(SOLD))
    found = Impact(sqlite_store, setup, candidate, NOW, at_once=20)
    bytes_held: dict[int, int] = {}
    tracemalloc.start()
    for number, _ in enumerate(found):
        if number in (FEW, MANY):
            bytes_held[number] = held()
    tracemalloc.stop()
    assert found.tally.changed == 400
    assert bytes_held[MANY] - bytes_held[FEW] < MORE


def test_it_can_be_left_half_way(store: Store) -> None:
    grow(store, 0, 30)
    candidate = parse_catalog(swap(SOLD, "plans.starter", "plans.pro"))
    found = Impact(store, Setup(catalog=parse_catalog(SOLD)), candidate, NOW, at_once=5)
    changes = iter(found)
    assert len(list(islice(changes, 3))) == 3
    changes.close()  # type: ignore[attr-defined]
    assert found.tally.customers < 30
