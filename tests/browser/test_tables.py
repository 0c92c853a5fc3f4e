"""The table alone on a page: what is read, chosen, sorted and reached by keys."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.ui import cells, grid
from dashboard.ui.cells import Cell, Column
from tests.browser.alone import draws
from tests.browser.axe import serious
from tests.browser.charted import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

FONT = next((Path(st.__file__).parent / "static/static/media").glob("SourceSansVF-Upright*.woff2"))
FACE = (
    "@font-face { font-family: product; font-weight: 200 900;"
    f" src: url(data:font/woff2;base64,{base64.b64encode(FONT.read_bytes()).decode()}) }}"
)
"""Widths are meant for the letters that the product has."""
THEMES = {
    "light": {
        "text-color": "#0e151c",
        "background-color": "#fff",
        "secondary-background-color": "#f5f7f9",
        "border-color": "#dde3e9",
        "primary-color": "#1f5fa8",
        "link-color": "#1f5fa8",
        "blue-color": "#1f5fa8",
        "green-text-color": "hsl(152 63% 14%)",
        "green-background-color": "rgb(28 122 78 / 10%)",
        "gray-text-color": "hsl(211 12% 26%)",
        "gray-background-color": "rgb(92 104 117 / 10%)",
    },
    "dark": {
        "text-color": "#e4eaf0",
        "background-color": "#10151b",
        "secondary-background-color": "#18202a",
        "border-color": "#2c3743",
        "primary-color": "#488cd6",
        "link-color": "#7db3ec",
        "blue-color": "#6faae6",
        "green-text-color": "hsl(151 46% 70%)",
        "green-background-color": "rgb(86 192 141 / 20%)",
        "gray-text-color": "hsl(210 15% 80%)",
        "gray-background-color": "rgb(154 167 180 / 20%)",
    },
}
IDS = ["cus_a", "cus_b", "cus_c", "cus_d"]
MEANT = "What is paid in a month."
PAGE = "https://invoice.stripe.com/i/1"
NAMES: list[Cell] = ["Ada 10", "Ada 9", "Zoe", None]
PEOPLE = [
    Column("name", "Customer", NAMES, 150),
    Column(
        "mrr",
        "MRR",
        ["$90.00", "$1,000.00", None, "$9.50"],
        90,
        help=MEANT,
        side="right",
        counts=True,
        sorted_by=[90, 1000, None, 9.5],
    ),
    Column("state", "State", [{"badges": [["Paid", "green"], ["Void", "gray"]]}] * 3 + [None], 140),
    Column("page", "Page", [{"text": "Open", "href": PAGE}] * 4, 80),
]


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def data(
    columns: Sequence[Column] = PEOPLE, *, height: int | None = None, **rest: Any
) -> dict[str, Any]:
    """What is sent of a table that nobody chooses from, or of one with ``ids`` and ``tells``."""
    return grid._drawn(columns, "People", height) | rest


def choosing(
    columns: Sequence[Column] = PEOPLE,
    *,
    ids: Sequence[str] = IDS,
    tells: str = "state",
    chosen: int | None = None,
    **rest: Any,
) -> dict[str, Any]:
    return data(columns, ids=list(ids), tells=tells, chosen=chosen, **rest)


def draw(page: Page, given: dict[str, Any], width: int = 1000, theme: str = "light") -> None:
    page.set_viewport_size({"width": width, "height": 500})
    page.mouse.move(0, 0)
    colours = "; ".join(f"--st-{name}: {value}" for name, value in THEMES[theme].items())
    page.set_content(
        f"<!doctype html><html lang=en><title>Table</title><style>{FACE}"
        f":root {{ --st-font: product, sans-serif; {colours} }}"
        "body { background: var(--st-background-color); color: var(--st-text-color) }"
        f"{grid.STYLE}</style><main><h1>Table</h1><button id=before>Before</button>"
        '<div id=here style="margin-top:90px"><div class="listed"></div></div>'
        "<button id=after>After</button></main>"
    )
    page.evaluate("window.told = []")
    again(page, given)


def again(page: Page, given: dict[str, Any]) -> None:
    draws(page, grid.SCRIPT, given)


def row(page: Page, n: int) -> Locator:
    return page.locator("tbody tr").nth(n)


def head(page: Page, label: str) -> Locator:
    return page.get_by_role("button", name=label, exact=True)


def told(page: Page) -> list[Any]:
    """What the table has told since it was asked last."""
    return page.evaluate("window.told.splice(0)")


def first_words(page: Page) -> list[str]:
    """The first column, from the top."""
    return page.locator("tbody td:first-child").all_inner_texts()


def focused(page: Page) -> str:
    """The id of the row, or the label of the head, that has the focus."""
    return page.evaluate("document.activeElement.dataset.id ?? document.activeElement.textContent")


# What a cell says


@pytest.mark.parametrize(
    "words",
    [
        "**bold** [a](https://foreign.test) `x` $x$ :red[y]",
        HOSTILE,
        "</td></tr></table><script>alert(1)</script>",
        "=HYPERLINK(1)+cmd|' /C calc'!A0",
        "&lt;b&gt; &amp;",
    ],
    ids=["Markdown", "a picture", "a script", "a formula", "entities"],
)
def test_hostile_words_stay_words_wherever_they_stand(blank: Page, words: str) -> None:
    shown: list[Cell] = [
        words,
        {"text": words, "href": PAGE},
        {"text": words, "bar": 0.5},
        {"badges": [[words, "gray"]]},
    ]
    column = Column(words, words, shown, 300, help=words)
    draw(blank, data([column]) | {"alt": words})
    assert [text.strip() for text in blank.locator("td").all_text_contents()] == [words] * 4
    assert blank.locator("th button").inner_text() == words
    assert blank.get_by_role("tooltip", include_hidden=True).text_content() == words
    assert blank.get_by_role("grid").get_attribute("aria-label") == words
    assert blank.locator(".listed :is(img, script, b, strong, code)").count() == 0
    assert blank.locator(".listed a").count() == 1


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x", "//x.test"],
)
def test_only_an_address_of_the_web_is_a_link(blank: Page, address: str) -> None:
    draw(blank, data([Column("page", "Page", [{"text": "Open", "href": address}], 90)]))
    assert blank.locator("td").inner_text() == "Open"
    assert blank.locator(".listed [href]").count() == 0


def test_a_link_opens_beside_the_page_and_tells_it_nothing(blank: Page) -> None:
    draw(blank, data())
    link = blank.get_by_role("link", name="Open").first
    assert link.get_attribute("href") == PAGE
    assert link.get_attribute("target") == "_blank"
    assert link.get_attribute("rel") == "noopener noreferrer"


def test_what_is_not_known_has_a_mark_and_what_is_empty_has_none(blank: Page) -> None:
    draw(blank, data([Column("a", "A", [None, ""], 90)]))
    assert blank.locator("td").all_inner_texts() == ["–", ""]
    assert blank.locator(".unknown").count() == 1
    draw(blank, data([Column("a", "A", [None, ""], 90)]) | {"unknown": ""})
    assert blank.locator("td").all_inner_texts() == ["", ""]


def test_badges_have_their_words_and_colours(blank: Page) -> None:
    draw(blank, data())
    badges = row(blank, 0).locator(".badge")
    assert badges.all_inner_texts() == ["Paid", "Void"]
    expect(badges.nth(0)).to_have_class("badge green")
    expect(badges.nth(0)).not_to_have_css("color", "rgb(14, 21, 28)")


@pytest.mark.parametrize(("share", "shown"), [(0, 0.0), (0.25, 0.25), (1, 1.0)])
def test_a_bar_is_as_long_as_its_share_and_stands_beside_the_number(
    blank: Page, share: float, shown: float
) -> None:
    draw(blank, data([Column("part", "Share", [{"text": "25.0%", "bar": share}], 160)]))
    bar = blank.locator(".bar")
    assert blank.locator("td").inner_text() == "25.0%"
    size = bar.evaluate("(bar) => getComputedStyle(bar).backgroundSize")
    assert f"calc({shown * 100:g}%" in size or f"{shown * 100:g}%" in size
    assert not blank.locator("td").evaluate("(cell) => cell.scrollWidth > cell.clientWidth")


def test_a_shade_colours_its_cell_alone(blank: Page) -> None:
    shade = "rgba(47, 127, 193, 0.43)"
    cells_: list[Cell] = [{"text": "87%", "shade": shade}, {"text": "–", "shade": None}, None]
    draw(blank, data([Column("0", "0", cells_, 70)]))
    expect(blank.locator("td").nth(0)).to_have_css("background-color", shade)
    for n in (1, 2):
        expect(blank.locator("td").nth(n)).to_have_css("background-color", "rgba(0, 0, 0, 0)")


def test_sides_are_kept_and_the_words_of_help_stand_at_the_left(blank: Page) -> None:
    draw(blank, data())
    expect(row(blank, 0).locator("td").nth(1)).to_have_css("text-align", "right")
    expect(head(blank, "MRR")).to_have_css("text-align", "right")
    head(blank, "MRR").hover()
    expect(blank.get_by_role("tooltip")).to_have_css("text-align", "left")


# What is chosen

TOLD = {
    "state": (lambda row: ["chosen", row]),
    "trigger": (lambda row: ["choice", {"row": row}]),
}


@pytest.mark.parametrize("tells", TOLD)
def test_a_click_tells_a_row_once_and_a_second_one_lets_it_go(blank: Page, tells: str) -> None:
    draw(blank, choosing(tells=tells))
    row(blank, 1).locator("td").first.click()
    assert told(blank) == [TOLD[tells]("cus_b")]
    expect(row(blank, 1)).to_have_attribute("aria-selected", "true")
    expect(blank.locator('[aria-selected="true"]')).to_have_count(1)
    row(blank, 1).locator("td").first.click()
    assert told(blank) == [TOLD[tells](None)]
    expect(blank.locator('[aria-selected="true"]')).to_have_count(0)


def test_another_row_takes_the_place_of_the_chosen_one(blank: Page) -> None:
    draw(blank, choosing(chosen=0))
    row(blank, 2).locator("td").first.click()
    assert told(blank) == [["chosen", "cus_c"]]
    expect(row(blank, 0)).to_have_attribute("aria-selected", "false")
    expect(row(blank, 2)).to_have_attribute("aria-selected", "true")


def test_where_one_is_always_chosen_a_second_click_tells_nothing(blank: Page) -> None:
    draw(blank, choosing(tells="always", chosen=1))
    row(blank, 1).locator("td").first.click()
    assert told(blank) == []
    expect(row(blank, 1)).to_have_attribute("aria-selected", "true")
    row(blank, 0).locator("td").first.click()
    assert told(blank) == [["choice", {"row": "cus_a"}]]


def test_a_click_on_a_link_does_not_choose_its_row(blank: Page) -> None:
    draw(blank, choosing())
    blank.evaluate("document.addEventListener('click', (event) => event.preventDefault())")
    row(blank, 0).get_by_role("link").click()
    assert told(blank) == []


def test_words_can_be_marked_without_choosing_their_row(blank: Page) -> None:
    draw(blank, choosing())
    box = row(blank, 0).locator("td").first.bounding_box()
    assert box is not None
    blank.mouse.move(box["x"] + 10, box["y"] + 17)
    blank.mouse.down()
    blank.mouse.move(box["x"] + 40, box["y"] + 17, steps=5)
    blank.mouse.up()
    assert blank.evaluate("getSelection().toString()") != ""
    assert told(blank) == []
    row(blank, 0).locator("td").nth(1).click()
    assert told(blank) == [["chosen", "cus_a"]]


def test_words_that_are_marked_elsewhere_do_not_keep_a_row_from_being_chosen(blank: Page) -> None:
    draw(blank, choosing())
    blank.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    row(blank, 0).evaluate("(line) => line.click()")  # as a screen reader presses it
    assert told(blank) == [["chosen", "cus_a"]]


def test_a_double_click_does_not_take_back_what_its_first_click_chose(blank: Page) -> None:
    draw(blank, choosing())
    row(blank, 0).locator("td").first.dblclick()
    assert told(blank)[-1] == ["chosen", "cus_a"]
    expect(row(blank, 0)).to_have_attribute("aria-selected", "true")


def test_a_finger_chooses_a_row(browser: Browser) -> None:
    page = browser.new_page(has_touch=True)
    draw(page, choosing(), 390)
    row(page, 1).locator("td").first.tap()
    assert told(page) == [["chosen", "cus_b"]]
    page.close()


@pytest.mark.parametrize("way", ["a click", "Enter"])
def test_a_table_to_be_read_tells_nothing_and_has_nothing_selected(blank: Page, way: str) -> None:
    draw(blank, data())
    if way == "a click":
        row(blank, 0).locator("td").first.click()
    else:
        row(blank, 0).focus()
        blank.keyboard.press(way)
    assert told(blank) == []
    assert blank.locator("[aria-selected]").count() == 0
    assert blank.locator(".choice").count() == 0


# Keys


def tab_stops(page: Page) -> int:
    """How often Tab stops in the table between what stands before and after it."""
    page.locator("#before").focus()
    for stops in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "after":
            return stops
    raise AssertionError("the table is a trap")


NO_LINKS = PEOPLE[:3]


@pytest.mark.parametrize("ids", [True, False], ids=["to be chosen from", "to be read"])
def test_a_table_is_one_stop_of_tab(blank: Page, ids: bool) -> None:
    draw(blank, choosing(NO_LINKS) if ids else data(NO_LINKS))
    assert tab_stops(blank) == 1


def test_a_rows_link_is_the_stop_after_it(blank: Page) -> None:
    draw(blank, choosing())
    blank.locator("#before").focus()
    blank.keyboard.press("Tab")
    blank.keyboard.press("ArrowDown")
    blank.keyboard.press("Tab")
    expect(row(blank, 1).get_by_role("link")).to_be_focused()
    blank.keyboard.press("Tab")
    expect(blank.locator("#after")).to_be_focused()


WALKS = {
    "down": (["ArrowDown"], "cus_b"),
    "down and up": (["ArrowDown", "ArrowDown", "ArrowUp"], "cus_b"),
    "down from the last": (["End", "ArrowDown"], "cus_d"),
    "to the last": (["End"], "cus_d"),
    "to the first": (["End", "Home"], "cus_a"),
    "up to the heads": (["ArrowUp"], "Customer"),
    "up from the heads": (["ArrowUp", "ArrowUp"], "Customer"),
    "right among heads": (["ArrowUp", "ArrowRight"], "MRR"),
    "left among heads": (["ArrowUp", "ArrowRight", "ArrowLeft"], "Customer"),
    "left from the first head": (["ArrowUp", "ArrowLeft"], "Customer"),
    "to the last head": (["ArrowUp", "End"], "State"),
    "right from the last head": (["ArrowUp", "End", "ArrowRight"], "State"),
    "to the first head": (["ArrowUp", "End", "Home"], "Customer"),
    "down from a head": (["ArrowUp", "End", "ArrowDown"], "cus_a"),
    "right in a row": (["ArrowRight"], "cus_a"),
}


@pytest.mark.parametrize("walk", WALKS)
def test_arrows_lead_from_row_to_row_and_among_heads(blank: Page, walk: str) -> None:
    keys, there = WALKS[walk]
    draw(blank, choosing(NO_LINKS))
    blank.locator("#before").focus()
    for key in ["Tab", *keys]:
        blank.keyboard.press(key)
    assert focused(blank) == there
    assert blank.locator('.listed [tabindex="0"]').count() == 1


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_keys_choose_a_row_and_let_it_go(blank: Page, key: str) -> None:
    draw(blank, choosing())
    row(blank, 1).focus()
    blank.keyboard.press(key)
    blank.keyboard.press(key)
    assert told(blank) == [["chosen", "cus_b"], ["chosen", None]]
    assert blank.evaluate("scrollY") == 0


@pytest.mark.parametrize("key", ["Control+Home", "Alt+ArrowDown", "Meta+ArrowUp", "PageDown", "a"])
def test_keys_of_the_browser_stay_its_own(blank: Page, key: str) -> None:
    draw(blank, choosing())
    row(blank, 1).focus()
    blank.keyboard.press(key)
    assert focused(blank) == "cus_b"
    assert told(blank) == []


def test_a_key_on_a_link_opens_it_and_chooses_nothing(blank: Page) -> None:
    draw(blank, choosing())
    blank.evaluate(
        "document.addEventListener('click', (e) => { e.preventDefault(); told.push('open') })"
    )
    row(blank, 0).get_by_role("link").focus()
    blank.keyboard.press("Enter")
    assert told(blank) == ["open"]


def test_a_key_that_is_held_down_chooses_once(blank: Page) -> None:
    draw(blank, choosing())
    row(blank, 0).focus()
    for _ in range(3):
        blank.keyboard.down("Enter")
    blank.keyboard.up("Enter")
    assert told(blank) == [["chosen", "cus_a"]]


def test_a_click_is_where_the_keys_go_on(blank: Page) -> None:
    draw(blank, choosing())
    row(blank, 2).locator("td").first.click()
    blank.keyboard.press("ArrowDown")
    assert focused(blank) == "cus_d"


# Sorting

ORDERS = {
    "words": ("Customer", ["Ada 9", "Ada 10", "Zoe", "–"], ["Zoe", "Ada 10", "Ada 9", "–"]),
    "numbers": ("MRR", ["–", "Ada 10", "Ada 9", "Zoe"], ["Ada 9", "Ada 10", "–", "Zoe"]),
}


@pytest.mark.parametrize("way", ["clicks", "Enter", "Space"])
@pytest.mark.parametrize("order", ORDERS)
def test_a_head_sorts_both_ways_then_not_and_what_is_unknown_stays_last(
    blank: Page, order: str, way: str
) -> None:
    label, up, down = ORDERS[order]
    draw(blank, choosing())
    for now, rows in (
        ("ascending", up),
        ("descending", down),
        ("none", ["Ada 10", "Ada 9", "Zoe", "–"]),
    ):
        if way == "clicks":
            head(blank, label).click()
        else:
            head(blank, label).focus()
            blank.keyboard.press(way)
        assert first_words(blank) == rows
        sorts = [each.get_attribute("aria-sort") for each in blank.locator("th").all()]
        assert sorts == [now if column.label == label else "none" for column in PEOPLE]
    assert told(blank) == []


def test_another_head_sorts_anew(blank: Page) -> None:
    draw(blank, choosing())
    head(blank, "Customer").click()
    head(blank, "MRR").click()
    assert first_words(blank) == ORDERS["numbers"][1]
    assert blank.locator('th[aria-sort="ascending"]').count() == 1


def test_a_row_that_was_sorted_is_told_by_its_own_id(blank: Page) -> None:
    draw(blank, choosing())
    head(blank, "MRR").click()
    row(blank, 0).locator("td").first.click()
    row(blank, 0).focus()
    blank.keyboard.press("ArrowDown")
    assert focused(blank) == "cus_a"
    assert told(blank) == [["chosen", "cus_d"]]


def test_the_mark_of_what_is_unknown_is_no_word_to_sort_by(blank: Page) -> None:
    draw(blank, data([Column("rate", "Rate", ["12.0%", "–", "9.0%"], 90)]))
    head(blank, "Rate").click()
    assert first_words(blank) == ["9.0%", "12.0%", "–"]


def test_a_table_that_has_an_order_of_its_own_is_not_sorted(blank: Page) -> None:
    draw(blank, data() | {"sortable": False})
    head(blank, "Customer").click()
    assert first_words(blank) == ["Ada 10", "Ada 9", "Zoe", "–"]
    assert blank.locator("[aria-sort]").count() == 0


def test_hundreds_of_rows_are_sorted_at_once(blank: Page) -> None:
    names = [f"Customer {n * 7919 % 1000}" for n in range(1000)]
    draw(blank, choosing([Column("name", "Name", names, 200)], ids=names, height=400))
    head(blank, "Name").click()
    assert first_words(blank)[:3] == ["Customer 0", "Customer 1", "Customer 2"]


# Drawn anew


def test_the_same_rows_are_left_alone_and_another_choice_is_shown(blank: Page) -> None:
    draw(blank, choosing())
    blank.evaluate("document.querySelector('table').dataset.mine = 'yes'")
    again(blank, choosing(chosen=2))
    expect(blank.locator("[data-mine]")).to_have_count(1)
    expect(row(blank, 2)).to_have_attribute("aria-selected", "true")
    again(blank, choosing())
    expect(blank.locator('[aria-selected="true"]')).to_have_count(0)
    assert told(blank) == []


def moved() -> dict[str, Any]:
    """The rows in another order, and the first of them is gone."""
    columns = [
        Column("name", "Customer", NAMES[:0:-1], 150),
        Column("mrr", "MRR", ["1", "2", "3"], 90, counts=True, sorted_by=[1, 2, 3]),
    ]
    return choosing(columns, ids=IDS[:0:-1], chosen=2)


def test_other_rows_take_the_place_of_these_and_focus_stays_on_the_same_one(blank: Page) -> None:
    draw(blank, choosing(NO_LINKS))
    row(blank, 1).focus()
    again(blank, moved())
    assert focused(blank) == "cus_b"
    expect(row(blank, 2)).to_be_focused()
    expect(row(blank, 2)).to_have_attribute("aria-selected", "true")
    assert tab_stops(blank) == 1


@pytest.mark.parametrize("label", ["row", "MRR"])
def test_what_has_the_focus_after_that_is_the_one_stop_of_tab(blank: Page, label: str) -> None:
    draw(blank, choosing(NO_LINKS))
    (row(blank, 1) if label == "row" else head(blank, label)).focus()
    again(blank, moved())
    assert focused(blank) == ("cus_b" if label == "row" else label)
    blank.keyboard.press("Tab")
    expect(blank.locator("#after")).to_be_focused()
    blank.keyboard.press("Shift+Tab")
    assert focused(blank) == ("cus_b" if label == "row" else label)
    blank.keyboard.press("Shift+Tab")
    expect(blank.locator("#before")).to_be_focused()


def test_a_row_that_is_gone_leaves_its_focus_to_the_one_in_its_place(blank: Page) -> None:
    draw(blank, choosing(NO_LINKS))
    row(blank, 0).focus()
    again(blank, moved())
    assert focused(blank) == "cus_d"


def test_a_table_without_the_focus_does_not_take_it(blank: Page) -> None:
    draw(blank, choosing())
    blank.locator("#before").focus()
    again(blank, moved())
    expect(blank.locator("#before")).to_be_focused()


def test_what_is_told_after_that_goes_to_who_listens_now(blank: Page) -> None:
    draw(blank, choosing())
    again(blank, choosing(tells="trigger"))
    row(blank, 0).locator("td").first.click()
    assert told(blank) == [["choice", {"row": "cus_a"}]]


def test_a_table_that_is_drawn_anew_stays_where_it_was_scrolled_to(blank: Page) -> None:
    draw(blank, many(height=200), 500)
    frame = blank.locator(".frame")
    frame.evaluate("(frame) => frame.scrollTo(60, 300)")
    again(blank, many(height=200, first="Somebody else"))
    assert frame.evaluate("(frame) => [frame.scrollLeft, frame.scrollTop]") == [60, 300]


def test_an_order_that_was_asked_for_stays_when_rows_are_drawn_anew(blank: Page) -> None:
    draw(blank, choosing(NO_LINKS))
    head(blank, "Customer").click()
    head(blank, "Customer").click()
    columns = [Column("name", "Customer", ["Bob", "Zoe", "Ada"], 150)]
    again(blank, choosing(columns, ids=["cus_x", "cus_c", "cus_y"]))
    assert first_words(blank) == ["Zoe", "Bob", "Ada"]
    expect(blank.locator("th").first).to_have_attribute("aria-sort", "descending")


# Room


def many(
    count: int = 40, *, height: int | None = None, first: str = "Customer 0"
) -> dict[str, Any]:
    names = [first, *(f"Customer {n}" for n in range(1, count))]
    columns = [
        Column("name", "Customer", names, 150, pinned=True),
        *(Column(str(n), f"Column {n}", names, 160) for n in range(5)),
    ]
    return choosing(columns, ids=names, height=height)


def test_a_pinned_column_stays_while_the_others_are_scrolled(blank: Page) -> None:
    draw(blank, many(3), 390)
    pinned, other = row(blank, 0).locator("td").nth(0), row(blank, 0).locator("td").nth(2)
    before, moved_from = pinned.bounding_box(), other.bounding_box()
    blank.locator(".frame").evaluate("(frame) => { frame.scrollLeft = 200 }")
    assert pinned.bounding_box() == before
    after = other.bounding_box()
    assert moved_from is not None
    assert after is not None
    assert after["x"] == moved_from["x"] - 200
    on_top = "([x, y]) => document.elementFromPoint(x, y).textContent"
    assert before is not None
    assert blank.evaluate(on_top, [before["x"] + 20, before["y"] + 15]) == "Customer 0"
    assert blank.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_chosen_row_is_seen_in_its_pinned_column_too(blank: Page) -> None:
    draw(blank, many(3), 390)
    row(blank, 1).locator("td").first.click()
    shown = "(cell) => getComputedStyle(cell).backgroundColor"
    pinned, other = (row(blank, 1).locator("td").nth(n).evaluate(shown) for n in (0, 1))
    assert pinned == other


def test_a_height_scrolls_with_the_head_in_sight(blank: Page) -> None:
    draw(blank, many(height=200))
    frame = blank.locator(".frame")
    box = frame.bounding_box()
    assert box is not None
    assert box["height"] <= 202
    frame.evaluate("(frame) => { frame.scrollTop = 500 }")
    top = blank.locator("thead th").first.bounding_box()
    assert top is not None
    assert abs(top["y"] - box["y"]) <= 1
    on_top = "([x, y]) => document.elementFromPoint(x, y).textContent"
    assert blank.evaluate(on_top, [box["x"] + 20, box["y"] + 15]) == "Customer"


def test_a_row_that_a_key_leads_to_is_not_hidden_beneath_the_head(blank: Page) -> None:
    draw(blank, many(height=200))
    row(blank, 0).focus()
    blank.keyboard.press("End")
    for _ in range(12):
        blank.keyboard.press("ArrowUp")
    here = blank.locator("tbody tr:focus td").first.bounding_box()
    top = blank.locator("thead th").first.bounding_box()
    assert here is not None
    assert top is not None
    assert here["y"] >= top["y"] + top["height"] - 1


def test_heads_wrap_and_are_never_cut(blank: Page) -> None:
    labels = ["Left to pay by the end of the month", "Rechnungsstellungszeitraum", "MRR"]
    draw(blank, data([Column(label, label, ["1"], 70) for label in labels]), 240)
    for button in blank.locator("th button").all():
        assert button.evaluate("(it) => it.scrollWidth <= it.clientWidth")
        assert button.evaluate("(it) => it.scrollHeight <= it.parentElement.clientHeight")
    tops = {round(box["height"]) for th in blank.locator("th").all() if (box := th.bounding_box())}
    assert len(tops) == 1
    assert min(tops) > 34


MONEY = [
    ("number", {"type": "number"}, [1, 12_345_678_901], None),
    ("percent", {"type": "number", "format": "percent"}, [0.5, 123.456], None),
    ("money", {"type": "number"}, [1, 123_456_789_012], ["usd", "kwd"]),
    ("wide letters", {"type": "number"}, [99_999_999_99, 1], ["mmw", "chf"]),
    (
        "share",
        {"type": "progress", "format": "%.1f%%", "min_value": 0, "max_value": 100},
        [3, 100],
        None,
    ),
]


@pytest.mark.parametrize(("kind", "config", "values", "codes"), MONEY, ids=lambda it: str(it)[:12])
@pytest.mark.parametrize("width", [20, 70, None])
def test_a_number_never_ends_in_an_ellipsis(
    blank: Page,
    kind: str,
    config: dict[str, Any],
    values: list[Any],
    codes: list[str] | None,
    width: int | None,
) -> None:
    spec = st.column_config.NumberColumn(kind, width=width) | {"type_config": config}
    draw(blank, data([cells.column(kind, spec, values, codes)] * 12), 390)
    assert blank.evaluate("document.fonts.load('12px product').then((found) => found.length)")
    cut = "(cell) => cell.scrollWidth > cell.clientWidth"
    assert not any(cell.evaluate(cut) for cell in blank.locator("td").all())


def test_words_that_are_cut_off_can_be_read(blank: Page) -> None:
    long = "Donaudampfschifffahrtsgesellschaftskapitän" * 3
    draw(blank, data([Column("a", "A", [long, "Ada"], 120)]), 300)
    row(blank, 0).locator("td").hover()
    expect(row(blank, 0).locator("td")).to_have_attribute("title", long)
    row(blank, 1).locator("td").hover()
    assert not row(blank, 1).locator("td").get_attribute("title")
    blank.locator("#before").focus()
    blank.keyboard.press("Tab")
    assert row(blank, 0).locator("td").evaluate("(it) => it.scrollWidth <= it.clientWidth")
    assert blank.evaluate("document.documentElement.scrollWidth <= innerWidth")


# Help of a head


@pytest.mark.parametrize("way", ["pointed at", "focused"])
def test_a_head_tells_what_its_numbers_are_until_escape(blank: Page, way: str) -> None:
    draw(blank, data(), 390)
    tip = blank.get_by_role("tooltip").filter(has_text=MEANT)
    expect(tip).to_be_hidden()
    if way == "pointed at":
        head(blank, "MRR").hover()
    else:
        blank.locator("#before").focus()
        for key in ("Tab", "ArrowUp", "ArrowRight"):
            blank.keyboard.press(key)
    expect(tip).to_be_visible()
    expect(head(blank, "MRR")).to_have_accessible_description(MEANT)
    box = tip.bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= 390 - box["width"]
    blank.keyboard.press("Escape")
    expect(tip).to_be_hidden()


def test_a_head_without_a_definition_has_no_words_of_help(blank: Page) -> None:
    draw(blank, data())
    head(blank, "Customer").hover()
    blank.wait_for_timeout(200)
    expect(blank.get_by_role("tooltip")).to_have_count(0)


# For those who hear it


def test_a_table_is_a_grid_with_its_name_heads_and_cells(blank: Page) -> None:
    draw(blank, choosing(chosen=1))
    table = blank.get_by_role("grid", name="People")
    assert table.get_by_role("columnheader").all_inner_texts() == [c.label for c in PEOPLE]
    assert table.get_by_role("row").count() == 1 + len(IDS)
    expect(table.get_by_role("row", selected=True)).to_have_count(1)
    first = row(blank, 0).get_by_role("gridcell").all_inner_texts()
    assert [" ".join(words.split()) for words in first] == ["Ada 10", "$90.00", "Paid Void", "Open"]


@pytest.mark.parametrize("theme", THEMES)
def test_axe_finds_nothing_serious(blank: Page, theme: str) -> None:
    share: list[Cell] = [{"text": "25.0%", "bar": 0.25}] * 4
    shade: list[Cell] = [{"text": "87%", "shade": "rgba(47, 127, 193, 0.43)"}] * 4
    more = [Column("share", "Share", share, 120), Column("0", "0", shade, 70)]
    draw(blank, choosing([*PEOPLE, *more], chosen=1), theme=theme)
    blank.locator("#before").focus()
    blank.keyboard.press("Tab")
    head(blank, "MRR").hover()
    assert serious(blank) == []


def test_axe_finds_nothing_serious_in_one_that_scrolls(blank: Page) -> None:
    draw(blank, many(height=200), 390)
    assert serious(blank) == []


# On paper


def test_paper_has_every_row_and_column(blank: Page) -> None:
    draw(blank, many(height=200), 700)
    blank.emulate_media(media="print")
    frame = blank.locator(".frame")
    assert frame.evaluate("(it) => it.clientHeight >= it.querySelector('table').offsetHeight")
    assert frame.evaluate("(it) => it.querySelector('table').offsetWidth <= it.clientWidth + 1")
    cut = "(cell) => cell.scrollWidth > cell.clientWidth"
    assert not any(cell.evaluate(cut) for cell in blank.locator("td").all())
    blank.emulate_media(media="screen")


def test_no_rows_are_a_table_all_the_same(blank: Page) -> None:
    draw(blank, choosing([Column("a", "A", [], 90)], ids=[]))
    blank.locator("#before").focus()
    blank.keyboard.press("Tab")
    assert focused(blank) == "A"
    blank.keyboard.press("ArrowDown")
    assert focused(blank) == "A"


def test_words_from_right_to_left_stay_in_their_cell(blank: Page) -> None:
    arabic = "شركة \u202eABC"
    draw(blank, data([Column("a", "A", [arabic], 120), Column("b", "B", ["Ada"], 120)]))
    assert blank.locator("td").all_text_contents() == [arabic, "Ada"]
    left, right = (cell.bounding_box() for cell in blank.locator("td").all())
    assert left is not None
    assert right is not None
    assert left["x"] < right["x"]


def test_two_columns_of_one_name_are_two(blank: Page) -> None:
    draw(blank, data([Column("a", "MRR", ["b", "a"], 90), Column("b", "MRR", ["1", "2"], 90)]))
    blank.locator("th button").nth(1).click()
    sorts = [th.get_attribute("aria-sort") for th in blank.locator("th").all()]
    assert sorts == ["none", "ascending"]
    assert re.findall(r"\w", " ".join(first_words(blank))) == ["b", "a"]
