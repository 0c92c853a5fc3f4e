"""Everybody is folded by the applied catalogue, a few at a time, whatever happens meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import DatabaseUnavailable
from lib.billing.ingest import Ingest
from lib.billing.refold import PAUSE, Refold
from lib.billing.replay import replay
from lib.billing.store import meta, standings
from lib.billing.store.engine import Store
from lib.billing.wiring import Installation
from tests.catalog.deployed import COMPANY, WITHOUT_API, Deployed
from tests.store.company import START, company, derived

SEED = 11
EVENTS = company(SEED, customers=9)
MARKS = {sold: parse_catalog(sold).mark for sold in (COMPANY, WITHOUT_API)}


@pytest.fixture
def deployed(store: Store, tmp_path: Path) -> Iterator[Deployed]:
    made = Deployed(store, tmp_path, START)
    made.write(COMPANY)
    made.note_applied(MARKS[COMPANY])
    yield made
    made.close()


@dataclass
class Broken:
    """An ingest that is taken away after so many batches."""

    ingest: Ingest
    batches: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ingest, name)

    def refold(self, customer_ids: list[str], *, left: int | None = None) -> bool:
        if self.batches == 0:
            raise DatabaseUnavailable("gone")
        self.batches -= 1
        return self.ingest.refold(customer_ids, left=left)


def refold(process: Installation, ingest: Any = None, **over: Any) -> Refold:
    options: dict[str, Any] = {"at_once": 2, "breath": 0} | over
    due = lambda: process.follower.at_applied  # noqa: E731
    return Refold(process.store, ingest or process.ingest, due, **options)


def move(deployed: Deployed, *processes: Installation, sold: str = WITHOUT_API) -> None:
    """Apply ``sold`` where these processes have it."""
    deployed.write(sold)
    deployed.note_applied(MARKS[sold])
    for process in processes:
        assert process.follower.look()


def all_by(deployed: Deployed, mark: str) -> bool:
    with deployed.store.reading() as connection:
        return standings.count_by_others(connection, mark) == 0


def settled(deployed: Deployed, process: Installation) -> bool:
    """Everything is noted, true, and what a replay would make of it."""
    noted = deployed.kept(meta.FOLDED_BY) == process.ingest.mark
    rows = derived(deployed.store)
    summary = replay(process.ingest)
    same = rows == derived(deployed.store)
    assert deployed.kept(meta.REFOLD_LEFT) is None
    return noted and same and summary.batches_changed == 0 and all_by(deployed, process.ingest.mark)


def test_every_row_says_what_the_applied_catalogue_says(deployed: Deployed) -> None:
    process = deployed.process()
    process.ingest.apply(EVENTS)
    process.follower.look()
    assert refold(process).round() == 0, "nothing to do"
    assert "api" in {f for n in range(9) for f in deployed.features(f"cus_{n}")}
    move(deployed, process)
    assert refold(process).round() == 9
    assert {f for n in range(9) for f in deployed.features(f"cus_{n}")} == set()
    assert settled(deployed, process)
    assert refold(process).round() == 0


def test_broken_off_it_goes_on_where_it_was(deployed: Deployed) -> None:
    process = deployed.process()
    process.ingest.apply(EVENTS)
    move(deployed, process)
    with pytest.raises(DatabaseUnavailable):
        refold(process, Broken(process.ingest, 3)).round()
    assert deployed.kept(meta.REFOLD_LEFT) == "3"
    assert not all_by(deployed, process.ingest.mark)

    after = deployed.process()
    after.follower.look()
    assert refold(after).round() == 3
    assert settled(deployed, after)


def test_asked_to_stop_it_ends_after_its_transaction(deployed: Deployed) -> None:
    process = deployed.process()
    process.ingest.apply(EVENTS)
    move(deployed, process)
    first = refold(process)
    first.stop()
    assert first.round() == 0
    assert deployed.kept(meta.FOLDED_BY) == f"{meta.REFOLDING}{process.ingest.mark}"
    assert refold(process).round() == 9
    assert settled(deployed, process)


def test_webhooks_go_on_meanwhile(deployed: Deployed) -> None:
    process = deployed.process()
    middle = len(EVENTS) // 2
    process.ingest.apply(EVENTS[:middle])
    move(deployed, process)

    def arrive() -> None:
        for event in EVENTS[middle:]:
            process.ingest.apply([event], "webhook")

    arriving = threading.Thread(target=arrive)
    arriving.start()
    while arriving.is_alive():
        refold(process, at_once=1).round()
    arriving.join()
    refold(process).round()
    assert settled(deployed, process)


def test_another_apply_in_the_middle_is_followed_as_well(deployed: Deployed) -> None:
    process = deployed.process()
    process.ingest.apply(EVENTS)
    before = derived(deployed.store)
    move(deployed, process)
    with pytest.raises(DatabaseUnavailable):
        refold(process, Broken(process.ingest, 2)).round()
    move(deployed, process, sold=COMPANY)
    assert refold(process).round() == 4, "only whom the first one had reached"
    assert derived(deployed.store) == before
    assert settled(deployed, process)


def test_what_a_process_without_the_file_writes_is_found(deployed: Deployed) -> None:
    deployed.write(COMPANY, "late.toml")
    late = deployed.process("late.toml")
    process = deployed.process()
    middle = len(EVENTS) // 2
    process.ingest.apply(EVENTS[:middle])
    move(deployed, process)
    ticks = 0.0
    job = refold(process, ticks=lambda: ticks)
    assert job.round() == 9

    late.follower.look()
    assert late.follower.lag is not None
    late.ingest.apply(EVENTS[middle:], "webhook")
    assert deployed.kept(meta.FOLDED_BY) == meta.MIXED
    assert job.round() == 0, "not at once again"
    ticks = PAUSE
    assert job.round() > 0
    assert settled(deployed, process)
    assert refold(late).round() == 0, "it never folds anybody back"

    deployed.write(WITHOUT_API, "late.toml")
    assert late.follower.look()
    late.ingest.apply(company(SEED + 1), "webhook")
    assert deployed.kept(meta.FOLDED_BY) == late.ingest.mark


def test_what_is_written_by_others_during_it_is_not_missed(deployed: Deployed) -> None:
    deployed.write(COMPANY, "late.toml")
    late, process = deployed.process("late.toml"), deployed.process()
    middle = len(EVENTS) // 2
    process.ingest.apply(EVENTS[:middle])
    move(deployed, process)

    @dataclass
    class Interrupted(Broken):
        def refold(self, customer_ids: list[str], *, left: int | None = None) -> bool:
            found = self.ingest.refold(customer_ids, left=left)
            if left == 1:  # the first ones are done
                late.ingest.apply(EVENTS[middle:], "webhook")
            return found

    refold(process, Interrupted(process.ingest, 0)).round()
    assert deployed.kept(meta.FOLDED_BY) == meta.MIXED
    refold(process).round()
    assert settled(deployed, process)


def test_a_process_that_starts_with_the_applied_file_folds_what_is_older(
    deployed: Deployed,
) -> None:
    deployed.process().ingest.apply(EVENTS)
    deployed.write(WITHOUT_API)
    early = deployed.process()
    early.follower.look()
    assert refold(early).round() == 0, "not applied"
    assert early.follower.lag is not None
    deployed.note_applied(MARKS[WITHOUT_API])
    early.follower.look()
    assert refold(early).round() == 9
    assert settled(deployed, early)


def test_on_an_empty_database_there_is_nothing_to_do(deployed: Deployed) -> None:
    process = deployed.process()
    move(deployed, process)
    assert refold(process).round() == 0
    assert deployed.kept(meta.FOLDED_BY) is None
