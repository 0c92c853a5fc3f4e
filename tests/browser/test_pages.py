"""Every page in a real browser: hostile names, roles, the address as state, the keyboard."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import BrowserContext, Download, expect

from dashboard.navigation import PAGES
from dashboard.signin import DEMO_COOKIE
from lib.billing import Role
from lib.billing.demo import Stack
from lib.billing.domain.permissions import GRANTS
from tests import cut
from tests.browser.acting import PATIENCE, Dashboard, Stripe

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HOSTILE = (
    "![pixel](http://foreign.test/pixel.png)",
    "<img src=http://foreign.test/tag.png onerror=fetch('http://foreign.test/')>",
    '=HYPERLINK("http://foreign.test/","Click me")',
    "[Reset your password](http://foreign.test/login) :red[**now**] $x$",
    ("Long and windy GmbH " * 13)[:256],
    "\u202eexe.fdp\u202c \u0645\u0631\u062d\u0628\u0627 | a | b |",
)
TOTALS = {"overview", "mrr", "plan-mix", "close", "plans", "portal", "sync"}
"""Pages that show nobody's name as they open."""
TABS = ("Subscriptions", "Invoices", "May+use", "Timeline", "Raw")


@pytest.fixture
def admin(dashboard: Dashboard, context: BrowserContext) -> Dashboard:
    """Somebody who may see everything, already signed in."""
    context.add_cookies([{"name": DEMO_COOKIE, "value": "admin", "url": dashboard.url}])
    return dashboard


@pytest.fixture
def requested(admin: Dashboard) -> list[str]:
    """Every address that the browser asked for."""
    seen: list[str] = []
    admin.page.on("request", lambda request: seen.append(request.url))
    return seen


@pytest.fixture(scope="module")
def hostile(stack: Stack) -> list[str]:
    """Customers with names that nobody wants, winding down or failing: their ids."""
    with Stripe(stack.sandbox_url) as stripe:
        return _hostile(stripe)


def _hostile(stripe: Stripe) -> list[str]:
    ids = []
    for index, name in enumerate(HOSTILE):
        customer, subscription = stripe.subscriber(name)
        ids.append(customer)
        if index % 2 == 0:
            form = {
                "cancel_at_period_end": "true",
                "cancellation_details[comment]": (name * 2)[:500],
            }
            stripe.post(f"/v1/subscriptions/{subscription}", **form)
    stripe.delivers()
    return ids


def test_a_hostile_name_loads_nothing_and_is_shown_as_it_is(
    admin: Dashboard, requested: list[str], hostile: list[str]
) -> None:
    shown = (0, 1, 3, 5) if cut.WHOLE else (1, 3)
    addresses = [f"/customer?customer={hostile[index]}" for index in shown]
    addresses += [f"/customer?customer={hostile[0]}&tab={tab}" for tab in TABS[1:]]
    addresses += ["/customer?find=foreign.test", "/winding-down?q=foreign.test"]
    _noted(admin, hostile[0])
    for row in PAGES:
        if row.slug in TOTALS and not cut.WHOLE:
            continue
        admin.turns_to(row.title)
        assert not admin.page.get_by_test_id("stException").count(), row.slug
    for address in addresses:
        admin.goes(address)
        assert not admin.page.get_by_test_id("stException").count(), address
    foreign = [url for url in requested if not url.startswith((admin.url, "data:", "blob:"))]
    assert [url for url in foreign if not url.startswith(admin.url.replace("http", "ws"))] == []

    admin.goes(f"/customer?customer={hostile[0]}")
    heading = admin.page.get_by_role("heading", level=2).first
    assert heading.inner_text().replace("\u2060", "") == HOSTILE[0]
    assert not admin.page.locator("[data-testid=stMain] img").count()
    notes = admin.page.locator(".st-key-staff_notes")
    assert HOSTILE[0] in notes.inner_text()
    admin.goes("/audit")
    assert any(row["For whom"] == HOSTILE[0] for row in admin.grid())


def _noted(admin: Dashboard, customer: str) -> None:
    """Every hostile text as one staff note: it is shown on the page and told in the timeline."""
    admin.opens(f"/customer?customer={customer}")
    panel = admin.page.locator(".st-key-staff_notes")
    panel.get_by_role("textbox").fill("\n".join(HOSTILE))
    panel.get_by_role("button", name="Add note").click()
    expect(panel.get_by_text(HOSTILE[0]).first).to_be_visible(timeout=PATIENCE)


