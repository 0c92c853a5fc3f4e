"""A customer cancels and comes back before the webhook does: the page waits, and then says so."""

from __future__ import annotations

import os
import re

import pytest
from playwright.sync_api import expect

from lib.billing.config import Settings
from lib.billing.demo import Stack
from lib.billing.wiring import open_installation
from tests.browser.acting import PATIENCE, Customer, Stripe
from tests.links.shopfront import request

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]


def hold(stripe: Stripe, held: bool) -> None:
    stripe.http.post("/_sandbox/deliveries", json={"paused": held}).raise_for_status()


def test_who_comes_back_early_waits_for_the_webhook(
    stack: Stack, customer: Customer, stripe: Stripe
) -> None:
    customer_id, _ = stripe.subscriber("Early Bird Bindery")
    stripe.delivers()
    installation = open_installation(Settings.load(os.environ | stack.environment))
    minted = installation.portside.mint_link(request(customer_id, "subscription_cancel"))
    installation.close()

    page, asked, said = customer.page, [], []
    page.on("request", lambda each: asked.append(each.url))
    page.on("console", lambda each: said.append(each.text))
    hold(stripe, True)
    try:
        customer.opens(minted.url)
        customer.page.get_by_label("It's too expensive").check()
        customer.clicks("Cancel subscription")
        page.wait_for_url(re.compile(rf"^{stack.receiver_url}/return\?t=v1\."), timeout=PATIENCE)
        asked.clear()
        state = page.get_by_role("status")
        expect(state).to_contain_text("Nothing has changed yet")
        expect(state).to_contain_text("waiting for the payment provider to confirm your plan")
        expect(state).to_contain_text(re.compile("Your Pro plan is active and renews on"))
        with page.expect_response(re.compile("n=2"), timeout=PATIENCE):
            pass  # it looked again, and nothing had arrived
        expect(state).to_contain_text("Nothing has changed yet")
    finally:
        hold(stripe, False)
    expect(state).to_contain_text("Your change has arrived", timeout=PATIENCE)
    expect(state).to_contain_text(re.compile(r"Your Pro plan stays active until .* and then ends"))
    expect(page).to_have_title("Your change has arrived")
    assert {url.split("?")[0] for url in asked} == {f"{stack.receiver_url}/return"}
    assert said == []
