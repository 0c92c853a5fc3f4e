"""The menu of our own: pages change in place, and the browser's way back stays what it was."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from dashboard.navigation import PAGES
from dashboard.signin import DEMO_COOKIE
from tests.browser.acting import PATIENCE, Dashboard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HOSTILE = '<img src=x onerror=alert(1)> **[a](//b)** =1+1 &find=cus_1#"ü%00'


@pytest.fixture
def admin(dashboard: Dashboard, context: BrowserContext) -> Dashboard:
    """On Invoices, with what was loaded marked: whoever loads it anew loses the mark."""
    context.add_cookies([{"name": DEMO_COOKIE, "value": "admin", "url": dashboard.url}])
    dashboard.opens("/invoices?statuses=Paid")
    marks(dashboard.page, "Invoices")
    dashboard.page.evaluate("window.loaded = 'once'")
    return dashboard


def where(page: Page) -> tuple[str, dict[str, list[str]], str]:
    parts = urlsplit(page.url)
    return parts.path, parse_qs(parts.query), parts.fragment


def marks(page: Page, title: str) -> None:
    marked = page.locator(".menu a[aria-current=page] span:not(.icon)")
    expect(marked).to_have_text([title], timeout=PATIENCE)


def is_titled(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title, timeout=PATIENCE)


def test_a_page_changes_in_place_and_the_way_back_is_one_step(admin: Dashboard) -> None:
    page = admin.page
    marks(page, "Invoices")
    steps = page.evaluate("history.length")
    admin.turns_to("MRR")
    assert where(page) == ("/mrr", {}, "")
    marks(page, "MRR")
    assert page.evaluate("history.length") == steps + 1
    page.go_back()
    is_titled(page, "Invoices")
    admin.settles()
    assert where(page) == ("/invoices", {"statuses": ["Paid"]}, "")
    marks(page, "Invoices")
    assert page.evaluate("window.loaded") == "once"


def test_the_open_page_begins_anew(admin: Dashboard) -> None:
    page = admin.page
    said = page.locator(".st-key-statuses_choice .said")
    expect(said).to_have_text("Paid")
    for _ in range(2):
        page.locator(".menu").get_by_role("link", name="Invoices").click()
        expect(said).to_have_text("Status", timeout=PATIENCE)
        admin.settles()
        assert where(page) == ("/invoices", {}, "")
    assert page.evaluate("window.loaded") == "once"


def test_with_the_keys_alone(admin: Dashboard) -> None:
    page = admin.page
    page.locator(".menu").get_by_role("link", name="Plan mix").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    is_titled(page, "Churn and retention")
    admin.settles()
    focused = page.evaluate("document.activeElement.innerText")
    assert focused.endswith("Churn and retention"), "the menu stays where it was"


def test_the_keys_keep_their_place_on_the_way_to_the_customers(admin: Dashboard) -> None:
    page = admin.page
    page.locator(".menu").get_by_role("link", name="Customer", exact=True).focus()
    for title in ("Customer", "MRR"):
        link = page.locator(".menu").get_by_role("link", name=title, exact=True)
        link.focus()
        page.keyboard.press("Enter")
        is_titled(page, title)
        admin.settles()
        expect(link).to_be_focused()


def test_who_changes_their_mind_has_each_step_once(admin: Dashboard) -> None:
    page = admin.page
    page.evaluate(
        """() => {
          const line = (words) => [...document.querySelectorAll(".menu a")]
            .find((each) => each.innerText.includes(words))
          line("MRR").click()
          line("Plans").click()
        }"""
    )
    is_titled(page, "Plans")
    admin.settles()
    assert where(page) == ("/plans", {}, "")
    marks(page, "Plans")
    steps = page.evaluate("navigation.entries().map(({ url }) => new URL(url).pathname)")
    # The first may have begun to come, which makes it a step; none is there twice.
    steps = steps[steps.index("/invoices") :]
    assert steps in (["/invoices", "/plans"], ["/invoices", "/mrr", "/plans"])
    page.evaluate("by => history.go(by)", 1 - len(steps))
    is_titled(page, "Invoices")
    admin.settles()
    assert where(page) == ("/invoices", {"statuses": ["Paid"]}, "")
    marks(page, "Invoices")


def test_what_a_browser_may_remember_of_a_turn_is_the_page(admin: Dashboard) -> None:
    admin.opens("/turned/mrr?by=Week")
    is_titled(admin.page, "MRR")
    assert where(admin.page) == ("/mrr", {"by": ["Week"]}, "")


def test_with_a_key_held_down_it_opens_as_links_do(admin: Dashboard) -> None:
    with admin.page.context.expect_page() as opened:
        admin.page.locator(".menu").get_by_role("link", name="MRR").click(modifiers=["Control"])
    is_titled(opened.value, "MRR")
    assert where(admin.page)[0] == "/invoices"
    opened.value.close()


def test_who_has_lost_the_server_loads_the_page(admin: Dashboard) -> None:
    page = admin.page
    lost = "document.querySelector('[data-testid=stApp]').dataset.testConnectionState = 'LOST'"
    page.evaluate(lost)
    page.locator(".menu").get_by_role("link", name="MRR").click()
    is_titled(page, "MRR")
    assert where(page) == ("/mrr", {}, "")
    assert page.evaluate("window.loaded") is None


@pytest.mark.parametrize("text", [HOSTILE, "cus_nobody"], ids=["hostile", "nobody's id"])
def test_what_is_sought_reaches_the_customers_as_it_was_typed(admin: Dashboard, text: str) -> None:
    page = admin.page
    steps = page.evaluate("history.length")
    box = page.locator(".menu").get_by_role("searchbox", name="Find a customer")
    box.fill(f"  {text} ")
    box.press("Enter")
    is_titled(page, "Customer")
    page.get_by_text("Nobody matches").wait_for()
    admin.settles()
    assert where(page) == ("/customer", {"find": [text]}, "")
    expect(page.get_by_test_id("stMain").get_by_label("Find a customer")).to_have_value(text)
    assert page.evaluate("history.length") == steps + 1
    expect(box).to_be_hidden()  # the page has its own
    page.go_back()
    is_titled(page, "Invoices")
    admin.settles()
    assert where(page) == ("/invoices", {"statuses": ["Paid"]}, "")
    expect(box).to_have_value("")


def test_nothing_sought_leads_nowhere(admin: Dashboard) -> None:
    box = admin.page.locator(".menu").get_by_role("searchbox")
    box.fill("   ")
    box.press("Enter")
    admin.settles()
    assert where(admin.page)[0] == "/invoices"


def test_on_a_phone_it_steps_aside(admin: Dashboard) -> None:
    page = admin.page
    page.set_viewport_size({"width": 390, "height": 800})
    page.reload()
    admin.settles()
    page.get_by_test_id("stExpandSidebarButton").click()
    link = page.locator(".menu").get_by_role("link", name="MRR")
    expect(link).to_be_in_viewport(timeout=PATIENCE)
    link.click()
    is_titled(page, "MRR")
    expect(link).not_to_be_in_viewport(timeout=PATIENCE)


def test_every_page_of_the_role_has_its_line(admin: Dashboard) -> None:
    words = admin.page.locator(".menu a span:not(.icon)")
    expect(words).to_have_text([row.title for row in PAGES], timeout=PATIENCE)


def test_the_way_beside_a_title_leads_to_its_rows_in_one_step(admin: Dashboard) -> None:
    page = admin.page
    admin.turns_to("Overview")
    steps = page.evaluate("history.length")
    page.get_by_role("link", name="Rows").click()
    is_titled(page, "MRR")
    admin.settles()
    # This month and the first currency are where the page begins: its address need not say so.
    assert where(page) == ("/mrr", {"view": ["Receipts"], "part": ["New"]}, "")
    assert page.evaluate("history.length") == steps + 1
    page.go_back()
    is_titled(page, "Overview")
    admin.settles()
    assert where(page) == ("/overview", {}, "")
    assert page.evaluate("window.loaded") == "once"