def test_the_file_is_safe_for_a_spreadsheet(
    admin: Dashboard, hostile: list[str], tmp_path: Path
) -> None:
    admin.opens(f"/winding-down?q={hostile[2]}")
    with admin.page.expect_download() as waiting:
        admin.page.get_by_role("button", name="Download").click()
        admin.page.get_by_text("CSV", exact=True).click()
    download: Download = waiting.value
    text = Path(download.path()).read_text(encoding="utf-8")
    assert download.suggested_filename == "winding-down.csv"
    assert hostile[2] in text
    assert len(text.splitlines()) == 2
    assert not re.search(r"(^|,)\"?=", text, flags=re.MULTILINE)


def test_a_role_is_offered_its_pages_and_told_about_the_others(
    dashboard: Dashboard, context: BrowserContext
) -> None:
    """One of them and one page: `tests/pages/test_sent` asks for every page that it may not see,
    and `test_looks` opens those that it may."""
    role = Role.SUPPORT.value
    context.add_cookies([{"name": DEMO_COOKIE, "value": role, "url": dashboard.url}])
    dashboard.opens("/customer")
    shown = dashboard.page.locator(".menu").get_by_role("link")
    allowed = [row.title for row in PAGES if row.permission in GRANTS[Role(role)]]
    expect(shown).to_have_count(len(allowed), timeout=PATIENCE)
    assert [text.strip().splitlines()[-1] for text in shown.all_inner_texts()] == allowed
    refused = next(row for row in PAGES if row.title not in allowed)
    dashboard.goes(f"/{refused.slug}")
    heading = dashboard.page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Not for your role", timeout=PATIENCE)


@pytest.mark.whole
def test_the_address_survives_sign_in_and_a_reload(dashboard: Dashboard) -> None:
    dashboard.opens("/winding-down?q=a&sort=Largest+MRR")
    dashboard.signs_in("founder")
    for reloaded in (False, True):
        if reloaded:
            dashboard.page.reload()
            dashboard.settles()
        search = dashboard.page.get_by_placeholder("Name, e-mail or id")
        expect(search).to_have_value("a", timeout=PATIENCE)
        assert "q=a" in dashboard.page.url
        assert "sort=Largest+MRR" in dashboard.page.url


@pytest.mark.parametrize(
    "narrowing",
    cut.first(
        2,
        [
            ("/winding-down", "[class*=st-key-runway_] .bar", "week"),
            ("/upgrades", ".st-key-paths_chart .bubble", "path"),
            ("/plan-mix", ".st-key-plans_chart .bar", "plans"),
            ("/plan-mix?view=Moves", ".st-key-moves_chart .bubble", "move"),
            ("/upgrades", ".st-key-changes_chart .bar", "changes"),
            ("/winding-down", ".st-key-ending_reasons .bar", "reasons"),
            ("/winding-down?view=Saved+or+lost", "[class*=st-key-saves_] .bar", "outcomes"),
            ("/failed-payments", ".st-key-causes .bar", "reasons"),
            ("/invoices", ".st-key-ages .bar", "buckets"),
            ("/overview", ".st-key-leaving .bar", "week"),
        ],
    ),
    ids=lambda narrowing: narrowing[1],
)
def test_a_click_on_a_chart_narrows_its_list_and_another_lets_it_go(
    admin: Dashboard, hostile: list[str], narrowing: tuple[str, str, str]
) -> None:
    address, mark, field = narrowing
    admin.opens(address)
    drawn = admin.page.locator(mark).first
    expect(drawn).to_be_visible(timeout=PATIENCE)
    drawn.click(force=True)
    expect(admin.page).to_have_url(re.compile(rf"[?&]{field}="), timeout=PATIENCE)
    admin.settles()
    drawn.click(force=True)
    expect(admin.page).not_to_have_url(re.compile(rf"[?&]{field}="), timeout=PATIENCE)


@pytest.mark.whole
def test_a_row_can_be_chosen_with_the_keyboard(admin: Dashboard, hostile: list[str]) -> None:
    admin.opens(f"/winding-down?q={hostile[0]}")
    admin.chooses_row_by_keyboard(0, re.compile("customer=cus_"))


@pytest.mark.whole
def test_the_way_back_leads_to_the_list_as_it_was_filtered(
    admin: Dashboard, hostile: list[str]
) -> None:
    admin.opens("/winding-down?q=foreign&sort=Largest+MRR")
    admin.chooses_row(0)
    expect(admin.page).to_have_url(re.compile("customer=cus_"), timeout=PATIENCE)
    admin.clicks("Back to Winding down")
    expect(admin.page).to_have_url(re.compile("q=foreign"), timeout=PATIENCE)
    assert "sort=Largest+MRR" in admin.page.url


def test_every_answer_is_hardened_and_foreign_hosts_are_turned_away(stack: Stack) -> None:
    answer = httpx.get(f"{stack.dashboard_url}/overview")
    assert answer.status_code == 200
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    refused = httpx.get(f"{stack.dashboard_url}/overview", headers={"host": "foreign.test"})
    assert refused.status_code == 403
