"""The tour: whom it leads where, and how it is left for good."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import navigation, touring
from dashboard.session import Role, Staff
from tests.pages.conftest import Open
from tests.pages.fake_billing import FakeBilling


def keys(app: AppTest) -> set[str]:
    return {str(button.key) for button in app.button if str(button.key).startswith("tour_")}


def told(app: AppTest) -> str:
    return " ".join(str(e.value) for e in (*app.markdown, *app.caption))


def title(app: AppTest) -> str:
    return app.title[0].value


def leads(app: AppTest, key: str, slug: str) -> None:
    """The button leads to the page. The test runner has to be told that it is there now."""
    app.button(key=key).click().run()
    assert not app.exception
    assert title(app) == navigation.BY_SLUG[slug].title
    app.switch_page(str(navigation.BY_SLUG[slug].file)).run()


FIRST = {
    "support": ("customer", "winding-down", "failed-payments", "sync"),
    "finance": ("mrr", "invoices", "failed-payments", "close"),
    "founder": ("overview", "upgrades", "winding-down", "plan-mix", "churn"),
    "admin": ("overview", "customer", "portal", "sync", "audit"),
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_has_its_own_way_over_pages_that_it_may_see(role: Role) -> None:
    may = Staff("", "", frozenset({role})).permissions
    slugs = tuple(step.slug for step in touring.steps(may))
    assert slugs == FIRST[role.value]
    assert 3 <= len(slugs) <= 6
    assert all(navigation.BY_SLUG[slug].permission in may for slug in slugs)


@pytest.mark.parametrize("role", FIRST)
def test_it_begins_by_itself_and_leads_from_page_to_page(
    open_page: Open, desk: FakeBilling, role: str
) -> None:
    desk.toured = False
    app = open_page("sync", role)
    assert "Welcome to Portside" in told(app)
    for slug in FIRST[role]:
        leads(app, "tour_next", slug)
    assert "tour_next" not in keys(app)
    app.button(key="tour_done").click().run()
    assert keys(app) == {"tour_again"}
    assert [value for (_, name), value in desk.remembered.items() if name == "tour"] == ["left"]


def test_never_again_holds_for_the_next_session_too(open_page: Open, desk: FakeBilling) -> None:
    desk.toured = False
    app = open_page("sync", "support")
    app.button(key="tour_never").click().run()
    assert keys(app) == {"tour_again"}
    assert keys(open_page("sync", "support")) == {"tour_again"}


def test_later_holds_for_this_session_only(open_page: Open, desk: FakeBilling) -> None:
    desk.toured = False
    app = open_page("sync", "support")
    app.button(key="tour_later").click().run()
    assert keys(app) == {"tour_again"}
    assert desk.remembered.get(("support@demo.invalid", "tour")) is None
    assert "tour_next" in keys(open_page("sync", "support"))


def test_whoever_has_had_it_can_take_it_again(open_page: Open) -> None:
    app = open_page("sync", "founder")
    assert keys(app) == {"tour_again"}
    app.button(key="tour_again").click().run()
    assert "Welcome to Portside" in told(app)
    app.button(key="tour_next").click().run()
    assert title(app) == "Overview"


def test_who_wandered_off_is_shown_the_way_back_and_one_step_can_be_undone(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.toured = False
    app = open_page("sync", "support")
    leads(app, "tour_next", "customer")
    leads(app, "tour_next", "winding-down")
    leads(app, "tour_back", "customer")
    app.switch_page(str(navigation.BY_SLUG["sync"].file)).run()
    leads(app, "tour_there", "customer")


def test_who_has_no_role_gets_no_tour(open_page: Open, desk: FakeBilling) -> None:
    desk.toured = False
    assert keys(open_page("sync", None)) == set()
