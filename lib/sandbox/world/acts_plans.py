"""Scenarios about plans: items, intervals, coupons, swaps and sheer numbers."""

from __future__ import annotations

from lib.sandbox.world.calendar import DAY, anchor_for
from lib.sandbox.world.playbill import playbill
from lib.sandbox.world.stage import Stage

SCENARIOS, scenario = playbill()
MANY = 1_050


@scenario("mixed_intervals", "Yearly plan, monthly seats: two period ends", 2)
def mixed_intervals(stage: Stage) -> str:
    with stage.at(days_ago=45):
        seats = {"price": stage.prices["seats_monthly"], "quantity": 4}
        customer = stage.customer("mixed")
        stage.subscribe(customer, "pro_yearly", more_items=[seats])
    return "The seats renew next month, the plan next year: item-level period ends."


@scenario("mixed_intervals_leaving", "Yearly plan, monthly seats, winding down", 2)
def mixed_intervals_leaving(stage: Stage) -> str:
    with stage.at(days_ago=45):
        seats = {"price": stage.prices["seats_monthly"], "quantity": 4}
        customer = stage.customer("mixed")
        subscription = stage.subscribe(customer, "pro_yearly", more_items=[seats])
    with stage.at(days_ago=1):
        stage.change(subscription, cancel_at="max_period_end")
    return "cancel_at is the later of the two period ends."


@scenario("plan_swap", "Plan swapped by delete and create within minutes", 5)
def plan_swap(stage: Stage) -> str:
    with stage.at(days_ago=40):
        customer = stage.customer("swapper")
        old = stage.subscribe(customer, "starter_monthly")
    with stage.at(days_ago=2) as second:
        stage.cancel_now(old)
    with stage.at(unix=second + 5 * 60):
        stage.subscribe(customer, "pro_monthly")
    return "One expansion of 20 USD a month: no churn, no reactivation."


@scenario("free_forever", "100 % off for ever", 7)
def free_forever(stage: Stage) -> str:
    with stage.at(days_ago=60):
        paying = stage.customer("becomes_free")
        subscription = stage.subscribe(paying, "pro_monthly")
        partner = stage.customer("always_free")
        stage.subscribe(partner, "pro_monthly", discounts=[{"coupon": "PARTNERFREE"}])
    with stage.at(days_ago=3):
        stage.change(subscription, discounts=[{"coupon": "PARTNERFREE"}])
    return "Both are active with access; whether the first one churned is the policy's decision."


@scenario("repeating_coupon_ends", "A three-month coupon runs out", 8)
def repeating_coupon_ends(stage: Stage) -> str:
    due = stage.now - 4 * DAY
    with stage.at(unix=anchor_for(due, 4)):
        customer = stage.customer("welcomed")
        stage.subscribe(customer, "pro_monthly", discounts=[{"coupon": "WELCOME25"}])
    return "25 % off for three months, full price since: the bill rose, MRR did not."


@scenario("add_on_first", "The first item is an add-on", 9)
def add_on_first(stage: Stage) -> str:
    with stage.at(days_ago=20):
        plan = {"price": stage.prices["business_monthly"], "quantity": 1}
        customer = stage.customer("add_on_first")
        stage.subscribe(customer, "seats_monthly", quantity=3, more_items=[plan])
    return "Item 0 is in no catalogue, item 1 is Business: the plan is Business."


@scenario("short_intervals", "Weekly and daily prices", 10)
def short_intervals(stage: Stage) -> str:
    with stage.at(days_ago=10):
        stage.subscribe(stage.customer("weekly"), "starter_weekly")
        stage.subscribe(stage.customer("daily"), "starter_daily")
    return "3.00 a week is 13.00 a month, 0.50 a day is 15.21: never 0, never times four."


@scenario("currency_switch", "From dollars to euros", 12)
def currency_switch(stage: Stage) -> str:
    with stage.at(days_ago=50):
        customer = stage.customer("switcher")
        old = stage.subscribe(customer, "pro_monthly")
    with stage.at(days_ago=3) as second:
        stage.cancel_now(old, feedback="other")
    with stage.at(unix=second + 1200):
        switched = stage.customer("switched", org=f"org_switch_{customer[-6:]}")
        stage.subscribe(switched, "pro_monthly_eur")
    return "Churn in dollars, new in euros; never netted against each other."


@scenario("more_than_a_thousand", "More rows than any page of a list", 13)
def more_than_a_thousand(stage: Stage) -> str:
    with stage.at(days_ago=1):
        for number in range(MANY):
            subscription = stage.subscribe(stage.customer(f"row_{number}"), "starter_monthly")
            stage.change(subscription, cancel_at="max_period_end")
    return f"{MANY} subscriptions wind down: lists must be paged to the end."


@scenario("same_second", "Several changes within one second", 14)
def same_second(stage: Stage) -> str:
    with stage.at(days_ago=1):
        customer = stage.customer("hasty")
        subscription = stage.subscribe(customer, "starter_monthly")
        stage.switch_price(subscription, "pro_monthly", proration_behavior="none")
        stage.switch_price(subscription, "business_monthly", proration_behavior="none")
        stage.change(subscription, metadata={"note": "upgraded twice"})
    return "Created, upgraded twice and annotated in one second: the last state is Business."
