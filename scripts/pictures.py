"""Pictures of every page, light and dark, for docs/images.

    python scripts/pictures.py                     starts the demo stack over a fresh company
    python scripts/pictures.py --url http://127.0.0.1:8501   uses one that is running

Also looks at each page as a phone shows it (390 pixels wide) and fails when one is wider than
its screen, has an error on it, or asks a foreign host for anything.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from dashboard.navigation import PAGES  # noqa: E402 - the checkout comes onto the path above
from dashboard.signin import DEMO_COOKIE  # noqa: E402
from lib.billing.demo import DemoOptions, Stack  # noqa: E402

WIDE, PHONE = 1440, 390
PATIENCE = 30_000


@dataclass
class Studio:
    """One browser before one dashboard."""

    browser: Browser
    url: str
    somebody: str  # the address of a customer worth looking at

    def take(self, folder: Path, width: int, theme: str) -> list[str]:
        """A picture of each page; answers what is wrong with them."""
        context = self.browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
        )
        context.add_cookies([{"name": DEMO_COOKIE, "value": "admin", "url": self.url}])
        page = context.new_page()
        wrong: list[str] = []
        page.on("request", lambda request: wrong.extend(self._foreign(request.url)))
        for row in PAGES:
            name = f"{row.slug}-{theme}"
            address = self.somebody if row.slug == "customer" else f"/{row.slug}"
            page.set_viewport_size({"width": width, "height": 900})
            page.goto(self.url + address)
            _settle(page)
            _whole(page, width)
            page.wait_for_timeout(300)
            page.screenshot(path=folder / f"{name}.png")
            wrong += [f"{name} at {width}: {fault}" for fault in _faults(page, width)]
        context.close()
        return wrong

    def _foreign(self, url: str) -> list[str]:
        own = (self.url, self.url.replace("http", "ws", 1), "data:", "blob:")
        return [] if url.startswith(own) else [f"asked a foreign host: {url}"]


def _somebody(browser: Browser, url: str) -> str:
    """The address of the customer who is winding down first, found the way people find it."""
    context = browser.new_context(viewport={"width": WIDE, "height": 1400})
    context.add_cookies([{"name": DEMO_COOKIE, "value": "admin", "url": url}])
    page = context.new_page()
    page.goto(f"{url}/winding-down")
    _settle(page)
    box = page.get_by_test_id("stDataFrame").locator("canvas").first.bounding_box()
    if box is None:
        raise SystemExit("Nobody is winding down, so there is no customer to show.")
    page.mouse.click(box["x"] + 18, box["y"] + 52)
    expect(page.get_by_text("Hand over a link")).to_be_visible(timeout=PATIENCE)
    address = page.url.removeprefix(url)
    context.close()
    return address


def _settle(page: Page) -> None:
    """The script has ended, nothing is stale, charts and grids are painted."""
    app = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
    expect(app).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[data-stale=true]")).to_have_count(0, timeout=PATIENCE)
    page.wait_for_timeout(1_200)


def _whole(page: Page, width: int) -> None:
    """Make the window as high as the page, so that the picture shows all of it."""
    height = page.get_by_test_id("stMain").evaluate("element => element.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(int(height) + 4, 700)})
    page.wait_for_timeout(1_000)


def _faults(page: Page, width: int) -> list[str]:
    found = []
    if page.get_by_test_id("stException").count():
        found.append("shows an error")
    wide = page.get_by_test_id("stMain").evaluate("element => element.scrollWidth")
    if int(wide) > width:
        found.append(f"is {wide} pixels wide")
    return found


@contextmanager
def _dashboard(url: str | None, customers: int) -> Iterator[str]:
    if url:
        yield url.rstrip("/")
        return
    with tempfile.TemporaryDirectory() as directory:
        options = DemoOptions(Path(directory), port=0, customers=customers)
        with Stack(options) as stack:
            yield stack.dashboard_url


def _browser_path() -> str:
    noted = ROOT / ".venv" / ".browser"
    if noted.exists():
        return noted.read_text(encoding="utf-8").strip()
    return os.environ.get("PORTSIDE_BROWSER", "/usr/bin/chromium")


def main() -> int:
    """Exit code 0 when every page looks as it should, else 1 with what does not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a running demo dashboard")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--customers", type=int, default=2_000)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    phone = Path(tempfile.mkdtemp(prefix="portside-phone-"))
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    with _dashboard(asked.url, asked.customers) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_browser_path(), args=arguments)
        studio = Studio(browser, url, _somebody(browser, url))
        for theme in ("light", "dark"):
            wrong += studio.take(asked.out, WIDE, theme)
            wrong += studio.take(phone, PHONE, theme)
        browser.close()
    sys.stdout.write(f"Wide: {asked.out}\nPhone: {phone}\n")
    sys.stdout.write("".join(f"{fault}\n" for fault in wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
