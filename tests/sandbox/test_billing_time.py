"""What time alone does: renewals, retries, trials, scheduled ends, expiry."""

from __future__ import annotations

from typing import Any

import pytest

from lib.sandbox.billing import customers, payments
from tests.sandbox.shop import NOW, Shop

DAY = 86_400
HOUR = 3_600
MONTH = 30 * DAY  # NOW is a 21 September: the first period has thirty days


def since(shop: Shop, mark: Any) -> list[tuple[float, str]]:
    """(days since NOW, type) of the events after the event ``mark``, oldest first.

    Read from the store: the events API shows thirty days only.
    """
    sandbox = shop.running.sandbox
    with sandbox.lock:
        rows = sandbox.storage.event_rows("1 = 1", (), "seq")
    first = [row[1] for row in rows].index(mark.id) + 1
    return [(round((created - NOW) / DAY, 2), type) for _, _, type, created in rows[first:]]


def test_a_renewal_drafts_waits_an_hour_then_charges(frozen_shop: Shop) -> None:
    subscription = frozen_shop.subscription(frozen_shop.customer())
    mark = frozen_shop.events[0]
    frozen_shop.running.move_to(NOW + MONTH + 2 * HOUR)
    assert since(frozen_shop, mark) == [
        (30.0, "invoice.created"),
        (30.0, "customer.subscription.updated"),
        (30.04, "payment_intent.created"),
        (30.04, "invoice.finalized"),
        (30.04, "charge.succeeded"),
        (30.04, "payment_intent.succeeded"),
        (30.04, "invoice_payment.paid"),
        (30.04, "invoice.paid"),
        (30.04, "invoice.payment_succeeded"),
    ]
    moved = frozen_shop.stripe.v1.subscriptions.retrieve(subscription.id)
    item = moved["items"].data[0]
    assert item.current_period_start == NOW + MONTH
    invoice = frozen_shop.stripe.v1.invoices.retrieve(moved.latest_invoice)
    assert (invoice.billing_reason, invoice.status) == ("subscription_cycle", "paid")
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (1, None)


def test_the_renewals_previous_attributes_hold_the_whole_old_items(frozen_shop: Shop) -> None:
    first = frozen_shop.subscription(frozen_shop.customer())
    frozen_shop.running.move_to(NOW + MONTH)
    event = next(e for e in frozen_shop.events if e.type == "customer.subscription.updated")
    previous = event.data.previous_attributes.to_dict()
    assert set(previous) == {"items", "latest_invoice"}
    assert list(previous["items"]) == ["data"]
    assert previous["items"]["data"][0]["current_period_end"] == NOW + MONTH
    assert previous["items"]["data"][0]["id"] == first["items"].data[0].id
    assert previous["latest_invoice"] == first.latest_invoice


def fail_renewals(shop: Shop) -> Any:
    customer = shop.customer()
    subscription = shop.subscription(customer)
    method = shop.stripe.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": customer}
    )
    shop.stripe.v1.customers.update(
        customer, {"invoice_settings": {"default_payment_method": method.id}}
    )
    return subscription


def test_a_failing_card_is_tried_four_times_then_the_subscription_ends(frozen_shop: Shop) -> None:
    subscription = fail_renewals(frozen_shop)
    mark = frozen_shop.events[0]
    frozen_shop.running.move_to(NOW + 50 * DAY)
    ledger = [row for row in since(frozen_shop, mark) if row[1] == "invoice.payment_failed"]
    assert [day for day, _ in ledger] == [30.04, 33.04, 38.04, 45.04]
    ended = frozen_shop.stripe.v1.subscriptions.retrieve(subscription.id)
    assert (ended.status, ended.cancellation_details.reason) == ("canceled", "payment_failed")
    left = frozen_shop.stripe.v1.invoices.retrieve(ended.latest_invoice)
    assert (left.status, left.auto_advance, left.next_payment_attempt) == ("open", False, None)
    assert left.attempt_count == 4


@pytest.mark.parametrize("outcome", ["unpaid", "past_due"])
def test_the_account_decides_what_follows_the_last_retry(frozen_shop: Shop, outcome: Any) -> None:
    frozen_shop.running.sandbox.settings.after_retries = outcome
    subscription = fail_renewals(frozen_shop)
    frozen_shop.running.move_to(NOW + 50 * DAY)
    assert frozen_shop.stripe.v1.subscriptions.retrieve(subscription.id).status == outcome


def test_paying_the_latest_invoice_makes_it_active_again(frozen_shop: Shop) -> None:
    subscription = fail_renewals(frozen_shop)
    frozen_shop.running.move_to(NOW + 31 * DAY)
    subscriptions, invoices = frozen_shop.stripe.v1.subscriptions, frozen_shop.stripe.v1.invoices
    late = subscriptions.retrieve(subscription.id)
    open_invoice = invoices.retrieve(late.latest_invoice)
    assert (late.status, open_invoice.status) == ("past_due", "open")
    assert open_invoice.next_payment_attempt == NOW + MONTH + HOUR + 3 * DAY
    paid = invoices.pay(open_invoice.id, {"payment_method": "pm_card_visa"})
    assert (paid.status, paid.attempt_count) == ("paid", 1)
    assert subscriptions.retrieve(subscription.id).status == "active"


