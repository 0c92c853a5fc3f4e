"""The link panel, step by step."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from streamlit.testing.v1 import AppTest

from lib.billing.domain.flow_values import PlanOffer
from tests.pages.conftest import Open, everything
from tests.pages.drawn import numbers, section_titles, tables, to_copy, told
from tests.pages.fake_billing import NOW, URL, FakeBilling, choice
from tests.pages.offering import offered, pick, refused


def label(button: object) -> str:
    return str(getattr(button, "label", ""))


def named(app: AppTest, start: str):  # type: ignore[no-untyped-def]
    return next(button for button in app.button if label(button).startswith(start))


def mint(app: AppTest, *, reason: str | None = "Payment failed", detail: str = "") -> AppTest:
    pick(app, "Renew subscription")
    if reason:
        next(box for box in app.selectbox if box.label == "Reason").select(reason)
    next(box for box in app.text_input if box.label == "In your own words").set_value(detail)
    named(app, "Make the link").click().run()
    return app


def shown(app: AppTest) -> list[str]:
    return [text for text in to_copy(app) if text == URL]


def test_the_panel_says_the_situation_and_recommends_one_flow(open_page: Open) -> None:
    app = open_page("customer", "support", customer="cus_0001")
    assert any("Winding down" in m.value and "unless" in m.value for m in app.markdown)
    main = [flow["words"] for flow in offered(app) if flow["help"]]
    assert main == ["Renew subscription"] == [offered(app)[0]["words"]]


def test_refused_flows_are_greyed_and_say_why(open_page: Open) -> None:
    app = open_page("customer", "support", customer="cus_0001")
    assert "already winding down" in refused(app)["Cancel subscription"]
    assert "would be a duplicate" in refused(app)["Start a subscription"]
    assert not {flow["words"] for flow in offered(app)} & set(refused(app))


@dataclass(frozen=True)
class Said:
    reason: str | None
    detail: str
    minted: str | None


@pytest.mark.parametrize(
    "said",
    [
        pytest.param(Said(None, "", None), id="no reason, no link"),
        pytest.param(Said("Other", " ", None), id="other needs own words"),
        pytest.param(Said("Other", "A fair", "Other: A fair"), id="other with own words"),
        pytest.param(Said("Payment failed", "", "Payment failed"), id="a reason from the list"),
    ],
)
def test_a_link_needs_a_reason(open_page: Open, desk: FakeBilling, said: Said) -> None:
    app = mint(
        open_page("customer", "support", customer="cus_0001"),
        reason=said.reason,
        detail=said.detail,
    )
    assert not app.exception
    assert [request.reason for request in desk.minted] == ([said.minted] if said.minted else [])
    assert bool(shown(app)) is (said.minted is not None)
    assert bool(app.warning) is True


def test_the_request_names_who_asks_for_whom_and_what(open_page: Open, desk: FakeBilling) -> None:
    mint(open_page("customer", "support", customer="cus_0001"))
    (request,) = desk.minted
    assert request.staff == "support@demo.invalid"
    assert set(request.roles) == {"support"}
    assert (request.customer_id, request.flow) == ("cus_0001", "renew")
    assert request.subscription_id == "sub_0001"
    assert len(request.click_id) == 32


def test_the_link_is_shown_once_and_is_kept_nowhere(open_page: Open) -> None:
    app = mint(open_page("customer", "support", customer="cus_0001"))
    assert shown(app) == [URL]
    assert any("acts as the customer" in warning.value for warning in app.warning)
    assert any("Opens for another" in p.text for p in app.get("progress"))
    kept = repr(dict(app.session_state.items()))
    assert "secret_once" not in kept
    app.run()
    assert not shown(app)
    assert "secret_once" not in everything(app)


def test_the_second_half_of_a_double_click_shows_the_same_link_again(
    open_page: Open, desk: FakeBilling
) -> None:
    app = mint(open_page("customer", "support", customer="cus_0001"))
    # The button is gone from the page, but the browser had sent its second press before.
    app.session_state["link_pressed"] = desk.minted[0].click_id
    app.run()
    assert shown(app) == [URL]
    first, second = desk.minted
    assert first == second
    app.run()
    assert not shown(app)


def test_without_an_api_key_the_panel_says_so_before_anything_is_filled_in(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.api_ready = False
    app = open_page("customer", "support", customer="cus_0001")
    assert any("No Stripe API key is configured" in c.value for c in app.caption)


def test_after_minting_the_panel_waits_and_says_what_followed(
    open_page: Open, desk: FakeBilling
) -> None:
    app = mint(open_page("customer", "support", customer="cus_0001"))
    assert any("Waiting for the customer" in m.value for m in app.markdown)
    desk.watermark_now += 1
    desk.followed = ((NOW + 60, "Card updated", "evt_1"), (NOW + 90, "Invoice paid", "evt_2"))
    app.run()
    told = [m.value for m in app.markdown if "22 Nov 2026, 03:01" in m.value]
    assert [line.split(" · ")[1] for line in told] == ["Card updated", "Invoice paid"]


def test_waiting_asks_again_only_when_something_was_written_or_the_time_is_over(
    open_page: Open, desk: FakeBilling
) -> None:
    app = mint(open_page("customer", "support", customer="cus_0001"))
    for _ in range(3):
        app.run()
    assert desk.asked_progress == 1
    desk.watermark_now += 1
    app.run()
    assert desk.asked_progress == 2
    desk.clock = NOW + 3_901
    app.run()
    assert desk.asked_progress == 3
    assert any("The link is dead" in m.value for m in app.markdown)
    assert any("22 Nov 2026, 04:05 at the latest" in c.value for c in app.caption)


def test_a_checkout_link_asks_for_plan_coupon_and_trial(open_page: Open, desk: FakeBilling) -> None:
    plans = (PlanOffer("pro_monthly", "pro", "Pro", "month", 1),)
    note = "A Checkout link made on 21 November 2026 may still be open: a new one closes it."
    more = {"plans": plans, "coupons": ("WELCOME10",), "longest_trial_days": 14, "note": note}
    desk.choices = (choice("checkout", "Begin anew", **more),)
    app = open_page("customer", "support", customer="cus_0001")
    pick(app, "Begin anew")
    assert any("a new one closes it" in c.value for c in app.caption)
    for label_, value in (("Plan", "pro_monthly"), ("Reason", "Other"), ("Coupon", "WELCOME10")):
        next(box for box in app.selectbox if box.label == label_).select(value)
    app.number_input(key="link_trial").set_value(7)
    next(box for box in app.text_input if box.label == "In your own words").set_value("A fair")
    named(app, "Make the link").click().run()
    (asked,) = desk.minted
    assert (asked.plan, asked.coupon, asked.trial_days) == ("pro_monthly", "WELCOME10", 7)


@pytest.mark.parametrize(("taken_back", "coupon"), [(False, "STAY20"), (True, None)])
def test_before_a_cancellation_the_configured_coupon_is_offered_unless_taken_back(
    open_page: Open, desk: FakeBilling, taken_back: bool, coupon: str | None
) -> None:
    desk.choices = (choice("subscription_cancel", "Leave for good", coupons=("STAY20",)),)
    app = open_page("customer", "support", customer="cus_0001")
    pick(app, "Leave for good")
    assert not [box for box in app.selectbox if box.label == "Plan"]
    assert not app.number_input
    next(box for box in app.selectbox if box.label == "Reason").select("Payment failed")
    if taken_back:
        app.selectbox(key="link_retention").select("No offer")
    named(app, "Make the link").click().run()
    assert [asked.coupon for asked in desk.minted] == [coupon]


def test_a_refusal_is_a_sentence_and_no_link(open_page: Open, desk: FakeBilling) -> None:
    desk.refuse = True
    app = mint(open_page("customer", "support", customer="cus_0001"))
    assert not shown(app)
    assert [error.value for error in app.error] == ["The subscription is already winding down\\."]


@pytest.mark.parametrize("role", ["finance", "founder"])
def test_roles_without_the_right_get_no_panel(open_page: Open, role: str) -> None:
    app = open_page("customer", role, customer="cus_0001")
    assert not offered(app)
    assert not refused(app)
    assert "Support agents and administrators" in everything(app)


def test_losing_the_role_closes_the_panel_though_the_page_is_open(
    open_page: Open, desk: FakeBilling
) -> None:
    app = open_page("customer", "support", customer="cus_0001")
    pick(app, "Renew subscription")
    app.session_state["demo_role"] = "finance"
    app.run()
    assert not [b for b in app.button if label(b).startswith("Make the link")]
    assert desk.minted == []


def test_an_unknown_customer_is_a_sentence(open_page: Open) -> None:
    app = open_page("customer", "support", customer="in_nobody")
    assert not app.exception
    assert "No customer matches" in app.error[0].value


def test_the_customer_page_says_the_rule_and_the_event(open_page: Open) -> None:
    app = open_page("customer", "support", customer="cus_0001")
    assert "Rule winding_down · event evt_0042" in told(app)
    ends = next(metric for metric in numbers(app) if metric.label == "Ends on")
    assert ends.value == "12 Dec 2026"


def test_the_only_hit_is_shown_at_once(open_page: Open) -> None:
    app = open_page("customer", "admin", find="cus_0001")
    assert "Nordlicht Analytics" in section_titles(app)
    assert any(flow["words"] == "Renew subscription" for flow in offered(app))


def test_a_way_back_is_offered_to_whom_came_from_a_list(open_page: Open) -> None:
    app = open_page("customer", "admin", customer="cus_0001")
    assert not [button for button in app.button if button.key == "way_back"]
    app.session_state["came_from"] = ("winding-down", {"plans": ["Pro"]})
    app.run()
    assert app.button(key="way_back").label == "Back to Winding down"


def test_searching_lists_who_matches(open_page: Open) -> None:
    app = open_page("customer", "admin", find="nordlicht")
    assert set(tables(app)[0].value["name"]) == {"Nordlicht Analytics"}


def test_another_text_shows_whom_it_finds_best(open_page: Open) -> None:
    app = open_page("customer", "admin", find="cus_", found_page="2")
    assert app.session_state["found_page"] == 2
    app.text_input(key="find").set_value("billing").run()
    assert app.session_state["found_page"] == 1
    assert len(tables(app)[0].value) == 25
