"""Pictures of what no address leads to: a link handed over, a sheet of paper, another language."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Page, expect

from scripts.studio import PATIENCE, WIDE, settle, signed_in, whole

HANDED: Final = "https://billing.stripe.com/p/session/…"
"""In place of the address that was made: whoever opens one acts as the customer."""
PAPER: Final = {"width": 794, "height": 1123}  # A4 at 96 pixels an inch
_NO_PRINTER: Final = """
window.print = () => undefined;
window.open = address => { document.documentElement.dataset.printed = address; return window; };
"""


@dataclass(frozen=True)
class Scene:
    """``name`` of the picture; ``act`` leads to what is shown and gives it."""

    name: str
    address: str
    act: Callable[[Page, Path], None]
    locale: str = "en-GB"


def scenes(customer: str) -> tuple[Scene, ...]:
    return (
        Scene("link-light", customer, _link),
        Scene("overview-german-light", "/overview", _everything, "de-DE"),
        Scene("customer-german-light", customer, _everything, "de-DE"),
        Scene("customer-print", customer, _sheet(".st-key-print_customer button")),
        Scene("close-print", "/close", _sheet(".st-key-print_close button")),
    )


def take(browser: Browser, url: str, folder: Path, customer: str) -> list[str]:
    """Each scene; answers which of them could not be taken."""
    wrong = []
    for scene in scenes(customer):
        with signed_in(browser, url, locale=scene.locale) as context:
            page = context.new_page()
            page.add_init_script(_NO_PRINTER)
            page.goto(url + scene.address)
            settle(page)
            try:
                scene.act(page, folder / f"{scene.name}.png")
            except AssertionError as missing:
                wrong.append(f"{scene.name}: {str(missing).splitlines()[0]}")
    return wrong


def _everything(page: Page, file: Path) -> None:
    whole(page, WIDE)
    page.screenshot(path=file)


def _link(page: Page, file: Path) -> None:
    """The recommended flow, made for a reason; its address is painted over."""
    page.set_viewport_size({"width": WIDE, "height": 2_400})
    panel = page.locator(".st-key-link_panel")
    panel.locator(".st-key-flows_offered button.main").first.click()
    box = panel.get_by_role("combobox").first
    expect(box).to_be_visible(timeout=PATIENCE)
    settle(page)
    box.click()
    page.get_by_role("option").first.click()
    settle(page)
    panel.get_by_role("button", name=re.compile("^Make the link")).click()
    code = page.locator(".st-key-link_once code")
    expect(code).to_be_visible(timeout=PATIENCE)
    settle(page)
    code.evaluate("(element, words) => { element.textContent = words; }", HANDED)
    panel.screenshot(path=file)


def _sheet(button: str) -> Callable[[Page, Path], None]:
    """What a button prints, as it comes onto paper: its first sheet."""

    def printed(page: Page, file: Path) -> None:
        pressed = page.locator(button).first  # Streamlit keeps another one, which nobody sees
        expect(pressed).to_be_visible(timeout=PATIENCE)
        pressed.click()
        opened = page.locator("html[data-printed]")
        expect(opened).to_be_attached(timeout=PATIENCE)
        address = opened.get_attribute("data-printed") or ""
        page.set_viewport_size({"width": PAPER["width"], "height": PAPER["height"]})
        page.emulate_media(media="print")
        page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + address)
        page.screenshot(path=file)

    return printed
