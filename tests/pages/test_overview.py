"""The founders' morning over the fake company: what each part says, and where a click leads."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui import needs, ways
from lib.billing import SyncHealth
from tests.pages.choosing import choice, press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import elements, figures, needed, numbers, section_titles, tables
from tests.pages.fake_billing import FakeBilling
from tests.pages.pressing import tell
from tests.pages.test_defined import defined


def said(app: AppTest) -> str:
    told = (*app.markdown, *app.caption)
    return " ".join(str(element.value) for element in told).replace("\\", "")


def test_four_numbers_each_against_something(open_page: Open) -> None:
    app = open_page("overview")
    cards = [(m.label, m.value, m.delta, m.beside) for m in numbers(app)]
    assert cards == [
        ("MRR", "$20,134", "+$431", "this month"),
        ("Committed MRR", "$19,234", "−$900", "to leave"),
        ("Paying customers", "755", "+7", "this month"),
        ("Net MRR churn, Oct", "2.6%", "+0.1 pts", "vs Sep"),
    ]


def test_a_rate_of_few_customers_is_marked_and_has_no_arrow(open_page: Open) -> None:
    app = open_page("overview")
    press(app, "currency", "EUR")
    churn = numbers(app)[3]
    assert (churn.value, churn.delta, churn.arrow) == ("2.6%", "small sample", "")


def test_the_bridge_and_the_runway_are_drawn_under_their_questions(open_page: Open) -> None:
    app = open_page("overview")
    titles = section_titles(app)
    assert titles[:2] == ["What moved MRR this month?", "What leaves MRR in the next eight weeks?"]
    assert len(figures(app)) == 2
    assert "Besides: $19.00 overdue · $123.17 later." in said(app)


def test_a_week_lists_who_leaves_in_it(open_page: Open) -> None:
    app = open_page("overview")
    press(app, "week", "23 Nov 2026")
    titles = section_titles(app)
    assert "Who leaves in the week of 23 Nov 2026?" in titles
    frame = tables(app)[0].value
    assert tables(app)[0].words["minor"].tolist() == ["$99.00", "$89.00", "$79.00"]
    assert list(frame["what"].map(list)) == [["Ends"], ["Ends"], ["Downgrade"]]
    assert frame["path"].tolist() == ["Business", "Business", "Business → Pro"]
    assert "3 subscriptions · $267.00 a month." in said(app)
    told = [column["help"] for table in tables(app) for column in table.counted()]
    assert told
    assert all(map(defined, told))


def test_a_week_of_nothing_cannot_be_chosen(open_page: Open) -> None:
    weeks = choice(open_page("overview"), "week").options
    assert weeks == ["16 Nov 2026", "23 Nov 2026", "30 Nov 2026"]


def test_what_needs_somebody_has_a_reason_and_a_way_in(open_page: Open, desk: FakeBilling) -> None:
    desk.drifting, desk.missing, desk.broken = 2, 1, 3
    app = open_page("overview")
    told = said(app)
    for part in (
        "payments failing",
        "615.00 of MRR at risk: a new card",
        "30 subscriptions winding down",
        "900.00 of MRR: each can be kept",
        "2 differences from Stripe",
        "1 missing event",
        "3 failed events",
        "Oct 2026 is not closed",
        "Too expensive",
        "last day",
        "days left",
    ):
        assert part in told or part in everything(app).replace("\\", "")


def test_nothing_to_do_says_so(open_page: Open, desk: FakeBilling) -> None:
    desk.open_month = None
    app = open_page("overview")
    assert "is not closed" not in said(app)


def test_a_name_in_the_list_opens_its_customer(open_page: Open) -> None:
    app = open_page("overview")
    person = needed(app)[1]["people"][0]
    assert person["href"].startswith("/customer?customer=cus_")
    wanted = dict(parse_qsl(urlsplit(person["href"]).query))["customer"]
    app.session_state["to_open"] = ("customer", {"customer": wanted})
    app.run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Customer"]
    assert app.query_params["customer"] == wanted


def test_what_stands_out_says_why(open_page: Open) -> None:
    [way] = [way for way in needed(open_page("overview")) if "Starter" in way["title"]]
    assert way["title"].startswith(
        "Churn of Starter was 4 of 60 customers in October against 1.2 a month before."
    )
    assert "In each of the 5 months before: 1, 1, 2, 1, 1" in way["why"]
    assert way["leads"] == "Open Churn and retention"


def test_a_week_that_stands_out_is_chosen_by_a_click(open_page: Open) -> None:
    app = open_page("overview")
    list_of_them = elements(app, ways.NAME)[-1]
    [way] = [need for need in needed(app) if need["here"]]
    assert (way["leads"], way["icon"]) == ("List them above", "priority_high")
    assert "currency=USD&week=16+Nov+2026" in way["href"]
    tell(app, list_of_them, "way", way["href"])
    assert app.session_state["week"] == "2026-11-16"
    assert "Who leaves in the week of 16 Nov 2026?" in section_titles(app)


def test_what_turns_words_round_is_left_out_of_what_stands_out() -> None:
    def alone() -> None:
        from dashboard.ui import ways

        hostile = "Pro\u202eevil\u2066"
        person = ways.Way(hostile, hostile, "customer", (("customer", "cus_1"),))
        ways.draw([ways.Way(hostile, hostile, "churn", people=(person,))], key="one")

    [way] = needed(AppTest.from_function(alone).run())
    [person] = way["people"]
    assert {way["title"], way["why"], person["name"], person["told"]} == {"Pro evil"}


def test_when_nothing_stands_out_the_page_says_that(open_page: Open, desk: FakeBilling) -> None:
    desk.silent = True
    assert "Rules stay silent below 20 customers" in said(open_page("overview"))


def test_the_newest_upgrades_are_shown_and_the_largest_customers(open_page: Open) -> None:
    app = open_page("overview")
    largest, latest = (table.value for table in tables(app))
    assert [round(share, 1) for share in largest["share"]] == [4.5, 4.0, 3.6, 3.1, 2.7]
    assert len(latest) == 8
    assert latest["path"].tolist()[:5] == [
        "Starter → Pro",
        "Pro",
        "Pro: monthly → yearly",
        "– → Business",
        "Pro",
    ]


@pytest.mark.parametrize(
    ("seen", "titles"),
    [
        ({}, []),
        ({"drift": 3, "drift_acknowledged": 3}, []),
        ({"drift": 3, "drift_acknowledged": 1}, ["2 differences from Stripe"]),
        ({"gaps": 1}, ["1 missing event"]),
        ({"failed": 4}, ["4 failed events"]),
    ],
    ids=str,
)
def test_only_what_nobody_has_acknowledged_is_trouble(
    seen: dict[str, Any], titles: list[str], desk: FakeBilling
) -> None:
    nothing: dict[str, Any] = dict.fromkeys(SyncHealth.__dataclass_fields__, 0)
    found = needs.sync_trouble(SyncHealth(**{**nothing, **seen}), desk.freshness())
    assert [need.title for need in found] == titles


def test_silent_webhooks_are_trouble(desk: FakeBilling) -> None:
    desk.stale = True
    nothing: dict[str, Any] = dict.fromkeys(SyncHealth.__dataclass_fields__, 0)
    [need] = needs.sync_trouble(SyncHealth(**nothing), desk.freshness())
    assert "2 h ago" in need.why
