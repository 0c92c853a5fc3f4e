"""A real Chromium before the whole product: sandbox, receiver and dashboard on free ports."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

from lib.billing.demo import DemoOptions, Stack
from scripts.studio import were_here
from tests.browser.acting import Customer, Dashboard, Stripe
from tests.chromium import ARGUMENTS, chromium

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def base_url() -> str | None:
    """In place of a plugin's own, which this pytest warns about."""
    return None


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The running product over a small company; its logs must be free of tracebacks.

    They tell everything: what a story searches them for must not be there at any level.
    """
    directory = tmp_path_factory.mktemp("portside")
    os.environ["STREAMLIT_LOGGER_LEVEL"] = "debug"
    # A story that moves the clock by a day would make a comparison due, which then resolves what
    # another story has only just put on the drift board.
    os.environ["PORTSIDE_CONFIG"] = str(directory / "portside.toml")
    (directory / "portside.toml").write_text("reconcile_hours = 0\n", encoding="utf-8")
    with Stack(DemoOptions(directory, port=0, customers=60, months=4)) as running:
        were_here(running.environment["PORTSIDE_DATABASE_URL"])
        yield running
    logs = {log.name: log.read_text(encoding="utf-8") for log in directory.glob("*.log")}
    assert {name: log for name, log in logs.items() if "Traceback" in log} == {}


@pytest.fixture
def stripe(stack: Stack) -> Iterator[Stripe]:
    """The local Stripe's API, as another program would call it."""
    with Stripe(stack.sandbox_url) as api:
        yield api


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Nothing in this folder runs a loop of its own in the tests' thread: one for all of it."""
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture(scope="package")
def browser_context_args() -> dict[str, Any]:
    return {}


@pytest.fixture(scope="package")
def warm(
    playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """One profile for the tests: Streamlit's ten megabytes are fetched and compiled once.

    It lies on the disk: a browser that remembers nothing compiles more of them on every page.
    Nothing fades in or out: without a graphics card every frame of it is drawn by the processor.
    """
    context = playwright.chromium.launch_persistent_context(
        tmp_path_factory.mktemp("profile"),
        executable_path=chromium(),
        args=ARGUMENTS,
        reduced_motion="reduce",
    )
    yield context
    context.close()


@pytest.fixture
def context(warm: BrowserContext) -> Iterator[BrowserContext]:
    """A browser that nobody has signed in with; only its cache is warm."""
    warm.clear_cookies()
    yield warm
    for page in warm.pages[1:]:  # the first came with the browser, and keeps it open
        if page.url.startswith("http"):
            with suppress(Error):  # it may be on its way to another page
                page.evaluate("localStorage.clear()")
        page.close()


@pytest.fixture
def dashboard(stack: Stack, context: BrowserContext) -> Dashboard:
    """The staff member's browser."""
    page = context.new_page()
    page.set_viewport_size({"width": 1440, "height": 1400})
    return Dashboard(page, stack.dashboard_url)


@pytest.fixture
def customer(browser: Any) -> Iterator[Customer]:
    """Somebody else's browser, without the staff member's cookies."""
    context = browser.new_context()
    page: Page = context.new_page()
    yield Customer(page)
    context.close()
