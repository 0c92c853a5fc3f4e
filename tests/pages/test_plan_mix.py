"""The plan-mix page over the fake company: each of its views, and what the address holds."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.pages.choosing import press
from tests.pages.conftest import Open
from tests.pages.drawn import numbers, section_titles, tables
from tests.pages.fake_billing import FakeBilling


def said(app: AppTest) -> str:
    told = (*app.markdown, *app.caption)
    return " ".join(str(element.value) for element in told).replace("\\", "")


def questions(app: AppTest) -> list[str]:
    return section_titles(app)


def test_the_mix_can_be_had_in_customers(open_page: Open) -> None:
    app = open_page("plan-mix")
    assert questions(app)[0] == "Which plans carry the MRR?"
    press(app, "measure", "Customers")
    assert questions(app)[0] == "Which plans have the customers?"
    assert app.session_state["measure"] == "customers"


def test_the_trend_shows_each_plan_now_and_before(open_page: Open) -> None:
    app = open_page("plan-mix", view="Trend")
    assert questions(app) == ["How does the mix move?", "What does a customer pay on each plan?"]
    told = tables(app)[0].words[["plan", "customers", "people", "mrr", "moved", "arpa"]]
    assert [tuple(row) for row in told.itertuples(index=False)] == [
        ("Starter", "13", "+3", "$117.00", "$27.00", "$9.00"),
        ("Pro", "15", "+15", "$435.00", "$435.00", "$29.00"),
        ("Not in the catalogue", "1", "+0", "$5.00", "$0.00", "$5.00"),
    ]


def test_without_a_month_that_has_ended_there_is_no_trend(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.young = True
    app = open_page("plan-mix", view="Trend")
    assert "No month has ended yet." in said(app)
    assert not tables(app)


def test_moves_add_up_from_the_opening_to_the_closing(open_page: Open) -> None:
    app = open_page("plan-mix", view="Moves", measure="Customers")
    frame = tables(app)[0].value.set_index("part")
    assert list(frame.index) == [
        "Opening",
        "New",
        "Returned",
        "Added",
        "From other plans",
        "To other plans",
        "Left",
        "Closing",
    ]
    assert frame["together"].tolist() == [22, 3, 1, 1, 3, -3, -2, 25]
    assert (frame.iloc[:-1].sum() == frame.iloc[-1]).all()


def test_moves_of_mrr_have_a_line_for_what_stayed_and_changed(open_page: Open) -> None:
    table = tables(open_page("plan-mix", view="Moves"))[0]
    frame = table.value.set_index("part")
    assert table.words.set_index("part").loc["On the plan", "together"] == "$29.00"
    assert (frame.iloc[:-1].sum() == frame.iloc[-1]).all()


def test_a_move_lists_those_who_made_it(open_page: Open) -> None:
    app = open_page("plan-mix", view="Moves", move="Starter → Pro", period="Last 12 months")
    assert app.session_state["move"] == "starter~pro"
    assert set(tables(app)[1].value["path"]) == {"Starter → Pro"}
    assert "2 moves · +$40.00. Choose a row to open its customer." in said(app)
    app.text_input(key="q").set_value("Company 6").run()
    assert "1 move · +$20.00. Choose a row to open its customer." in said(app)
    app.text_input(key="q").set_value("nobody").run()
    assert "No move matches these filters." in said(app)


def test_when_nobody_paid_moves_say_so(open_page: Open, desk: FakeBilling) -> None:
    app = open_page("plan-mix", view="Moves")
    desk.empty = True
    desk.watermark_now += 1
    app.run()
    assert "No paying subscription yet." in said(app)


def test_concentration_names_no_share_where_there_are_too_few(open_page: Open) -> None:
    app = open_page("plan-mix", view="Concentration")
    assert [(card.label, card.value) for card in numbers(app)] == [
        ("Paying customers", "12"),
        ("Largest customer", "13.2%"),
        ("10 largest customers", "92.1%"),
        ("100 largest customers", "–"),
    ]
    assert "There are no more than 100 paying customers." in numbers(app)[3].definition
    assert numbers(app)[1].beside == "of MRR · small sample"
    assert len(tables(app)[0].value) == 10


def test_features_show_who_has_them_on_which_plan(open_page: Open) -> None:
    frame = tables(open_page("plan-mix", view="Features"))[0].value
    assert frame["customers"].tolist() == [30, 20]
    assert frame["share"].tolist() == [75.0, 50.0]
    assert frame["starter"].isna().tolist() == [False, True]


def test_no_view_loads_what_a_name_asks_for(open_page: Open) -> None:
    for view in ("Trend", "Moves", "Concentration", "Features"):
        app = open_page("plan-mix", view=view)
        told = (*app.markdown, *app.caption)
        assert not [element for element in told if "![pixel](" in str(element.value)]
