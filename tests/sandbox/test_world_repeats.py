"""The same seed and the same present give the same world, byte for byte, also from the disk."""

from __future__ import annotations

from pathlib import Path

from lib.sandbox.core import Sandbox
from tests.sandbox.worlds import NOW, every_event, every_object, fingerprint, small_world


def test_two_builds_are_identical_and_a_second_start_reads_the_same(tmp_path: Path) -> None:
    stored, summary = small_world(tmp_path)
    objects, events = fingerprint(every_object(stored)), fingerprint(every_event(stored))
    stored.close()

    again, _ = small_world()
    assert fingerprint(every_object(again)) == objects
    assert fingerprint(every_event(again)) == events
    assert summary.events == len(every_event(again))
    again.close()

    reopened = Sandbox(tmp_path, now=NOW, frozen=True)
    assert fingerprint(every_object(reopened)) == objects
    assert fingerprint(every_event(reopened)) == events
    reopened.close()


def test_another_seed_gives_other_customers() -> None:
    one, _ = small_world(seed=7)
    other, _ = small_world(seed=8)
    ids = {customer["id"] for customer in one.find("customer")}
    assert not ids & {customer["id"] for customer in other.find("customer")}
