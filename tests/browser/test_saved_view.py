"""A saved view opens as it was kept, whatever page it is opened from."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acting import PATIENCE, Dashboard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]


def test_a_view_in_euros_opens_in_euros_from_a_page_in_dollars(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.opens("/mrr?currency=EUR")
    dashboard.signs_in("admin")
    expect(page).to_have_url(re.compile("currency=EUR"), timeout=PATIENCE)
    dashboard.clicks("Save this view")
    page.get_by_label("Name", exact=True).fill("Euros")
    page.get_by_role("button", name="Save", exact=True).click()
    view = page.get_by_test_id("stSidebar").get_by_role("link", name="Euros")
    expect(view).to_be_visible(timeout=PATIENCE)
    dashboard.goes("/plan-mix")
    expect(page.get_by_role("radio", name="USD")).to_be_checked(timeout=PATIENCE)
    view.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("MRR", timeout=PATIENCE)
    dashboard.settles()
    expect(page).to_have_url(re.compile(r"/mrr\?currency=EUR$"), timeout=PATIENCE)
    expect(page.get_by_role("radio", name="EUR")).to_be_checked()
