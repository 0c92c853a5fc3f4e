"""A customer acts in the hosted portal: forms are posted, objects and events follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from lib.sandbox.testing import running_sandbox
from tests.sandbox.shop import (
    DECLINED,
    FAILS_LATER,
    GOOD_CARD,
    NOW,
    RETURN_URL,
    Shop,
    Visitor,
    open_shop,
)

DONE_URL = "https://app.example/done"


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield open_shop(running)


def flow(kind: str, subscription: str, completion: str | None = None, **extra: Any) -> Any:
    given = {"type": kind, kind: {"subscription": subscription, **extra}}
    return given if completion is None else {**given, **after(completion)}


def after(kind: str) -> dict[str, Any]:
    details: dict[str, dict[str, Any]] = {
        "redirect": {"redirect": {"return_url": DONE_URL}},
        "hosted_confirmation": {"hosted_confirmation": {"custom_message": "See <you> soon"}},
    }
    return {"after_completion": {"type": kind, **details.get(kind, {})}}


def read(shop: Shop, id: str) -> Any:
    return shop.stripe.v1.subscriptions.retrieve(id)


def latest(shop: Shop, type: str) -> Any:
    return shop.stripe.v1.events.list({"type": type, "limit": 1}).data[0]


# -- canceling ------------------------------------------------------------------------------------


def test_canceling_a_flexible_subscription_sets_a_date_and_keeps_it_running(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer, mode="flexible")
    end = sub["items"].data[0].current_period_end

    page = shop.open(customer, flow("subscription_cancel", sub.id, "redirect"))
    page.press("Cancel subscription", feedback="too_expensive", comment="Too <b>much</b>")

    now = read(shop, sub.id)
    assert page.url == DONE_URL
    assert (now.status, now.cancel_at, now.cancel_at_period_end) == ("active", end, False)
    assert now.canceled_at == NOW
    assert now.cancellation_details.to_dict() | {"feedback_option": None} == {
        "comment": "Too <b>much</b>",
        "feedback": "too_expensive",
        "feedback_option": None,
        "reason": "cancellation_requested",
    }
    event = latest(shop, "customer.subscription.updated")
    assert event.data.object.id == sub.id
    assert event.data.previous_attributes.to_dict()["cancel_at"] is None


def test_canceling_a_classic_subscription_sets_the_boolean_and_its_date(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer, mode="classic")
    end = sub["items"].data[0].current_period_end

    shop.open(customer, flow("subscription_cancel", sub.id)).press("Cancel subscription")

    now = read(shop, sub.id)
    assert (now.status, now.cancel_at, now.cancel_at_period_end) == ("active", end, True)


def test_canceling_several_items_ends_with_the_last_period(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer, "basic", "pro_year")
    ends = [item.current_period_end for item in sub["items"].data]

    shop.open(customer, flow("subscription_cancel", sub.id)).press("Cancel subscription")

    assert read(shop, sub.id).cancel_at == max(ends)


def test_canceling_immediately_deletes_the_subscription(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    now_mode = shop.configure(subscription_cancel={"enabled": True, "mode": "immediately"})

    page = shop.open(customer, flow("subscription_cancel", sub.id), configuration=now_mode)
    assert "ends immediately" in page.text
    page.press("Cancel subscription")

    assert read(shop, sub.id).status == "canceled"
    assert latest(shop, "customer.subscription.deleted").data.object.id == sub.id


def test_only_the_configured_reasons_are_offered_and_taken(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)

    page = shop.open(customer, flow("subscription_cancel", sub.id))
    assert 'value="too_expensive"' in page.html
    assert 'value="low_quality"' not in page.html
    page.press("Cancel subscription", feedback="low_quality")

    assert page.status == 400
    assert read(shop, sub.id).cancel_at is None


def test_no_reason_is_asked_when_the_configuration_does_not(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    quiet = shop.configure(subscription_cancel={"enabled": True})

    page = shop.open(customer, flow("subscription_cancel", sub.id), configuration=quiet)

    assert "Why are you canceling" not in page.text
    page.press("Cancel subscription", comment="unasked")
    assert read(shop, sub.id).cancellation_details.comment is None


def test_the_second_of_two_open_cancel_pages_finds_it_done(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    first = shop.open(customer, flow("subscription_cancel", sub.id))
    second = shop.open(customer, flow("subscription_cancel", sub.id))

    first.press("Cancel subscription")
    second.press("Cancel subscription")

    assert second.status == 409
    assert "already set to be canceled" in second.text


def test_accepting_the_retention_offer_keeps_the_subscription_with_the_coupon(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    coupon = shop.stripe.v1.coupons.create({"percent_off": 25, "duration": "once"}).id
    retention = {"type": "coupon_offer", "coupon_offer": {"coupon": coupon}}

    page = shop.open(customer, flow("subscription_cancel", sub.id, "redirect", retention=retention))
    assert "25% off" in page.text
    page.press("Accept offer and keep subscription")

    now = shop.stripe.v1.subscriptions.retrieve(sub.id, {"expand": ["discounts"]})
    assert page.url == DONE_URL
    assert now.cancel_at is None
    assert [discount.source.coupon for discount in now.discounts] == [coupon]  # type: ignore[union-attr]


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_undoing_a_cancellation_clears_every_trace(shop: Shop, mode: str) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer, mode=mode)
    shop.open(customer, flow("subscription_cancel", sub.id)).press("Cancel subscription")

    home = shop.open(customer)
    assert "will be canceled on" in home.text
    home.press("Don't cancel subscription")

    now = read(shop, sub.id)
    assert "will not be canceled" in home.text
    assert (now.cancel_at, now.cancel_at_period_end, now.canceled_at) == (None, False, None)
    assert now.cancellation_details.reason is None


# -- the end of a flow ----------------------------------------------------------------------------


def test_a_flow_hides_the_navigation_and_the_other_pages(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)

    page = shop.open(customer, flow("subscription_cancel", sub.id))
    assert "Billing overview" not in page.text
    cancel_page = page.url
    page.open(page.url.split("/subscriptions/")[0] + "/payment-methods/add")

    assert page.url == cancel_page


def test_a_flow_may_end_on_a_confirmation_with_its_own_words(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)

    page = shop.open(customer, flow("subscription_cancel", sub.id, "hosted_confirmation"))
    page.press("Cancel subscription")

    assert page.url.endswith("/done")
    assert "will be canceled on" in page.text
    assert "See <you> soon" in page.text
    assert "Billing overview" not in page.text
    assert RETURN_URL in page.html


def test_a_flow_ends_at_the_overview_unless_told_otherwise(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)

    page = shop.open(customer, flow("subscription_cancel", sub.id))
    page.press("Cancel subscription")

    assert "Billing overview" in page.text
    assert "will be canceled on" in page.text


# -- cards ----------------------------------------------------------------------------------------


def test_a_new_card_becomes_the_default_and_pays_nothing_by_itself(shop: Shop) -> None:
    customer = shop.customer()
    page = shop.open(customer, {"type": "payment_method_update", **after("redirect")})

    page.press("Update payment method", **page.card("5555 5555 5555 4444"))

    stored = shop.stripe.v1.customers.retrieve(
        customer, {"expand": ["invoice_settings.default_payment_method"]}
    )
    assert page.url == DONE_URL
    assert stored.invoice_settings.default_payment_method.card.last4 == "4444"  # type: ignore[union-attr]
    assert shop.event_types()[:2] == ["customer.updated", "payment_method.attached"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param({"card_number": DECLINED}, "insufficient funds", id="a declined card"),
        pytest.param({"card_number": "4242 4242 4242 4241"}, "number is invalid", id="a typo"),
        pytest.param({"card_number": "4242"}, "number is incomplete", id="half a number"),
        pytest.param({"card_expiry": "01 / 20"}, "in the past", id="an old card"),
        pytest.param({"card_expiry": "13 / 34"}, "month is invalid", id="a thirteenth month"),
        pytest.param({"card_cvc": "1"}, "security code is incomplete", id="a short code"),
    ],
)
def test_a_card_that_is_refused_changes_nothing(
    shop: Shop, fields: dict[str, str], message: str
) -> None:
    customer = shop.customer()
    newest = shop.events[0].id
    before = shop.stripe.v1.customers.retrieve(customer).to_dict()
    page = shop.open(customer, {"type": "payment_method_update"})

    page.press("Update payment method", **{**page.card(GOOD_CARD), **fields})

    assert page.status == 402
    assert message in page.text
    assert shop.stripe.v1.customers.retrieve(customer).to_dict() == before
    types = [event.type for event in shop.events_after(newest)]
    assert types == ["billing_portal.session.created"]


def test_cards_can_be_added_made_default_and_removed_on_the_overview(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    page = shop.open(customer)
    page.open(page.url + "/payment-methods/add")

    page.press("Add", **page.card("5555 5555 5555 4444"))
    assert "Mastercard ending in 4444" in page.text
    page.press("Make default: Visa ending in 4242")
    page.press("Remove: Mastercard ending in 4444")

    left = shop.stripe.v1.payment_methods.list({"customer": customer}).data
    assert [method.card.last4 for method in left if method.card] == ["4242"]
    assert "Remove: Visa" not in page.html


def test_another_customers_things_are_out_of_reach(shop: Shop) -> None:
    mine, theirs = shop.customer(), shop.customer()
    sub = shop.subscription(theirs)
    method = shop.stripe.v1.payment_methods.list({"customer": theirs}).data[0].id
    page = shop.open(mine)
    base = page.url

    assert page.open(f"{base}/subscriptions/{sub.id}/cancel").status == 404
    for path in (
        f"/subscriptions/{sub.id}/cancel",
        f"/subscriptions/{sub.id}/renew",
        f"/payment-methods/{method}/default",
        f"/payment-methods/{method}/remove",
        f"/invoices/{sub.latest_invoice}/pay",
    ):
        assert httpx.post(base + path, data={"x": "1"}).status_code == 404


def test_a_failing_card_is_replaced_and_the_open_invoice_paid(shop: Shop) -> None:
    with running_sandbox(now=NOW, frozen=True) as running:
        own = open_shop(running)
        customer = own.customer(card="pm_card_chargeCustomerFail")
        sub = own.subscription(customer, trial_period_days=7)
        running.advance(7 * 86_400 + 2 * 3_600)
        assert read(own, sub.id).status == "past_due"

        page = own.open(customer, {"type": "payment_method_update", **after("hosted_confirmation")})
        assert "Open invoices: $10.00" in page.text
        page.press("Update payment method", **page.card(GOOD_CARD))
        assert read(own, sub.id).status == "past_due"
        number = page.text.split("Invoice ")[1].split(":")[0]
        page.press(f"Pay now: invoice {number}")

        assert "Your payment of $10.00 succeeded." in page.text
        assert read(own, sub.id).status == "active"
        assert own.stripe.v1.invoices.list({"customer": customer, "status": "open"}).data == []


def test_after_a_new_card_the_next_automatic_retry_pays(shop: Shop) -> None:
    with running_sandbox(now=NOW, frozen=True) as running:
        own = open_shop(running)
        customer = own.customer(card="pm_card_chargeCustomerFail")
        sub = own.subscription(customer, trial_period_days=7)
        running.advance(7 * 86_400 + 2 * 3_600)

        page = own.open(customer, {"type": "payment_method_update"})
        page.press("Update payment method", **page.card(GOOD_CARD))
        running.advance(4 * 86_400)

        assert read(own, sub.id).status == "active"


def test_paying_with_a_card_that_fails_later_tells_why_and_stays_open(shop: Shop) -> None:
    customer = shop.customer()
    invoice = shop.open_invoice(customer)
    page = shop.open(customer, {"type": "payment_method_update", **after("hosted_confirmation")})
    page.press("Update payment method", **page.card(FAILS_LATER))

    page.press(f"Pay now: invoice {invoice.number}")

    assert "Your card was declined." in page.text
    assert shop.stripe.v1.invoices.retrieve(invoice.id).status == "open"
    assert "payment_intent.payment_failed" in shop.event_types()


# -- changing the plan ----------------------------------------------------------------------------


def test_choosing_a_plan_previews_and_then_changes_it(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)

    page = shop.open(customer, flow("subscription_update", sub.id, "redirect"))
    assert "Current plan" in page.text
    page.press("Continue", price=shop.prices["pro"])
    assert "takes effect immediately" in page.text
    assert "Next invoice" in page.text
    assert read(shop, sub.id)["items"].data[0].price.id == shop.prices["basic"]
    page.press("Confirm")

    assert page.url == DONE_URL
    assert read(shop, sub.id)["items"].data[0].price.id == shop.prices["pro"]


def test_the_confirm_flow_changes_exactly_what_was_named(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    item = {"id": sub["items"].data[0].id, "price": shop.prices["pro"], "quantity": 2}

    page = shop.open(
        customer, flow("subscription_update_confirm", sub.id, "redirect", items=[item])
    )
    assert "Pro" in page.text
    page.press("Confirm", price=shop.prices["pro_year"])

    changed = read(shop, sub.id)["items"].data[0]
    assert (changed.price.id, changed.quantity) == (shop.prices["pro"], 2)


def test_a_price_that_is_not_offered_is_refused_on_the_page(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    other = shop.stripe.v1.prices.create(
        {
            "product": shop.products["pro"],
            "unit_amount": 1,
            "currency": "usd",
            "recurring": {"interval": "week"},
        }
    )
    page = shop.open(customer, flow("subscription_update", sub.id))

    page.press("Continue", price=other.id)

    assert "not in the portal configuration" in page.text


def test_a_cheaper_plan_waits_for_the_period_end_as_a_schedule(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer, "pro")
    later = shop.configure(
        **shop.update_feature(
            schedule_at_period_end={"conditions": [{"type": "decreasing_item_amount"}]}
        )
    )

    page = shop.open(customer, flow("subscription_update", sub.id), configuration=later)
    page.press("Continue", price=shop.prices["basic"])
    assert "at the end of your billing period" in page.text
    page.press("Confirm")

    assert "It changes to Basic on" in page.text
    now = read(shop, sub.id)
    assert now.schedule is not None
    assert now["items"].data[0].price.id == shop.prices["pro"]
    phases = shop.stripe.v1.subscription_schedules.retrieve(now.schedule).phases
    assert [phase["items"][0].price for phase in phases] == [
        shop.prices["pro"],
        shop.prices["basic"],
    ]


def test_updating_a_trial_ends_it_unless_the_configuration_lets_it_go_on(shop: Shop) -> None:
    ends, stays = (
        shop.configure(**shop.update_feature(trial_update_behavior=behavior))
        for behavior in ("end_trial", "continue_trial")
    )
    status = {}
    for configuration in (ends, stays):
        customer = shop.customer()
        sub = shop.subscription(customer, trial_period_days=14)
        page = shop.open(customer, flow("subscription_update", sub.id), configuration=configuration)
        page.press("Continue", price=shop.prices["pro"]).press("Confirm")
        status[configuration] = read(shop, sub.id).status

    assert status == {ends: "active", stays: "trialing"}


# -- the rest -------------------------------------------------------------------------------------


def test_pausing_and_going_on(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    pausing = shop.configure(subscription_pause={"enabled": True})

    page = shop.open(customer, flow("subscription_pause", sub.id), configuration=pausing)
    page.press("Pause subscription")
    assert read(shop, sub.id).status == "paused"
    page.press("Resume subscription")

    assert read(shop, sub.id).status == "active"


def test_the_customers_details_can_be_changed_as_far_as_allowed(shop: Shop) -> None:
    customer = shop.customer()
    page = shop.open(customer, {"type": "customer_update"})
    assert "Phone number" not in page.text

    page.press("Save", name="Grace Example", phone="+1", country="DE", city="Bonn")

    stored = shop.stripe.v1.customers.retrieve(customer)
    assert (stored.name, stored.phone) == ("Grace Example", None)
    assert stored.address is not None
    assert stored.address.city == "Bonn"
    assert latest(shop, "customer.updated").data.previous_attributes.to_dict()["name"] == (
        "Ada Example"
    )


def test_details_that_make_no_sense_are_refused_in_a_sentence(shop: Shop) -> None:
    customer = shop.customer()
    page = shop.open(customer, {"type": "customer_update"})

    page.press("Save", email="nobody")

    assert "Enter an e-mail address" in page.text
    assert shop.stripe.v1.customers.retrieve(customer).email == "ada@example.com"


def test_a_hostile_name_is_shown_as_text(shop: Shop) -> None:
    name = '<script>alert("x")</script> & {{7*7}}'
    page = shop.open(shop.customer(name=name))
    assert "<script" not in page.html
    assert name in page.text


def test_the_overview_shows_only_what_the_configuration_allows(shop: Shop) -> None:
    customer = shop.customer()
    shop.subscription(customer)
    bare = shop.stripe.v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": False}}, "default_return_url": RETURN_URL}
    ).id

    page = shop.open(customer, configuration=bare)

    assert page.buttons == []
    assert "Invoice history" not in page.text
    assert "Basic" in page.text


def test_an_expired_address_lets_its_customer_log_in_again_when_it_was_asked_for() -> None:
    with running_sandbox(now=NOW, frozen=True) as running:
        shop = open_shop(running)
        customer = shop.customer()
        session = shop.session(customer, after_expiration={"type": "customer_login"})
        running.advance(301)
        page = Visitor(running.url).open(session.url)
        assert page.status == 410

        page.press("Send me a code")
        code = page.text.split("your code is ")[1][:6]
        page.press("Log in", code=code)

        assert page.status == 200
        assert page.url != session.url
        assert "ada@example.com" in page.text


def test_a_customer_on_a_test_clock_acts_in_that_clocks_time(shop: Shop) -> None:
    start = NOW - 400 * 86_400
    clock = shop.stripe.v1.test_helpers.test_clocks.create({"frozen_time": start})
    customer = shop.customer(test_clock=clock.id)
    sub = shop.subscription(customer)

    shop.open(customer, flow("subscription_cancel", sub.id)).press("Cancel subscription")

    now = read(shop, sub.id)
    assert now.canceled_at == start
    assert now.cancel_at == sub["items"].data[0].current_period_end


def test_a_pause_with_a_set_length_ends_by_itself() -> None:
    with running_sandbox(now=NOW, frozen=True) as running:
        shop = open_shop(running)
        customer = shop.customer()
        sub = shop.subscription(customer)
        weeks = {
            "type": "interval_options",
            "interval_options": [
                {"interval": "week", "interval_count": 1},
                {"interval": "week", "interval_count": 2},
            ],
        }
        pausing = shop.configure(subscription_pause={"enabled": True, "duration": weeks})
        page = shop.open(customer, flow("subscription_pause", sub.id), configuration=pausing)
        assert "2 weeks" in page.text

        page.press("Pause subscription", duration="1")
        assert "goes on by itself on" in page.text
        running.advance(14 * 86_400 - 1)
        assert read(shop, sub.id).status == "paused"
        running.advance(1)

        assert read(shop, sub.id).status == "active"
