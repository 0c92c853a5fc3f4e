"""The interactions that people make most, in ours and in what each is compared with.

Each is prepared up to its last input; that input alone is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Locator, Page

Act = Callable[[Page], None]


@dataclass(frozen=True)
class Press:
    """A click on what ``find`` finds."""

    find: Callable[[Page], Locator]

    def rest(self, page: Page) -> None:
        """A person's mouse is there before they click: what it passes over is not what they wait
        for."""
        self.find(page).hover()

    def __call__(self, page: Page) -> None:
        self.find(page).click()


class Enter:
    """The key, in the field that was typed into."""

    def rest(self, page: Page) -> None:
        """Hands are on the keys already."""

    def __call__(self, page: Page) -> None:
        page.keyboard.press("Enter")


@dataclass(frozen=True)
class Step:
    """``there``: the address it happens at. ``prepare`` brings the page before the last input.

    ``kind``: a fragment's rerun, or another page's.
    """

    what: str
    kind: str
    there: str
    act: Press | Enter
    prepare: Act = lambda _: None


def _menu(title: str) -> Press:
    return Press(lambda page: _in_menu(page, title))


def _in_menu(page: Page, title: str) -> Locator:
    menu = page.locator("[data-testid=stSidebarNav], .menu")
    return menu.get_by_role("link", name=title, exact=True)


def _drop_down(widget: Callable[[Page], Locator]) -> Act:
    """Open a choice; its options are drawn by the browser alone."""

    def prepare(page: Page) -> None:
        widget(page).locator("input").first.click()
        page.get_by_role("option").first.wait_for()

    return prepare


def _opened(key: str, kind: str) -> Act:
    """Open a choice of ours; ``kind``: what its options are."""

    def prepare(page: Page) -> None:
        place = _chosen(key)(page)
        place.locator("select, .choice").click()
        place.locator(kind).first.wait_for()

    return prepare


def _chosen(key: str) -> Callable[[Page], Locator]:
    return lambda page: page.locator(f".st-key-{key}_choice")


def _in(key: str, kind: str, words: str) -> Press:
    """What ``words`` are on in the choice that holds ``key``."""
    return Press(lambda page: _chosen(key)(page).locator(kind, has_text=words))


def _labelled(kind: str, label: str) -> Callable[[Page], Locator]:
    return lambda page: page.get_by_test_id(kind).filter(has_text=label)


def _option(name: str) -> Press:
    return Press(lambda page: page.get_by_role("option", name=name, exact=True))


def _nth_option(number: int) -> Press:
    return Press(lambda page: page.get_by_role("option").nth(number))


def _typed(field: Callable[[Page], Locator], text: str) -> Act:
    def prepare(page: Page) -> None:
        field(page).click()
        field(page).fill(text)

    return prepare


def ours(customer: str, email: str) -> tuple[Step, ...]:
    """``customer``: the id of somebody who pays; ``email``: theirs."""
    one = f"/customer?customer={customer}"
    return (
        Step("open Overview", "page", "/winding-down", _menu("Overview")),
        Step("Overview to MRR", "page", "/overview", _menu("MRR")),
        Step("open Invoices", "page", "/winding-down", _menu("Invoices")),
        Step(
            "find a customer by e-mail",
            "page",
            "/winding-down",
            Enter(),
            _typed(lambda page: page.locator(".menu input, .st-key-find_anywhere input"), email),
        ),
        Step(
            "Overview: another currency",
            "fragment",
            "/overview",
            Press(lambda page: _chosen("currency")(page).locator("button").nth(1)),
        ),
        Step(
            "Overview: a week of the runway",
            "fragment",
            "/overview",
            Press(lambda page: _chosen("week")(page).locator("option").nth(1)),
            _opened("week", "option"),
        ),
        Step(
            "Customer: the view of invoices",
            "fragment",
            one,
            _in("tab", "button", "Invoices"),
        ),
        Step(
            "Customer: open a link's form",
            "fragment",
            one,
            Press(lambda page: page.locator(".st-key-flows_offered button").first),
        ),
        Step(
            "Winding down: one plan",
            "fragment",
            "/winding-down",
            _in("plans", "label", "Pro"),
            _opened("plans", "label"),
        ),
        Step(
            "Winding down: the largest MRR first",
            "fragment",
            "/winding-down",
            _in("sort", "option", "Largest MRR"),
            _opened("sort", "option"),
        ),
        Step(
            "Failed payments: a row",
            "fragment",
            "/failed-payments",
            Press(lambda page: _queue(page).locator("tbody tr").first.locator("td").first),
        ),
        Step(
            "Plan mix: another currency",
            "fragment",
            "/plan-mix",
            Press(lambda page: _chosen("currency")(page).locator("button").nth(1)),
        ),
        Step(
            "Invoices: the next page",
            "fragment",
            "/invoices",
            Press(lambda page: page.get_by_test_id("stPaginationNext").last),
        ),
        Step(
            "MRR: by week",
            "fragment",
            "/mrr",
            _in("by", "button", "Week"),
        ),
    )


def _queue(page: Page) -> Locator:
    return page.locator("[class*=st-key-failed_payments] .listed").first


_SORT: Final = _labelled("stSelectbox", "Sort by")
_CURRENCY: Final = _labelled("stSelectbox", "Currency")


def naive(email: str) -> tuple[Step, ...]:
    """What the naive pages have of it, by the same names."""
    return (
        Step("open Overview", "page", "/winding_down", _menu("Overview")),
        Step("open Invoices", "page", "/winding_down", _menu("Invoices")),
        Step(
            "find a customer by e-mail",
            "page",
            "/customer",
            Enter(),
            _typed(lambda page: page.get_by_label("Find a customer"), email),
        ),
        Step("Overview: another currency", "fragment", "/", _nth_option(1), _drop_down(_CURRENCY)),
        Step(
            "Winding down: one plan",
            "fragment",
            "/winding_down",
            _option("pro"),
            _drop_down(_labelled("stMultiSelect", "Plan")),
        ),
        Step(
            "Winding down: the largest MRR first",
            "fragment",
            "/winding_down",
            _option("value_minor"),
            _drop_down(_SORT),
        ),
        Step(
            "Plan mix: another currency",
            "fragment",
            "/plan_mix",
            _nth_option(1),
            _drop_down(_CURRENCY),
        ),
        Step(
            "Invoices: the next page",
            "fragment",
            "/invoices",
            Press(lambda page: page.get_by_test_id("stNumberInputStepUp")),
        ),
    )


_CHOICE: Final = _drop_down(_labelled("stSelectbox", "Choice"))

BARE: Final = (
    Step("an empty page", "page", "/", _menu("Second")),
    Step("a page of numbers, charts and a table", "page", "/third", _menu("Fourth")),
    Step("a page of as many parts as Overview", "page", "/fourth", _menu("Sixth")),
    Step("a choice that redraws a sentence", "fragment", "/seventh", _nth_option(1), _CHOICE),
    Step("the same amid the parts of Overview", "fragment", "/eighth", _nth_option(1), _CHOICE),
    Step(
        "a choice that redraws a chart and a table", "fragment", "/ninth", _nth_option(1), _CHOICE
    ),
)
