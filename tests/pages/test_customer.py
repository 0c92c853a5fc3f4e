"""The customer page's panels: what each role gets of them, and what they do."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.billing import LANGUAGES, Role
from tests.pages.choosing import choice, press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import section_titles, to_copy
from tests.pages.fake_billing import FakeBilling
from tests.pages.fake_desk import HOSTILE

WHO = {"customer": "cus_0001"}
ROLES = [role.value for role in Role]


def heads(app: AppTest) -> list[str]:
    return section_titles(app)


@pytest.mark.parametrize("role", ROLES)
def test_notes_are_for_support_and_administrators(
    open_page: Open, desk: FakeBilling, role: str
) -> None:
    desk.add_note("cus_0001", "Wants a quote", staff="sam@example.com", roles={Role.SUPPORT})
    app = open_page("customer", role, **WHO)
    may = role in ("support", "admin")
    assert ("Staff notes" in heads(app)) is may
    assert ("Wants a quote" in everything(app)) is may
    app = open_page("customer", role, tab="Timeline", **WHO)
    assert (r"sam\\: " in everything(app)) is may


def test_a_note_is_added_shown_as_typed_and_the_field_is_empty_again(
    open_page: Open, desk: FakeBilling
) -> None:
    app = open_page("customer", "support", **WHO)
    app.text_area[0].set_value(f"{HOSTILE}\n=1+1")
    app.button(key="note_add").click().run()
    assert [note.body for note in desk.written] == [f"{HOSTILE}\n=1+1"]
    assert f"{HOSTILE}\n=1+1" in [element.value for element in app.text]
    assert app.text_area[0].value == ""
    assert not app.exception


def test_an_empty_note_says_so_and_nothing_is_kept(open_page: Open, desk: FakeBilling) -> None:
    app = open_page("customer", "support", **WHO)
    app.text_area[0].set_value("   ")
    app.button(key="note_add").click().run()
    assert [error.value for error in app.error] == [r"The note is empty\: write a few words\."]
    assert desk.written == []


def test_the_reply_is_in_the_customer_s_language_until_another_is_chosen(open_page: Open) -> None:
    app = open_page("customer", "support", **WHO)
    assert "Your Pro plan stays active until December 12, 2026." in to_copy(app)[-1]
    assert "The customer prefers English." in [caption.value for caption in app.caption]
    press(app, "reply_cus_0001", LANGUAGES["ja"])
    assert "2026年12月12日" in to_copy(app)[-1]


def test_the_language_of_a_reply_is_not_a_link_s_to_choose(open_page: Open) -> None:
    app = open_page("customer", "support", reply_cus_0001=LANGUAGES["ja"], **WHO)
    assert "Your Pro plan" in to_copy(app)[-1]
    press(app, "reply_cus_0001", LANGUAGES["de"])
    press(app, "reply_cus_0001", LANGUAGES["en"])
    app.run()
    assert "Your Pro plan" in to_copy(app)[-1]


def test_the_timeline_is_narrowed_by_kind_and_paged(open_page: Open) -> None:
    def rows(app: AppTest) -> list[str]:
        [table] = [m.value for m in app.markdown if m.value.startswith("| When")]
        return table.splitlines()[2:]

    app = open_page("customer", "finance", tab="Timeline", **WHO)
    assert len(rows(app)) == 25
    assert any(r"\!\[pixel\]" in row for row in rows(app))
    app.segmented_control(key="kinds").set_value(["movement"]).run()
    assert len(rows(app)) == 8
    assert all(row.endswith("| \\$9\\.00\u00a0→\u00a0**\\$29\\.00** |") for row in rows(app))


def test_every_attempt_is_told_with_what_may_not_be_told(open_page: Open) -> None:
    app = open_page("customer", "support", tab="Invoices", **WHO)
    [table] = [m.value for m in app.markdown if "| Invoice |" in m.value]
    later, earlier = table.splitlines()[2:]
    assert ":red-badge[Final attempt] · **Do not tell:** The card is reported lost" in later
    assert "next try" not in later
    assert "There was not enough money in the account" in earlier
    assert "next try 20 Nov 2026, 03:00 |" in earlier


def test_features_and_limits_say_where_they_come_from(open_page: Open) -> None:
    app = open_page("customer", "support", tab="May use", **WHO)
    said = [caption.value for caption in app.caption]
    assert said.count(r"Pro, sub\_0001") == 2
    assert "Free, the default plan" in said


def views(app: AppTest) -> list[str]:
    return choice(app, "tab").options


@pytest.mark.parametrize("role", ROLES)
def test_raw_objects_are_for_administrators(open_page: Open, role: str) -> None:
    app = open_page("customer", role, tab="Raw", **WHO)
    assert bool(app.json) is (role == "admin")
    assert ("Raw" in views(app)) is (role == "admin")


def test_an_earlier_state_has_neither_notes_nor_reply_nor_raw(open_page: Open) -> None:
    app = open_page("customer", at="2026-10-23T03:00:00Z", **WHO)
    assert heads(app) == ["Harbour Lane Bakery"] or "Staff notes" not in heads(app)
    assert "Reply to copy" not in heads(app)
    assert "Raw" not in views(app)
