"""What is chosen stays with its page and its address, however people come and go."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acting import PATIENCE, Dashboard

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("stories")]

CHOSEN = {
    "plans": ["Business", "Pro"],
    "sort": ["Most customers"],
    "measure": ["Customers"],
}


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def shows(page: Page) -> None:
    """All of `CHOSEN`, on Plan mix and in its address."""
    expect(page.get_by_role("heading", level=1)).to_have_text("Plan mix", timeout=PATIENCE)
    expect(page.get_by_role("radio", name="Customers")).to_be_checked(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Plan: Business, Pro")).to_be_visible()
    expect(page.get_by_label("Sort by").locator("option:checked")).to_have_text("Most customers")
    told = "[...new URL(location).searchParams.keys()].length"
    page.wait_for_function(f"{told} === 4", timeout=PATIENCE)
    assert query(page) == CHOSEN
    rows = page.locator(".listed").last.locator("tbody tr")
    expect(rows.filter(has_text=re.compile("Business|Pro"))).not_to_have_count(0, timeout=PATIENCE)
    expect(rows.filter(has_text="Starter")).to_have_count(0)


def test_what_is_chosen_quickly_is_all_kept_and_waits_for_its_page(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.opens("/plan-mix")
    dashboard.signs_in("admin")
    dashboard.settles()
    steps = page.evaluate("history.length")
    # Nothing waits for an answer between two of them.
    page.get_by_role("radio", name="Customers").click()
    page.locator(".st-key-plans_choice .choice").click()
    for plan in ("Business", "Pro"):
        page.get_by_role("checkbox", name=plan, exact=True).check()
    page.keyboard.press("Escape")
    page.get_by_label("Sort by").select_option("Most customers")
    dashboard.settles()
    shows(page)
    assert page.evaluate("history.length") == steps

    dashboard.turns_to("Invoices")
    assert query(page) == {}  # a list that came narrowed would look complete
    page.go_back()
    shows(page)
    page.go_forward()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoices", timeout=PATIENCE)
    dashboard.settles()
    assert query(page) == {}
    dashboard.turns_to("Plan mix")
    shows(page)
    page.reload()
    dashboard.settles()
    shows(page)


def test_a_currency_comes_along_and_a_division_does_not(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.opens("/mrr")
    dashboard.signs_in("admin")
    dashboard.settles()
    page.get_by_role("radio", name="EUR").click()
    page.get_by_role("radio", name="Week").click()
    dashboard.settles()
    dashboard.turns_to("Churn and retention")
    expect(page.get_by_role("radio", name="EUR")).to_be_checked(timeout=PATIENCE)
    expect(page.get_by_role("radio", name="Month", exact=True)).to_be_checked()
    dashboard.settles()
    assert query(page) == {"currency": ["EUR"]}
    page.get_by_role("radio", name="USD").click()
    dashboard.settles()
    dashboard.turns_to("MRR")
    expect(page.get_by_role("radio", name="USD")).to_be_checked(timeout=PATIENCE)
    expect(page.get_by_role("radio", name="Week")).to_be_checked()
    dashboard.settles()
    assert query(page) == {"by": ["Week"]}


def test_what_is_opened_and_typed_beside_a_choice_keeps_it_in_the_address(
    dashboard: Dashboard,
) -> None:
    page = dashboard.page
    dashboard.opens("/invoices?page=2")
    dashboard.signs_in("admin")
    dashboard.settles()
    page.locator(".st-key-statuses_choice .choice").click()
    page.get_by_role("checkbox", name="Paid", exact=True).check()
    page.keyboard.press("Escape")
    # A narrower list begins at its first page.
    expect(page).to_have_url(re.compile(r"invoices\?statuses=Paid$"), timeout=PATIENCE)
    dashboard.rows().first.locator("td").first.click()
    expect(page).to_have_url(re.compile("invoice=in_"), timeout=PATIENCE)
    assert query(page).keys() == {"statuses", "invoice"}
    page.get_by_label("Search").fill("zzz")
    expect(page).to_have_url(re.compile("q=zzz"), timeout=PATIENCE)
    expect(page.get_by_text("No invoice matches these filters.")).to_be_visible(timeout=PATIENCE)
    assert query(page)["statuses"] == ["Paid"]
    page.get_by_role("button", name="Clear the filters").click()
    expect(page.locator(".st-key-statuses_choice .said")).to_have_text("Status", timeout=PATIENCE)
    expect(page).not_to_have_url(re.compile("statuses|q="), timeout=PATIENCE)


def test_a_view_of_another_page_leads_back_to_what_was_there(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.opens("/plan-mix?plans=Pro&sort=Most+customers")
    dashboard.signs_in("finance")
    dashboard.settles()
    dashboard.clicks("Save this view")
    page.get_by_label("Name", exact=True).fill("Pros")
    page.get_by_role("button", name="Save", exact=True).click()
    view = page.get_by_test_id("stSidebar").get_by_role("link", name="Pros")
    expect(view).to_be_visible(timeout=PATIENCE)
    dashboard.opens("/invoices?statuses=Paid")
    dashboard.settles()
    said = page.locator(".st-key-plans_choice .said")

    for _ in range(2):
        view.click()
        expect(said).to_have_text("Pro", timeout=PATIENCE)
        dashboard.settles()
        assert query(page) == {"plans": ["Pro"], "sort": ["Most customers"]}
        page.get_by_role("button", name="Clear Plan").click()
        expect(said).to_have_text("Plan")
        dashboard.settles()
        assert query(page) == {"sort": ["Most customers"]}
    page.go_back()
    page.go_back()  # the second time it led from the page to itself
    expect(page.get_by_role("heading", level=1)).to_have_text("Invoices", timeout=PATIENCE)
    dashboard.settles()
    assert query(page) == {"statuses": ["Paid"]}
    expect(page.locator(".st-key-statuses_choice .said")).to_have_text("Paid")


def test_another_view_of_a_page_has_no_choice_of_the_one_before(dashboard: Dashboard) -> None:
    page = dashboard.page
    dashboard.opens("/plan-mix?plans=Pro&sort=Most+customers")
    dashboard.signs_in("admin")
    dashboard.settles()
    page.get_by_role("radio", name="Trend").click()
    expect(page.get_by_role("heading", name="How does the mix move?")).to_be_visible(
        timeout=PATIENCE
    )
    dashboard.settles()
    page.wait_for_url(re.compile(r"plan-mix\?view=Trend$"), timeout=PATIENCE)
    page.get_by_role("radio", name="Now").click()
    expect(page.locator(".st-key-plans_choice .said")).to_have_text("Pro", timeout=PATIENCE)
    dashboard.settles()
    assert query(page) == {"plans": ["Pro"], "sort": ["Most customers"]}
