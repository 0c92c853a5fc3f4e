"""The cards of key numbers and the help of each, alone on a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.ui import kpis
from tests.browser.alone import draws
from tests.browser.axe import serious
from tests.browser.charted import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COLOURS = (
    ":root { --st-font: sans-serif; --st-text-color: #0e151c; --st-background-color: #fff;"
    " --st-border-color: #dde3e9;"
    " --st-green-text-color: #0d3a25; --st-green-background-color: #e8f2ed }"
)
MEANINGS = ["What all pay in a month.", "What is left of it.", "Who pays.", "What was lost."]


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def card(label: str, definition: str, **rest: Any) -> dict[str, Any]:
    nothing = {"delta": None, "arrow": "", "tone": "plain", "beside": None, "spark": None}
    return {"label": label, "value": "$20,134", "definition": definition, **nothing, **rest}


FOUR = [
    card(
        "MRR", MEANINGS[0], delta="+$431", arrow="↑", tone="good", beside="this month",
        spark="data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=",
    ),
    card("Committed MRR", MEANINGS[1]),
    card("Paying customers", MEANINGS[2], value="755"),
    card("Net MRR churn, Oct", MEANINGS[3], value="2.6%"),
]  # fmt: skip


def draw(page: Page, cards: list[dict[str, Any]], width: int = 1000, height: int = 500) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.mouse.move(0, 0)
    page.set_content(
        f"<html lang=en><title>Numbers</title><style>{COLOURS}{kpis.STYLE}</style>"
        '<main><h1>Numbers</h1><div id=here style="margin-top:120px"><div class="numbers"></div>'
        "</div></main>"
    )
    again(page, cards)


def again(page: Page, cards: list[dict[str, Any]]) -> None:
    draws(page, kpis.SCRIPT, {"cards": cards, "narrowest": 150, "help": "Help for {label}"})


def mark(page: Page, label: str = "MRR") -> Locator:
    return page.get_by_role("button", name=f"Help for {label}", exact=True)


def tip(page: Page, words: str = MEANINGS[0]) -> Locator:
    return page.get_by_role("tooltip").filter(has_text=words)


def test_each_card_says_its_number_and_what_it_is_compared_with(blank: Page) -> None:
    draw(blank, FOUR)
    first, second = (blank.locator(".number").nth(n) for n in (0, 1))
    assert first.inner_text().split("\n") == ["MRR", "$20,134", "↑ +$431", "this month"]
    assert second.inner_text().split("\n") == ["Committed MRR", "$20,134"]
    assert first.locator("img").get_attribute("alt") == ""
    assert second.locator("img").count() == 0


@pytest.mark.parametrize(
    ("width", "columns"), [(1000, 4), (500, 2), (260, 1)], ids=["desk", "tablet", "narrow phone"]
)
def test_four_stand_in_a_row_or_two_by_two_and_those_beside_each_other_are_equally_high(
    blank: Page, width: int, columns: int
) -> None:
    draw(blank, FOUR, width)
    boxes = [each.bounding_box() for each in blank.locator(".number").all()]
    tops = [round(box["y"]) for box in boxes if box]
    assert max(tops.count(top) for top in tops) == columns
    heights = {round(box["height"]) for box in boxes if box}
    assert columns == 1 or len(heights) == 1
    assert blank.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("way", ["pointed at", "focused", "pressed"])
def test_a_mark_tells_what_its_number_is(blank: Page, way: str) -> None:
    draw(blank, FOUR)
    expect(tip(blank)).to_be_hidden()
    if way == "pointed at":
        mark(blank).hover()
    elif way == "focused":
        blank.keyboard.press("Tab")
        expect(mark(blank)).to_be_focused()
    else:
        mark(blank).click()
    expect(tip(blank)).to_be_visible()
    assert blank.get_by_role("tooltip").count() == 1
    expect(mark(blank)).to_have_accessible_description(MEANINGS[0])


def test_the_words_stay_while_the_mouse_is_on_them_and_go_when_it_leaves(blank: Page) -> None:
    draw(blank, FOUR)
    mark(blank).hover()
    there = tip(blank).bounding_box()
    assert there is not None
    blank.mouse.move(there["x"] + 20, there["y"] + there["height"] + 4)  # between the two
    blank.mouse.move(there["x"] + 20, there["y"] + there["height"] / 2)
    blank.wait_for_timeout(400)
    expect(tip(blank)).to_be_visible()
    blank.mouse.move(5, 490)
    expect(tip(blank)).to_be_hidden()


@pytest.mark.parametrize("way", ["Escape", "Tab", "a press elsewhere"])
def test_what_is_focused_is_left(blank: Page, way: str) -> None:
    draw(blank, FOUR[:1])
    blank.keyboard.press("Tab")
    expect(tip(blank)).to_be_visible()
    if way == "a press elsewhere":
        blank.mouse.click(250, 10)
    else:
        blank.keyboard.press(way)
    expect(tip(blank)).to_be_hidden()


def test_a_scroll_sends_the_words_away(blank: Page) -> None:
    draw(blank, FOUR, 260)
    mark(blank).hover()
    expect(tip(blank)).to_be_visible()
    blank.mouse.wheel(0, 200)
    expect(tip(blank)).to_be_hidden()


def test_the_words_come_along_where_a_key_scrolls_to_their_mark(blank: Page) -> None:
    draw(blank, FOUR, 260, 260)
    for label, meant in zip(("MRR", "Committed MRR", "Paying customers"), MEANINGS, strict=False):
        blank.keyboard.press("Tab")
        expect(mark(blank, label)).to_be_focused()
        blank.wait_for_timeout(400)
        expect(tip(blank, meant)).to_be_visible()
        words, there = tip(blank, meant).bounding_box(), mark(blank, label).bounding_box()
        assert words is not None
        assert there is not None
        assert abs(words["y"] - there["y"]) < 80
    assert blank.evaluate("scrollY") > 0


def test_a_finger_opens_them_though_a_mouse_is_parked_elsewhere(browser: Browser) -> None:
    page = browser.new_page(has_touch=True)
    draw(page, FOUR)
    page.mouse.move(700, 450)
    mark(page).tap()
    page.wait_for_timeout(400)
    expect(tip(page)).to_be_visible()
    page.close()


def test_a_browser_without_popovers_shows_them_as_titles(browser: Browser) -> None:
    page = browser.new_page()
    page.add_init_script("delete HTMLElement.prototype.popover")
    page.goto("about:blank")
    draw(page, FOUR)
    assert mark(page).get_attribute("title") == MEANINGS[0]
    assert page.get_by_role("tooltip").count() == 0
    assert page.locator(".number").first.inner_text().startswith("MRR\n$20,134")
    page.close()


def test_only_one_mark_tells_at_a_time(blank: Page) -> None:
    draw(blank, FOUR)
    mark(blank).click()
    mark(blank, "Paying customers").click()
    expect(tip(blank, "Who pays.")).to_be_visible()
    expect(tip(blank)).to_be_hidden()


@pytest.mark.parametrize("label", ["MRR", "Net MRR churn, Oct"])
@pytest.mark.parametrize("height", [500, 200])
def test_the_words_stay_within_the_window_and_can_be_read_to_their_end(
    blank: Page, label: str, height: int
) -> None:
    long = [{**each, "definition": each["definition"] + " And more." * 40} for each in FOUR]
    draw(blank, long, 320, height)
    mark(blank, label).scroll_into_view_if_needed()
    blank.wait_for_timeout(100)  # that scroll is not the one that sends them away
    at = mark(blank, label).bounding_box()
    assert at is not None
    blank.mouse.move(at["x"] + 7, at["y"] + 7)  # where there is little room they cover it
    box = blank.get_by_role("tooltip").bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= 320 - box["width"]
    assert 0 <= box["y"] <= height - box["height"]
    if height == 200:
        blank.get_by_role("tooltip").hover()
        blank.mouse.wheel(0, 1000)
        blank.wait_for_timeout(200)
    down = "(tip) => tip.scrollTop + tip.clientHeight >= tip.scrollHeight - 1"
    assert blank.get_by_role("tooltip").evaluate(down)


def test_hostile_words_stay_words_and_a_long_one_does_not_widen_the_page(blank: Page) -> None:
    said = HOSTILE + "x" * 200
    draw(blank, [card(said, said, value=said, delta=said, beside=said)] * 4, 390)
    assert blank.locator(".value").first.inner_text() == said
    assert blank.locator(".change").first.inner_text() == said
    assert blank.locator(".number img, .number a, .number script").count() == 0
    assert blank.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_other_numbers_take_the_place_of_these_and_the_same_are_left_alone(blank: Page) -> None:
    draw(blank, FOUR)
    blank.evaluate("document.querySelector('.number').dataset.mine = 'yes'")
    again(blank, FOUR)
    expect(blank.locator("[data-mine]")).to_have_count(1)
    again(blank, FOUR[:3])
    expect(blank.locator("[data-mine]")).to_have_count(0)
    expect(blank.locator(".number")).to_have_count(3)


def test_a_difference_of_many_currencies_stays_in_its_card(blank: Page) -> None:
    said = "$1,234.50 · €396.67 · ¥12,340 · KWD 112.000"
    draw(blank, [card("Worth", "", delta=said, beside="besides")] * 4, 700)
    beyond = """() => [...document.querySelectorAll(".change")].map(chip =>
      chip.getBoundingClientRect().right - chip.closest(".number").getBoundingClientRect().right)"""
    assert max(blank.evaluate(beyond)) < 0


def test_a_difference_has_its_colour_and_an_arrow_that_is_only_seen(blank: Page) -> None:
    tones = [card(tone, "", delta="+$5", arrow="↑", tone=tone) for tone in ("good", "plain")]
    draw(blank, tones)
    good, plain = (blank.locator(".change").nth(n) for n in (0, 1))
    expect(good).to_have_css("color", "rgb(13, 58, 37)")
    expect(plain).not_to_have_css("color", "rgb(13, 58, 37)")
    expect(good.locator(".arrow")).to_have_attribute("aria-hidden", "true")


def test_axe_finds_nothing_serious(blank: Page) -> None:
    draw(blank, FOUR)
    mark(blank).click()
    assert serious(blank) == []
