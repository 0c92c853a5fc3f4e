"""Every page as it is drawn, for every role and at three widths, and what axe-core says of it in
the light and in the dark; and that faults are seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dashboard.navigation import BY_SLUG, PAGES
from dashboard.signin import DEMO_COOKIE
from lib.billing import Role
from lib.billing.demo import Stack
from lib.billing.domain.permissions import GRANTS
from tests import cut
from tests.browser.acting import PATIENCE, Dashboard, Stripe
from tests.browser.axe import COLOURS, serious
from tests.browser.looks import WIDTHS, faults, lasting

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

_PAPER = "getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
NARROW = 'style="width:60px;overflow:hidden;white-space:nowrap;text-overflow:ellipsis"'
CELL = NARROW.replace("width:60px", "max-width:60px")
BAR = '<g class="point"><path d="M0,0V50H20V0Z"></path></g>'


def _part(name: str, inside: str = "", more: str = "") -> str:
    return f'<div data-testid="{name}" {more}>{inside}</div>'


def _chart(marks: str) -> str:
    return _part("stPlotlyChart", f'<svg width=90 height=90 aria-label="Churn">{marks}</svg>')


def _drawn_here(marks: str) -> str:
    inside = f'<div class="chart" aria-label="Churn">{marks}</div>'
    shadow = f'<template shadowrootmode="open">{inside}</template>'
    return _part("stBidiComponentIsolated", shadow)


def _table(row: str, part: str = "tbody") -> str:
    return f'<div class="listed"><table><{part}><tr>{row}</tr></{part}></table></div>'


def _number(inside: str) -> str:
    return f'<div class="numbers"><dl><div class="number">{inside}</div></dl></div>'


FAULTY = {
    "an exception": (_part("stException", "KeyError"), "an exception: KeyError"),
    "an error": (_part("stAlertContentError", "It broke"), "an error: It broke"),
    "a wide page": ('<div style="width:2000px">.</div>', "wider than its screen: 20"),
    "a wide box in the page": (
        _part("stMain", '<p style="width:2000px">.</p>', 'style="width:300px;overflow:auto"'),
        "wider than its screen: 2000 of",
    ),
    "a cut card": (
        _number(f"<dt {NARROW}>Committed MRR of October</dt>"),
        "a card cuts its words off: Committed MRR of October",
    ),
    "a cut button": (
        f"<button {NARROW}>Make the link: Cancel</button>",
        "a button cuts its words off: Make the link: Cancel",
    ),
    "a cut heading": (f"<h3 {NARROW}>Who leaves next?</h3>", "a heading cuts its words off: Who"),
    "a cut tab": (f"<div role=tab {NARROW}>Subscriptions</div>", "a tab cuts its words off"),
    "a cut badge": (
        f'<span class="stMarkdownBadge" {NARROW.replace("width", "display:inline-block;width")}>'
        "Past due, grace over</span>",
        "a badge cuts its words off",
    ),
    "a heading cut after two lines": (
        '<h2><span style="display:-webkit-box;-webkit-line-clamp:1;-webkit-box-orient:vertical;'
        'overflow:hidden;width:90px">A question of more than one line</span></h2>',
        "a heading cuts its words off",
    ),
    "an empty chart": (_chart('<g class="point"></g>'), "an empty chart: Churn"),
    "a chart that was never drawn": (_part("stPlotlyChart"), "an empty chart"),
    "an empty chart of our own": (_drawn_here(""), "an empty chart: Churn"),
    "a chart of another library": (_part("stVegaLiteChart"), "a chart that is not ours"),
    "a skeleton": (_part("stSkeleton", "&nbsp;", 'style="height:9px"'), "still loading"),
    "a table without height": (
        _table("<td style='height:0;padding:0'></td>"),
        "a table without rows",
    ),
    "a table of a head": (_table("<th>Customer</th>", "thead"), "a table without rows"),
    "a table of another kind": (_part("stDataFrame"), "a table that is not ours"),
    "a cut number": (
        _table(f'<td class="counts" {CELL}>$1,204.50</td>'),
        "a number cuts its words",
    ),
    "a cut badge in a table": (
        _table(f'<td {CELL}><span class="badge">Past due, in grace</span></td>'),
        "a badge cuts its words off",
    ),
    "an image that is missing": ('<img src="data:image/png;base64,AA" alt="Mark">', "Mark"),
    "a card that is no number": (
        _number('<dd class="value">nan</dd>'),
        "a card without a number: nan",
    ),
    "an unknown icon": (
        _part("stMain", "Upgrades :material/no_such_icon:"),
        "markup that is not read: :material/no_such_icon:",
    ),
    "an unfilled message": (_part("stMain", "Left out: {count}"), "not read: {count}"),
    "another title": ("<h1>Overview</h1>", "the title 'Overview' in place of 'Übersicht'"),
    "two titles": ("<h1>Übersicht</h1><h1>$29</h1>", "2 titles"),
}
"""What is on a page → the beginning, or a part, of what is said of it."""

SOUND = (
    "<h1>Übersicht</h1>"
    + _part("stMain", "Nine customers (9) of {2, 3}: all is well.")
    + _number('<dt>Churn</dt><dd class="value">–</dd>')
    + f'<button style="overflow:hidden;width:300px">Keep</button><p {NARROW}>A text may be cut</p>'
    + _chart(BAR)
    + _drawn_here('<button class="bar">.</button>')
    + _table(f"<td {CELL}>A long name may be cut</td>")
    + '<div data-testid="stSkeleton" style="display:none">.</div>'
)


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 800, "height": 600})
    yield page
    page.close()


@pytest.mark.parametrize(("drawn", "said"), FAULTY.values(), ids=FAULTY)
def test_a_fault_is_seen_and_nothing_beside_it(blank: Page, drawn: str, said: str) -> None:
    blank.set_content(drawn if "<h1" in drawn else f"<h1>Übersicht</h1>{drawn}")
    blank.wait_for_timeout(50)
    found = faults(blank, title="Übersicht")
    assert len(found) == 1, found
    assert said in found[0]


def test_a_sound_page_has_no_fault(blank: Page) -> None:
    blank.set_content(SOUND)
    assert faults(blank, title="Übersicht") == []


def test_waiting_ends_as_soon_as_nothing_is_wrong_any_more(blank: Page) -> None:
    blank.set_content(f"<h1>Sync</h1>{FAULTY['a skeleton'][0]}")
    blank.evaluate("setTimeout(() => document.querySelector('[data-testid]').remove(), 300)")
    assert faults(blank) != []
    assert lasting(blank, patience=60) == []


OWN: dict[Role, frozenset[str]] = {
    Role.ADMIN: frozenset(BY_SLUG),
    Role.SUPPORT: frozenset(BY_SLUG),
    Role.FINANCE: frozenset({"customer", "failed-payments", "plans", "sync"}),
    Role.FOUNDER: frozenset({"close"}),
}
"""Pages that are another one for a role: without links, notes, repairs, or the button that closes a
month."""


@pytest.mark.parametrize("role", cut.first(1, OWN), ids=str)
def test_every_page_of_a_role_looks_as_it_should(
    context: BrowserContext, stack: Stack, stripe: Stripe, role: Role
) -> None:
    """Through the menu, which loads nothing anew: the window is what changes. An administrator sees
    all that founders and finance see, and at every width; support has cards of its own, without
    totals, and the others lack what they may not do, for which a phone is enough. Every page is
    seen on a desk, and by turns on a tablet or a phone, in the light or in the dark; `make prove`
    sees all."""
    context.add_cookies([{"name": DEMO_COOKIE, "value": role.value, "url": stack.dashboard_url}])
    staff = Dashboard(context.new_page(), stack.dashboard_url)
    own = [row for row in PAGES if row.permission in GRANTS[role] and row.slug in OWN[role]]
    found: dict[str, list[str]] = {}
    _resizes(staff.page, WIDTHS[0])
    somebody = stripe.get("/v1/subscriptions", limit=1)["data"][0]["customer"]
    staff.opens(f"/customer?customer={somebody}")
    for turn, row in enumerate([BY_SLUG["customer"], *own]):
        if not cut.WHOLE and role is Role.ADMIN:
            _shines(staff, SCHEMES[turn % 2])
        if row.slug not in staff.page.url:
            _resizes(staff.page, WIDTHS[0])
            staff.turns_to(row.title)
        for width in _widths(role, turn):
            _resizes(staff.page, width)
            if seen := lasting(staff.page, title=row.title):
                found[f"{row.slug} at {width}"] = seen
            if role is Role.ADMIN and width == WIDTHS[0]:
                if told := serious(staff.page):
                    found[f"{row.slug}, says axe"] = told
                if cut.WHOLE and (told := _in_the_dark(staff)):
                    found[f"{row.slug}, says axe in the dark"] = told
    assert found == {}
    assert role is not Role.ADMIN or len(own) == len(PAGES)


def _widths(role: Role, turn: int) -> tuple[int, ...]:
    if role is not Role.ADMIN:
        return WIDTHS[-1:]
    return WIDTHS if cut.WHOLE else (WIDTHS[0], WIDTHS[1 + turn // 2 % 2])


def _in_the_dark(staff: Dashboard) -> list[str]:
    """Of the same page: only its colours are others."""
    _shines(staff, "dark")
    if staff.page.locator("[data-testid=stMain] [kind^=primary]").count():
        # Their words are written for a theme when the page is (see dashboard/ui/primary.py).
        staff.page.keyboard.press("r")
        staff.page.wait_for_timeout(200)
        staff.settles()
    told = serious(staff.page, *COLOURS)
    _shines(staff, "light")
    return told


def _shines(staff: Dashboard, scheme: Scheme) -> None:
    """In the light or in the dark, whichever it was before."""
    dark = staff.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    if dark == (scheme == "dark"):
        return
    before = staff.page.evaluate(_PAPER)
    staff.page.emulate_media(color_scheme=scheme)
    shown = staff.page.get_by_test_id("stApp")
    expect(shown).not_to_have_css("background-color", before, timeout=PATIENCE)


def _resizes(page: Page, width: int) -> None:
    """So high that nothing is drawn only when it is scrolled to."""
    page.set_viewport_size({"width": width, "height": 2400})
