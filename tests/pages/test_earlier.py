"""The customer page at an earlier time, and what came back of an invoice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import format as fmt
from dashboard import session
from lib.billing import Correction, ScheduleAhead
from lib.billing.showing.timeline import TOO_LATE
from lib.billing.store.engine import Store
from tests.health.test_customer_story import JOIN, REFUND, STORY
from tests.pages import conftest
from tests.pages.conftest import Open
from tests.pages.drawn import section_titles, tables, told
from tests.pages.fake_billing import DAY, NOW, FakeBilling
from tests.pages.offering import offered, refused
from tests.reports.ledger import changed, customer
from tests.reports.ledger import desk as real_desk

PAST = "2026-10-23T03:00:00Z"


def named(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


def said(app: AppTest) -> str:
    shown = [element.value for element in (*app.markdown, *app.caption, *app.warning)]
    return " ".join([*shown, *told(app)])


def wall(text: str) -> datetime:
    """As widgets hold it: the business's wall clock."""
    return datetime.fromisoformat(text)


def utc(microseconds: int) -> str:
    return datetime.fromtimestamp(microseconds // 10**6, UTC).isoformat()[:16]


def address(app: AppTest) -> str:
    named = app.query_params["at"]
    return named if isinstance(named, str) else named[0]


def test_now_has_a_way_back_in_time_and_the_link_panel(open_page: Open) -> None:
    app = open_page("customer", customer="cus_0001")
    assert not app.slider
    assert named(app, "Earlier state")
    assert "Hand over a link" in section_titles(app)


def test_the_way_back_begins_thirty_days_ago(open_page: Open) -> None:
    app = open_page("customer", customer="cus_0001")
    named(app, "Earlier state").click().run()
    assert address(app) == PAST
    assert "As it was on 23 Oct 2026, 03:00 UTC: actions are off." in said(app)


def test_in_the_past_no_link_can_be_made(open_page: Open) -> None:
    app = open_page("customer", customer="cus_0001", at=PAST)
    assert not app.exception
    assert "Hand over a link" not in section_titles(app)
    assert not offered(app)
    assert not refused(app)
    assert "Earlier state" not in [button.label for button in app.button]


def test_the_slider_spans_all_that_is_known(open_page: Open) -> None:
    slider = open_page("customer", customer="cus_0001", at=PAST).slider[0]
    assert slider.value == wall("2026-10-23T03:00")
    assert (utc(slider.min), utc(slider.max)) == ("2025-10-18T03:00", "2026-11-22T04:00")


def test_the_slider_and_the_field_write_the_address(open_page: Open) -> None:
    app = open_page("customer", customer="cus_0001", at=PAST)
    app.slider[0].set_value(wall("2026-08-14T10:00")).run()
    assert address(app) == "2026-08-14T10:00:00Z"
    assert "As it was on 14 Aug 2026, 10:00 UTC" in said(app)
    app.datetime_input[0].set_value(wall("2026-08-15T09:30")).run()
    assert address(app) == "2026-08-15T09:30:00Z"
    assert "As it was on 15 Aug 2026, 09:30 UTC" in said(app)
    assert app.slider[0].value == wall("2026-08-15T09:30")


def test_back_to_now(open_page: Open) -> None:
    app = open_page("customer", customer="cus_0001", at=PAST)
    named(app, "Back to now").click().run()
    assert "at" not in app.query_params
    assert "Hand over a link" in section_titles(app)


@pytest.mark.parametrize(
    "at", ["soon", "2999-01-01T00:00:00Z", "", "0000-99-99", "1965-01-01T00:00:00Z"]
)
def test_a_time_that_cannot_be_shown_is_now(open_page: Open, at: str) -> None:
    app = open_page("customer", customer="cus_0001", at=at)
    assert not app.exception
    assert "Hand over a link" in section_titles(app)


def test_a_time_before_everything_says_so_and_leads_back(open_page: Open) -> None:
    app = open_page("customer", customer="cus_0001", at="2020-01-01T00:00:00Z")
    assert "choose a later time" in app.error[0].value
    named(app, "Back to now").click().run()
    assert not app.error


def test_corrections_stand_beside_their_invoice_and_below_in_full(
    open_page: Open, desk: FakeBilling
) -> None:
    refund = Correction(
        "refund", "re_1", "in_1_0", 2900, "usd", "succeeded", "duplicate", NOW - DAY, True
    )
    won = Correction("dispute", "dp_1", "in_1_0", 2900, "usd", "won", None, NOW, False)
    loose = Correction("credit_note", "cn_1", None, 500, "usd", "issued", None, NOW, True)
    desk.came_back = (refund, won, loose)
    app = open_page("customer", customer="cus_0001", tab="Invoices")
    invoices, came_back = (table.value for table in tables(app))
    assert [list(each) for each in invoices["back"]] == [["Refunded"], [], []]
    assert came_back["kind"].tolist() == ["Refund", "Dispute", "Credit note"]
    assert came_back["invoice"].tolist()[:2] == ["PORT-0100", "PORT-0100"]
    assert came_back["status"].tolist() == ["Succeeded", "Won", "Issued"]
    assert "none of these grants or takes it away" in said(app)


def test_an_attached_schedule_says_its_next_phase(open_page: Open, desk: FakeBilling) -> None:
    offers = ("Business, every month × 3", "![x](http://evil.test/p.png)")
    desk.planned = (
        ScheduleAhead("sub_sched_1", "sub_0001", "active", NOW + DAY, offers, None, "release"),
    )
    told = said(open_page("customer", customer="cus_0001"))
    assert r"Next phase on 23 Nov 2026: Business\, every month × 3" in told
    assert "Then the subscription goes on by itself." in told
    assert "](http" not in told


@pytest.fixture
def story(sqlite_store: Store, demo: None) -> Iterator[None]:
    known = customer(email="ann@example.com")
    gone = changed("customer", "cus_1", known, known | {"deleted": True}, "2026-03-28", "cus_1")
    session.use(real_desk(sqlite_store, [*STORY, JOIN, REFUND, gone], "2026-04-01"))
    yield
    session.use(None)
    st.cache_data.clear()


def opened(**query: str) -> AppTest:
    return conftest.opened("customer", **{"customer": "cus_1", **query})


def test_a_customer_s_end_is_told_calmly(story: None) -> None:
    """Deleted, refunded, and paid too late: the page says all of it and grants nothing."""
    app = opened(tab="Timeline")
    assert not app.exception
    [table] = [m.value for m in app.markdown if m.value.startswith("| When")]
    told = table.splitlines()[2:]
    assert fmt.md("Customer deleted.") in told[0]
    assert any(fmt.md(TOO_LATE) in line for line in told)
    refund = fmt.md("Refund of 29.00 USD: succeeded (requested by customer).")
    assert any(refund in line for line in told)
    assert "Deleted in Stripe" in said(app)
    assert "Default plan only" in said(app)


def test_the_same_customer_had_access_before(story: None) -> None:
    app = opened(at="2026-03-10T00:00:00Z")
    assert "As it was on 10 Mar 2026, 00:00 UTC" in said(app)
    assert "Has access" in said(app)
    assert "Deleted in Stripe" not in said(app)
    assert tables(app)[0].value["status"].tolist() == [["Active"]]
