"""Pictures of every page, light and dark, for docs/images.

    python scripts/pictures.py                     starts the demo stack over a fresh company
    python scripts/pictures.py --url http://127.0.0.1:8501   uses one that is running

Also looks at each page, and at its tabs, as a tablet and a phone show them, and fails when one has
a fault of `tests/browser/looks.py` on it or asks a foreign host for anything.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dashboard.navigation import PAGES
from scripts import scenes
from scripts.studio import (
    CHROMIUM,
    ROOT,
    browser_path,
    running,
    settle,
    signed_in,
    somebody,
    tabs,
    whole,
)
from tests.browser.looks import WIDTHS, lasting

WIDE, *NARROW = WIDTHS


@dataclass
class Studio:
    """One browser before one dashboard."""

    browser: Browser
    url: str
    somebody: str  # the address of a customer worth looking at

    def take(self, folder: Path, width: int, theme: str) -> Iterator[str]:
        """A picture of each page; answers what is wrong with them and with their tabs."""
        asked: list[str] = []
        with signed_in(self.browser, self.url, width=width, theme=theme) as context:
            page = context.new_page()
            page.on("request", lambda request: asked.append(request.url))
            for name, address, title, shown in self._places():
                page.set_viewport_size({"width": width, "height": 900})
                page.goto(self.url + address)
                settle(page)
                whole(page, width)
                found = lasting(page, title=title)
                yield from (f"{name}, {theme}, at {width}: {fault}" for fault in found)
                if shown:
                    page.screenshot(path=folder / f"{name}-{theme}.png")
        own = (self.url, self.url.replace("http", "ws", 1), "data:", "blob:")
        yield from (f"asked a foreign host: {url}" for url in asked if not url.startswith(own))

    def _places(self) -> Iterator[tuple[str, str, str, bool]]:
        """What it is called, where it is, its title, whether there is a picture of it."""
        for row in PAGES:
            address = self.somebody if row.slug == "customer" else f"/{row.slug}"
            yield row.slug, address, row.title, True
            for tab, beside in tabs(row.slug):
                yield f"{row.slug}, {tab}", beside, row.title, False


def main() -> int:
    """Exit code 0 when every page looks as it should, else 1 with what does not."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a running demo dashboard")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    parser.add_argument("--customers", type=int, default=2_000)
    parser.add_argument("--scenes", action="store_true", help="only what no address leads to")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    wrong: list[str] = []
    narrow = Path(tempfile.mkdtemp(prefix="portside-narrow-"))
    with running(asked.url, asked.customers) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=CHROMIUM)
        studio = Studio(browser, url, somebody(browser, url))
        for theme in () if asked.scenes else ("light", "dark"):
            wrong += studio.take(asked.out, WIDE, theme)
            for width in NARROW:
                wrong += studio.take(_folder(narrow, width), width, theme)
        wrong += scenes.take(browser, url, asked.out, studio.somebody)
        browser.close()
    sys.stdout.write(f"Wide: {asked.out}\nNarrow: {narrow}\n")
    sys.stdout.write("".join(f"{fault}\n" for fault in wrong))
    return 1 if wrong else 0


def _folder(parent: Path, width: int) -> Path:
    made = parent / str(width)
    made.mkdir(exist_ok=True)
    return made


if __name__ == "__main__":
    raise SystemExit(main())
