"""Old bodies go, and everything that was derived from them can still be derived."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from lib.billing.domain.errors import WrongUsage
from lib.billing.prune import SWEEP, Pruner, prune
from lib.billing.replay import replay
from lib.billing.store import retention
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


def kept(store: Store) -> retention.Kept:
    with store.reading() as connection:
        return retention.kept(connection)


def test_a_round_goes_on_where_the_last_one_was_ended(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([customer(n) for n in range(10)])
    now, stopped = START + 31 * DAY, threading.Event()
    ended = prune(
        store,
        now=now,
        days=30,
        resume=True,
        at_once=4,
        progress=lambda _: stopped.set(),
        stopped=stopped,
    )
    assert (ended.bodies, kept(store).ended_at) == (4, None)
    assert kept(store).place == (START, "evt_0003")
    again = prune(store, now=now, days=30, resume=True, at_once=4)
    assert (again.bodies, kept(store).ended_at) == (6, now)
    assert not any(bodies(store).values())


def test_rows_that_were_looked_at_are_not_looked_at_again_for_a_week(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([customer(1), BROKEN, customer(2)])
    now = START + 31 * DAY
    assert prune(store, now=now, days=30, resume=True).bodies == 2
    with store.writing() as connection:  # as a retry does that succeeds
        connection.execute(text("UPDATE inbox SET state = 'applied' WHERE event_id = 'evt_bad'"))
    assert prune(store, now=now + SWEEP - 1, days=30, resume=True).bodies == 0
    assert prune(store, now=now + SWEEP, days=30, resume=True).bodies == 1
    assert kept(store).swept_at == now + SWEEP


def test_a_clock_that_was_put_back_begins_at_the_oldest_row(store: Store) -> None:
    bench = Bench(store)
    bench.at = START + 900 * DAY
    bench.ingest.apply([customer(1)])
    assert prune(store, now=START + 931 * DAY, days=30, resume=True).bodies == 1
    bench.at = START
    bench.ingest.apply([customer(2)])
    assert prune(store, now=START + 31 * DAY, days=30, resume=True).bodies == 1


def test_a_command_begins_at_the_oldest_row(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([customer(1), BROKEN])
    now = START + 31 * DAY
    prune(store, now=now, days=30, resume=True)
    with store.writing() as connection:
        connection.execute(text("UPDATE inbox SET state = 'ignored' WHERE event_id = 'evt_bad'"))
    assert prune(store, now=now, days=30).bodies == 1


def test_what_arrives_later_is_found_from_the_place_reached(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([customer(1)])
    prune(store, now=START + 31 * DAY, days=30, resume=True)
    bench.at = START + 2 * DAY
    bench.ingest.apply([customer(0)])
    assert prune(store, now=START + 33 * DAY, days=30, resume=True).bodies == 1


def test_a_receiver_writes_while_bodies_go(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([customer(n) for n in range(300)])
    bench.at = START + 31 * DAY
    pruner = Pruner(store, lambda: START + 31 * DAY, days=30)
    faults: list[Exception] = []

    def prunes() -> None:
        try:
            prune(store, now=START + 31 * DAY, days=30, at_once=10)
        except Exception as error:  # told below
            faults.append(error)

    beside = threading.Thread(target=prunes)
    beside.start()
    for n in range(300, 360):
        assert bench.ingest.apply([customer(n)]).applied == 1
    beside.join()
    pruner.round()
    left = bodies(store)
    assert (faults, len(left), sum(left.values())) == ([], 360, 60)
    assert {name for name, there in left.items() if there} == {
        f"evt_{n:04}" for n in range(300, 360)
    }


def test_stopping_ends_a_round_before_its_first_transaction(sqlite_store: Store) -> None:
    Bench(sqlite_store).ingest.apply([customer(1)])
    pruner = Pruner(sqlite_store, lambda: START + 31 * DAY, days=30)
    pruner.stop()
    assert pruner.round().bodies == 0
