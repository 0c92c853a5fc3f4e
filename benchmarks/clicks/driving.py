"""A browser that makes every step several times, and keeps how long each took."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from .steps import Step

WATCHING: Final = Path(__file__).with_name("watching.js").read_text(encoding="utf-8")
ARGUMENTS: Final = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
HEARING: Final = """
window.portsideAnswered = 0
window.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given)
    this.addEventListener("message", () => { window.portsideAnswered = performance.now() })
  }
}
window.portsideDrawn = 0
window.portsideWritten = new WeakMap()
const written = CanvasRenderingContext2D.prototype.fillText
CanvasRenderingContext2D.prototype.fillText = function (...given) {
  const before = window.portsideWritten.get(this) || new Set()
  window.portsideWritten.set(this, before)
  const words = given.join("|")
  if (!before.has(words)) window.portsideDrawn = performance.now()
  before.add(words)
  return written.apply(this, given)
}
"""
"""When the server's last message came, and when text was last drawn on a canvas where the same had
not stood before: tables draw themselves again and again."""

SETTLED: Final = """() => {
  const app = document.querySelector('[data-testid="stApp"]')
  return app && app.dataset.testScriptState === "notRunning"
    && !document.querySelector('[data-stale="true"], [data-testid="stSkeleton"]')
}"""
GETTING_THERE: Final = 60.0
"""Seconds that the page before the click may take: it is not what is measured."""
QUIET: Final = 0.4
"""Seconds that a page is left alone before it is clicked."""


@dataclass(frozen=True, slots=True)
class Timed:
    """Milliseconds of every time; None: it was not there after ``patience``, or the page failed.

    ``first``: when nothing is kept since the last webhook, else when the same was seen before.
    """

    what: str
    kind: str
    first: tuple[float | None, ...]
    again: tuple[float | None, ...]


def median(times: Sequence[float | None]) -> float | None:
    """None where half of them did not come to an end."""
    known = sorted(sys.float_info.max if t is None else t for t in times)
    found = statistics.median(known) if known else sys.float_info.max
    return None if found > 1e9 else found


def p95(times: Sequence[float | None]) -> float | None:
    """The 95th of a hundred; of a few, the slowest."""
    if not times or None in times:
        return None
    ranked = sorted(t for t in times if t is not None)
    return ranked[min(len(ranked) - 1, round(0.95 * len(ranked)))]


@contextmanager
def browser() -> Iterator[Browser]:
    noted = Path(sys.prefix) / ".browser"
    path = noted.read_text(encoding="utf-8").strip() if noted.exists() else None
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield launched
        launched.close()


def signed_in(browser: Browser, url: str) -> BrowserContext:
    """A profile with a warm cache that the demo's administrator holds."""
    context = browser.new_context(viewport={"width": 1440, "height": 1400})
    context.add_init_script(HEARING)
    context.add_cookies([{"name": "portside_demo_role", "value": "admin", "url": url}])
    return context


def drive(
    context: BrowserContext,
    url: str,
    steps: Sequence[Step],
    *,
    times: int,
    patience: float,
    arrives: Callable[[], None],
    gives_up: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Timed]:
    """``arrives`` makes all that was kept stale, as a webhook does. ``gives_up``: after a step that
    never came to an end the others are not tried, and have no times."""
    found: list[Timed] = []
    for step in steps:
        if gives_up and found and None in found[0].first:
            found.append(Timed(step.what, step.kind, (), ()))
            continue
        tell(step.what)
        first: list[float | None] = []
        again: list[float | None] = []
        warm = _once(context, url, step, patience)  # the browser, the database and the page
        for _ in range(times):
            first.append(_once(context, url, step, patience, arrives))
            if first[-1] is None and (warm is None or first[-2:] == [None, None]):
                break  # it will not become quicker
            again.append(_once(context, url, step, patience))
        tell(f"{step.what}: {_told(first)} first, {_told(again)} again")
        found.append(Timed(step.what, step.kind, tuple(first), tuple(again)))
    return found


@dataclass(frozen=True)
class Stand:
    """A step at a server, with what makes stale what that server keeps."""

    context: BrowserContext
    url: str
    step: Step
    arrives: Callable[[], None]


def in_turns(
    stands: Sequence[Stand], *, times: int, patience: float, tell: Callable[[str], None]
) -> list[Timed]:
    """Every step once, then every step again: what is compared has the same minutes of a machine
    that is quicker in one than in the next."""
    for stand in stands:
        _once(stand.context, stand.url, stand.step, patience)
    first: list[list[float | None]] = [[] for _ in stands]
    again: list[list[float | None]] = [[] for _ in stands]
    for number in range(times):
        round_ = list(zip(stands, first, again, strict=True))
        for stand, new, old in reversed(round_) if number % 2 else round_:
            new.append(_once(stand.context, stand.url, stand.step, patience, stand.arrives))
            old.append(_once(stand.context, stand.url, stand.step, patience))
        tell(f"pages: {number + 1} of {times} rounds")
    found = zip(stands, first, again, strict=True)
    return [Timed(s.step.what, s.step.kind, tuple(new), tuple(old)) for s, new, old in found]


def _told(times: Sequence[float | None]) -> str:
    found = median(times)
    return "never" if found is None else f"{found:,.0f} ms"


def _once(
    context: BrowserContext,
    url: str,
    step: Step,
    patience: float,
    arrives: Callable[[], None] = lambda: None,
) -> float | None:
    page = context.new_page()
    page.set_default_timeout(1_000 * GETTING_THERE)
    try:
        page.goto(url + step.there)
        settle(page)
        step.prepare(page)
        step.act.rest(page)
        settle(page)
        arrives()
        page.evaluate(f"patience => {{ ({WATCHING})(patience) }}", 1_000 * patience)
        step.act(page)
        took: float | None = page.evaluate("() => window.portsideWatched")
        if page.get_by_test_id("stException").count():
            return None
        return took
    except PlaywrightError as error:
        sys.stderr.write(f"{step.what}: {str(error).splitlines()[0]}\n")
        return None
    finally:
        page.close()


def settle(page: Page) -> None:
    """Until the script has run and the page has been left alone for a moment."""
    page.wait_for_function(SETTLED, polling=100)
    time.sleep(QUIET)
    page.wait_for_function(SETTLED, polling=100)
