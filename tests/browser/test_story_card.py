"""The second story: a card fails, the customer gives another one, the invoice is paid."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acting import PATIENCE, Customer, Dashboard, Stripe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]


def test_a_failing_card_is_replaced_and_the_invoice_is_paid(
    dashboard: Dashboard, customer: Customer, stripe: Stripe
) -> None:
    name = "Wicker & Vale"
    customer_id, _ = stripe.subscriber(name)
    stripe.card(customer_id, "pm_card_chargeCustomerFail")
    stripe.advance(31.2)

    dashboard.opens(f"/failed-payments?q={customer_id}")
    dashboard.signs_in("support")
    dashboard.sees("1 invoice.")
    (row,) = dashboard.grid()
    assert row["Customer"] == name
    assert row["Left to pay"] == "$29.00"
    assert row["Attempt"] == "1"

    dashboard.chooses_row(0)
    dashboard.page.get_by_role("button", name="Open the customer").click()
    expect(dashboard.page).to_have_url(re.compile(f"customer={customer_id}"), timeout=PATIENCE)
    dashboard.settles()
    dashboard.sees("payment is past due")
    customer.opens(dashboard.makes_link("Update payment method", "Payment failed"))
    customer.page.get_by_label("Card number").fill("4242 4242 4242 4242")
    customer.page.get_by_label("Expiration date").fill("12 / 34")
    customer.page.get_by_label("CVC").fill("123")
    customer.clicks("Update payment method")
    told = dashboard.page.locator(".st-key-link_progress")
    expect(told.get_by_text("What followed")).to_be_visible(timeout=PATIENCE)

    stripe.advance(7)
    expect(told).to_contain_text(re.compile("paid", re.IGNORECASE), timeout=PATIENCE)
    dashboard.goes(f"/failed-payments?q={customer_id}")
    dashboard.sees(re.compile("No invoice matches these filters|No payment is failing"))
    dashboard.goes(f"/customer?customer={customer_id}&tab=Invoices")
    dashboard.sees("the subscription is active")
    assert {row["Status"] for row in dashboard.grid()} == {"Paid"}
