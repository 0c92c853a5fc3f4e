"""What is wrong with a page as it was drawn, told from its DOM and not from its pixels.

`faults` looks at whatever the browser shows now. `test_looks.py` shows it a page with each fault,
then every page of the product; `make pictures` asks it about every picture that it takes.
"""

from __future__ import annotations

import time

from playwright.sync_api import Page

PATIENCE = 30.0
"""Seconds after which what is still wrong stays wrong: charts and grids are painted late."""
WIDTHS = (1440, 1024, 390)
"""A desk, a small laptop or a tablet, a phone."""

_LOOK = r"""
() => {
  const found = [];
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = name => `[data-testid=${name}]`;
  const box = element => element.getBoundingClientRect();
  const drawn = element => element.checkVisibility({visibilityProperty: true})
    && box(element).width > 0 && box(element).right > 0;  // a sidebar that is put away is not
  const words = element => (element.innerText ?? element.textContent ?? "").trim().slice(0, 60);
  const say = (fault, element) =>
    found.push(words(element) ? `${fault}: ${words(element)}` : fault);

  for (const each of all(one("stException"))) say("an exception", each);
  for (const each of all(one("stAlertContentError")).filter(drawn)) say("an error", each);

  const screen = document.documentElement.clientWidth;
  for (const each of [document.documentElement, ...all(one("stMain"))])
    if (each.scrollWidth > Math.min(each.clientWidth, screen) + 1)
      found.push(`wider than its screen: ${each.scrollWidth} of ${screen} pixels`);

  // A box may scroll its words into view; one that hides what does not fit has cut it off.
  const cut = element => {
    const style = getComputedStyle(element);
    const hides = side => ["hidden", "clip"].includes(style[side]);
    return (hides("overflowX") && element.scrollWidth > element.clientWidth + 1)
      || (hides("overflowY") && style.webkitLineClamp !== "none"
          && element.scrollHeight > element.clientHeight + 1);
  };
  const kinds = {
    "a card": ".numbers .number", "a button": `button:not(${one("stHeader")} button), a[kind]`,
    "a heading": "h1, h2, h3, h4, h5, h6", "a tab": "[role=tab]",
    "a badge": ".stMarkdownBadge, .listed td:has(.badge)", "a number": ".listed td.counts",
  };
  const told = new Set();
  for (const [kind, selector] of Object.entries(kinds))
    for (const outer of all(selector).filter(drawn))
      for (const inner of [outer, ...all("*", outer)])
        if (!told.has(inner) && words(inner) && inner.checkVisibility() && cut(inner)
            && !all("*", inner).some(cut) && !inner.closest("svg")) {
          told.add(inner);
          say(`${kind} cuts its words off`, inner);
        }

  const marks = ".point path, .points path, path.point, path.js-line, path.js-fill, .slice path,"
    + " .heatmaplayer image, .hm image, .imagelayer image";
  for (const chart of all(one("stPlotlyChart"))) {
    const holds = all(marks, chart).some(mark => box(mark).width + box(mark).height > 0);
    const name = chart.querySelector("[aria-label]")?.getAttribute("aria-label") ?? "";
    if (!holds) found.push(`an empty chart: ${name}`);
  }
  for (const each of all(one("stBidiComponentIsolated"))) {
    const chart = each.shadowRoot?.querySelector(".chart");
    const stands = mark => box(mark).width + box(mark).height > 0;
    if (chart && !all(".bar, .bubble, .spot, path", chart).some(stands))
      found.push(`an empty chart: ${chart.getAttribute("aria-label") ?? ""}`);
  }
  for (const each of all(one("stVegaLiteChart")))
    say("a chart that is not ours", each);

  for (const each of all(["stSkeleton", "stAppSkeleton", "stSpinner"].map(one)).filter(drawn))
    say("something that is still loading", each);
  for (const table of all(".listed").filter(drawn))  // none that is folded away
    if (!all("tbody tr", table).some(row => box(row).height)) found.push("a table without rows");
  for (const each of all(one("stDataFrame"))) say("a table that is not ours", each);
  for (const each of all("img").filter(each => each.complete && !each.naturalWidth))
    found.push(`an image that did not load: ${each.alt || each.src}`);
  for (const value of all(".numbers .value"))
    if (/^(nan|null|undefined|inf)$/i.test(words(value))) say("a card without a number", value);
  const said = all(`${one("stMain")}, ${one("stSidebar")}`).map(each => each.innerText).join("\n");
  for (const [raw] of said.matchAll(/:material\/\w+:|:[a-z]+(-badge)?\[|\{\w+\}/g))
    found.push(`markup that is not read: ${raw}`);
  return [...new Set(found)];
}
"""


def faults(page: Page, *, title: str | None = None) -> list[str]:
    """Each fault in one line; none when the page looks as it should.

    ``title``: what the page's heading must be, where that is known.
    """
    found: list[str] = page.evaluate(_LOOK)
    if title is not None:
        heading = page.get_by_role("heading", level=1)
        shown = heading.first.inner_text().strip() if heading.count() else ""
        if shown != title:
            found.append(f"the title {shown!r} in place of {title!r}")
        if heading.count() > 1:
            found.append(f"{heading.count()} titles")
    return found


def lasting(page: Page, *, title: str | None = None, patience: float = PATIENCE) -> list[str]:
    """The faults that do not go away by waiting; answers as soon as there is none."""
    end = time.monotonic() + patience
    while (found := faults(page, title=title)) and time.monotonic() < end:
        page.wait_for_timeout(250)
    return found
