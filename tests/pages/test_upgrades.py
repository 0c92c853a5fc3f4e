"""The upgrades page over the fake company: its numbers, its filters, its charts."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.choosing import press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import figures, numbers, section_titles, tables
from tests.pages.fake_billing import FakeBilling


def said(app: AppTest) -> str:
    told = (*app.markdown, *app.caption)
    return " ".join(str(element.value) for element in told).replace("\\", "")


def test_four_numbers_against_the_time_before(open_page: Open) -> None:
    app = open_page("upgrades")
    cards = [(m.label, m.value, m.delta, m.beside) for m in numbers(app)]
    assert cards[0] == ("Upgrades", "13", "+1", "vs prior 30 d")
    assert cards[1][3] == "vs prior 30 d"
    assert cards[2] == ("Trial conversion", "66.7%", "+33.3 pts", "20 of 30")
    assert cards[3] == ("Trials started", "40", "0", "vs prior 30 d")


def test_few_trials_are_marked_and_compared_with_nothing(open_page: Open) -> None:
    app = open_page("upgrades")
    press(app, "currency", "EUR")
    trials = numbers(app)[2]
    assert (trials.value, trials.delta, trials.arrow) == ("66.7%", "2 of 3", "")
    assert trials.beside == "small sample"


def test_four_charts_answer_four_questions(open_page: Open) -> None:
    app = open_page("upgrades")
    assert section_titles(app) == [
        "From which plan (rows) to which (columns)?",
        "Do upgrades add more than before?",
        "What did they change?",
        "How many trials become customers?",
        "Who moved up?",
    ]
    assert len(figures(app)) == 4


def test_the_address_holds_period_and_filters(open_page: Open) -> None:
    app = open_page("upgrades", period="Last 12 months", changes="Plan", path="Starter → Pro")
    assert app.session_state["period"] == "12m"
    frame = tables(app)[0].value
    assert set(frame["path"]) == {"Starter → Pro"}
    assert "15 upgrades · +$300.00." in said(app)


def test_a_month_is_a_period(open_page: Open) -> None:
    app = open_page("upgrades", period="Oct 2026")
    months = {when.partition(" ")[2] for when in tables(app)[0].words["when"]}
    assert months == {"Oct 2026"}
    assert numbers(app)[0].beside == "vs month before"


def test_a_long_list_has_pages(open_page: Open) -> None:
    app = open_page("upgrades", period="Last 12 months", page="2")
    first = open_page("upgrades", period="Last 12 months")
    assert len(tables(first)[0].value) == 25
    assert tables(app)[0].value["email"].tolist() != tables(first)[0].value["email"].tolist()


def test_a_filter_goes_back_to_the_first_page(open_page: Open) -> None:
    app = open_page("upgrades", period="Last 12 months", page="2")
    press(app, "changes", "Plan")
    assert app.session_state["page"] == 1
    assert {change for cell in tables(app)[0].value["change"] for change in cell} == {"Plan"}


def test_filters_that_match_nothing_can_be_cleared(open_page: Open) -> None:
    app = open_page("upgrades", q="nobody at all", changes="Quantity")
    assert not tables(app)
    app.button(key="clear_filters").click().run()
    assert (app.session_state["q"], app.session_state["changes"]) == ("", [])
    assert len(tables(app)[0].value) == 13


def test_an_unknown_value_in_the_address_is_no_error(open_page: Open) -> None:
    app = open_page("upgrades", period="Last 5 minutes", path="a → b", changes="x", page="99")
    assert not app.exception


def test_another_currency_has_upgrades_of_its_own(open_page: Open) -> None:
    app = open_page("upgrades")
    press(app, "currency", "EUR")
    assert numbers(app)[0].value == "2"
    assert "€" in numbers(app)[1].value


def test_a_company_without_an_upgrade_says_what_would_fill_the_page(
    open_page: Open, desk: FakeBilling
) -> None:
    desk._steps = list  # type: ignore[method-assign]
    app = open_page("upgrades")
    assert numbers(app)[0].value == "0"
    assert "Nobody moved up in this period." in said(app)
    assert not tables(app)


def test_support_gets_none_of_it(open_page: Open) -> None:
    app = open_page("upgrades", "support")
    assert not numbers(app)
    assert "Starter → Pro" not in everything(app)


def test_nobody_changed_the_price_of_who_began_to_pay(open_page: Open) -> None:
    app = open_page("upgrades", changes="Began to pay")
    frame = tables(app)[0].value
    assert {change for cell in frame["change"] for change in cell} == {"Began to pay"}
    assert {kind for cell in frame["kind"] for kind in cell} == {"First payment"}


def test_moves_for_the_same_money_are_listed_for_whoever_asks(open_page: Open) -> None:
    app = open_page("upgrades")
    assert len(tables(app)) == 1
    app.toggle(key="level").set_value(True).run()
    assert not app.exception
    frame = tables(app)[1].value
    assert len(frame) == 10
    assert {kind for cell in frame["kind"] for kind in cell} == {"No change of MRR"}
    assert "13 moves left MRR as it was. Choose a row to open its customer." in said(app)
    assert numbers(app)[0].value == "13"
