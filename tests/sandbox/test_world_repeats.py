"""The same seed and the same present give the same world, byte for byte, also from the disk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.sandbox.core import Sandbox
from tests.sandbox.worlds import (
    NOW,
    built_world,
    every_event,
    every_object,
    fingerprint,
    small_world,
)

ROOT = Path(__file__).resolve().parents[2]
PRINT_FINGERPRINTS = """
from tests.sandbox.worlds import built_world, every_event, every_object, fingerprint
made, _ = built_world()
print(fingerprint(every_object(made)), fingerprint(every_event(made)))
"""


def _fingerprints(sandbox: Sandbox) -> list[str]:
    return [fingerprint(every_object(sandbox)), fingerprint(every_event(sandbox))]


def test_two_builds_are_identical_also_in_another_process() -> None:
    here, summary = small_world()
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "PYTHONPATH": str(ROOT)}
    there = subprocess.run(
        [sys.executable, "-c", PRINT_FINGERPRINTS],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert there.stdout.split() == _fingerprints(here)
    assert summary.events == len(every_event(here))


@pytest.mark.whole  # what is compared above is a copy that was read from its directory, too
def test_a_second_start_reads_the_same_world_from_its_directory(tmp_path: Path) -> None:
    stored, _ = built_world(tmp_path)
    before = _fingerprints(stored)
    stored.close()
    reopened = Sandbox(tmp_path, now=NOW, frozen=True)
    assert _fingerprints(reopened) == before
    reopened.close()


def test_another_seed_gives_other_customers() -> None:
    one, _ = small_world(seed=7)
    other, _ = small_world(seed=8)
    ids = {customer["id"] for customer in one.find("customer")}
    assert not ids & {customer["id"] for customer in other.find("customer")}
