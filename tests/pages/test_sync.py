"""The Sync page, state by state."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import format as fmt
from lib.billing import Acknowledgement, Reconciliation
from tests.pages.conftest import Open, everything
from tests.pages.drawn import numbers, section_titles, tables
from tests.pages.fake_billing import NOW, FakeBilling
from tests.pages.fake_sync import DAY, TRAP


def named(app: AppTest, label: str) -> Any:
    return next(button for button in app.button if button.label == label)


def labels(app: AppTest) -> set[str]:
    return {button.label for button in app.button}


def said(app: AppTest) -> str:
    return " ".join(element.value for element in (*app.markdown, *app.caption))


@pytest.fixture
def drifting(desk: FakeBilling) -> FakeBilling:
    desk.drifting = 3
    return desk


def test_a_healthy_projection_says_so_in_one_calm_word(open_page: Open) -> None:
    app = open_page("sync")
    assert {metric.label: metric.value for metric in numbers(app)} == {
        "Webhook lag, p95": "41 s",
        "Duplicates today": "7",
        "Failed events": "0",
        "Open drift": "0",
    }
    assert "Nothing differs, nothing is missing" in said(app)
    assert "Nothing differs from Stripe." in said(app)
    assert "60 customers, nothing found" in said(app)


def test_what_needs_somebody_is_said_in_words(open_page: Open, drifting: FakeBilling) -> None:
    drifting.missing, drifting.broken = 2, 1
    told = said(open_page("sync"))
    assert "3 differences from Stripe" in told
    assert "2 missing events, the first is lost in 2 days" in told
    assert "1 event could not be applied" in told
    assert "Nothing differs, nothing is missing" not in told


def test_a_projection_that_was_never_compared_says_what_to_run(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.never_compared = True
    told = said(open_page("sync"))
    assert "Not compared with Stripe yet" in told
    assert "portside reconcile compares everyone with Stripe." in told
    assert "Nothing is known yet." in told
    assert "Nothing differs" not in told


@pytest.mark.parametrize(
    ("every", "hours", "lately"),
    [
        (DAY, 25, False),
        (DAY, 27, True),
        (6 * 3_600, 9, True),
        (7 * DAY, 90, False),
        (0, 900, False),
    ],
)
def test_a_comparison_is_missed_by_what_is_configured(
    open_page: Open, desk: FakeBilling, every: int, hours: int, lately: bool
) -> None:
    desk.compares_every = every
    began = NOW - 3_600 * hours
    desk.latest = Reconciliation(2, began, began + 9, False, "", 7, 1, 0, 0, None)
    assert ("Not compared with Stripe lately" in said(open_page("sync"))) is lately


@pytest.mark.parametrize(
    ("minutes", "problem", "badge", "told"),
    [
        (90, None, "The last comparison did not end", "has not ended"),
        (5, None, "Nothing differs, nothing is missing", "has not ended"),
        (5, "Stripe is away.", "The last comparison did not end", "after 7 customers"),
    ],
)
def test_a_comparison_that_did_not_end_claims_nothing(
    open_page: Open, desk: FakeBilling, minutes: int, problem: str | None, badge: str, told: str
) -> None:
    began = NOW - 60 * minutes
    ended = began + 9 if problem else None
    desk.latest = Reconciliation(2, began, ended, False, "", 7, 1, 0, 0, problem)
    shown = said(open_page("sync"))
    assert badge in shown
    assert told in shown
    assert "nothing found" not in shown


def test_what_the_key_may_not_read_is_not_called_complete(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.latest = Reconciliation(
        2, NOW - 60, NOW - 50, False, "", 7, 1, 0, 0, None, left_out="coupons, events"
    )
    page = open_page("sync", board="Gaps")
    shown = said(page)
    assert "Not compared: coupons, events" in shown
    assert "Whether an event is missing is not known." in shown
    assert "No event is missing." not in shown


def test_what_is_left_alone_is_not_called_nothing(open_page: Open, desk: FakeBilling) -> None:
    desk.drifting = 1
    desk.left["drift:cus_0001"] = Acknowledgement("ann", "Known", NOW - 60, NOW + DAY)
    shown = said(open_page("sync"))
    assert "Nothing new" in shown
    assert "Nothing differs" not in shown


@pytest.mark.parametrize(
    ("board", "sentence", "hint"),
    [
        ("Drift", "Nothing differs from Stripe.", "with its cause and its age"),
        ("Gaps", "No event is missing.", "Stripe remembers it for 30 days"),
        ("Failed events", "Every event that arrived was applied.", "its error and its next try"),
        ("Outgoing", "The product is told nothing by itself.", "names an endpoint"),
        ("Requests", "Nobody has asked for anything yet.", "with its outcome"),
    ],
)
def test_an_empty_board_says_what_would_fill_it(
    open_page: Open, board: str, sentence: str, hint: str
) -> None:
    app = open_page("sync", board=board)
    assert not app.exception
    assert sentence in said(app)
    assert hint in said(app)
    assert not tables(app)


def test_deliveries_without_any_webhook_have_dashes_and_no_chart(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.quiet = True
    app = open_page("sync", board="Deliveries")
    assert numbers(app)[0].value == "–"
    assert "No webhook in the last two weeks." in said(app)
    assert tables(app)[0].value["count"].tolist() == [0, 0]


def test_deliveries_are_a_chart_and_its_table(open_page: Open) -> None:
    app = open_page("sync", board="Deliveries")
    assert "What became of each day's webhooks?" in section_titles(app)
    lags, days = (table.value for table in tables(app))
    assert lags["most"].tolist() == ["41 s", "55 s"]
    assert lags["late"].tolist() == [0, 3]
    assert len(days) == 14
    assert days["all"].tolist()[0] == 449


def test_the_board_shows_whose_what_and_why(open_page: Open, drifting: FakeBilling) -> None:
    frame = tables(open_page("sync"))[0].value
    assert frame["customer"].tolist() == ["Customer 1", TRAP, "Customer 3"]
    assert frame["differs"].tolist()[0] == "Subscription: comment, status"
    assert frame["cause"].tolist()[0] == "Stripe has an event that never arrived here."
    assert frame["age"].tolist() == ["2 days"] * 3


def test_the_address_names_the_finding_whose_fields_are_shown(
    open_page: Open, drifting: FakeBilling
) -> None:
    app = open_page("sync", finding="1")
    (fields,) = (text.value for text in app.markdown if text.value.startswith("| Field"))
    assert fields.splitlines()[2:] == [
        f"| comment | {fmt.md(TRAP)} | :gray[not there] |",
        "| status | active | past\\_due |",
    ]
    assert {"Repair", "Check again"} <= labels(app)
    assert "Until it is pressed nothing changes" in said(app)


@pytest.mark.parametrize("role", ["support", "finance", "founder"])
def test_those_who_may_not_repair_see_the_same_board_and_why_there_are_no_buttons(
    open_page: Open, drifting: FakeBilling, role: str
) -> None:
    drifting.broken = 1
    app = open_page("sync", role, finding="1")
    assert len(tables(app)) == 1
    assert [text for text in app.markdown if text.value.startswith("| Field")]
    assert not labels(app) & {"Repair", "Check again", "Repair all", "Check everyone"}
    assert "Administrators may check, repair and acknowledge" in said(app)
    app = open_page("sync", role, board="Failed events", event="evt_broken_0")
    assert not labels(app) & {"Retry now", "Retry all", "Ignore this event"}
    assert "Administrators may try it again or ignore it" in said(app)


def test_a_repair_waits_then_says_what_came_of_it(open_page: Open, drifting: FakeBilling) -> None:
    app = open_page("sync", finding="1")
    named(app, "Repair").click().run()
    (request,) = drifting.asked
    assert (request.action, request.subject, request.staff) == (
        "repair",
        "cus_0001",
        "admin@demo.invalid",
    )
    assert "Repair is waiting to be carried out" in said(app)
    assert named(app, "Repair").disabled
    assert named(app, "Check again").disabled

    drifting.carries_out("1 difference repaired.")
    drifting.repaired.add(1)
    app.run()
    assert r"**Done.** 1 difference repaired\." in said(app)
    assert "Repaired" in said(app)
    assert "Repair" not in labels(app)
    assert len(tables(app)[0].value) == 2


def test_a_request_that_failed_says_why(open_page: Open, drifting: FakeBilling) -> None:
    app = open_page("sync", finding="1")
    named(app, "Check again").click().run()
    drifting.carries_out("Stripe did not answer.", "failed")
    app.run()
    assert r"**It did not work.** Stripe did not answer\." in said(app)
    assert not named(app, "Check again").disabled


def test_what_a_repair_does_not_mend_offers_no_repair(
    open_page: Open, drifting: FakeBilling
) -> None:
    app = open_page("sync", finding="3")
    assert named(app, "Repair").disabled
    assert not named(app, "Check again").disabled
    assert "A repair does not mend this" in said(app)


def test_acknowledging_needs_a_reason_and_says_until_when(
    open_page: Open, drifting: FakeBilling
) -> None:
    app = open_page("sync", finding="1")
    named(app, "Leave it for now").click().run()
    assert [error.value for error in app.error] == [
        r"Say why this finding may stay\: the reason is empty\."
    ]
    app.text_input(key="leave_why_1").set_value("Finance is on it")
    app.selectbox(key="leave_days_1").select("30 days")
    named(app, "Leave it for now").click().run()
    left = drifting.left["drift:cus_0001"]
    assert (left.staff, left.reason) == ("admin@demo.invalid", "Finance is on it")
    assert left.expires_at == NOW + 30 * DAY
    assert not app.error
    assert "Acknowledged until 22 Dec 2026" in said(app)
    assert tables(app)[0].value["state"].tolist()[0] == ["Acknowledged"]


def test_everyone_can_be_checked_at_once(open_page: Open, drifting: FakeBilling) -> None:
    app = open_page("sync")
    named(app, "Check everyone").click().run()
    assert [(r.action, r.subject) for r in drifting.asked] == [("check", "")]
    assert "Checking is waiting to be carried out" in said(app)


def test_what_is_asked_of_everyone_and_of_one_is_told_side_by_side(
    open_page: Open, drifting: FakeBilling
) -> None:
    app = open_page("sync", finding="1")
    named(app, "Check everyone").click().run()
    drifting.carries_out("60 customers compared.")
    app.run()
    named(app, "Repair").click().run()
    assert not app.exception
    assert r"**Done.** 60 customers compared\." in said(app)
    assert "Repair is waiting to be carried out" in said(app)


def test_a_comparison_can_be_asked_for_where_nothing_is_known_to_differ(
    open_page: Open, desk: FakeBilling
) -> None:
    app = open_page("sync")
    assert "Repair all" not in labels(app)
    named(app, "Check everyone").click().run()
    assert [(r.action, r.subject) for r in desk.asked] == [("check", "")]


def test_a_role_that_is_lost_meanwhile_may_press_nothing(
    open_page: Open, drifting: FakeBilling
) -> None:
    app = open_page("sync", finding="1")
    press = named(app, "Repair").click()
    app.session_state["demo_role"] = "support"
    press.run()
    assert drifting.asked == []


def test_gaps_count_the_days_that_are_left(open_page: Open, desk: FakeBilling) -> None:
    desk.missing = 1
    app = open_page("sync", board="Gaps", finding="101")
    frame = tables(app)[0].value
    assert frame["left"].tolist() == [202]
    assert frame["hurry"].tolist() == [["Time enough"]]
    assert "evt_missing_101" in everything(app)
    assert "Repair" in labels(app)


def test_a_finding_of_the_other_board_is_not_shown_here(
    open_page: Open, drifting: FakeBilling
) -> None:
    app = open_page("sync", board="Gaps", finding="1")
    assert "Repair" not in labels(app)


@pytest.mark.parametrize("wanted", ["999", "-1", "x", "9" * 40])
def test_a_finding_that_is_not_there_breaks_nothing(
    open_page: Open, drifting: FakeBilling, wanted: str
) -> None:
    app = open_page("sync", finding=wanted)
    assert not app.exception
    assert len(tables(app)) == 1


def test_a_failed_event_is_retried_or_ignored_with_a_reason(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.broken = 2
    app = open_page("sync", board="Failed events", event="evt_broken_1")
    named(app, "Ignore this event").click().run()
    assert [error.value for error in app.error] == [r"Say why\, in a few words\."]
    app.text_input(key="ignore_why_evt_broken_1").set_value("A test event")
    named(app, "Ignore this event").click().run()
    desk.carries_out("It is ignored from now on.")
    app.run()
    named(app, "Retry now").click().run()
    assert [(r.action, r.subject, r.reason) for r in desk.asked] == [
        ("ignore", "evt_broken_1", "A test event"),
        ("retry", "evt_broken_1", ""),
    ]
    assert "Retry is waiting to be carried out" in said(app)


def test_requests_are_listed_with_their_outcome(open_page: Open, drifting: FakeBilling) -> None:
    app = open_page("sync", finding="1")
    named(app, "Repair").click().run()
    drifting.carries_out("1 difference repaired.")
    frame = tables(open_page("sync", board="Requests"))[0].value
    assert frame["state"].tolist() == [["Done"]]
    assert frame["outcome"].tolist() == ["1 difference repaired."]
    assert frame["subject"].tolist() == ["cus_0001"]


@pytest.mark.parametrize(
    "query",
    [
        {"finding": "2"},
        {"board": "Failed events", "event": "evt_broken_0"},
    ],
    ids=["a customer's name", "an error"],
)
def test_hostile_text_reaches_no_markdown(
    open_page: Open, drifting: FakeBilling, query: dict[str, str]
) -> None:
    drifting.broken = 1
    app = open_page("sync", **query)
    for element in (*app.markdown, *app.caption, *app.error):
        assert "](http" not in element.value
        assert "<img" not in element.value.replace(r"\<", "")
        assert ":red[" not in element.value.replace(r"\:", "")


@pytest.fixture
def undelivered(desk: FakeBilling) -> FakeBilling:
    desk.endpoints_up, desk.undelivered = 1, 2
    return desk


def test_endpoints_and_dead_letters_are_shown_with_their_reason(
    open_page: Open, undelivered: FakeBilling
) -> None:
    app = open_page("sync", board="Outgoing")
    endpoints, letters = (table.value for table in tables(app))
    assert endpoints["state"].tolist() == [["Up to date"], ["Not taking"]]
    assert endpoints["waiting"].tolist() == [0, 3]
    assert letters["why"].tolist() == ["It answered 500."] * 2
    assert "2 dead letters to the product" in said(app)


def test_an_endpoint_that_takes_everything_has_no_dead_letters(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.endpoints_up = 1
    app = open_page("sync", board="Outgoing")
    assert "There is no dead letter." in said(app)
    assert "Nothing differs, nothing is missing" in said(app)


def test_a_dead_letter_is_sent_again_on_request(open_page: Open, undelivered: FakeBilling) -> None:
    app = open_page("sync", board="Outgoing", letter="msg_1@crm")
    named(app, "Send again").click().run()
    assert [(r.action, r.subject) for r in undelivered.asked] == [("resend", "msg_1@crm")]
    assert "Sending again is waiting to be carried out" in said(app)
    assert named(app, "Send again").disabled
    named(app, "Send all again").click().run()
    assert undelivered.asked[-1].subject == "@crm"


@pytest.mark.parametrize("role", ["support", "finance", "founder"])
def test_those_who_may_not_repair_may_not_send_again(
    open_page: Open, undelivered: FakeBilling, role: str
) -> None:
    app = open_page("sync", role, board="Outgoing", letter="msg_1@crm")
    assert len(tables(app)) == 2
    assert not labels(app) & {"Send again", "Send all again"}
    assert "Administrators may send it again." in said(app)


@pytest.mark.parametrize("wanted", ["msg_9@crm", "x", "@"])
def test_a_dead_letter_that_is_not_there_breaks_nothing(
    open_page: Open, undelivered: FakeBilling, wanted: str
) -> None:
    app = open_page("sync", board="Outgoing", letter=wanted)
    assert not app.exception
    assert "Send again" not in labels(app)
