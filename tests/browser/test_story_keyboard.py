"""The whole errand without a mouse: sign in, search, customer, link; and every other action."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, expect

from dashboard.signin import DEMO_COOKIE
from tests import cut
from tests.browser.acting import PATIENCE, Dashboard, Stripe
from tests.browser.keys import Keys

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]


def test_from_the_sign_in_to_a_copied_link_only_keys_are_pressed(
    dashboard: Dashboard, context: BrowserContext, stripe: Stripe
) -> None:
    customer_id, _ = stripe.subscriber("Tabula Keywright Ltd")
    stripe.delivers()
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=dashboard.url)
    page, keys = dashboard.page, Keys(dashboard.page)
    dashboard.opens("/customer")

    keys.tabs_to("Continue as support")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Support agent")).to_be_visible(timeout=PATIENCE)
    dashboard.settles()

    keys.tabs_to("Find a customer")
    keys.types("Tabula Keywright")
    keys.press("Enter")
    dashboard.sees("Hand over a link")
    dashboard.settles()
    expect(page).to_have_url(re.compile("customer"))

    keys.tabs_to("Open customer portal")
    keys.press("Enter")
    dashboard.sees("In your own words")
    dashboard.settles()

    keys.tabs_to("Reason")
    keys.types("phone")
    keys.press("Enter")
    keys.tabs_to("In your own words")
    keys.types("Wants to look at the invoices")
    keys.tabs_to("Make the link: Open customer portal")
    keys.press("Space")
    code = page.locator(".st-key-link_once code")
    expect(code).to_be_visible(timeout=PATIENCE)

    keys.tabs_to("Copy")
    keys.press("Enter")
    url = code.inner_text().replace("\n", "").strip()
    page.wait_for_function(
        "async (url) => await navigator.clipboard.readText() === url", arg=url, timeout=PATIENCE
    )
    assert "/p/session/" in url
    assert customer_id in page.content()


ACTIONS = {
    "support": (
        "Find a customer",
        "Open in Stripe",
        "Earlier state",
        "Print",
        "Help for Plan",
        "Subscriptions",
        "New note",
        "Add note",
        "Open customer portal",
        "Update payment method",
        "Update billing details",
        "Change plan",
        "Confirm a named plan",
        "Cancel subscription",
        re.compile("^Not possible now"),
        "Language",
        "Copy",
    ),
    "founder": ("Find a customer", "Open in Stripe", "Earlier state", "Print", "Subscriptions"),
}


@pytest.fixture
def looked_at(stripe: Stripe) -> str:
    customer_id, _ = stripe.subscriber("Reachable Handles GmbH")
    stripe.delivers()
    stripe.advance(1)
    return customer_id


@pytest.mark.parametrize("role", cut.first(1, ACTIONS))
def test_tab_comes_to_every_action_of_the_customer_page(
    dashboard: Dashboard, context: BrowserContext, looked_at: str, role: str
) -> None:
    context.add_cookies([{"name": DEMO_COOKIE, "value": role, "url": dashboard.url}])
    dashboard.opens(f"/customer?customer={looked_at}")
    keys = Keys(dashboard.page)
    stops = keys.stops()
    lacking = [name for name in ACTIONS[role] if not any(keys._fits(s, name) for s in stops)]
    assert lacking == [], stops
    assert keys.never_met() == []
    assert "Update payment method" not in stops or role == "support"


@pytest.mark.whole
def test_what_the_keys_open_is_used_by_keys(
    dashboard: Dashboard, context: BrowserContext, looked_at: str
) -> None:
    context.add_cookies([{"name": DEMO_COOKIE, "value": "support", "url": dashboard.url}])
    page, keys = dashboard.page, Keys(dashboard.page)
    dashboard.opens(f"/customer?customer={looked_at}")

    keys.tabs_to("Print")
    with context.expect_page() as opened:
        keys.press("Enter")
    paper = opened.value
    expect(paper.get_by_role("heading", level=1)).to_have_text("Reachable Handles GmbH")
    assert paper.locator("script").count() == 0
    paper.close()

    keys.tabs_to("Subscriptions")
    for _ in range(3):  # quickly: no answer takes back what a later key has chosen
        keys.press("ArrowRight")
        keys.press("Enter")
    expect(page).to_have_url(re.compile("tab=Timeline"), timeout=PATIENCE)
    dashboard.settles()
    dashboard.sees("Customer created.")

    keys.tabs_to("New note")
    keys.types("Prefers the keyboard.")
    keys.tabs_to("Add note")
    keys.press("Enter")
    dashboard.sees("Prefers the keyboard.")
    dashboard.settles()

    keys.tabs_to(re.compile("^Not possible now"))
    keys.press("Enter")
    dashboard.sees("It is not set to end, so there is nothing to renew.")


@pytest.mark.whole
def test_one_of_several_hits_is_chosen_by_keys(
    dashboard: Dashboard, context: BrowserContext, stripe: Stripe
) -> None:
    for name in ("Twinfound Harbour One", "Twinfound Harbour Two"):
        stripe.subscriber(name)
    stripe.delivers()
    context.add_cookies([{"name": DEMO_COOKIE, "value": "support", "url": dashboard.url}])
    keys = Keys(dashboard.page)
    dashboard.opens("/customer")
    keys.tabs_to("Find a customer")
    keys.types("Twinfound Harbour")
    keys.press("Enter")
    dashboard.sees("Choose a row to open one")
    dashboard.settles()
    keys.tabs_to(re.compile("Twinfound Harbour One"))
    keys.press("ArrowDown", "Enter")
    expect(dashboard.page).to_have_url(re.compile(r"customer=cus_"), timeout=PATIENCE)
    dashboard.sees("Hand over a link")
