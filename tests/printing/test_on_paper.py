"""What a real Chromium makes of the documents: sheets of A4 with a foot, and nothing cut off."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from lib.billing.domain.permissions import Role
from lib.billing.store.engine import Store
from tests.printing.worlds import HOSTILE, full, hostile
from tests.reports.ledger import desk
from tests.reports.test_report_rows import ANN_LEAVES, BOB_FAILS

pytestmark = pytest.mark.browser

SAM = "sam@example.com"
PAPER = round((210 - 2 * 15) / 25.4 * 96)  # CSS pixels between the margins
SHEETS = {"cus_1": 1, "cus_2": 2, "cus_evil": 2, "cus_full": 2}

WIDER = """() => [...document.querySelectorAll('body *')]
    .filter((e) => e.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((e) => e.outerHTML.slice(0, 80))"""


@pytest.fixture
def documents(sqlite_store: Store) -> dict[str, str]:
    """Customer and language -> the brief, with as many notes as anybody wrote."""
    portside = desk(
        sqlite_store, [*ANN_LEAVES, *BOB_FAILS, *full(), *hostile()], "2026-03-15T12:00"
    )
    for number in range(8):
        body = f"{number}: {HOSTILE} " + "They asked again. " * 40
        for customer_id in ("cus_full", "cus_evil"):
            portside.add_note(customer_id, body, staff=SAM, roles={Role.SUPPORT})
    return {
        f"{customer_id} {language}": portside.print_customer(
            customer_id, staff=SAM, roles={Role.ADMIN}, language=language
        ).html
        for customer_id in SHEETS
        for language in ("en", "de")
    }


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": PAPER, "height": 1_000}).new_page()


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))


def test_a_customer_is_one_sheet_or_two_whoever_they_are(
    page: Page, documents: dict[str, str]
) -> None:
    """PORTSIDE_PRINTED: a folder in which the sheets stay, to be looked at."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    kept = os.environ.get("PORTSIDE_PRINTED")
    for name, html in documents.items():
        page.goto("about:blank")  # each has a policy of its own, which a document keeps
        page.set_content(html)
        pdf = page.pdf(prefer_css_page_size=True)
        if kept:
            Path(kept, f"{name.replace(' ', '-')}.pdf").write_bytes(pdf)
        assert 1 <= sheets(pdf) <= SHEETS[name.split()[0]], name
        assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf or b"/MediaBox [0 0 595" in pdf, name
        page.emulate_media(media="print")
        assert page.evaluate(WIDER) == [], name
        page.emulate_media(media="null")
    assert asked == []


def test_a_small_screen_reads_it_too(page: Page, documents: dict[str, str]) -> None:
    page.set_viewport_size({"width": 390, "height": 800})
    page.set_content(documents["cus_2 en"])
    assert page.evaluate(WIDER) == []
