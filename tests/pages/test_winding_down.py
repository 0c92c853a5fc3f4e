"""Winding down: three views in the address, each number with its names, money for whom it is."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui import ending
from tests.pages.choosing import choice, press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import numbers, section_titles, specs, tables
from tests.pages.fake_billing import FakeBilling
from tests.pages.said import spoken, untranslated
from tests.pages.test_pseudo import DATA

SAVES, TEST = "Saved or lost", "Back-test"


def told(app: AppTest) -> str:
    return everything(app).replace("\\", "")


def cards(app: AppTest) -> dict[str, str]:
    return {card.label: card.value for card in numbers(app)}


@pytest.mark.parametrize(
    ("view", "title"),
    [
        (None, "How much ends in each week?"),
        (SAVES, "Which scheduled ends were saved?"),
        (TEST, "Did what was predicted leave, and what else?"),
    ],
)
def test_the_address_names_the_view(open_page: Open, view: str | None, title: str) -> None:
    app = open_page("winding-down", "founder", **({"view": view} if view else {}))
    assert not app.exception
    assert title in section_titles(app)


@pytest.mark.parametrize("split", ["By plan", "By reason"])
def test_the_weeks_are_divided_as_the_address_says(open_page: Open, split: str) -> None:
    app = open_page("winding-down", "founder", split=split)
    drawn = specs(app)[0]
    assert ("Too expensive" in drawn) is (split == "By reason")
    assert ("Business" in drawn) is (split == "By plan")


def test_the_last_day_to_save_is_a_column_and_this_week_s_are_a_card_and_a_switch(
    open_page: Open,
) -> None:
    app = open_page("winding-down", "support")
    assert cards(app)["Can still be saved this week"] == "3"
    assert "until" in tables(app)[0].value.columns
    before = len(tables(app)[0].value)
    app.toggle(key="savable").set_value(True).run()
    assert not app.exception
    assert len(tables(app)[0].value) < before


def test_the_save_rate_says_of_how_many_it_is(open_page: Open) -> None:
    app = open_page("winding-down", "founder", view=SAVES)
    assert cards(app)["Save rate"] == "40.0%"
    board = tables(app)[0].value
    assert list(board["rate"]) == ["40.0% · 12 of 30", "40.0% · 12 of 30"]
    assert list(board["name"]) == ["Nov 2026", "Oct 2026"]
    assert "Small sample" not in str(board)
    by_reason = open_page("winding-down", "founder", view=SAVES, divided="By reason")
    assert set(tables(by_reason)[0].value["rate"]) == {"40.0% · 8 of 20"}


def test_a_small_sample_is_said_to_be_one(
    open_page: Open, desk: FakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = FakeBilling.save_board(desk)[:2]
    monkeypatch.setattr(FakeBilling, "save_board", lambda self: few)
    app = open_page("winding-down", "founder", view=SAVES)
    assert [list(cell) for cell in tables(app)[0].value["note"]] == [["Small sample"]]


def test_outcomes_narrow_the_names(open_page: Open) -> None:
    app = open_page("winding-down", "founder", view=SAVES)
    press(app, "outcomes", "Lost")
    names = tables(app)[1].value
    assert {tuple(cell) for cell in names["outcome"]} == {("Lost",)}


def test_the_back_test_spells_both_sums(open_page: Open) -> None:
    app = open_page("winding-down", "founder", view=TEST)
    assert (
        "Predicted €203.00 (7) = came true €116.00 (4) + saved €58.00 (2) + date changed €29.00 "
        "(1). Left €203.00 (7) = came true €116.00 (4) + unforeseen €87.00 (3)." in told(app)
    )
    assert "Left out: 1 subscription without a known MRR." in told(app)
    press(app, "fates", "Saved")
    assert {tuple(cell) for cell in tables(app)[0].value["fate"]} == {("Saved",)}


def test_sums_of_the_company_are_not_sent_to_whom_they_are_not_for(open_page: Open) -> None:
    app = open_page("winding-down", "support", view=SAVES)
    assert "MRR saved" not in cards(app)
    assert "scheduled ends ·" not in told(app)
    assert TEST not in choice(app, "view").options
    refused = open_page("winding-down", "support", view=TEST)
    assert not refused.exception
    assert "unforeseen" not in told(refused)


def test_without_any_schedule_both_views_say_what_would_fill_them(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.empty = True
    assert "No end was ever scheduled." in told(open_page("winding-down", view=SAVES))
    assert "Nothing was to leave in Oct 2026" in told(open_page("winding-down", view=TEST))


@pytest.mark.parametrize("view", ["saves", "test"])
def test_every_view_is_translated(
    open_page: Open, desk: FakeBilling, view: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ending, "VIEWS", {view: ending.VIEWS[view]})
    desk.remembered["admin@demo.invalid", "language"] = "xx"
    app = open_page("winding-down")
    assert not app.exception
    assert [w for kind, text in spoken(app) if kind != "html" for w in bare(text)] == []


def bare(text: str) -> list[str]:
    known = {*DATA, "Business"}
    return [word for word in untranslated(text) if word not in known]
