"""Saved views and the search in the sidebar of every page."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import navigation
from lib.billing import SavedView
from tests.pages.conftest import Open
from tests.pages.fake_billing import FakeBilling

WORKED: dict[str, tuple[str, dict[str, str]]] = {
    "overview": ("finance", {"currency": "EUR"}),
    "upgrades": (
        "finance",
        {"period": "Last 12 months", "changes": "Plan", "path": "Starter → Pro", "q": "a"},
    ),
    "customer": ("support", {"customer": "cus_0001", "tab": "Timeline"}),
    "winding-down": ("support", {"q": "a", "sort": "Largest MRR", "plans": "Starter"}),
    "failed-payments": ("support", {"q": "a"}),
    "mrr": ("founder", {"view": "Receipts", "part": "New", "by": "Month"}),
    "plan-mix": ("finance", {"view": "Moves", "measure": "Customers", "period": "Last 12 months"}),
    "churn": ("finance", {"by": "Quarter", "view": "Reasons"}),
    "invoices": ("finance", {"q": "in", "statuses": "Open"}),
    "close": ("founder", {"month": "2026-09"}),
    "plans": ("support", {"view": "Features"}),
    "sync": ("support", {"board": "Gaps"}),
    "audit": ("admin", {"acts": "Export: taken away", "who": "ada@example.com"}),
}
"""Page → another's role, and what somebody had filtered by when they saved the view."""
PLAIN = frozenset({"portal"})
"""Pages without anything to choose that an address would keep."""

HOSTILE = "![x](http://foreign.test/x.png)"


def links(app: AppTest) -> list[tuple[str, str, str]]:
    """(label, page, its filters) of each link in the sidebar."""
    found = [element.proto for element in app.sidebar if element.type == "page_link"]
    return [(proto.label, proto.page, proto.query_string) for proto in found]


def save(app: AppTest, name: str, *, share: bool = False) -> AppTest:
    app.text_input(key="view_name").set_value(name)
    app.checkbox(key="view_shared").set_value(share)
    next(button for button in app.button if button.label == "Save").click()
    return app.run()


def test_the_filters_of_now_are_kept_under_a_name(open_page: Open, desk: FakeBilling) -> None:
    app = save(open_page("winding-down", "founder", q="ann", sort="Largest MRR"), "Monday")
    assert not app.exception
    [view] = desk.views
    assert (view.name, view.page, view.shared) == ("Monday", "winding-down", False)
    assert dict(view.parameters) == {"q": "ann", "sort": "Largest MRR"}
    [(label, page, query)] = links(app)
    assert (label, page) == ("Monday", "winding-down")
    assert query == "q=ann&sort=Largest+MRR&whole=q%2Csort"


def test_what_a_link_brings_counts_over_what_was_chosen_before(open_page: Open) -> None:
    app = open_page("winding-down", "founder", q="ann")
    app.text_input(key="q").set_value("bob").run()
    app.query_params["q"], app.query_params["whole"] = "ann", "q"
    app.run()
    assert not app.exception
    assert app.text_input(key="q").value == "ann"


def test_every_page_is_among_the_views_that_are_worked_with() -> None:
    assert {*WORKED, *PLAIN} == {row.slug for row in navigation.PAGES}


@pytest.mark.parametrize("slug", WORKED)
def test_a_view_opens_for_another_role_as_it_was_kept(open_page: Open, slug: str) -> None:
    role, parameters = WORKED[slug]
    app = open_page(slug, role, **parameters, whole=",".join(parameters))
    assert not app.exception
    kept = {name: "".join(app.query_params.get(name, "")) for name in parameters}
    # Streamlit leaves out of the address what a choice holds without one.
    defaults = {"by": "Month"}
    assert kept == {
        name: "" if defaults.get(name) == value and not kept[name] else value
        for name, value in parameters.items()
    }


def test_a_shared_view_of_a_page_that_a_role_may_not_see_is_not_in_its_menu(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.views = [
        SavedView("kim@example.com", "Euros", "mrr", "currency=eur", shared=True),
        SavedView("kim@example.com", "Soon", "winding-down", "q=a", shared=True),
    ]
    assert [label for label, _, _ in links(open_page("customer", "support"))] == ["Soon"]
    assert [label for label, _, _ in links(open_page("customer", "finance"))] == ["Euros", "Soon"]


def test_a_hostile_name_stays_what_it_is(open_page: Open, desk: FakeBilling) -> None:
    desk.views = [SavedView("kim@example.com", HOSTILE, "winding-down", shared=True)]
    [(label, _, _)] = links(open_page("customer"))
    assert "![" not in label


def test_what_cannot_be_kept_says_why_and_keeps_what_was_typed(
    open_page: Open, desk: FakeBilling
) -> None:
    app = save(open_page("winding-down"), "  ")
    assert [error.value for error in app.error] == [r"Give the view a name\."]
    assert desk.views == []


def test_ones_own_view_can_be_taken_away(open_page: Open, desk: FakeBilling) -> None:
    app = save(open_page("winding-down"), "Monday")
    next(button for button in app.button if button.label.startswith("Remove")).click()
    app.run()
    assert (links(app), desk.views) == ([], [])
