"""axe-core sees what is wrong; `test_looks` asks it about every page, in the light and the dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.axe import COLOURS, look, serious

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_heading_that_skips_a_level_is_seen(browser: Browser) -> None:
    page = browser.new_page()
    for level, told in (("2", 0), ("3", 1)):
        page.set_content(
            '<html lang="en"><title>Page</title><main><h1>Page</h1>'
            f"<h{level}>A question?</h{level}></main>"
        )
        assert len(serious(page)) == told, level
    page.close()


@pytest.mark.parametrize("rules", [(), COLOURS], ids=["every rule", "colours"])
def test_axe_sees_what_is_wrong(browser: Browser, rules: tuple[str, ...]) -> None:
    page = browser.new_page()
    page.set_content(
        '<html lang="en"><title>Page</title><main><h1>Page</h1>'
        '<p data-testid="stCaption" style="color:#aaa;background:#fff">Too pale</p></main>'
    )
    (found,) = look(page, *rules).findings
    assert (found.rule, found.impact, found.place) == ("color-contrast", "serious", "stCaption")
    assert not found.streamlits
    page.close()
