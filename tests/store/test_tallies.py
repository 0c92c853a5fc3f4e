"""Every arrival is counted with what became of it, repeats too."""

from __future__ import annotations

import threading

from sqlalchemy import select

from lib.billing.store import tables, tallies
from lib.billing.store.engine import Store
from tests.jobs.failing import BROKEN, GOOD, Bench, customer
from tests.store.company import START

DAY = START // 86_400 * 86_400


def counted(store: Store) -> dict[tuple[int, str, str], int]:
    with store.reading() as connection:
        return {tuple(row[:3]): row[3] for row in connection.execute(select(tables.tallies))}


def test_each_batch_is_added_to_its_day(store: Store) -> None:
    bench = Bench(store)
    ingest = bench.ingest
    ingest.commit([ingest.read(event) for event in (GOOD, GOOD, BROKEN)], "webhook")
    ingest.commit([ingest.read(GOOD)], "webhook")
    ingest.commit([ingest.read(GOOD)], "import")
    bench.at += 86_400
    ingest.commit([ingest.read(customer(1))], "webhook")
    assert counted(store) == {
        (DAY, "webhook", "applied"): 1,
        (DAY, "webhook", "repeated"): 2,
        (DAY, "webhook", "failed"): 1,
        (DAY, "import", "repeated"): 1,
        (DAY + 86_400, "webhook", "applied"): 1,
    }


def test_a_batch_that_was_not_committed_is_not_counted(store: Store) -> None:
    bench = Bench(store)
    ingest = bench.ingest
    # The batch breaks over what is no observation; each event is then tried alone.
    broken = ingest.read(GOOD)
    object.__setattr__(broken, "observations", (object(),))
    outcomes = ingest.commit([broken, ingest.read(customer(1))], "webhook")
    assert [outcome.fate for outcome in outcomes] == ["failed", "applied"]
    assert counted(store) == {(DAY, "webhook", "applied"): 1, (DAY, "webhook", "failed"): 1}


def test_counts_of_writers_at_the_same_time_add_up(store: Store) -> None:
    def write() -> None:
        for _ in range(20):
            with store.writing() as connection:
                tallies.add(connection, START, "webhook", ["stale", "applied", "applied"])

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted(store) == {(DAY, "webhook", "applied"): 160, (DAY, "webhook", "stale"): 80}
