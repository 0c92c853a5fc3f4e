"""Scenarios about endings: winding down, churn, and what must not look like it."""

from __future__ import annotations

from collections.abc import Container, Iterator
from contextlib import contextmanager

from lib.sandbox.billing import invoices
from lib.sandbox.world.calendar import DAY, add_months
from lib.sandbox.world.muting import NONE, AllBut
from lib.sandbox.world.playbill import playbill
from lib.sandbox.world.stage import Stage

SCENARIOS, scenario = playbill()
DECLINING = "pm_card_chargeCustomerFail"


@scenario("cancel_at_only", "Winding down by cancel_at alone", 1)
def cancel_at_only(stage: Stage) -> str:
    with stage.at(days_ago=40):
        subscription = stage.subscribe(stage.customer("leaver"), "pro_monthly")
    with stage.at(days_ago=1):
        details = {"feedback": "too_expensive", "comment": "Budget cut."}
        stage.change(subscription, cancel_at="max_period_end", cancellation_details=details)
    return "cancel_at is set, cancel_at_period_end is false: the flexible portal's encoding."


@scenario("cancel_boolean_only", "Winding down by the boolean alone", 1)
def cancel_boolean_only(stage: Stage) -> str:
    with stage.at(days_ago=40):
        subscription = stage.subscribe(stage.customer("leaver"), "pro_monthly")
    with stage.at(days_ago=1):
        stage.change(subscription, cancel_at_period_end=True)
    return "cancel_at_period_end is true, cancel_at is null: the end is the item's period end."


@scenario("cancel_both", "Winding down by both fields", 1)
def cancel_both(stage: Stage) -> str:
    with stage.at(days_ago=40):
        classic = {"type": "classic"}
        customer = stage.customer("leaver")
        subscription = stage.subscribe(customer, "pro_monthly", billing_mode=classic)
    with stage.at(days_ago=1):
        stage.change(subscription, cancel_at_period_end=True)
    return "cancel_at_period_end is true and cancel_at holds the period end: classic billing."


@scenario("cancel_both_past", "End has passed, its event is still on the way", 1)
def cancel_both_past(stage: Stage) -> str:
    with stage.at(days_ago=33):
        classic = {"type": "classic"}
        customer = stage.customer("leaver")
        subscription = stage.subscribe(customer, "pro_monthly", billing_mode=classic)
    with stage.at(days_ago=20):
        stage.change(subscription, cancel_at_period_end=True)
        end = stage.period_end(subscription)
    with _recording(stage, AllBut("customer.subscription.deleted")), stage.at(unix=end + 60):
        pass
    return "The period ended days ago; the deletion event never came. Access ends all the same."


@scenario("one_of_two_canceled", "One of two subscriptions ends: contraction", 4)
def one_of_two_canceled(stage: Stage) -> str:
    with stage.at(days_ago=50):
        customer = stage.customer("keeper")
        stage.subscribe(customer, "pro_monthly")
        second = stage.subscribe(customer, "starter_monthly")
    with stage.at(days_ago=2):
        stage.cancel_now(second, feedback="unused")
    return "9 USD a month end, 29 USD stay: MRR contracts, nobody churns, the plan stays Pro."


@scenario("canceled_long_ago", "Canceled before anybody listened", 15)
def canceled_long_ago(stage: Stage) -> str:
    with _recording(stage, NONE):
        with stage.at(days_ago=300):
            customer = stage.customer("former")
            subscription = stage.subscribe(customer, "pro_monthly")
        with stage.at(days_ago=120):
            stage.cancel_now(subscription, feedback="switched_service")
    return "No event exists: only the API's list with status=all shows the ended subscription."


@scenario("churn_counted_once", "Asked to leave months before the end", 18)
def churn_counted_once(stage: Stage) -> str:
    start = add_months(stage.now - 5 * DAY, -12)
    with stage.at(unix=start):
        subscription = stage.subscribe(stage.customer("leaver"), "pro_yearly")
    with stage.at(days_ago=100):
        stage.change(subscription, cancel_at="max_period_end")
    return "canceled_at is a hundred days old, ended_at five: one churn, dated at the end."


@scenario("late_payment_after_end", "A late payment on an ended subscription", 19)
def late_payment_after_end(stage: Stage) -> str:
    with stage.at(days_ago=70):
        customer = stage.customer("late_payer", card=None)
        subscription = stage.subscribe(
            customer, "pro_monthly", collection_method="send_invoice", days_until_due=14
        )
    with stage.at(days_ago=20):
        stage.cancel_now(subscription, feedback="other")
    with stage.at(days_ago=1):
        for invoice in stage.sandbox.find("invoice", customer=customer, status="open"):
            invoices.pay(stage.sandbox, invoice["id"], {"paid_out_of_band": True})
    return "The open invoice was paid after the end: money, but no access and no MRR."


@scenario("incomplete_grants_nothing", "A first payment that never succeeds", 20)
def incomplete_grants_nothing(stage: Stage) -> str:
    with stage.at(days_ago=3):
        expired = stage.customer("expired", card=DECLINING)
        stage.subscribe(expired, "pro_monthly", payment_behavior="allow_incomplete")
    with stage.at(days_ago=0.1):
        waiting = stage.customer("waiting", card=DECLINING)
        stage.subscribe(waiting, "pro_monthly", payment_behavior="allow_incomplete")
    return "One is incomplete_expired, one incomplete: neither ever had access, neither churned."


@contextmanager
def _recording(stage: Stage, only_events: Container[str]) -> Iterator[None]:
    """Within the block only events of these types are recorded."""
    stage.sandbox.only_events = only_events
    try:
        yield
    finally:
        stage.sandbox.only_events = None
