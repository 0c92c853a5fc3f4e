"""The first story: a customer leaves, and another one is kept."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acting import PATIENCE, Customer, Dashboard, Stripe

GONE = re.compile("No subscription matches these filters|Nothing is winding down")
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]


def leaves(dashboard: Dashboard, customer: Customer, name: str) -> None:
    """Staff, on the customer page, find them and hand over the link; the customer cancels with a
    reason."""
    dashboard.finds(name)
    dashboard.sees("the subscription is active")
    customer.opens(dashboard.makes_link("Cancel subscription"))
    customer.page.get_by_label("It's too expensive").check()
    customer.page.get_by_label("Any additional feedback?").fill("Prices went up again.")
    customer.clicks("Cancel subscription")


def test_a_customer_cancels_and_access_ends_with_the_period(
    dashboard: Dashboard, customer: Customer, stripe: Stripe
) -> None:
    name = "Lantern Street Press"
    customer_id, _ = stripe.subscriber(name)
    dashboard.opens("/customer")
    dashboard.signs_in("support")
    leaves(dashboard, customer, name)

    panel = dashboard.page.locator(".st-key-link_progress")
    expect(panel.get_by_text("What followed")).to_be_visible(timeout=PATIENCE)
    expect(panel).to_contain_text(re.compile("cancel", re.IGNORECASE))

    dashboard.goes(f"/winding-down?q={customer_id}")
    dashboard.sees("1 subscription.")
    (row,) = dashboard.grid()
    assert row["Customer"] == name
    assert row["MRR"] == "$29.00"
    assert row["Reason"] == "Too expensive"
    assert row["Comment"] == "Prices went up again."
    assert re.fullmatch(r"\d{1,2} \w{3} \d{4}, \d\d:\d\d", row["Ends on"])

    dashboard.goes(f"/customer?customer={customer_id}")
    dashboard.sees("Has access")
    dashboard.sees(re.compile("Pro until .*winding down"))

    stripe.advance(32)
    dashboard.goes(f"/customer?customer={customer_id}")
    dashboard.sees("Default plan only")
    dashboard.sees("canceled")
    expect(dashboard.page.locator(".st-key-access")).to_contain_text(
        re.compile(r"Rule canceled · event evt_\w+")
    )
    dashboard.goes(f"/winding-down?q={customer_id}")
    dashboard.sees(GONE)


@pytest.mark.whole
@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_a_customer_changes_their_mind_before_the_end(
    dashboard: Dashboard, customer: Customer, stripe: Stripe, mode: str
) -> None:
    """Stripe says "it ends" in two ways; undoing either takes it off the list."""
    name = f"Changed Minds {mode.capitalize()}"
    customer_id, subscription_id = stripe.subscriber(name, **{"billing_mode[type]": mode})
    dashboard.opens("/customer")
    dashboard.signs_in("support")
    leaves(dashboard, customer, name)
    told = dashboard.page.locator(".st-key-link_progress")
    expect(told.get_by_text("What followed")).to_be_visible(timeout=PATIENCE)
    state = stripe.get(f"/v1/subscriptions/{subscription_id}")
    assert state["cancel_at_period_end"] is (mode == "classic")
    assert state["cancel_at"]

    dashboard.goes(f"/winding-down?q={customer_id}")
    dashboard.sees("1 subscription.")
    dashboard.chooses_row(0)
    expect(dashboard.page).to_have_url(re.compile(f"customer={customer_id}"), timeout=PATIENCE)
    dashboard.settles()
    dashboard.sees("winding down")
    refused = dashboard.page.locator(".st-key-link_panel").get_by_text("Not possible now")
    refused.click()
    dashboard.sees("already")

    customer.opens(dashboard.makes_link("Renew subscription"))
    customer.clicks("Don't cancel subscription")
    expect(told.get_by_text("What followed")).to_be_visible(timeout=PATIENCE)
    dashboard.goes(f"/winding-down?q={customer_id}")
    dashboard.sees(GONE)
    dashboard.goes(f"/customer?customer={customer_id}")
    dashboard.sees("the subscription is active")
