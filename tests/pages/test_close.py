"""The Month close page: what each role may do, the last question, and a month beside today."""

from __future__ import annotations

import pytest

from tests.pages.choosing import press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import choose, numbers, tables
from tests.pages.fake_billing import FakeBilling
from tests.pages.fake_close import HOSTILE, SEAL


def test_support_sees_no_months(open_page: Open) -> None:
    app = open_page("close", "support")
    assert "Closed months" not in everything(app)


@pytest.mark.parametrize(
    ("role", "may"), [("finance", True), ("founder", False), ("admin", True)], ids=str
)
def test_founders_look_and_finance_closes(
    open_page: Open, desk: FakeBilling, role: str, may: bool
) -> None:
    app = open_page("close", role)
    assert app.button(key="close_month").disabled is not may
    assert [card.label for card in numbers(app)] == ["Closed months", "Restated", "Open points"]
    assert "September 2026" in everything(app)


def test_a_month_is_asked_for_after_one_more_question(open_page: Open, desk: FakeBilling) -> None:
    app = open_page("close", "finance")
    app.button(key="close_month").click().run()
    assert desk.asked_closes == []
    assert any("This cannot be undone" in text.value for text in app.markdown)
    app.button(key="close_confirm").click().run()
    assert desk.asked_closes == [("2026-10", "")]
    assert not app.exception


def test_what_is_open_blocks_until_a_reason_is_given(open_page: Open, desk: FakeBilling) -> None:
    desk.points_open = {"failed": 2, "unresolved": 5}
    app = open_page("close", "finance")
    assert numbers(app)[2].value == "2"
    app.button(key="close_month").click().run()
    assert "This is open and could still change it: failed events: 2." in [
        warning.value for warning in app.warning
    ]
    assert app.button(key="close_confirm").disabled
    app.text_input(key="close_reason").input("Known").run()
    app.button(key="close_confirm").click().run()
    assert desk.asked_closes == [("2026-10", "Known")]


def test_every_open_point_leads_to_where_it_is_mended(open_page: Open, desk: FakeBilling) -> None:
    desk.points_open = {"failed": 1, "drift": 1, "gaps": 1, "late": 1, "unresolved": 1, "rules": 1}
    app = open_page("close", "finance")
    for slug in ("failed", "drift", "gaps", "late", "unresolved"):
        assert app.button(key=f"mend_{slug}")
    app.button(key="mend_failed").click().run()
    assert [title.value for title in app.title] == ["Sync"]


def test_the_first_close_asks_where_to_begin(open_page: Open, desk: FakeBilling) -> None:
    desk.months_closed = False
    app = open_page("close", "finance")
    app.button(key="close_month").click().run()
    app.selectbox(key="close_first").set_value("2026-09").run()
    assert any("its opening balance for good" in text.value for text in app.markdown)
    app.button(key="close_confirm").click().run()
    assert desk.asked_closes == [("2026-09", "")]


def test_a_refusal_is_shown_and_nothing_is_asked(open_page: Open, desk: FakeBilling) -> None:
    desk.refuse_close = "2026-10 was closed on 3 November 2026 by ann."
    app = open_page("close", "finance")
    app.button(key="close_month").click().run()
    app.button(key="close_confirm").click().run()
    assert [error.value for error in app.error] == [
        r"2026\-10 was closed on 3 November 2026 by ann\."
    ]


def test_a_closed_month_is_shown_beside_today(open_page: Open, desk: FakeBilling) -> None:
    app = open_page("close", "founder", month="2026-09")
    told = everything(app)
    assert r"| New | \$59\.00 | \$65\.00 | \+\$6\.00 |" in told.replace("\u00a0", " ")
    assert "Changed since: catalogue" in told
    assert "fin\\@example\\.com" in told
    assert HOSTILE not in "\n".join(str(m.value) for m in [*app.markdown, *app.caption])
    [frame] = [each.value for each in tables(app) if "cause" in each.value]
    assert len(frame) == 25
    assert frame["cause"].tolist()[:2] == [["Late event"], ["Cause unknown"]]
    assert frame["what"].dropna().unique().tolist()[0] == "Subscription updated"
    assert [each.value for each in app.warning] == [r"Compare the database with a backup\."]


def test_a_restatement_opens_its_customer(open_page: Open, desk: FakeBilling) -> None:
    app = open_page("close", "finance", month="2026-09")
    [at] = [n for n, each in enumerate(tables(app)) if "cause" in each.value]
    choose(app, at, 1)
    app.run()
    assert [title.value for title in app.title] == ["Customer"]


def test_a_month_that_is_not_closed_shows_no_details(open_page: Open, desk: FakeBilling) -> None:
    for month in ("2026-10", "1999-01", "nonsense"):
        app = open_page("close", "finance", month=month)
        assert not app.exception
        assert "as it was signed" not in everything(app)


def test_nothing_restated_says_what_would_show(open_page: Open, desk: FakeBilling) -> None:
    app = open_page("close", "finance", month="2026-09")
    press(app, "currency", "EUR")
    assert any("arrives only now shows here" in caption.value for caption in app.caption)


SEALS = {
    "whole": (None, "Seals hold", "green"),
    "broken": ("row 1 (2026-09, portside) is not what was sealed", "A seal is broken", "red"),
}


@pytest.mark.parametrize(("broken", "said", "colour"), SEALS.values(), ids=SEALS.keys())
def test_the_seals_are_a_word_and_a_colour(
    open_page: Open, desk: FakeBilling, broken: str | None, said: str, colour: str
) -> None:
    desk.seals_broken = broken
    app = open_page("close", "founder")
    badge = next(m.value for m in app.markdown if said in m.value)
    assert colour in badge
    app.button(key="check_closes").click().run()
    assert desk.closes_checked == 1
    if broken is None:
        assert "Seals and movements hold" in everything(app)
        assert SEAL[:16] in everything(app)
    else:
        assert r"Row 1 \(2026\-09\, portside\) is not what was sealed" in everything(app)


def test_the_file_of_restatements_is_for_those_who_may_take_it_away(
    open_page: Open, desk: FakeBilling
) -> None:
    app = open_page("close", "founder", month="2026-09")
    assert "restatements_file" in everything(app)


def test_no_movement_yet_says_what_would_show(open_page: Open, desk: FakeBilling) -> None:
    desk.empty = True
    app = open_page("close", "finance")
    assert not tables(app)
    assert any("Months show here" in caption.value for caption in app.caption)


@pytest.mark.parametrize(("spoken", "language"), [("en", "en"), ("de", "de")])
def test_a_closed_month_is_printed_in_the_readers_language(
    open_page: Open, desk: FakeBilling, spoken: str, language: str
) -> None:
    desk.remembered["finance@demo.invalid", "language"] = spoken
    app = open_page("close", "finance", month="2026-09")
    app.button(key="print_close").click().run()
    assert desk.closes_printed == [("2026-09", "finance@demo.invalid", language)]
    assert "/print/" in "".join(str(each.proto) for each in app.get("html"))


def test_the_month_that_was_closed_last_is_shown_where_none_is_chosen(
    open_page: Open, desk: FakeBilling
) -> None:
    assert "September 2026, as it was signed" in everything(open_page("close", "finance"))
