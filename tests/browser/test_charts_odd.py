"""Charts of what is hardly there: nothing known, zeros, long words, names like days."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from dashboard import charts
from tests.browser.charted import draw

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 800, "height": 600})
    yield page
    page.close()


@pytest.fixture
def faults_of(blank: Page) -> Iterator[list[str]]:
    """Whatever the browser complains of."""
    told: list[str] = []
    blank.on("console", lambda message: told.append(message.text))
    blank.on("pageerror", lambda error: told.append(str(error)))
    yield told
    assert told == []


NOTHING_LOST = (("Churn", ((0.0, "0%"), (0.0, "0%"))),)


def test_lines_of_zero_lie_on_the_ground_of_an_axis_that_is_there(
    blank: Page, faults_of: list[str]
) -> None:
    draw(blank, charts.lines(["Jan", "Feb"], NOTHING_LOST, running=False))
    assert "0%" in blank.locator(".side .tick").all_inner_texts()
    assert len(blank.locator(".side .tick").all()) > 1
    heights = "[...document.querySelectorAll('.spot')].map(spot => spot.style.bottom)"
    assert blank.evaluate(heights) == ["0%", "0%"]


def test_lines_of_nothing_known_are_an_empty_plot_and_no_fault(
    blank: Page, faults_of: list[str]
) -> None:
    unknown = (("Churn", ((None, "–"),)),)
    draw(blank, charts.lines(["Jan"], unknown, running=True))
    assert blank.locator(".area").count() == 1
    assert blank.locator(".spot").count() == 0


def test_bars_of_zero_have_an_axis_all_the_same(blank: Page, faults_of: list[str]) -> None:
    draw(blank, charts.ranked([("a", "Voluntary", 0.0, "–")], charts.CHURN, None))
    assert blank.locator(".foot .tick").all_inner_texts() == ["0", "1"]


def test_a_plan_that_is_called_like_a_day_is_a_name(blank: Page, faults_of: list[str]) -> None:
    rows = [("a", "2026-01-01", 2.0, "x"), ("b", "Pro", 1.0, "y")]
    assert len(draw(blank, charts.ranked(rows, charts.CHURN, None))) == 2
    assert set(blank.locator(".side .tick").all_inner_texts()) == {"2026-01-01", "Pro"}


def test_words_that_are_longer_than_the_room_beside_their_bar_stay_inside(blank: Page) -> None:
    words = "50,0 % · 1 von 2 · kleine Stichprobe, sehr klein"
    draw(blank, charts.shares([("a", "Not in the catalogue", 0.5, words)], charts.CHURN))
    blank.evaluate("document.getElementById('here').style.width = '330px'")
    inside = "document.querySelector('.beside').getBoundingClientRect().right <= 338.5"
    assert blank.evaluate(inside)


def test_small_rates_are_told_apart_on_their_axis(blank: Page) -> None:
    rates = (("Churn", ((0.004, "0.4%"), (0.012, "1.2%"))),)
    draw(blank, charts.lines(["Jan", "Feb"], rates, running=False))
    ticks = blank.locator(".side .tick").all_inner_texts()
    assert len(set(ticks)) == len(ticks) > 2


def test_what_is_not_chosen_is_faint(blank: Page) -> None:
    rows = [("a", "Lost card", 3.0, "3"), ("b", "Expired card", 1.0, "1")]
    draw(blank, charts.ranked(rows, charts.FAILED, None), chosen=("a",))
    seen = blank.evaluate(
        "Object.fromEntries([...document.querySelectorAll('.bar')]"
        ".map(bar => [bar.ariaLabel, getComputedStyle(bar).opacity]))"
    )
    assert seen == {"Lost card: 3": "1", "Expired card: 1": "0.35"}


def test_a_long_name_of_a_row_leaves_room_for_its_ways(blank: Page) -> None:
    long = "A plan with a name that nobody would ever call a plan unless they had to, and more"
    draw(blank, charts.paths((("a", long, "Pro", "x", 1, 1),), (long, "Pro"), "usd"))
    blank.evaluate("document.getElementById('here').style.width = '350px'")
    assert blank.evaluate("document.querySelector('.area').getBoundingClientRect().width") > 150


def test_a_percent_sign_in_a_plan_s_name_stays_one(blank: Page) -> None:
    stacks = [("Pro %{x} %{customdata[7]}", ((1.0, "one"),))]
    [bar] = draw(blank, charts.stacked(["Jan"], stacks, None, shares=False))
    assert bar["says"].startswith("Jan · Pro %{x} %{customdata[7]}")


def test_escape_puts_the_words_of_a_point_away(blank: Page) -> None:
    draw(blank, charts.lines(["Jan"], (("Churn", ((0.02, "2%"),)),), running=False))
    blank.locator(".area").focus()
    assert blank.locator(".tip").is_visible()
    blank.keyboard.press("Escape")
    assert not blank.locator(".tip").is_visible()
