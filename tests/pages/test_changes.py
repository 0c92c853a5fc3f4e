"""What changed since somebody was last here: the strip, the dialog, and what is kept of visits."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.billing.domain.visits import AWAY, KEPT_EVERY
from tests.pages.conftest import Open, everything
from tests.pages.drawn import section_titles, tables
from tests.pages.fake_billing import NOW, FakeBilling
from tests.pages.test_defined import defined

DAY = 86_400
TITLE = "What changed since you were last here?"


def said(app: AppTest) -> str:
    return " ".join(str(e.value) for e in (*app.caption, *app.markdown)).replace("\\", "")


def titles(app: AppTest) -> list[str]:
    return section_titles(app)


def kept(desk: FakeBilling, role: str = "founder") -> str | None:
    return next((v for (who, name), v in desk.remembered.items() if name == "last_here"), None)


def test_the_first_visit_says_so(open_page: Open, desk: FakeBilling) -> None:
    app = open_page("overview", "founder")
    assert not app.exception
    assert "This is your first visit." in said(app)
    assert TITLE not in titles(app)
    assert kept(desk) == f"- {NOW}"


def test_what_changed_is_told_by_groups_with_what_it_did_to_mrr(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.last_here = NOW - DAY
    app = open_page("overview", "founder")
    assert TITLE in titles(app)
    assert "Since 21 Nov 2026, 03:00, 24 h ago. MRR moved by +$1,204.00 · −€12.00." in said(app)
    pills = app.get("button_group")[0]
    told = [option.content for option in pills.proto.options]
    assert any("New customers 12 · +$348.00" in option for option in told)
    assert any("Payments failed 12 · $348.00" in option for option in told)
    assert any(option.endswith("Months closed 3") for option in told)


def test_nothing_is_said_where_nothing_happened(open_page: Open, desk: FakeBilling) -> None:
    desk.last_here, desk.quiet = NOW - DAY, True
    app = open_page("overview", "founder")
    assert not app.exception
    assert TITLE not in titles(app)
    assert "first visit" not in said(app)


def test_a_group_lists_its_rows_and_a_row_its_customer(open_page: Open, desk: FakeBilling) -> None:
    desk.last_here = NOW - DAY
    app = open_page("overview", "founder")
    app.session_state["since_strip"] = "churn"
    app.run()
    frame = tables(app)[0].value
    assert len(frame) == 10
    assert "12 rows. Choose a row to open its customer." in said(app)
    told = [column["help"] for table in tables(app) for column in table.counted()]
    assert all(map(defined, told))


def test_months_and_differences_lead_to_their_pages(open_page: Open, desk: FakeBilling) -> None:
    desk.last_here = NOW - DAY
    app = open_page("overview", "founder")
    app.session_state["since_strip"] = "closed"
    app.run()
    assert "Closed: Oct 2026." in said(app)
    assert "Open Month close" in [link.proto.label for link in app.main.get("page_link")]


@pytest.mark.parametrize("slug", ["customer", "winding-down", "sync"])
def test_support_opens_the_same_from_anywhere_without_money(
    open_page: Open, desk: FakeBilling, slug: str
) -> None:
    desk.last_here = NOW - DAY
    app = open_page(slug, "support")
    before = everything(app)
    app.button(key="since_open").click().run()
    assert not app.exception
    told = [option.content for group in app.get("button_group") for option in group.proto.options]
    mine = [option for option in told if "New customers" in option]
    assert mine
    assert "$" not in mine[0]
    assert "MRR moved" not in everything(app)
    assert "Months closed" not in everything(app)
    assert "MRR moved" not in before


def test_the_first_visit_has_no_way_to_what_changed(open_page: Open) -> None:
    keys = [button.key for button in open_page("customer", "support").button]
    assert "since_open" not in keys


VISITS = {
    "a reload a minute later keeps nothing": (60, 1),
    "ten minutes later a sign is kept": (KEPT_EVERY, 2),
    "after half an hour another visit begins": (AWAY + 1, 2),
}


@pytest.mark.parametrize(("later", "writes"), VISITS.values(), ids=list(VISITS))
def test_a_visit_is_not_written_with_every_run(
    open_page: Open, desk: FakeBilling, later: int, writes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote = _counting(desk)
    app = open_page("sync", "founder")
    app.run()
    app.run()
    assert len(wrote) == 1
    desk.clock = NOW + later
    app.run()
    assert len(wrote) == writes


def test_a_reload_or_another_tab_is_the_same_visit(open_page: Open, desk: FakeBilling) -> None:
    desk.last_here = NOW - DAY
    wrote = _counting(desk)
    first = open_page("overview", "founder")
    desk.clock = NOW + 60
    second = open_page("overview", "founder")
    assert len(wrote) == 1
    assert wrote == [f"{NOW - DAY} {NOW}"]
    assert titles(first) == titles(second)


def test_who_only_chose_in_the_page_meanwhile_is_still_on_the_same_visit(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.last_here = NOW - DAY
    app = open_page("overview", "founder")
    app.session_state["acted_at"] = NOW + AWAY
    desk.clock = NOW + AWAY + 60
    app.run()
    assert kept(desk) == f"{NOW - DAY} {NOW + AWAY + 60}"


def _checks(*, by_itself: bool) -> None:
    from dashboard import session
    from lib.billing import Permission

    session.check(Permission.SYNC, by_itself=by_itself)


@pytest.mark.parametrize("by_itself", [True, False])
def test_what_reruns_by_a_clock_is_no_sign_of_anybody(
    demo: None, desk: FakeBilling, by_itself: bool
) -> None:
    app = AppTest.from_function(_checks, kwargs={"by_itself": by_itself}, default_timeout=20)
    app.session_state["demo_role"] = "founder"
    app.run()
    assert not app.exception
    assert ("acted_at" in app.session_state) is not by_itself


def _counting(desk: FakeBilling) -> list[str]:
    wrote: list[str] = []
    choose = desk.choose

    def counted(staff: str, name: str, value: str, **asked: object) -> None:
        wrote.append(value)
        choose(staff, name, value, **asked)  # type: ignore[arg-type]

    desk.choose = counted  # type: ignore[method-assign]
    return wrote
