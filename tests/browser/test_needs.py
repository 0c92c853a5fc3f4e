"""The list of what needs somebody, alone on a page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.ui import ways
from tests.browser.alone import draws
from tests.browser.axe import serious
from tests.browser.charted import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COLOURS = (
    ":root { --st-font: sans-serif; --st-text-color: #0e151c; --st-background-color: #fff;"
    " --st-red-text-color: #7d353b; --st-red-background-color: #ffecec }"
)


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def need(title: str, href: str, *people: dict[str, str]) -> dict[str, Any]:
    told = {"title": title, "why": "A new card keeps it.", "icon": "sync", "colour": "red"}
    return {**told, "href": href, "people": list(people)}


def person(name: str, href: str) -> dict[str, str]:
    return {"name": name, "told": f"owes {HOSTILE}", "href": href}


TWO = [
    need("3 payments failing", "#a", person("Harbour Lane", "#b"), person(HOSTILE, "#c")),
    need(HOSTILE, "#d"),
]


def draw(page: Page, needs: list[dict[str, Any]], width: int = 1000) -> None:
    page.set_viewport_size({"width": width, "height": 600})
    page.goto("about:blank")
    page.set_content(
        f"<html lang=en><title>Needs</title><style>{COLOURS}{ways.STYLE}</style>"
        '<main id=here><h1>Needs</h1><ul class="needs"></ul></main>'
    )
    draws(page, ways.SCRIPT, {"needs": needs})


def test_what_customers_are_called_is_text(blank: Page) -> None:
    draw(blank, TWO)
    expect(blank.locator(".person").nth(1)).to_contain_text(HOSTILE)
    expect(blank.locator(".title").nth(1)).to_contain_text(HOSTILE)
    assert not blank.locator(".needs img, .needs script, .needs em").count()


@pytest.mark.parametrize(
    ("link", "told"),
    [(".title >> nth=0", "#a"), (".title >> nth=1", "#d"), (".person >> nth=1", "#c")],
)
def test_a_click_tells_its_way_once_and_stays(blank: Page, link: str, told: str) -> None:
    draw(blank, TWO)
    blank.locator(link).click()
    assert blank.evaluate("told") == [["way", told]]
    assert "#" not in blank.url


def test_enter_does_the_same(blank: Page) -> None:
    draw(blank, TWO)
    blank.keyboard.press("Tab")
    blank.keyboard.press("Tab")
    blank.keyboard.press("Enter")
    assert blank.evaluate("told") == [["way", "#b"]]


def test_a_sentence_is_no_link_and_has_one_beneath(blank: Page) -> None:
    stands_out = need(HOSTILE, "#e") | {"leads": "Open Churn", "here": False}
    above = need("A heavy week.", "#f") | {"leads": "List them above", "here": True}
    draw(blank, [stands_out, above])
    expect(blank.locator("p.title").first).to_contain_text(HOSTILE)
    assert blank.locator("a").all_inner_texts() == [
        "Open Churn\narrow_forward",
        "List them above\narrow_upward",
    ]
    assert serious(blank) == []
    blank.get_by_role("link", name="Open Churn").click()
    blank.keyboard.press("Tab")
    blank.keyboard.press("Enter")
    assert blank.evaluate("told") == [["way", "#e"], ["way", "#f"]]


@pytest.mark.parametrize("key", ["Control", "Meta", "Shift", "Alt"])
def test_with_a_key_held_down_it_is_a_link_like_any_other(blank: Page, key: str) -> None:
    draw(blank, TWO)
    blank.evaluate(
        """() => {
            window.stopped = [];
            addEventListener("click", (event) => {
                stopped.push(event.defaultPrevented);
                event.preventDefault();
            });
        }"""
    )
    blank.locator(".title").first.click(modifiers=[key])  # type: ignore[list-item]
    assert blank.evaluate("[told, stopped]") == [[], [False]]


def test_the_same_is_not_drawn_again(blank: Page) -> None:
    draw(blank, TWO)
    first = blank.locator(".title").first.element_handle()
    draws(blank, ways.SCRIPT, {"needs": TWO})
    assert blank.evaluate("(old) => old.isConnected", first)
    draws(blank, ways.SCRIPT, {"needs": TWO[1:]})
    expect(blank.locator(".need")).to_have_count(1)


@pytest.mark.parametrize("width", [1000, 390])
def test_it_has_no_serious_fault_and_fits(blank: Page, width: int) -> None:
    draw(blank, TWO, width)
    assert serious(blank) == []
    assert blank.evaluate("document.documentElement.scrollWidth") <= width
