"""Several receivers write to one PostgreSQL at the same time and miss nothing of each other."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.billing.store.engine import Store
from tests.cut import first

from .company import company, derived, ingest_into

pytestmark = pytest.mark.postgres


def write_apart(url, events, size):
    store = Store(url)
    summary = ingest_into(store).apply(events, batch=size)
    store.close()
    return summary


@pytest.mark.parametrize("seed", first(2, range(4)))
def test_four_writers_end_where_one_does(postgres_url, postgres_store, sqlite_store, seed):
    events = company(seed, customers=4, turns=12)
    ingest_into(sqlite_store).apply(events)
    rng = random.Random(seed)
    shares = [rng.sample(events, len(events)) for _ in range(2)]
    shuffled = rng.sample(events, len(events))
    shares += [shuffled[::2], shuffled[1::2]]
    with ThreadPoolExecutor(4) as writers:
        done = list(writers.map(lambda share: write_apart(postgres_url, share, 3), shares))
    assert derived(postgres_store) == derived(sqlite_store)
    taken = sum(s.applied + s.stale + s.ignored for s in done)
    assert taken == len(events)
    assert sum(s.failed for s in done) == 0


def test_an_orphan_and_its_invoice_stored_at_the_same_moment_find_each_other(
    postgres_url, postgres_store, sqlite_store
):
    events = [e for e in company(1) if e["type"].startswith(("invoice", "payment"))]
    orphans = [e for e in events if not e["type"].startswith("invoice.")]
    invoices = [e for e in events if e["type"].startswith("invoice.")]
    assert len(orphans) > 5
    ingest_into(sqlite_store).apply(events)
    with ThreadPoolExecutor(2) as writers:
        list(writers.map(lambda part: write_apart(postgres_url, part, 1), [orphans, invoices]))
    assert derived(postgres_store) == derived(sqlite_store)
    with postgres_store.reading() as connection:
        left = connection.exec_driver_sql(
            "SELECT count(*) FROM observations WHERE customer_id IS NULL"
        ).scalar()
    assert left == 0
