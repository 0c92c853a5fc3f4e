"""Events applied one by one, in place where possible, end where one fold of everything does."""

from __future__ import annotations

import random

import pytest

from lib.billing.domain.fold import Rules, mark_of
from lib.billing.replay import replay
from lib.billing.store import meta, migrate, rollups, standings
from lib.billing.store.engine import memory_store
from tests.stripe import shapes

from .company import CATALOG, Company, company, derived, ingest_into

ARRIVALS = {
    "one by one": lambda events, rng: events,
    "nearly in order": lambda events, rng: [
        event for _, event in sorted((n + 6 * rng.random(), e) for n, e in enumerate(events))
    ],
}


@pytest.fixture(scope="module")
def at_once():
    """What a single batch makes of a seed's company."""
    known = {}

    def make(seed):
        if seed not in known:
            store = memory_store()
            migrate.upgrade(store)
            ingest_into(store).apply(company(seed))
            known[seed] = derived(store)
            store.close()
        return known[seed]

    return make


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("arrive", ARRIVALS.values(), ids=ARRIVALS.keys())
def test_rows_and_sums_are_those_of_one_batch_and_replay_finds_nothing(
    store, at_once, arrive, seed
):
    ingest = ingest_into(store)
    ingest.apply(arrive(company(seed), random.Random(seed)), batch=1)
    assert derived(store) == at_once(seed)
    with store.reading() as connection:
        assert rollups.stored(connection) == rollups.summed(connection, "UTC")
    assert replay(ingest).batches_changed == 0


def test_most_customers_can_go_on_from_their_standing(sqlite_store):
    ingest_into(sqlite_store).apply(company(1), batch=1)
    with sqlite_store.reading() as connection:
        customers = [row[0] for row in derived(sqlite_store)["customers"]]
        found = standings.load(
            connection,
            customers,
            folded_by=mark_of(Rules(CATALOG)),
        )
    going_on = [standing for standing in found.values() if standing.ledger is not None]
    assert len(found) == len(customers)
    assert len(going_on) > len(customers) // 2


def test_a_standing_of_other_rules_only_keeps_its_sums(sqlite_store):
    ingest_into(sqlite_store).apply(company(1))
    with sqlite_store.reading() as connection:
        (found,) = standings.load(connection, ["cus_0"], folded_by="others").values()
    assert found.ledger is None
    assert found.objects == {}
    assert found.contribution


def test_sums_that_were_tampered_with_are_right_after_a_replay(store):
    ingest = ingest_into(store)
    ingest.apply(company(2))
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE rollups SET minor = minor + 100")
        connection.exec_driver_sql("DELETE FROM rollups WHERE kind = 'paying'")
        before = meta.get(connection, meta.WATERMARK)
    replay(ingest)
    with store.reading() as connection:
        assert rollups.stored(connection) == rollups.summed(connection, "UTC")
        assert int(meta.get(connection, meta.WATERMARK) or 0) > int(before or 0)


def test_a_draft_that_is_deleted_long_after_it_was_made_leaves_no_row(store):
    made = Company(1)
    draft = shapes.invoice(id="in_1", customer="cus_0", status="draft", number=None)
    made.created("invoice.created", draft)
    made.now += 5_000
    made.happened("invoice.deleted", draft)
    ingest_into(store).apply(made.events[:1])
    assert [row[0] for row in derived(store)["invoices"]] == ["in_1"]
    ingest_into(store).apply(made.events[1:])
    assert derived(store)["invoices"] == []
