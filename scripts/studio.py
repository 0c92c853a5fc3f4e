"""A browser before a dashboard, for the scripts that look at every page."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Page, expect

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dashboard.signin import DEMO_COOKIE  # noqa: E402 - the checkout comes onto the path above
from lib.billing.demo import DemoOptions, Stack  # noqa: E402
from lib.billing.domain.permissions import Role  # noqa: E402
from lib.billing.store import staff_choices  # noqa: E402
from lib.billing.store.engine import Store  # noqa: E402

CHROMIUM: Final = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
WIDE: Final = 1440
PATIENCE: Final = 60_000
KEYS: Final = {"plans": "view", "sync": "board"}
TABS: Final = {
    "plans": ("Features", "Prices", "Check", "Impact"),
    "sync": ("Gaps", "Failed events", "Deliveries", "Outgoing", "Requests"),
}
"""Page → the tabs that are looked at beside its first, and the name of its tab in the address."""


def tabs(slug: str) -> Iterator[tuple[str, str]]:
    """The name and the address of each tab of a page but its first."""
    for tab in TABS.get(slug, ()):
        yield tab, f"/{slug}?{KEYS[slug]}={tab.replace(' ', '+')}"


@contextmanager
def running(url: str | None, customers: int) -> Iterator[str]:
    """The address of the dashboard: the one that is named, or a fresh company's."""
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as directory:
        options = DemoOptions(Path(directory), port=0, customers=customers)
        with Stack(options) as stack:
            were_here(stack.environment["PORTSIDE_DATABASE_URL"])
            _close_a_month(stack.environment)
            yield stack.dashboard_url


def _close_a_month(environment: dict[str, str]) -> None:
    """The month before this one, so that there is something sealed to look at."""
    before = datetime.now(UTC).replace(day=1) - timedelta(days=1)
    close = ("close", f"{before:%Y-%m}", "--first", "--staff", "finance@demo.invalid")
    why = ("--anyway", "--reason", "For the pictures of a closed month.")
    subprocess.run(
        [sys.executable, "-m", "lib.billing.cli", *close, *why],
        cwd=ROOT,
        env=os.environ | environment,
        check=True,
        stdout=subprocess.DEVNULL,
    )


def were_here(database_url: str) -> None:
    """The people of the demo know the tour and were here yesterday evening."""
    store, now = Store(database_url), int(time.time())
    try:
        with store.writing() as connection:
            for role in Role:
                person = f"{role.value}@demo.invalid"
                staff_choices.add(connection, person, "tour", "left", now)
                staff_choices.add(connection, person, "last_here", f"- {now - 15 * 3600}", now)
    finally:
        store.close()


def browser_path() -> str:
    """The Chromium that the set-up noted."""
    noted = ROOT / ".venv" / ".browser"
    if noted.exists():
        return noted.read_text(encoding="utf-8").strip()
    return os.environ.get("PORTSIDE_BROWSER", "/usr/bin/chromium")


@contextmanager
def signed_in(
    browser: Browser, url: str, *, width: int = WIDE, theme: str = "light", locale: str = "en-GB"
) -> Iterator[BrowserContext]:
    """An administrator's browser, whose language is that of ``locale`` until they choose one."""
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if theme == "dark" else "light",
        locale=locale,
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": DEMO_COOKIE, "value": "admin", "url": url}])
    context.set_default_timeout(PATIENCE)
    yield context
    context.close()


def settle(page: Page) -> None:
    """The script has ended and nothing is stale."""
    app = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(app).to_be_visible(timeout=PATIENCE)
    stale = page.locator("[data-testid=stMain] [data-stale=true]")
    expect(stale).to_have_count(0, timeout=PATIENCE)
    page.wait_for_timeout(1_200)  # charts and grids are painted after that


def whole(page: Page, width: int) -> None:
    """Make the window as high as the page, so that the picture shows all of it."""
    height = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(int(height) + 4, 700)})
    page.wait_for_timeout(1_000)


def somebody(browser: Browser, url: str) -> str:
    """The address of the customer who is winding down first, found the way people find it."""
    with signed_in(browser, url) as context:
        page = context.new_page()
        page.set_viewport_size({"width": WIDE, "height": 1400})
        page.goto(f"{url}/winding-down")
        settle(page)
        rows = page.locator(".st-key-winding_down_table tbody tr")
        if not rows.count():
            raise SystemExit("Nobody is winding down, so there is no customer to show.")
        rows.first.click()
        expect(page.locator(".st-key-link_panel")).to_be_visible(timeout=PATIENCE)
        return page.url.removeprefix(url)
