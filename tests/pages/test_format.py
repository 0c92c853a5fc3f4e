"""Values into words."""

from __future__ import annotations

import pytest

from dashboard import format as fmt


@pytest.mark.parametrize(
    ("minor", "currency", "shown"),
    [
        (123_450, "usd", "$1,234.50"),
        (-2_900, "eur", "-€29.00"),
        (1_200, "jpy", "¥1,200"),
        (1_234_567, "kwd", "KWD\u00a01,234.567"),
        (0, "usd", "$0.00"),
        (None, "usd", "–"),
        (5, None, "–"),
        (10**17 + 1, "usd", "$1,000,000,000,000,000.01"),
    ],
)
def test_money_has_its_currency_s_decimals(
    minor: int | None, currency: str | None, shown: str
) -> None:
    assert fmt.money(minor, currency) == shown


@pytest.mark.parametrize(
    ("minor", "people", "currency", "shown"),
    [
        (616_799, 180, "usd", "$34.27"),
        (5, 2, "jpy", "¥3"),
        (1, 3, "kwd", "KWD\u00a00.000"),
        (0, 0, "usd", "–"),
    ],
)
def test_what_each_comes_to_is_rounded_half_up(
    minor: int, people: int, currency: str, shown: str
) -> None:
    assert fmt.each(minor, people, currency) == shown


@pytest.mark.parametrize(
    ("minor", "shown"), [(2_013_449, "$20,134"), (9_950, "$99.50"), (-1_000_00, "-$1,000")]
)
def test_large_money_loses_its_cents(minor: int, shown: str) -> None:
    assert fmt.money_short(minor, "usd") == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(-5, "0 s"), (42, "42 s"), (60, "1 min"), (7_300, "2 h"), (200_000, "2 days")],
)
def test_a_span_has_one_unit(seconds: int, shown: str) -> None:
    assert fmt.span(seconds) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("![x](http://evil.test)", r"\!\[x\]\(http\:\/\/" + "\u2060", id="picture"),
        pytest.param("<img src=x>", r"\<img src\=x\>", id="tag"),
        pytest.param("a\nb\x00\u202ec", "a b c", id="controls"),
        pytest.param("$x$ :red[y]", r"\$x\$ \:red\[y\]", id="maths and colour"),
        pytest.param(None, "–", id="unknown"),
    ],
)
def test_markdown_shows_the_characters_and_nothing_else(text: str | None, shown: str) -> None:
    assert fmt.md(text).startswith(shown)


@pytest.mark.parametrize(
    ("interval", "count", "shown"),
    [("month", 1, "Monthly"), ("month", 3, "Every 3 months"), ("year", None, "Yearly")],
)
def test_intervals_in_words(interval: str, count: int | None, shown: str) -> None:
    assert fmt.every(interval, count) == shown


def test_a_filter_s_interval_reads_the_same() -> None:
    assert fmt.every_named("3 month") == "Every 3 months"
    assert fmt.every_named("week") == "Weekly"


def test_days_belong_to_the_business_s_time_zone() -> None:
    midnight = 1_795_305_600  # 22 November 2026, 00:00 UTC
    assert fmt.day(midnight, "UTC") == "22 Nov 2026"
    assert fmt.day(midnight, "America/New_York") == "21 Nov 2026"


@pytest.mark.parametrize(
    ("part", "spelled"), [(0.1234, "12.3%"), (-0.0002, "0.0%"), (-0.0012, "-0.1%"), (None, "–")]
)
def test_a_share_that_rounds_to_nothing_has_no_sign(part: float | None, spelled: str) -> None:
    assert fmt.share(part) == spelled


def test_what_turns_words_round_is_no_part_of_a_name() -> None:
    assert fmt.plain("Ada \u202egnihton\n *Ltd*\x00") == "Ada gnihton *Ltd*"
