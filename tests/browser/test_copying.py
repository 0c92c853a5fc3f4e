"""A text with a button that copies it, alone on a page."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.ui import copying
from tests.browser.charted import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SOURCE = f"data:text/javascript;base64,{base64.b64encode(copying.SCRIPT.encode()).decode()}"
DRAW = """
async ([source, text]) => {
  const { default: draw } = await import(source);
  const words = { copy: "Copy", copied: "Copied", failed: "Not copied: select the text." };
  draw({ data: { text, prose: true, ...words }, parentElement: document.getElementById("here") });
}
"""
CLIPBOARDS = {
    "a page of HTTPS": "window.given = []; window.writes = async (text) => { given.push(text) }",
    "a page that may not": (
        "window.given = []; window.writes = async () => { throw new Error('not allowed') };"
        "document.execCommand = () => { given.push(getSelection().toString()); return true }"
    ),
    "one that refuses both": (
        "window.given = []; window.writes = async () => { throw new Error('not allowed') };"
        "document.execCommand = () => false"
    ),
    "one that refuses loudly": (
        "window.given = []; window.writes = async () => { throw new Error('not allowed') };"
        "document.execCommand = () => { throw new Error('not here') }"
    ),
}


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 400, "height": 400})
    yield page
    page.close()


def draw(page: Page, text: str, clipboard: str = "a page of HTTPS") -> None:
    page.set_content(f"<style>{copying.STYLE}</style><div id=here>{copying.HTML}</div>")
    page.evaluate(f"() => {{ {CLIPBOARDS[clipboard]} }}")
    page.evaluate(
        "() => Object.defineProperty(navigator, 'clipboard',"
        " { value: { writeText: (text) => writes(text) }, configurable: true })"
    )
    page.evaluate(DRAW, [SOURCE, text])


@pytest.mark.parametrize("clipboard", ["a page of HTTPS", "a page that may not"])
def test_the_whole_text_is_copied_and_it_is_said(blank: Page, clipboard: str) -> None:
    draw(blank, "Hello,\n\nKind regards", clipboard)
    blank.get_by_role("button", name="Copy").click()
    expect(blank.get_by_role("status")).to_have_text("Copied")
    expect(blank.get_by_role("button")).to_have_text("Copied")
    assert blank.evaluate("given") == ["Hello,\n\nKind regards"]
    expect(blank.get_by_role("button")).to_have_text("Copy", timeout=5_000)


def test_what_was_not_copied_is_not_said_to_be(blank: Page) -> None:
    draw(blank, "Hello", "one that refuses both")
    blank.get_by_role("button", name="Copy").click()
    expect(blank.get_by_role("status")).to_have_text("Not copied: select the text.")
    expect(blank.get_by_role("button")).to_have_text("Copy")
    assert blank.evaluate("getSelection().toString()") == "Hello"


def test_who_copies_again_is_told_for_as_long(blank: Page) -> None:
    draw(blank, "Hello")
    button = blank.get_by_role("button")
    button.click()
    expect(button).to_have_text("Copied")
    blank.wait_for_timeout(1_500)
    button.click()
    blank.wait_for_timeout(1_000)
    assert button.inner_text() == "Copied"


def test_a_redraw_takes_back_only_what_was_said_of_another_text(blank: Page) -> None:
    draw(blank, "Hello")
    blank.get_by_role("button").click()
    expect(blank.get_by_role("status")).to_have_text("Copied")
    blank.evaluate(DRAW, [SOURCE, "Hello"])
    assert blank.get_by_role("button").inner_text() == "Copied"
    blank.evaluate(DRAW, [SOURCE, "Good morning"])
    assert blank.get_by_role("button").inner_text() == "Copy"
    assert blank.get_by_role("status").inner_text() == ""


def test_a_refused_command_is_no_copy(blank: Page) -> None:
    draw(blank, "Hello", "one that refuses loudly")
    blank.get_by_role("button", name="Copy").click()
    expect(blank.get_by_role("status")).to_have_text("Not copied: select the text.")


def test_hostile_text_stays_text_and_a_long_address_does_not_widen_the_page(blank: Page) -> None:
    draw(blank, HOSTILE + "x" * 500)
    assert blank.locator("code").inner_text() == HOSTILE + "x" * 500
    assert blank.locator("img").count() == 0
    assert blank.evaluate("document.documentElement.scrollWidth <= innerWidth")
