"""Somebody's first visit: the tour is taken by clicks, and never comes back when it was left."""

from __future__ import annotations

from time import time

import pytest
from playwright.sync_api import expect

from lib.billing.demo import Stack
from lib.billing.store import staff_choices
from lib.billing.store.engine import Store
from tests.browser.acting import PATIENCE, Dashboard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]


@pytest.fixture
def newcomer(stack: Stack) -> None:
    """Finance has not left the tour yet."""
    store = Store(stack.environment["PORTSIDE_DATABASE_URL"])
    with store.writing() as connection:
        staff_choices.add(connection, "finance@demo.invalid", "tour", "", int(time()))
    store.close()


def test_the_tour_leads_to_a_page_and_is_left_for_ever(
    newcomer: None, dashboard: Dashboard
) -> None:
    dashboard.opens("/mrr")
    dashboard.signs_in("finance")
    dashboard.sees("Welcome to Portside")
    dashboard.page.get_by_role("button", name="Begin").click()
    dashboard.settles()
    dashboard.sees("1 of")
    dashboard.page.get_by_role("button", name="Never again").click()
    welcome = dashboard.page.get_by_text("Welcome to Portside")
    expect(welcome).to_have_count(0, timeout=PATIENCE)
    dashboard.page.reload()
    dashboard.settles()
    dashboard.sees("MRR")
    expect(welcome).to_have_count(0)
