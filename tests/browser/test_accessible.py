"""axe-core before every page in both themes: nothing serious, nothing critical."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from dashboard.navigation import PAGES
from dashboard.signin import DEMO_COOKIE
from lib.billing.demo import Stack
from tests.browser.acting import Dashboard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SERIOUS = ("serious", "critical")
STREAMLITS: dict[str, tuple[str, ...]] = {
    # Its menu puts a div and the name of a section between a list and its items.
    "list": (" stSidebarNavItems <",),
    "listitem": (" stSidebarNavItems <",),
    # The marks of a metric's small chart; its values are in words beside it.
    "svg-img-alt": (" stMetricChart < ",),
    # It writes white on the primary colour, and the primary colour on a tint of itself. In the
    # dark no colour has enough contrast for both, so ours is made for the second.
    "color-contrast": ("dark stMarkdownContainer < stBaseButton-primary <",),
}
"""Rule → parts of a place (see `PLACE`) that Streamlit draws and nothing of ours can change."""

PLACE = """
selector => {
  const found = [];
  for (let at = document.querySelector(selector); at && found.length < 3; at = at.parentElement)
    if (at.dataset.testid) found.push(at.dataset.testid);
  return found.join(" < ");
}
"""
"""Test ids from the inside out: the classes in axe's selectors are other ones in each release."""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(
    browser: Browser, stack: Stack, theme: Literal["light", "dark"]
) -> None:
    context = browser.new_context(
        color_scheme=theme, viewport={"width": 1440, "height": 1400}, reduced_motion="reduce"
    )
    context.add_cookies([{"name": DEMO_COOKIE, "value": "admin", "url": stack.dashboard_url}])
    admin = Dashboard(context.new_page(), stack.dashboard_url)
    found: dict[str, list[str]] = {}
    admin.opens("/winding-down")
    for row in PAGES:
        admin.turns_to(row.title)
        if told := list(serious(admin.page, theme)):
            found[row.slug] = told
    context.close()
    assert found == {}


def serious(page: Page, theme: str) -> Iterator[str]:
    """Each serious finding: its rule, where, and what axe says of it."""
    page.wait_for_timeout(400)  # what fades in has its contrast at the end
    violations: list[dict[str, Any]] = Axe().run(page).response["violations"]
    for violation in violations:
        if violation["impact"] not in SERIOUS:
            continue
        for node in violation["nodes"]:
            where = f"{theme} {page.evaluate(PLACE, node['target'][-1])}"
            if not any(part in where for part in STREAMLITS.get(violation["id"], ())):
                told = f"{node['html']}: {node.get('failureSummary', '')}"
                yield f"{violation['id']}: {where}: {told}"
