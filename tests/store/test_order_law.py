"""Any order, any repetition and any batching of the same events give byte-identical tables."""

from __future__ import annotations

import random

import pytest

from lib.billing.domain.fold import Rules
from lib.billing.store import migrate, references
from lib.billing.store.engine import Store
from lib.billing.store.scratch import scratch

from .company import CATALOG, company, derived, ingest_into

SEEDS = range(6)


def told_in_order(store, seed):
    ingest_into(store).apply(company(seed))
    return derived(store)


@pytest.fixture
def fresh(tmp_path):
    """Makes more empty SQLite stores."""
    made = []

    def make():
        made.append(Store(f"sqlite:///{tmp_path / f'more{len(made)}.db'}"))
        migrate.upgrade(made[-1])
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffled_repeated_and_cut_into_batches(store, fresh, seed):
    expected = told_in_order(fresh(), seed)
    events = company(seed)
    rng = random.Random(seed)
    events += rng.sample(events, len(events) // 3)
    rng.shuffle(events)
    ingest = ingest_into(store)
    while events:
        size = rng.choice([1, 2, 7, 40])
        ingest.apply(events[:size])
        events = events[size:]
    assert derived(store) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_newest_first(sqlite_store, fresh, seed):
    expected = told_in_order(fresh(), seed)
    ingest_into(sqlite_store).apply(reversed(company(seed)), batch=5)
    assert derived(sqlite_store) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_the_company_is_worth_telling(sqlite_store, seed):
    tables = told_in_order(sqlite_store, seed)
    assert all(tables[name] for name in tables)
    assert {row[5] for row in tables["movements"]} > {"new"}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_counts_do_not_depend_on_the_size_of_batches(fresh, seed, batch):
    rng = random.Random(seed)
    events = company(seed)
    events += rng.sample(events, len(events) // 4)
    rng.shuffle(events)
    once, cut = ingest_into(fresh()).apply(events), ingest_into(fresh()).apply(events, batch=batch)
    assert cut == once


def test_a_scratch_projection_of_everything_equals_the_kept_one(store):
    expected = told_in_order(store, 3)
    with store.reading() as connection:
        rules = Rules(CATALOG, references=references.load(connection))
    with scratch(store, rules) as made:
        assert derived(made) == expected
