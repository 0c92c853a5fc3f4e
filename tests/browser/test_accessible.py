"""axe-core before every page in the dark: nothing serious, nothing critical.

In the light it looks at the pages that `test_looks` draws.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from dashboard.navigation import PAGES
from dashboard.signin import DEMO_COOKIE
from lib.billing.demo import Stack
from tests.browser.acting import Dashboard
from tests.browser.axe import look, serious

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_axe_finds_nothing_serious_on_any_page_in_the_dark(browser: Browser, stack: Stack) -> None:
    context = browser.new_context(
        color_scheme="dark", viewport={"width": 1440, "height": 1400}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": DEMO_COOKIE, "value": "admin", "url": stack.dashboard_url}])
    admin = Dashboard(context.new_page(), stack.dashboard_url)
    found: dict[str, list[str]] = {}
    admin.opens("/winding-down")
    for row in PAGES:
        admin.turns_to(row.title)
        if told := serious(admin.page):
            found[row.slug] = told
    context.close()
    assert found == {}


def test_a_heading_that_skips_a_level_is_seen(browser: Browser) -> None:
    page = browser.new_page()
    for level, told in (("2", 0), ("3", 1)):
        page.set_content(
            '<html lang="en"><title>Page</title><main><h1>Page</h1>'
            f"<h{level}>A question?</h{level}></main>"
        )
        assert len(serious(page)) == told, level
    page.close()


def test_axe_sees_what_is_wrong(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content(
        '<html lang="en"><title>Page</title><main><h1>Page</h1>'
        '<p data-testid="stCaption" style="color:#aaa;background:#fff">Too pale</p></main>'
    )
    (found,) = look(page).findings
    assert (found.rule, found.impact, found.place) == ("color-contrast", "serious", "stCaption")
    assert not found.streamlits
    page.close()
