"""A saved view opens as it was kept, whatever page it is opened from."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.acting import PATIENCE, Dashboard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]


def test_a_view_opens_in_its_own_currency_whatever_the_page_before_was_in(
    dashboard: Dashboard,
) -> None:
    page = dashboard.page
    dashboard.opens("/mrr?currency=EUR")
    dashboard.signs_in("admin")
    expect(page).to_have_url(re.compile("currency=EUR"), timeout=PATIENCE)
    euros = _saved(dashboard, "Euros")
    dashboard.opens("/mrr?by=Week")
    weeks = _saved(dashboard, "Weeks")

    dashboard.goes("/plan-mix")
    expect(page.get_by_role("radio", name="USD")).to_be_checked(timeout=PATIENCE)
    _opens(dashboard, euros, r"/mrr\?currency=EUR$")
    expect(page.get_by_role("radio", name="EUR")).to_be_checked()

    dashboard.opens("/plan-mix?currency=EUR&view=Trend")
    expect(page.get_by_role("radio", name="EUR")).to_be_checked(timeout=PATIENCE)
    _opens(dashboard, weeks, r"/mrr\?by=Week$")
    expect(page.get_by_role("radio", name="USD")).to_be_checked()
    expect(page.get_by_role("radio", name="Roll-forward")).to_be_checked()


def _saved(dashboard: Dashboard, name: str) -> Locator:
    """The link of the view that is shown, kept under ``name``."""
    dashboard.settles()
    dashboard.clicks("Save this view")
    dashboard.page.get_by_label("Name", exact=True).fill(name)
    dashboard.page.get_by_role("button", name="Save", exact=True).click()
    view = dashboard.page.get_by_test_id("stSidebar").get_by_role("link", name=name)
    expect(view).to_be_visible(timeout=PATIENCE)
    return view


def _opens(dashboard: Dashboard, view: Locator, address: str) -> None:
    view.click()
    title = dashboard.page.get_by_role("heading", level=1)
    expect(title).to_have_text("MRR", timeout=PATIENCE)
    dashboard.settles()
    expect(dashboard.page).to_have_url(re.compile(address), timeout=PATIENCE)
