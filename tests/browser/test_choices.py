"""A switch, a list to choose one of and one to choose several, each alone on a page."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from dashboard.ui import choices
from tests.browser.charted import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

KINDS = [choices.SWITCH, choices.PICK, choices.SEVERAL]
WORDS = ["Pro", "Team, yearly", HOSTILE]
ADDRESS = "http://choices.test/page"
DRAW = """
async ([source, data]) => {
  const { default: draw } = await import(source);
  window.told ??= [];
  window.gone = draw({
    data,
    parentElement: document.getElementById("here"),
    setStateValue: (name, value) => told.push([name, value]),
  });
}
"""


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 400, "height": 400})
    page.route(f"{ADDRESS}**", lambda route: route.fulfill(body="<p>", content_type="text/html"))
    yield page
    page.close()


def begins(at: Page, kind: str, query: str = "", above: int = 0, **data: Any) -> None:
    """A new page with one choice, ``above`` pixels of something before it."""
    at.goto(f"{ADDRESS}{query}")
    at.set_content(
        f"<style>{choices.STYLES[kind]}</style><div style='height: {above}px'></div>"
        f"<div id=here style='display: inline-block'>{choices.HTML[kind]}</div>"
    )
    draws(at, kind, **data)


def draws(at: Page, kind: str, **data: Any) -> None:
    """What an answer of the server does."""
    told = {
        "name": "plans",
        "page": "one",
        "label": "Plan",
        "options": WORDS,
        "chosen": [] if kind != choices.SWITCH else ["Pro"],
        "begin": [] if kind != choices.SWITCH else ["Pro"],
        "heard": 0,
        "none": "Any plan",
        "icon": "",
        "clear": "Clear Plan",
    }
    script = base64.b64encode(choices.SCRIPTS[kind].encode()).decode()
    at.evaluate(DRAW, [f"data:text/javascript;base64,{script}", told | data])


def chooses(page: Page, kind: str, words: str) -> None:
    if kind == choices.SWITCH:
        page.get_by_role("radio", name=words, exact=True).click()
    elif kind == choices.PICK:
        page.get_by_role("combobox").select_option(words)
    else:
        opened(page).get_by_role("checkbox", name=words, exact=True).check()


def opened(page: Page) -> Locator:
    """The list of several, open."""
    shown = page.locator(".list")
    if not shown.is_visible():
        page.locator(".choice").click()
    expect(shown).to_be_visible()
    return shown


def shown(page: Page, kind: str) -> list[str]:
    """What looks chosen."""
    if kind == choices.SWITCH:
        return page.locator("[aria-checked=true]").all_inner_texts()
    if kind == choices.PICK:
        told = page.locator("select").evaluate("it => [it.value, it.selectedOptions[0].text]")
        return [told[1]] if told[0] else []
    boxes = page.locator(".list label:has(:checked)").all_text_contents()
    said = page.locator(".said").text_content()
    assert said == (", ".join(boxes) or "Plan")
    return boxes


def told(page: Page) -> list[Any]:
    return page.evaluate("told.map(([name, { words, count }]) => [name, words, count])")


def query(page: Page) -> list[str]:
    return page.evaluate("new URL(location).searchParams.getAll('plans')")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("words", WORDS[1:])
def test_what_is_pressed_looks_chosen_stands_in_the_address_and_is_told(
    blank: Page, kind: str, words: str
) -> None:
    begins(blank, kind, "?customer=cus_1&q=a+b")
    steps = blank.evaluate("history.length")
    chooses(blank, kind, words)
    assert shown(blank, kind) == [words]
    assert query(blank) == [words]
    assert told(blank) == [["choice", [words], 1]]
    assert "customer=cus_1&q=a+b" in blank.url
    assert blank.evaluate("history.length") == steps
    assert blank.locator("img, b").count() == 0


@pytest.mark.parametrize("kind", KINDS)
def test_what_it_begins_with_is_not_said_in_the_address(blank: Page, kind: str) -> None:
    chosen = {"chosen": ["Team, yearly"]}
    begins(blank, kind, "?plans=Team%2C+yearly&x=1", **chosen)
    assert query(blank) == ["Team, yearly"]
    if kind == choices.SWITCH:
        chooses(blank, kind, "Pro")
    elif kind == choices.PICK:
        chooses(blank, kind, "Any plan")
    else:
        blank.get_by_role("button", name="Clear Plan").click()
        expect(blank.get_by_role("button", name="Clear Plan")).to_be_hidden()
        expect(blank.locator(".choice")).to_be_focused()
    assert query(blank) == []
    assert blank.url.endswith("?x=1")
    assert told(blank)[-1][1] == (["Pro"] if kind == choices.SWITCH else [])


@pytest.mark.parametrize("kind", KINDS)
def test_what_somebody_else_chose_is_shown_and_written(blank: Page, kind: str) -> None:
    begins(blank, kind)
    draws(blank, kind, chosen=["Team, yearly"])
    assert shown(blank, kind) == ["Team, yearly"]
    assert query(blank) == ["Team, yearly"]
    assert told(blank) == []


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_to_an_earlier_press_takes_nothing_back(blank: Page, kind: str) -> None:
    begins(blank, kind)
    chooses(blank, kind, "Team, yearly")
    chooses(blank, kind, HOSTILE)
    last = shown(blank, kind)
    draws(blank, kind, chosen=["Team, yearly"], heard=1)
    assert shown(blank, kind) == last
    assert query(blank) == last
    draws(blank, kind, chosen=["Pro"], heard=2)
    assert shown(blank, kind) == ["Pro"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_has_forgotten_the_presses_is_believed_in_the_end(
    blank: Page, kind: str
) -> None:
    begins(blank, kind, heard=7)
    draws(blank, kind, chosen=["Team, yearly"], heard=0)
    assert shown(blank, kind) == ["Team, yearly"]
    chooses(blank, kind, HOSTILE)
    assert told(blank)[-1][2] == 8
    blank.evaluate("Date.now = () => 9e15")
    draws(blank, kind, chosen=["Pro"], heard=0)
    assert shown(blank, kind) == ["Pro"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_place_of_another_choice_begins_to_count_anew(blank: Page, kind: str) -> None:
    begins(blank, kind)
    chooses(blank, kind, "Team, yearly")
    draws(blank, kind, name="reasons", chosen=["Pro"], heard=0)
    assert shown(blank, kind) == ["Pro"]
    chooses(blank, kind, HOSTILE)
    assert told(blank)[-1][2] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_has_the_focus_keeps_it_when_an_answer_comes(blank: Page, kind: str) -> None:
    begins(blank, kind)
    chooses(blank, kind, "Team, yearly")
    if kind == choices.PICK:
        blank.locator("select").focus()
    blank.evaluate("window.before = document.activeElement")
    draws(blank, kind, chosen=shown(blank, kind), heard=1)
    assert blank.evaluate("before === document.activeElement && before !== document.body")
    if kind == choices.SEVERAL:
        expect(blank.locator(".list")).to_be_visible()


@pytest.mark.parametrize("kind", KINDS)
def test_other_options_take_the_place_of_what_there_was(blank: Page, kind: str) -> None:
    begins(blank, kind, chosen=["Team, yearly"])
    draws(blank, kind, options=["Pro", "Free"], chosen=["Free"], heard=0)
    assert shown(blank, kind) == ["Free"]
    assert query(blank) == ["Free"]
    chooses(blank, kind, "Pro")
    assert told(blank)[-1][1] == (["Pro", "Free"] if kind == choices.SEVERAL else ["Pro"])


def test_a_switch_is_gone_through_with_arrows_and_pressed_by_keys(blank: Page) -> None:
    begins(blank, choices.SWITCH)
    group = blank.get_by_role("radiogroup", name="Plan")
    blank.keyboard.press("Tab")
    expect(group.get_by_role("radio", name="Pro")).to_be_focused()
    blank.keyboard.press("ArrowRight")
    assert told(blank) == []
    expect(group.get_by_role("radio", name="Team, yearly")).to_be_focused()
    blank.keyboard.press("Space")
    assert told(blank) == [["choice", ["Team, yearly"], 1]]
    blank.keyboard.press("ArrowLeft")
    blank.keyboard.press("ArrowLeft")
    blank.keyboard.press("Enter")
    assert shown(blank, choices.SWITCH) == [HOSTILE]
    blank.keyboard.press("Enter")
    assert len(told(blank)) == 2  # what is chosen already is no choice


def test_several_are_opened_ticked_and_closed_by_keys(blank: Page) -> None:
    begins(blank, choices.SEVERAL)
    blank.keyboard.press("Tab")
    button = blank.get_by_role("button", name="Plan", exact=True)
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    blank.keyboard.press("ArrowDown")
    expect(blank.get_by_role("group", name="Plan")).to_be_visible()
    expect(blank.get_by_role("checkbox", name="Pro")).to_be_focused()
    blank.keyboard.press("Space")
    blank.keyboard.press("ArrowDown")
    blank.keyboard.press("Space")
    assert [words for _, words, _ in told(blank)] == [["Pro"], ["Pro", "Team, yearly"]]
    assert query(blank) == ["Pro", "Team, yearly"]
    blank.evaluate("addEventListener('keydown', () => { window.leaked = true })")
    blank.keyboard.press("Escape")
    expect(blank.locator(".list")).to_be_hidden()
    button = blank.get_by_role("button", name="Plan: Pro, Team, yearly")
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-expanded", "false")
    assert not blank.evaluate("window.leaked ?? false")  # what it stands in stays open
    blank.keyboard.press("Escape")
    assert blank.evaluate("leaked")


@pytest.mark.parametrize(("above", "beneath"), [(0, True), (350, False)])
def test_an_open_list_is_in_the_window_and_goes_where_its_button_goes(
    blank: Page, above: int, beneath: bool
) -> None:
    begins(blank, choices.SEVERAL, above=above, options=["x" * 200, *map(str, range(40))])
    places = (
        "() => [document.querySelector('.list'), document.querySelector('.several')]"
        ".map(it => it.getBoundingClientRect().toJSON())"
    )
    opened(blank)
    shown, field = blank.evaluate(places)
    assert min(shown["left"], shown["top"]) >= 0
    assert max(shown["right"], shown["bottom"]) <= 400
    assert (shown["top"] >= field["bottom"]) is beneath
    blank.evaluate("document.getElementById('here').style.marginLeft = '60px'")
    blank.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
    shown, field = blank.evaluate(places)
    assert shown["left"] == pytest.approx(min(field["left"], 400 - shown["width"] - 4), abs=1)


def test_what_is_chosen_takes_no_more_than_the_field_has(blank: Page) -> None:
    begins(blank, choices.SEVERAL, options=["x" * 300, "y"], chosen=["x" * 300, "y"])
    box = blank.locator(".several").bounding_box()
    assert box is not None
    assert box["width"] <= 420
    assert box["height"] == 35
    expect(blank.locator(".choice")).to_have_attribute("title", f"{'x' * 300}, y")


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_said_of_a_page_that_was_left(blank: Page, kind: str) -> None:
    begins(blank, kind)
    blank.evaluate("history.replaceState({}, '', '/other?x=1')")
    draws(blank, kind, chosen=["Team, yearly"])
    assert blank.url.endswith("/other?x=1")
    draws(blank, kind, chosen=["Team, yearly"], page="other")
    assert query(blank) == ["Team, yearly"]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_link_does_not_name_leaves_the_address_with_its_mark(blank: Page, kind: str) -> None:
    begins(blank, kind, "?q=old&month=2026-10&plans=Pro&whole=plans,month", chosen=["Pro"])
    gone = "" if kind == choices.SWITCH else "&plans=Pro"
    assert blank.url.endswith(f"?month=2026-10{gone}")


REMOVED = """
async () => {
  gone();
  document.querySelector('#here > *').remove();
  await new Promise(done => setTimeout(done, 20));
}
"""


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("beside", "stays"),
    [("", True), ("reasons", False), ("plans", True)],
    ids=["with its page", "alone", "for another of its name"],
)
def test_a_choice_that_is_taken_away_leaves_the_address(
    blank: Page, kind: str, beside: str, stays: bool
) -> None:
    begins(blank, kind, chosen=["Team, yearly"])
    if beside:
        blank.evaluate(
            "(holds) => { const other = document.createElement('div'); other.className = 'switch';"
            "Object.assign(other, { holds, page: 'one' }); document.body.append(other) }",
            beside,
        )
    blank.evaluate(REMOVED)
    assert query(blank) == (["Team, yearly"] if stays else [])


def test_a_list_closes_behind_whoever_goes_on(blank: Page) -> None:
    begins(blank, choices.SEVERAL)
    blank.evaluate("document.body.append(document.createElement('button'))")
    shown = opened(blank)
    expect(blank.get_by_role("checkbox", name="Pro")).to_be_focused()
    for _ in WORDS:
        blank.keyboard.press("Tab")
    expect(shown).to_be_hidden()


def test_a_press_on_words_or_beside_them_leaves_the_list_open(blank: Page) -> None:
    begins(blank, choices.SEVERAL)
    blank.evaluate("document.body.tabIndex = 0")  # what is around takes the focus, as a page does
    shown = opened(blank)
    expect(blank.get_by_role("checkbox", name="Pro")).to_be_focused()
    shown.get_by_text("Team, yearly").click()
    assert told(blank)[-1][1] == ["Team, yearly"]
    expect(shown).to_be_visible()
    shown.click(position={"x": 2, "y": 2})
    expect(shown).to_be_visible()
    blank.mouse.click(390, 390)
    expect(shown).to_be_hidden()


@pytest.mark.parametrize("kind", [choices.SWITCH, choices.PICK])
def test_what_is_unsaid_leaves_the_address_as_it_was(blank: Page, kind: str) -> None:
    begins(blank, kind, "?q=ann", unsaid=True, chosen=["Pro"], begin=["Pro"])
    chooses(blank, kind, "Team, yearly")
    assert shown(blank, kind) == ["Team, yearly"]
    assert blank.url == f"{ADDRESS}?q=ann"
    assert told(blank) == [["choice", ["Team, yearly"], 1]]
