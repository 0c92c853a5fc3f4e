"""Charts that are drawn without Plotly: what stands, what is said, what a click tells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from dashboard import charts
from tests.browser.charted import HOSTILE, draw

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WEEKS = (("2026-11-23", "This week", 4000, 0, 1), ("2026-11-30", "30 Nov", 1000, 1000, 2))


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 800, "height": 600})
    yield page
    page.close()


def test_bars_are_as_high_as_their_amounts_and_stand_upon_each_other(blank: Page) -> None:
    whole, lower, upper = sorted(
        draw(blank, charts.ahead(WEEKS, "usd")), key=lambda bar: (bar["x"], -bar["y"])
    )
    assert whole["height"] == pytest.approx(4 * lower["height"], abs=1)
    assert upper["y"] + upper["height"] == pytest.approx(lower["y"], abs=1)
    assert lower["x"] == upper["x"] > whole["x"] + whole["width"]


def test_a_loss_hangs_where_the_gain_before_it_ended(blank: Page) -> None:
    steps = (
        ("opening", "Opening", 10_000, 0),
        ("new", "New", 2_000, 0),
        ("churn", "Churn", -500, 0),
    )
    _, gain, loss = draw(blank, charts.waterfall(steps, "usd", ("opening",)))
    assert loss["y"] == pytest.approx(gain["y"], abs=1)
    assert gain["height"] == pytest.approx(4 * loss["height"], abs=1)
    assert loss["says"] == "Churn: \N{MINUS SIGN}$5.00"


def test_lying_bars_begin_at_the_same_edge_the_largest_on_top(blank: Page) -> None:
    rows = (("a", "Lost card", 30.0, "$30"), ("b", "Expired card", 10.0, "$10"))
    expired, lost = draw(blank, charts.ranked(rows, charts.FAILED, "usd"))
    assert lost["says"] == "Lost card: $30"
    assert lost["y"] < expired["y"]
    assert lost["x"] == expired["x"]
    assert lost["width"] == pytest.approx(3 * expired["width"], abs=1)


def test_a_click_tells_what_a_click_on_plotly_s_own_would(blank: Page) -> None:
    draw(blank, charts.ahead(WEEKS, "usd"))
    blank.locator(".bar").nth(1).click()
    [[name, told]] = blank.evaluate("window.told")
    assert name == "selection"
    [point] = told["points"]
    assert (point["point_index"], point["curve_number"]) == (1, 0)
    assert point["customdata"][0] == "2026-11-30"


def test_the_keyboard_stops_once_and_goes_on_by_arrows(blank: Page) -> None:
    draw(blank, charts.ahead(WEEKS, "usd"))
    stops = "[...document.querySelectorAll('.bar')].filter(bar => bar.tabIndex === 0).length"
    assert blank.evaluate(stops) == 1
    blank.locator(".bar").first.focus()
    blank.keyboard.press("ArrowRight")
    assert blank.locator(".tip").inner_text().splitlines()[0] == "30 Nov"
    assert blank.evaluate(stops) == 1
    blank.keyboard.press("Enter")
    assert len(blank.evaluate("window.told")) == 1


def test_bars_that_lead_nowhere_are_no_buttons(blank: Page) -> None:
    draw(blank, charts.ahead(WEEKS, "usd"), chooses=False)
    blank.locator(".bar").first.click()
    assert blank.evaluate("window.told") == []
    assert blank.get_by_role("button").count() == 0
    assert {bar.evaluate("bar => bar.tagName") for bar in blank.locator(".bar").all()} == {"DIV"}


def test_a_hostile_name_is_read_as_it_was_written(blank: Page) -> None:
    requested: list[str] = []
    blank.on("request", lambda request: requested.append(request.url))
    cells = [("2026-11-23", "x", 500, 1)]
    [bar] = draw(
        blank, charts.runway(cells, [("x", HOSTILE), ("y", "Pro")], "usd", date(2026, 11, 24))
    )
    assert HOSTILE.replace("%", "") in bar["says"].replace("%", "")
    assert blank.locator(".legend .name").first.inner_text() == HOSTILE
    assert blank.locator("img").count() == 0
    assert [url for url in requested if "foreign.test" in url] == []


def test_a_month_of_nothing_leaves_a_gap_in_a_line(blank: Page) -> None:
    figure = charts.Figure().add_scatter(
        x=["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"],
        y=[1, None, 2, 3],
        customdata=[["a"], ["b"], ["c"], ["d"]],
        line={"color": "#123456", "width": 2},
        hovertemplate="%{customdata[0]}<extra></extra>",
    )
    figure.update_layout(height=200, yaxis={"nticks": 5})
    figure.update_xaxes(tickvals=["2026-01-01"], ticktext=["Jan 2026"])
    draw(blank, figure)
    drawn = str(blank.locator("path").get_attribute("d"))
    assert (drawn.count("M"), drawn.count("L")) == (2, 1)
    blank.locator(".area").focus()
    assert blank.locator(".tip").inner_text() == "d"
    blank.keyboard.press("ArrowLeft")
    assert blank.locator(".tip").inner_text() == "c"


@pytest.mark.parametrize(("most", "read"), [(812, "$6"), (1_612_345, "$15k"), (412_345_678, "$4M")])
def test_an_axis_is_short_and_in_money(blank: Page, most: int, read: str) -> None:
    weeks = (("2026-11-23", "This week", most, 0, 1),)
    draw(blank, charts.ahead(weeks, "usd"))
    assert read in blank.locator(".side .tick").all_inner_texts()


def test_the_words_of_a_share_stand_beside_a_bar_of_nothing_too(blank: Page) -> None:
    rows = [("pro", "Pro", 0.034, "3.4% · 5 of 149"), ("free", "Free", 0.0, "0.0% · 0 of 80")]
    draw(blank, charts.shares(rows, charts.CHURN))
    assert blank.locator(".bar").count() == 1
    assert sorted(blank.locator(".beside").all_inner_texts()) == sorted(row[3] for row in rows)


RATES = (
    ("Customer churn", ((0.02, "2%"), (0.03, "3%"), (0.01, "1%"))),
    ("Net MRR churn", ((None, "–"), (0.05, "5%"), (None, "–"))),
)


@pytest.mark.parametrize(("running", "hollow"), [(True, 1), (False, 0)])
def test_every_value_of_a_line_is_a_point_and_the_running_one_is_hollow(
    blank: Page, running: bool, hollow: int
) -> None:
    draw(blank, charts.lines(["Jan", "Feb", "Mar"], RATES, running=running))
    assert blank.locator(".spot").count() == 4  # one of them between two gaps
    assert blank.locator(".spot.open").count() == hollow
    strokes = blank.evaluate(
        "[...document.querySelectorAll('.stroke')].map(e => getComputedStyle(e).borderTopStyle)"
    )
    assert strokes == ["solid", "dashed"]


WAYS = (
    ("starter>pro", "Starter", "Pro", "Starter → Pro", 9, 2_000),
    ("pro>business", "Pro", "Business", "Pro → Business", 4, 7_000),
    ("pro>pro", "Pro", "Pro", "Within Pro", 1, 100),
)
PLANS = ("Starter", "Pro", "Business")


def ways(page: Page, *chosen: str) -> dict[str, dict[str, Any]]:
    draw(page, charts.paths(WAYS, PLANS, "usd"), chosen=chosen)
    found = page.evaluate(
        "[...document.querySelectorAll('.bubble')].map(mark => {"
        " const {x, y, width, height} = mark.getBoundingClientRect();"
        " return [mark.textContent, {x: x + width / 2, y: y + height / 2, width,"
        " says: mark.ariaLabel, opacity: getComputedStyle(mark).opacity}] })"
    )
    return dict(found)


def test_a_way_stands_in_the_row_it_left_and_the_column_it_came_to(blank: Page) -> None:
    up, further, within = (ways(blank)[count] for count in "941")
    assert up["x"] == within["x"] < further["x"]
    assert up["y"] < within["y"] == further["y"]
    assert up["width"] == pytest.approx(1.5 * further["width"], abs=1)  # its area tells
    assert up["says"] == "Starter → Pro: 9 upgrades · +$20.00"
    assert blank.locator(".head .tick").all_inner_texts() == list(PLANS)
    assert blank.locator(".side .tick").all_inner_texts() == list(PLANS)


def test_a_chosen_way_stands_out_and_a_click_tells_it(blank: Page) -> None:
    assert [way["opacity"] for way in ways(blank, "pro>pro").values()] == ["0.35", "0.35", "1"]
    assert {way["opacity"] for way in ways(blank, "of another period").values()} == {"1"}
    ways(blank)
    blank.get_by_role("button", name="Pro → Business").click()
    [[_, told]] = blank.evaluate("window.told")
    assert told["points"][0]["customdata"][0] == "pro>business"


def test_the_keyboard_goes_through_ways_as_through_bars(blank: Page) -> None:
    ways(blank)
    blank.locator(".bubble").first.focus()
    blank.keyboard.press("ArrowRight")
    assert blank.locator(".tip").inner_text().splitlines()[0] == "Pro → Business"


def test_a_plan_with_a_hostile_name_is_read_as_it_was_written_in_rows_and_columns(
    blank: Page,
) -> None:
    draw(blank, charts.paths((("a", HOSTILE, HOSTILE, HOSTILE, 1, 1),), (HOSTILE,), "usd"))
    assert blank.locator(".head .tick").all_text_contents() == [HOSTILE]
    assert blank.locator(".side .tick").all_text_contents() == [HOSTILE]
    assert blank.locator("img").count() == 0


LARGEST = [(n, 0.1 * n, f"{n} customers: {10 * n}%") for n in range(1, 10)]


def test_the_named_points_of_a_line_have_their_words_beside_them(blank: Page) -> None:
    draw(blank, charts.resting(LARGEST, {1: "1: 10%", 9: "9: 90%"}))
    assert blank.locator(".label").all_inner_texts() == ["1: 10%", "9: 90%"]
    assert blank.locator(".spot").count() == 2
    plot = blank.locator(".area").bounding_box()
    last = blank.locator(".label").last.bounding_box()
    assert plot
    assert last
    assert last["x"] + last["width"] <= plot["x"] + plot["width"]
    assert blank.locator(".foot .tick").all_inner_texts() == ["2", "4", "6", "8"]


def test_beneath_a_filled_line_the_ground_is_closed_gap_by_gap(blank: Page) -> None:
    figure = charts.resting(LARGEST, {})
    figure.data[0]["y"] = [0.1, 0.2, None, *[0.4] * 6]
    draw(blank, figure)
    filled = str(blank.locator("path").first.get_attribute("d"))
    assert (filled.count("M"), filled.count("Z")) == (2, 2)