def test_a_lost_card_is_counted_but_charged_only_once(frozen_shop: Shop) -> None:
    subscription = fail_renewals(frozen_shop)
    sandbox = frozen_shop.running.sandbox
    with sandbox.transaction():
        lost = payments.create_method(sandbox, "4000000000009987")
        payments.attach(sandbox, lost["id"], subscription.customer)
        customers.set_default_payment_method(sandbox, subscription.customer, lost["id"])
    mark = frozen_shop.events[0]
    frozen_shop.running.move_to(NOW + 40 * DAY)
    types = [type for _, type in since(frozen_shop, mark)]
    assert types.count("charge.failed") == 1
    assert types.count("invoice.payment_failed") == 3


def test_a_trial_warns_three_days_before_and_then_bills(frozen_shop: Shop) -> None:
    subscription = frozen_shop.subscription(frozen_shop.customer(), trial_period_days=14)
    assert subscription.status == "trialing"
    mark = frozen_shop.events[0]
    frozen_shop.running.move_to(NOW + 14 * DAY + 2 * HOUR)
    ledger = since(frozen_shop, mark)
    assert ledger[0] == (11.0, "customer.subscription.trial_will_end")
    assert (14.04, "invoice.paid") in ledger
    assert frozen_shop.stripe.v1.subscriptions.retrieve(subscription.id).status == "active"


@pytest.mark.parametrize(("behaviour", "status"), [("cancel", "canceled"), ("pause", "paused")])
def test_a_trial_without_a_card_ends_as_its_settings_say(
    frozen_shop: Shop, behaviour: str, status: str
) -> None:
    settings = {"end_behavior": {"missing_payment_method": behaviour}}
    subscription = frozen_shop.subscription(
        frozen_shop.customer(card=None), trial_period_days=7, trial_settings=settings
    )
    frozen_shop.running.move_to(NOW + 8 * DAY)
    assert frozen_shop.stripe.v1.subscriptions.retrieve(subscription.id).status == status


def test_a_first_payment_that_is_never_made_expires_after_a_day(frozen_shop: Shop) -> None:
    subscription = frozen_shop.subscription(frozen_shop.customer("pm_card_chargeCustomerFail"))
    assert subscription.status == "incomplete"
    frozen_shop.running.move_to(NOW + 24 * HOUR)
    expired = frozen_shop.stripe.v1.subscriptions.retrieve(subscription.id)
    invoice = frozen_shop.stripe.v1.invoices.retrieve(expired.latest_invoice)
    assert (expired.status, invoice.status) == ("incomplete_expired", "void")


def test_a_repeating_discount_ends_by_itself_and_a_single_one_is_used_up(
    frozen_shop: Shop,
) -> None:
    coupons = frozen_shop.stripe.v1.coupons
    once = coupons.create({"percent_off": 50, "duration": "once"})
    twice = coupons.create(
        {"amount_off": 100, "currency": "usd", "duration": "repeating", "duration_in_months": 2}
    )
    subscription = frozen_shop.subscription(
        frozen_shop.customer(), discounts=[{"coupon": once.id}, {"coupon": twice.id}]
    )
    frozen_shop.running.move_to(NOW + 95 * DAY)
    invoices = frozen_shop.stripe.v1.invoices.list({"subscription": subscription.id}).data
    assert [invoice.total for invoice in invoices][::-1] == [400, 900, 1000, 1000]
    assert frozen_shop.stripe.v1.subscriptions.retrieve(subscription.id).discounts == []


def test_an_unpaid_sent_invoice_becomes_overdue_and_the_subscription_past_due(
    frozen_shop: Shop,
) -> None:
    subscription = frozen_shop.subscription(
        frozen_shop.customer(card=None), collection_method="send_invoice", days_until_due=10
    )
    assert subscription.status == "active"
    frozen_shop.running.move_to(NOW + 11 * DAY)
    assert "invoice.overdue" in frozen_shop.event_types()
    assert frozen_shop.stripe.v1.subscriptions.retrieve(subscription.id).status == "past_due"


def test_paused_collection_keeps_the_status_and_resumes_by_itself(frozen_shop: Shop) -> None:
    subscriptions = frozen_shop.stripe.v1.subscriptions
    subscription = frozen_shop.subscription(frozen_shop.customer())
    subscriptions.update(
        subscription.id,
        {"pause_collection": {"behavior": "void", "resumes_at": NOW + 40 * DAY}},
    )
    frozen_shop.running.move_to(NOW + 31 * DAY)
    held = subscriptions.retrieve(subscription.id)
    assert held.status == "active"
    assert frozen_shop.stripe.v1.invoices.retrieve(held.latest_invoice).status == "void"
    frozen_shop.running.move_to(NOW + 41 * DAY)
    assert subscriptions.retrieve(subscription.id).pause_collection is None


def test_a_test_clock_moves_only_its_own_customers(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    clock = client.test_helpers.test_clocks.create({"frozen_time": NOW - 400 * DAY})
    ours = frozen_shop.subscription(frozen_shop.customer())
    customer = frozen_shop.customer(test_clock=clock.id)
    theirs = frozen_shop.subscription(customer)
    assert theirs.created == NOW - 400 * DAY
    client.test_helpers.test_clocks.advance(clock.id, {"frozen_time": NOW - 300 * DAY})
    assert len(client.invoices.list({"customer": customer}).data) == 4
    assert [s.id for s in client.subscriptions.list().data] == [ours.id]
    client.test_helpers.test_clocks.delete(clock.id)
    assert client.customers.retrieve(customer).deleted is True
