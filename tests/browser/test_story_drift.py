"""The third story: a difference from Stripe is seen, repaired on request, and its outcome read."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import select

from dashboard.signin import DEMO_COOKIE
from lib.billing.demo import Stack
from lib.billing.store import requests as asked
from lib.billing.store.engine import Store
from lib.billing.store.tables import requests
from tests.browser.acting import PATIENCE, Dashboard, Stripe
from tests.health import seeding

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]

OUTCOME = "1 difference repaired."


@pytest.fixture
def store(stack: Stack) -> Iterator[Store]:
    """The database behind the dashboard, for what other processes write into it."""
    opened = Store(f"sqlite:///{stack.directory / 'portside.db'}")
    yield opened
    opened.close()


def differs(store: Store, customer_id: str, subscription_id: str, now: int) -> int:
    """A finding as a comparison with Stripe leaves it."""
    return seeding.drift(
        store,
        customer_id,
        subject=f"stripe subscription {subscription_id}",
        object_id=subscription_id,
        first_seen_at=now - 7_200,
        last_seen_at=now - 3_600,
        times=2,
    )


def row_of(store: Store, customer_id: str) -> dict[str, Any]:
    """The request about the customer, waited for."""
    end = time.monotonic() + PATIENCE / 1000
    query = select(requests).where(requests.c.subject == customer_id)
    while True:
        with store.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        if row is not None:
            return dict(row)
        assert time.monotonic() < end, "no request was added"
        time.sleep(0.1)


def test_a_difference_is_repaired_on_request_without_a_mouse(
    dashboard: Dashboard, context: BrowserContext, stripe: Stripe, store: Store
) -> None:
    customer_id, subscription_id = stripe.subscriber("Drifting Timber Co")
    stripe.delivers()
    now = int(stripe.get("/_sandbox/clock")["unix"])
    number = differs(store, customer_id, subscription_id, now)
    context.add_cookies([{"name": DEMO_COOKIE, "value": "admin", "url": dashboard.url}])

    dashboard.opens("/sync")
    dashboard.sees(re.compile(r"differences? from Stripe"))
    (row,) = [row for row in dashboard.grid() if row["Customer"] == "Drifting Timber Co"]
    assert row["What differs"] == "Subscription: cancel at, status"
    assert row["Why"] == "Stripe has an event that never arrived here."
    assert row["Seen"] == "2"

    index = [row["Customer"] for row in dashboard.grid()].index("Drifting Timber Co")
    dashboard.chooses_row_by_keyboard(index, re.compile(f"finding={number}"))
    card = dashboard.page.locator(".st-key-finding")
    expect(card.get_by_role("heading", name="Drifting Timber Co")).to_be_visible(timeout=PATIENCE)
    dashboard.settles()

    button = card.get_by_role("button", name="Repair")
    button.focus()
    dashboard.page.keyboard.press("Enter")
    added = row_of(store, customer_id)
    assert (added["action"], added["staff"]) == ("repair", "admin@demo.invalid")

    # Whoever carries it out first says what came of it: this test, or the product's own jobs.
    with store.writing() as connection:
        asked.finish(connection, added["request_id"], "done", OUTCOME, now + 5)
    outcome = row_of(store, customer_id)["outcome"]
    told = card.locator(".st-key-request_progress")
    expect(told).to_contain_text(outcome, timeout=PATIENCE)
    dashboard.goes("/sync?board=Requests")
    listed = [row for row in dashboard.grid() if row["About"] == customer_id]
    assert [row["Outcome"] for row in listed] == [outcome]


@pytest.mark.whole
def test_who_may_not_repair_reads_the_same_comparison(
    dashboard: Dashboard, context: BrowserContext, stripe: Stripe, store: Store
) -> None:
    customer_id, subscription_id = stripe.subscriber("Reading Only Ltd")
    stripe.delivers()
    now = int(stripe.get("/_sandbox/clock")["unix"])
    number = differs(store, customer_id, subscription_id, now)
    context.add_cookies([{"name": DEMO_COOKIE, "value": "support", "url": dashboard.url}])
    dashboard.opens(f"/sync?finding={number}")
    dashboard.sees("Administrators may check, repair and acknowledge.")
    expect(dashboard.page.get_by_role("button", name="Repair")).to_have_count(0)


@pytest.mark.whole
def test_an_earlier_time_is_chosen_with_the_arrow_keys_and_kept_in_the_address(
    dashboard: Dashboard, context: BrowserContext, stripe: Stripe
) -> None:
    customer_id, _ = stripe.subscriber("Earlier Days Ltd")
    stripe.advance(3)
    context.add_cookies([{"name": DEMO_COOKIE, "value": "admin", "url": dashboard.url}])
    dashboard.opens(f"/customer?customer={customer_id}")
    dashboard.clicks("Earlier state")
    expect(dashboard.page).to_have_url(re.compile(r"at=20\d\d-"), timeout=PATIENCE)
    dashboard.sees("actions are off")
    expect(dashboard.page.locator(".st-key-link_panel")).to_have_count(0)
    dashboard.settles()
    before = dashboard.page.url
    dashboard.page.get_by_role("slider").first.focus()
    dashboard.page.keyboard.press("ArrowRight")
    expect(dashboard.page).not_to_have_url(before, timeout=PATIENCE)
    dashboard.settles()
    chosen = dashboard.page.url
    dashboard.page.reload()
    dashboard.settles()
    assert dashboard.page.url == chosen
    dashboard.sees("actions are off")
    dashboard.clicks("Back to now")
    expect(dashboard.page.locator(".st-key-link_panel")).to_be_visible(timeout=PATIENCE)
    assert "at=" not in dashboard.page.url
