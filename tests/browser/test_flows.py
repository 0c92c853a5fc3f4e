"""What can be handed over, lines of words and titles, each alone on a page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.ui import flows, lines, titles
from tests.browser.alone import draws
from tests.browser.charted import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OPEN = [
    {"slot": "home", "words": HOSTILE, "icon": "storefront", "help": "Recommended."},
    {"slot": "cancel:sub_1", "words": "Cancel", "icon": "cancel", "help": ""},
]
CLOSED = [{"slot": "renew", "words": "Renew", "icon": "", "help": "", "why_not": HOSTILE}]


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 400, "height": 400})
    yield page
    page.close()


def begins(at: Page, html: str, style: str) -> None:
    at.goto("about:blank")
    at.set_content(f"<style>{style}</style><div id=here>{html}</div>")


def offers(at: Page, drawn: list[dict[str, Any]], title: str | None = None) -> None:
    draws(at, flows.SCRIPT, {"flows": [{"why_not": "", **flow} for flow in drawn], "title": title})


@pytest.fixture
def page(blank: Page) -> Page:
    begins(blank, '<div class="flows"></div>', flows.STYLE)
    return blank


def test_what_is_pressed_is_told_by_its_slot_and_words_are_words(page: Page) -> None:
    offers(page, OPEN)
    expect(page.get_by_role("button")).to_have_count(2)
    expect(page.locator("button.main span").last).to_have_text(HOSTILE)
    assert page.locator("#here :is(img, script, b)").count() == 0
    page.get_by_role("button", name="Cancel").click()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("told") == [["pick", "cancel:sub_1"], ["pick", "home"]]


def test_after_a_redraw_of_the_same_the_focus_is_where_it_was_and_presses_are_told(
    page: Page,
) -> None:
    offers(page, OPEN)
    page.get_by_role("button", name="Cancel").focus()
    offers(page, OPEN)
    page.keyboard.press("Space")
    assert page.evaluate("told") == [["pick", "cancel:sub_1"]]


def test_what_cannot_be_handed_over_is_behind_its_title_with_the_reason(page: Page) -> None:
    offers(page, CLOSED, "Not possible now (1)")
    expect(page.get_by_text(HOSTILE)).to_be_hidden()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".refused p")).to_have_text(HOSTILE)
    expect(page.get_by_role("button", name="Renew")).to_be_disabled()
    offers(
        page, [*CLOSED, {**CLOSED[0], "slot": "pause", "words": "Pause"}], "Not possible now (2)"
    )
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    assert page.evaluate("told") == []


def test_lines_are_text_and_a_badge_explains_itself_to_the_keyboard(blank: Page) -> None:
    begins(blank, '<div class="lines"></div>', lines.STYLE)
    told = [
        [lines.badge("Has access", "green", icon="check_circle", help="By its plan.")],
        [lines.Bit(HOSTILE, "strong"), lines.Bit("after", "dim")],
    ]
    drawn = [[asdict(bit) for bit in line] for line in told]
    draws(blank, lines.SCRIPT, {"lines": drawn, "framed": True, "help": "Help for {label}"})
    expect(blank.locator("p.line")).to_have_count(2)
    expect(blank.locator("strong")).to_have_text(HOSTILE)
    assert blank.locator("#here :is(img, script, b)").count() == 0
    blank.keyboard.press("Tab")
    expect(blank.get_by_role("tooltip")).to_be_visible()
    expect(blank.get_by_role("tooltip")).to_have_text("By its plan.")


def test_words_of_a_line_have_a_mark_with_their_meaning_behind_them(blank: Page) -> None:
    begins(blank, '<div class="lines"></div>', lines.STYLE)
    said = asdict(lines.Bit("Days in UTC", "dim", help=HOSTILE))
    draws(blank, lines.SCRIPT, {"lines": [[said]], "framed": False, "help": "Help for {label}"})
    blank.get_by_role("button", name="Help for Days in UTC").focus()
    blank.keyboard.press("Tab")
    blank.keyboard.press("Shift+Tab")
    expect(blank.get_by_role("tooltip")).to_have_text(HOSTILE)
    assert blank.locator("#here :is(img, script, b)").count() == 0


def test_words_that_change_leave_the_reader_of_their_meaning_where_they_are(blank: Page) -> None:
    begins(blank, '<div class="lines"></div>', lines.STYLE)

    def drawn(told: str, age: str, *more: lines.Bit) -> None:
        bits = [lines.Bit(told, "dim", help="By the clock."), lines.badge(age, "green"), *more]
        data = {"lines": [[asdict(bit) for bit in bits]], "framed": False, "help": "Help: {label}"}
        draws(blank, lines.SCRIPT, data)

    drawn("As of 12:00", "Last webhook 2 s ago")
    blank.keyboard.press("Tab")
    expect(blank.get_by_role("tooltip")).to_be_visible()
    drawn("As of $&12:01", "Last webhook 9 s ago")
    expect(blank.get_by_role("button", name="Help: As of $&12:01")).to_be_focused()
    expect(blank.get_by_role("tooltip")).to_be_visible()
    said = blank.locator("p.line").inner_text()
    assert "As of $&12:01" in said
    assert "Last webhook 9 s ago" in said
    drawn("As of $&12:01", "Last webhook 9 s ago", lines.badge("1 failed event", "red"))
    expect(blank.locator(".badge")).to_have_text(["Last webhook 9 s ago", "1 failed event"])


TITLE = {
    "title": HOSTILE,
    "told": [["MRR", "What is paid each month."], [HOSTILE, HOSTILE], ["", "Grey: within a plan."]],
    "help": "Help",
    "way": {"words": HOSTILE, "href": "/mrr?currency=USD&whole=currency", "why": HOSTILE},
}


def test_a_title_says_what_its_numbers_mean_and_all_of_it_is_text(blank: Page) -> None:
    begins(blank, '<div class="titled"></div>', titles.STYLE)
    draws(blank, titles.SCRIPT, TITLE)
    expect(blank.get_by_role("heading", level=2)).to_contain_text(HOSTILE)
    blank.get_by_role("button", name="Help").focus()
    draws(blank, titles.SCRIPT, TITLE)
    blank.keyboard.press("Tab")
    blank.keyboard.press("Shift+Tab")
    meant = blank.get_by_role("tooltip")
    expect(meant).to_be_visible()
    said = f"MRR: What is paid each month.\n\n{HOSTILE}: {HOSTILE}\n\nGrey: within a plan."
    assert meant.text_content() == said
    expect(meant.locator("strong")).to_have_text(["MRR", HOSTILE])
    assert blank.locator("#here :is(img, script, b)").count() == 0
    blank.keyboard.press("Tab")
    way = blank.get_by_role("link")
    expect(way).to_be_focused()
    assert way.get_attribute("href") == TITLE["way"]["href"]
    assert way.get_attribute("title") == HOSTILE


def test_a_title_without_a_meaning_has_no_mark_and_none_without_a_way_has_a_link(
    blank: Page,
) -> None:
    begins(blank, '<div class="titled"></div>', titles.STYLE)
    draws(blank, titles.SCRIPT, TITLE)
    draws(blank, titles.SCRIPT, {**TITLE, "told": [], "way": None})
    expect(blank.get_by_role("heading", level=2)).to_have_text(HOSTILE)
    assert blank.locator("#here :is(button, a)").count() == 0
