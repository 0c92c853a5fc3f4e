"""One Chromium a module, in place of the plugin's one a session.

Playwright's synchronous API keeps an event loop running in the thread until it is stopped. Left
open for the session it breaks every test after it that runs a loop of its own.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]


def chromium() -> str:
    """The browser that the set-up noted, else the one that is named, else the system's."""
    noted = Path(sys.prefix) / ".browser"
    if noted.exists():
        return noted.read_text(encoding="utf-8").strip()
    return os.environ.get("PORTSIDE_BROWSER", "/usr/bin/chromium")


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    yield launched
    launched.close()


@pytest.fixture(scope="module")
def browser_context_args() -> dict[str, Any]:
    return {}
