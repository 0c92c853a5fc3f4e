"""Old bodies that do not go, and backups that are not made, are said."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from lib.billing.checks import upkeep
from lib.billing.config import Settings
from lib.billing.domain.times import DAY, iso
from lib.billing.prune import prune
from lib.billing.settings.business import Business
from lib.billing.store.engine import Store
from tests.jobs.failing import Bench, customer
from tests.store.company import START

KEEPS = Business(retention_days=30)


def pruning(store: Store, now: int, business: Business = KEEPS) -> list[bool]:
    return [finding.ok for finding in upkeep.pruning(store, business, iso(now))]


def test_bodies_that_should_have_gone_are_said_until_a_round_has_ended(store: Store) -> None:
    Bench(store).ingest.apply([customer(1)])
    now = START + 33 * DAY
    assert pruning(store, START + 30 * DAY) == [True]  # nothing is that old yet
    assert pruning(store, now) == [False]
    prune(store, now=now, days=30, resume=True)
    assert pruning(store, now) == [True]
    assert pruning(store, now + 2 * DAY) == [False]


def test_where_bodies_are_kept_for_ever_there_is_nothing_to_say(sqlite_store: Store) -> None:
    assert pruning(sqlite_store, START, Business()) == []


AGES = {"of last night": (12, b"x", True), "of last week": (160, b"x", False)}
AGES |= {"empty": (1, b"", False), "none": (None, b"", False)}


@pytest.mark.parametrize(("hours", "content", "ok"), AGES.values(), ids=AGES.keys())
def test_the_newest_backup(tmp_path: Path, hours: int | None, content: bytes, ok: bool) -> None:
    for age in (900, hours) if hours is not None else ():
        path = tmp_path / f"portside-{age}.dump"
        path.write_bytes(content)
        then = time.time() - age * 3_600
        os.utime(path, (then, then))
    (tmp_path / "portside-now.dump.part").write_bytes(b"half")
    [found] = upkeep.backups(tmp_path)
    assert found.ok is ok
    assert bool(found.remedy) is not ok


def test_without_a_folder_nobody_asks_for_backups() -> None:
    assert list(upkeep.backups(Settings.load({}).backups)) == []
    told = Settings.load({"PORTSIDE_BACKUPS": "/nowhere/at/all"}).backups
    assert [finding.ok for finding in upkeep.backups(told)] == [False]
