"""Months, versions of definitions, and the refusals of a close."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict, replace

import pytest

from lib.billing.domain.close import (
    bounds,
    checked_reason,
    definitions_of,
    first_day,
    month_after,
    month_of,
)
from lib.billing.domain.close_rules import POINTS, blocking, told
from lib.billing.domain.errors import WrongUsage
from lib.billing.domain.fold import Rules
from lib.billing.domain.policy import PRESETS
from lib.billing.domain.times import parse_iso

from .states import CATALOG

RULES = Rules(CATALOG)


def test_months_follow_each_other_over_the_year():
    assert [month_after("2026-10"), month_after("2026-12")] == ["2026-11", "2027-01"]


@pytest.mark.parametrize("text", ["2026-1", "2026-13", "2026-00", "26-10", "", "1969-12", "May"])
def test_what_is_no_month_is_said(text):
    with pytest.raises(WrongUsage, match="write it like 2026-10"):
        first_day(text)


def test_a_month_of_berlin_begins_and_ends_there():
    assert bounds("2026-10", "Europe/Berlin") == (
        parse_iso("2026-09-30T22:00:00Z"),
        parse_iso("2026-10-31T23:00:00Z"),
    )
    assert month_of(parse_iso("2026-10-31T23:00:00Z"), "Europe/Berlin") == "2026-11"


OTHERS = {
    "catalogue": replace(RULES, catalog=replace(CATALOG, default_plan="another")),
    "policy": replace(RULES, policy=PRESETS["stripe"]),
    "timezone": replace(RULES, timezone="Europe/Berlin"),
}


@pytest.mark.parametrize(("part", "other"), OTHERS.items(), ids=OTHERS.keys())
def test_a_part_that_is_another_one_is_named_and_makes_another_version(part, other):
    earlier, now = definitions_of(RULES), definitions_of(other)
    assert now.changed_since(asdict(earlier)) == (part,)
    assert now.version != earlier.version
    assert earlier.changed_since(asdict(earlier)) == ()


def test_the_version_is_the_same_in_every_process():
    script = (
        "from lib.billing.domain.close import definitions_of\n"
        "from lib.billing.domain.fold import Rules\n"
        "from tests.domain.states import CATALOG\n"
        "print(definitions_of(Rules(CATALOG)).version)"
    )
    versions = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed in ("1", "2", "3")
    }
    assert versions == {definitions_of(RULES).version}


def test_points_that_block_come_first_and_say_what_to_do():
    order = [point.blocks for point in POINTS.values()]
    assert order == sorted(order, reverse=True)
    assert all(point.means.endswith(".") for point in POINTS.values())
    assert all(point.remedy.endswith(".") for point in POINTS.values())


def test_only_what_blocks_is_counted():
    assert blocking({"failed": 2, "drift": 0, "unresolved": 3}) == {"failed": 2}
    assert told({"failed": 2, "drift": 1}) == "failed events (2), open drift (1)"


def test_an_empty_reason_is_none():
    assert [checked_reason(None), checked_reason("  "), checked_reason(" x ")] == [None, None, "x"]
