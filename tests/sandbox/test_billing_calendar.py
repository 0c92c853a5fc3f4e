"""Boundaries of billing periods."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from lib.sandbox.billing import calendar


def unix(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def day(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).date().isoformat()


@pytest.mark.parametrize(
    ("anchor", "interval", "count", "ends"),
    [
        pytest.param(
            "2026-01-31",
            "month",
            1,
            ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"],
            id="the 31st falls back to a month's last day and returns",
        ),
        pytest.param(
            "2024-02-29", "year", 1, ["2025-02-28", "2026-02-28"], id="a leap day every year"
        ),
        pytest.param("2026-01-15", "month", 3, ["2026-04-15", "2026-07-15"], id="quarters"),
        pytest.param("2026-01-01", "week", 2, ["2026-01-15", "2026-01-29"], id="fortnights"),
        pytest.param("2026-12-31", "day", 1, ["2027-01-01", "2027-01-02"], id="days over new year"),
    ],
)
def test_periods_follow_each_other_from_the_anchor(
    anchor: str, interval: str, count: int, ends: list[str]
) -> None:
    first = unix(anchor)
    found, start = [], first
    for _ in ends:
        end = calendar.period_end(first, interval, count, start)
        assert calendar.period_start(first, interval, count, end) == start
        found.append(day(end))
        start = end
    assert found == ends


def test_a_start_between_boundaries_ends_at_the_next_one() -> None:
    anchor = unix("2026-01-31")
    end = calendar.period_end(anchor, "month", 1, unix("2026-02-10"))
    assert day(end) == "2026-02-28"
