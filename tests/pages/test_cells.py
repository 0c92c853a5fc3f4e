"""What a table's cells say in either language, what sorts them, and what the browser calls rows."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import streamlit as st

from dashboard import format as fmt
from dashboard import language
from dashboard.ui import badges, cells, grid, spelled
from dashboard.ui.cells import Cell, Column

WORDS: dict[str, tuple[dict[str, Any], list[Any], list[Cell], list[Cell]]] = {
    "text": ({}, ["Ada", "", None, 7], ["Ada", "", None, "7"], ["Ada", "", None, "7"]),
    "text that looks like something": (
        {"type": "text"},
        ["<b>", "**a**", "=1+1"],
        ["<b>", "**a**", "=1+1"],
        ["<b>", "**a**", "=1+1"],
    ),
    "number": (
        {"type": "number"},
        [0, 1_234_567, -5, None, 2.0],
        ["0", "1,234,567", "-5", None, "2"],
        ["0", "1.234.567", "-5", None, "2"],
    ),
    "number with a fraction": (
        {"type": "number"},
        [1.5, 0.1 + 0.2, -0.25, Decimal("2.50")],
        ["1.5", "0.3", "-0.25", "2.5"],
        ["1,5", "0,3", "-0,25", "2,5"],
    ),
    "share of one": (
        {"type": "number", "format": "percent"},
        [0.1234, 1, 0, -0.0001, None],
        ["12.3%", "100.0%", "0.0%", "0.0%", None],
        ["12,3\u00a0%", "100,0\u00a0%", "0,0\u00a0%", "0,0\u00a0%", None],
    ),
    "share of a hundred": (
        {"type": "number", "format": "%.1f%%"},
        [12.34, 100, -0.01, None],
        ["12.3%", "100.0%", "0.0%", None],
        ["12,3\u00a0%", "100,0\u00a0%", "0,0\u00a0%", None],
    ),
    "change of a count": (
        {"type": "number", "format": "%+d"},
        [3, -3, 0, None],
        ["+3", "-3", "+0", None],
        ["+3", "-3", "+0", None],
    ),
    "change in points": (
        {"type": "number", "format": "%+.1f"},
        [1.25, -0.55, -0.01, None],
        ["+1.2", "-0.6", "+0.0", None],
        ["+1,2", "-0,6", "+0,0", None],
    ),
    "bar": (
        {"type": "progress", "format": "%.1f%%", "min_value": 0, "max_value": 100},
        [25, 120, -5, None],
        [
            {"text": "25.0%", "bar": 0.25},
            {"text": "120.0%", "bar": 1},
            {"text": "-5.0%", "bar": 0},
            None,
        ],
        [
            {"text": "25,0\u00a0%", "bar": 0.25},
            {"text": "120,0\u00a0%", "bar": 1},
            {"text": "-5,0\u00a0%", "bar": 0},
            None,
        ],
    ),
    "day": (
        {"type": "date"},
        [date(2026, 8, 4), datetime(2026, 12, 31, 23, 59, tzinfo=ZoneInfo("Asia/Tokyo")), None],
        ["4 Aug 2026", "31 Dec 2026", None],
        ["04.08.2026", "31.12.2026", None],
    ),
    "point in time": (
        {"type": "datetime"},
        [datetime(2026, 8, 4, 9, 5, tzinfo=UTC), None],
        ["4 Aug 2026, 09:05", None],
        ["04.08.2026, 09:05", None],
    ),
    "badges": (
        {"type": "multiselect"},
        [["Paid"], ["Winding down", "Refunded"], [], None, ["Of nobody"]],
        [
            {"badges": [["Paid", "green"]]},
            {"badges": [["Winding down", "orange"], ["Refunded", "gray"]]},
            {"badges": []},
            None,
            {"badges": [["Of nobody", "gray"]]},
        ],
        [
            {"badges": [["Bezahlt", "green"]]},
            {"badges": [["Läuft aus", "orange"], ["Erstattet", "gray"]]},
            {"badges": []},
            None,
            {"badges": [["Of nobody", "gray"]]},
        ],
    ),
}
LINKS: dict[str, tuple[str | None, str | None, Cell]] = {
    "a word": ("https://a.test/1", "Open", {"text": "Open", "href": "https://a.test/1"}),
    "a pattern": (
        "https://a.test/events/evt_1",
        r"events/(.+)$",
        {"text": "evt_1", "href": "https://a.test/events/evt_1"},
    ),
    "a pattern that is not found": (
        "https://a.test/1",
        r"events/(.+)$",
        {"text": "https://a.test/1", "href": "https://a.test/1"},
    ),
    "nothing": ("https://a.test/1", None, {"text": "https://a.test/1", "href": "https://a.test/1"}),
    "no address": (None, "Open", None),
    "an empty one": ("", "Open", None),
}
AMOUNTS = [
    (123_450, "usd", "$1,234.50", "1.234,50\u00a0$", 1234.5),
    (-2_900, "eur", "-€29.00", "-29,00\u00a0€", -29.0),
    (12_340, "jpy", "¥12,340", "12.340\u00a0¥", 12_340.0),
    (112_000, "kwd", "KWD\u00a0112.000", "112,000\u00a0KWD", 112.0),
    (0, "gbp", "£0.00", "0,00\u00a0£", 0.0),
    (None, "usd", None, None, None),
    (100, None, None, None, None),
]


@pytest.fixture(params=["en", "de"])
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    for module in (language, fmt, spelled):
        monkeypatch.setattr(module, "current", lambda: request.param)
    return str(request.param)


def column(kind: dict[str, Any], values: list[Any], **told: Any) -> Column:
    return cells.column("name", {"type_config": kind, **told}, values, None)


@pytest.mark.parametrize("case", WORDS)
def test_a_cell_says_its_value_as_the_language_has_it(spoken: str, case: str) -> None:
    kind, values, english, german = WORDS[case]
    assert column(kind, values).cells == {"en": english, "de": german}[spoken]


def test_money_of_each_currency_has_its_own_decimals_and_sorts_as_numbers(spoken: str) -> None:
    values, codes, english, german, numbers = zip(*AMOUNTS, strict=True)
    told = st.column_config.NumberColumn("MRR", help="What is paid.")
    found = cells.column("mrr", told, values, codes)
    assert found.cells == list({"en": english, "de": german}[spoken])
    assert found.sorted_by == list(numbers)
    assert (found.side, found.counts, found.help) == ("right", True, "What is paid.")


def test_a_yens_thousand_is_more_than_a_dollars_hundred_however_they_are_kept() -> None:
    found = cells.column("mrr", {}, [100_00, 1_000], ["usd", "jpy"])
    assert found.sorted_by == [100.0, 1000.0]


@pytest.mark.parametrize("case", LINKS)
def test_a_link_shows_a_word_or_a_part_of_its_address(case: str) -> None:
    href, shown, cell = LINKS[case]
    spec = st.column_config.LinkColumn("Page", display_text=shown)
    assert cells.column("page", spec, [href], None).cells == [cell]


@pytest.mark.parametrize(
    ("kind", "values", "numbers"),
    [
        ("number", [2, None, Decimal("1.5"), True], [2.0, None, 1.5, 1.0]),
        ("date", [date(1970, 1, 2), None], [86_400.0, None]),
        ("datetime", [datetime(1970, 1, 1, 0, 1, tzinfo=UTC), None], [60.0, None]),
        ("text", ["b", None], None),
        ("multiselect", [["Paid"], None], None),
        ("link", ["https://a.test", None], None),
    ],
)
def test_numbers_and_days_are_sorted_by_what_they_are_and_words_by_themselves(
    kind: str, values: list[Any], numbers: list[float | None] | None
) -> None:
    found = column({"type": kind}, values)
    assert found.sorted_by == numbers
    assert found.counts == (kind == "number")


def test_days_in_one_column_are_sorted_alike_whether_or_not_they_have_a_clock() -> None:
    zone = ZoneInfo("America/New_York")
    found = column({"type": "date"}, [date(2026, 1, 2), datetime(2026, 1, 1, 9, tzinfo=zone)])
    assert found.sorted_by is not None
    first, second = found.sorted_by
    assert first is not None
    assert second is not None
    assert second < first


ODD = [math.nan, math.inf, -math.inf, Decimal("NaN"), 1e-9, 10**30, True, Decimal("0.1")]
SHARED = {"type": "progress", "min_value": 0, "max_value": 100, "format": "%.1f%%"}


@pytest.mark.parametrize("kind", [{"type": "number"}, SHARED], ids=["number", "bar"])
@pytest.mark.parametrize("value", ODD, ids=str)
def test_an_odd_number_is_sent_as_the_browser_can_read_it(value: Any, kind: dict[str, Any]) -> None:
    sent = grid._drawn([column(kind, [value, 1])], "Odd", None)
    read = json.loads(json.dumps(sent, allow_nan=False))
    word = cells.words(read["rows"][0][0])
    assert not word.endswith((".", ","))
    assert "nan" not in word.lower()


def test_a_bar_without_any_room_is_empty() -> None:
    kind = {"type": "progress", "min_value": 0, "max_value": 0}
    assert column(kind, [0]).cells == [{"text": "0", "bar": 0}]


def test_what_nobody_told_of_a_column_is_plain_text() -> None:
    found = cells.column("plan", {}, ["Pro", None], None)
    assert (found.label, found.help, found.side, found.pinned) == ("plan", "", "left", False)
    assert found.cells == ["Pro", None]


def test_a_column_is_as_streamlits_own_describes_it() -> None:
    told = st.column_config.TextColumn(
        "Key", width=150, help="A flag.", pinned=True, alignment="center"
    )
    found = cells.column("key", told, ["api"], None)
    assert found == Column("key", "Key", ["api"], 150, help="A flag.", side="center", pinned=True)


WIDTHS = [
    ("words as told", {"type": "text"}, ["x" * 100], 70, 70),
    ("words of nobody's width", {"type": "text"}, ["x" * 100], None, 280),
    ("few words", {"type": "text"}, ["a"], None, 64),
    ("a number that has room", {"type": "number"}, [1], 70, 70),
    ("a number that has none", {"type": "number"}, [123_456_789], 40, 95),
    ("a day that has none", {"type": "date"}, [date(2026, 8, 14)], 40, 95),
    ("badges as told", {"type": "multiselect"}, [["Winding down"]], 60, 60),
]


@pytest.mark.parametrize(
    ("kind", "values", "width", "wide"), [case[1:] for case in WIDTHS], ids=[w[0] for w in WIDTHS]
)
def test_a_column_is_as_wide_as_it_was_told_unless_a_number_would_be_cut(
    kind: dict[str, Any], values: list[Any], width: int | None, wide: int
) -> None:
    assert column(kind, values, width=width, label="A").width == wide


def test_no_rows_are_no_reason_to_fail() -> None:
    assert column({"type": "number"}, []).cells == []


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("Ada", "Ada"),
        (None, ""),
        ({"text": "25.0%", "bar": 0.25}, "25.0%"),
        ({"text": "Open", "href": "https://a.test"}, "Open"),
        ({"badges": [["Paid", "green"], ["Void", "gray"]]}, "Paid, Void"),
        ({"badges": []}, ""),
    ],
)
def test_a_cell_is_read_as_its_words(cell: Cell, words: str) -> None:
    assert cells.words(cell) == words


def test_a_badge_that_is_said_in_the_readers_language_keeps_its_colour(spoken: str) -> None:
    for word, colour in badges.BADGES.items():
        cell = column({"type": "multiselect"}, [[language.tr(word)]]).cells[0]
        assert isinstance(cell, dict)
        assert cell["badges"][0][0] == language.tr(word)
        assert cell["badges"][0][1] == badges.colour(language.tr(word)), (word, colour)


# What the browser calls rows


def test_a_row_keeps_its_token_wherever_it_stands_and_it_says_nothing() -> None:
    first, second = grid.tokens(["cus_1", "cus_2"]), grid.tokens(["cus_2", "cus_3", "cus_1"])
    assert first == [second[2], second[0]]
    assert not any("cus" in token for token in first)


def test_rows_of_one_id_have_tokens_of_their_own() -> None:
    found = grid.tokens(["a", "a", "b", "a", "b"])
    assert len(set(found)) == 5
    assert found[:1] == grid.tokens(["a"])
    assert found == grid.tokens(["a", "a", "b", "a", "b"])


@pytest.mark.parametrize("odd", [None, "", "x", 0, 1, True, ["t1"], {"row": "t1"}, "T1"])
def test_what_a_browser_makes_up_is_no_row(odd: object) -> None:
    assert grid._place(odd, ["t0", "t1"]) is None


def test_a_token_is_the_place_of_its_row() -> None:
    assert [grid._place(token, ["t0", "t1"]) for token in ("t1", "t0")] == [1, 0]


def test_a_row_has_a_cell_of_each_column() -> None:
    short = [Column("a", "A", ["1", "2"], 90), Column("b", "B", ["1"], 90)]
    with pytest.raises(ValueError, match="shorter"):
        grid._drawn(short, "People", None)
