"""Stretches of time that pages look back on."""

from __future__ import annotations

from lib.billing.domain.lookbacks import lookbacks
from lib.billing.domain.times import iso, parse_iso


def spans(now: str, timezone: str) -> dict[str, tuple[str | None, ...]]:
    found = lookbacks(parse_iso(now), timezone)
    return {span.key: (iso(span.earlier), iso(span.starts), iso(span.ends)) for span in found}


def test_days_end_now_and_months_with_their_last_second() -> None:
    found = spans("2026-03-15T12:00", "UTC")
    assert list(found)[:5] == ["30d", "90d", "12m", "2026-03", "2026-02"]
    assert len(found) == 15
    assert found["30d"] == (
        "2026-01-15T00:00:00Z",
        "2026-02-14T00:00:00Z",
        "2026-03-15T12:00:01Z",
    )
    assert found["12m"][:2] == ("2024-04-01T00:00:00Z", "2025-04-01T00:00:00Z")
    assert found["2026-03"] == (
        "2026-02-01T00:00:00Z",
        "2026-03-01T00:00:00Z",
        "2026-03-15T12:00:01Z",
    )
    assert found["2026-02"] == (
        "2026-01-01T00:00:00Z",
        "2026-02-01T00:00:00Z",
        "2026-03-01T00:00:00Z",
    )


def test_days_are_those_of_the_business_also_where_the_clock_was_changed() -> None:
    found = spans("2026-04-05T23:00", "Europe/Berlin")  # 6 April, 01:00 there
    assert found["2026-03"] == (
        "2026-01-31T23:00:00Z",
        "2026-02-28T23:00:00Z",
        "2026-03-31T22:00:00Z",
    )
    assert found["30d"][1] == "2026-03-07T23:00:00Z"
