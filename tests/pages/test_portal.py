"""The Portal page, state by state."""

from __future__ import annotations

from typing import Any

from streamlit.testing.v1 import AppTest

from tests.pages.conftest import Open
from tests.pages.drawn import tables
from tests.pages.fake_billing import FakeBilling
from tests.pages.fake_sync import TRAP


def said(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.error, *app.warning, *app.success)
    return " ".join(element.value for element in parts)


def rows(app: AppTest) -> list[tuple[Any, ...]]:
    return [
        tuple(cell if isinstance(cell, str) else list(cell) for cell in row)
        for frame in tables(app)
        for row in frame.value.itertuples(index=False)
    ]


def test_a_portal_as_the_catalogue_says_has_nothing_to_apply(open_page: Open) -> None:
    app = open_page("portal")
    told = said(app)
    assert "Cancels at the end of the period" in told
    assert "Every field is as the catalogue says." in told
    assert "Downgrades take effect at the end of the period" in told
    assert "A cancellation keeps access until the period ends" in told
    assert "plan stays for 14 days" in told
    assert rows(app) == []
    assert "Apply to Stripe" not in [button.label for button in app.button]


def test_every_field_can_be_looked_at(open_page: Open) -> None:
    app = open_page("portal")
    app.get_by_key("portal_view_core").set_value("All fields").run()
    assert ("Cancellation takes effect", "At period end", "At period end", ["Same"]) in rows(app)
    assert ("Prices offered, Pro", "pro_monthly", "pro_monthly", ["Same"]) in rows(app)


def test_what_was_changed_by_hand_is_shown_and_put_back(open_page: Open, desk: FakeBilling) -> None:
    desk.by_hand = {"cancel_mode": "immediately", "invoice_history": False}
    app = open_page("portal")
    assert "customers lose at once" in said(app)
    assert "2 fields unlike the catalogue" in said(app)
    assert "A cancellation ends access at once" in said(app)
    assert rows(app) == [
        ("Invoice history", "Switched off", "Switched on", ["Differs"]),
        ("Cancellation takes effect", "Immediately", "At period end", ["Differs"]),
    ]
    app.get_by_key("portal_apply").click().run()
    assert [staff for staff, _ in desk.applied] == ["admin@demo.invalid"]
    assert "bpc\\_1 updated" in said(app)
    assert "Every field is as the catalogue says." in said(app)


def test_what_has_changed_since_it_was_shown_is_not_applied(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.by_hand = {"invoice_history": False}
    app = open_page("portal")
    desk.by_hand = {"login_page": False}
    app.get_by_key("portal_apply").click().run()
    assert desk.applied == []
    assert "look at it again" in said(app)
    assert rows(app) == [("Login page", "Switched off", "Switched on", ["Differs"])]


def test_a_plan_group_without_a_configuration_says_what_links_do(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.bare = True
    app = open_page("portal")
    assert "1 plan group without a configuration" in said(app)
    assert "applying creates one" in said(app)
    assert len(rows(app)) > 10


def test_what_is_in_the_way_hides_the_button(open_page: Open, desk: FakeBilling) -> None:
    desk.unknown_price = True
    app = open_page("portal")
    assert "no active price with the lookup key pro\\_monthly" in said(app)
    assert "Apply to Stripe" not in [button.label for button in app.button]


def test_when_stripe_is_away_the_events_are_shown(open_page: Open, desk: FakeBilling) -> None:
    desk.stripe_away, desk.by_hand = True, {"invoice_history": False}
    app = open_page("portal")
    assert "Stripe did not answer" in said(app)
    assert "As far as Stripe's events have told" in said(app)
    assert rows(app) == [("Invoice history", "Switched off", "Switched on", ["Differs"])]
    assert "Apply to Stripe" not in [button.label for button in app.button]


def test_a_hostile_name_stays_a_text(open_page: Open, desk: FakeBilling) -> None:
    desk.by_hand = {"name": TRAP, "cancel_mode": "immediately"}
    app = open_page("portal")
    assert TRAP in [row[1] for row in rows(app)]
    assert TRAP not in said(app)
