"""Old bodies go, and everything that was derived from them can still be derived."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from lib.billing.domain.errors import WrongUsage
from lib.billing.prune import prune
from lib.billing.replay import replay
from lib.billing.store.engine import Store
from tests.jobs.failing import BROKEN, Bench, customer
from tests.store.company import START, company, derived
from tests.stripe import shapes

DAY = 86_400
NEWS = shapes.event("some.news", {"id": "x"}, id="evt_news")


def bodies(store: Store) -> dict[str, bool]:
    with store.reading() as connection:
        rows = connection.execute(text("SELECT event_id, payload IS NOT NULL FROM inbox"))
        return {row[0]: bool(row[1]) for row in rows}


def test_settled_bodies_older_than_the_period_go(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([customer(1), NEWS, BROKEN])
    bench.at = START + 31 * DAY
    bench.ingest.apply([customer(2)])
    found = prune(store, now=START + 31 * DAY, days=30)
    assert (found.bodies, found.dry_run) == (2, False)
    assert found.size > 0
    assert bodies(store) == {
        "evt_0001": False,
        "evt_news": False,
        "evt_bad": True,  # a failed one is tried again from it
        "evt_0002": True,
    }


def test_a_body_of_exactly_that_age_stays(store: Store) -> None:
    Bench(store).ingest.apply([customer(1)])
    assert prune(store, now=START + 30 * DAY, days=30).bodies == 0
    assert prune(store, now=START + 30 * DAY + 1, days=30).bodies == 1


def test_a_dry_run_only_counts(store: Store) -> None:
    Bench(store).ingest.apply([customer(1)])
    found = prune(store, now=START + 31 * DAY, days=30, dry_run=True)
    assert (found.bodies, bodies(store)) == (1, {"evt_0001": True})


def test_it_goes_in_small_batches_to_the_end_and_a_second_time_finds_nothing(store: Store) -> None:
    Bench(store).ingest.apply([customer(n) for n in range(11)])
    told: list[str] = []
    now = START + 31 * DAY
    found = prune(store, now=now, days=30, at_once=4, progress=told.append)
    assert (found.bodies, len(told)) == (11, 3)
    assert prune(store, now=now, days=30).bodies == 0


def test_a_replay_after_pruning_gives_identical_rows(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply(company(3))
    before = derived(store)
    prune(store, now=START + 99 * DAY, days=30)
    assert not any(bodies(store).values())
    with store.writing() as connection:
        for table in before:
            connection.execute(text(f"DELETE FROM {table}"))
    replay(bench.ingest)
    assert derived(store) == before


def test_a_pruned_event_that_comes_again_is_still_a_repeat(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([customer(1)])
    prune(store, now=START + 31 * DAY, days=30)
    assert bench.ingest.apply([customer(1)]).repeated == 1


@pytest.mark.parametrize("days", [29, 1, 0, -5])
def test_less_than_stripe_sends_events_again_is_refused(sqlite_store: Store, days: int) -> None:
    with pytest.raises(WrongUsage, match="30 days"):
        prune(sqlite_store, now=START, days=days)


def test_a_row_that_a_writer_holds_is_left_for_the_next_time(postgres_store: Store) -> None:
    bench = Bench(postgres_store)
    bench.ingest.apply([customer(1), customer(2)])
    now = START + 31 * DAY
    with postgres_store.writing() as holding:
        holding.execute(text("SELECT 1 FROM inbox WHERE event_id = 'evt_0001' FOR UPDATE"))
        assert prune(postgres_store, now=now, days=30).bodies == 1
    assert prune(postgres_store, now=now, days=30).bodies == 1
