"""Each named scenario leaves exactly the state whose trap it is named for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lib.sandbox.core import Sandbox
from lib.sandbox.world.acts_money import AGES
from lib.sandbox.world.acts_plans import MANY
from lib.sandbox.world.scenarios import SCENARIOS, ScenarioResult
from tests.openapi.spec import judge_event
from tests.sandbox.worlds import every_event

NOW = 1_795_230_000
DAY = 86_400
Object = dict[str, Any]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    made = Sandbox(now=NOW, frozen=True)
    yield made
    made.close()


def _play(sandbox: Sandbox, name: str) -> ScenarioResult:
    result = SCENARIOS[name].run(sandbox)
    assert sandbox.now() == NOW
    return result


def _only(sandbox: Sandbox, kind: str, customer: str) -> Object:
    found = sandbox.find(kind, customer=customer)
    assert len(found) == 1
    return found[0]


def _types(sandbox: Sandbox, subscription: str) -> list[str]:
    return [
        event["type"]
        for event in every_event(sandbox)
        if event["data"]["object"].get("id") == subscription
    ]


@pytest.mark.parametrize(
    ("name", "boolean", "dated"),
    [
        ("cancel_at_only", False, True),
        ("cancel_boolean_only", True, False),
        ("cancel_both", True, True),
    ],
)
def test_every_encoding_of_winding_down(
    sandbox: Sandbox, name: str, boolean: bool, dated: bool
) -> None:
    subscription = _only(sandbox, "subscription", _play(sandbox, name).customers["leaver"])
    assert subscription["status"] == "active"
    assert subscription["cancel_at_period_end"] is boolean
    end = subscription["items"]["data"][0]["current_period_end"]
    assert subscription["cancel_at"] == (end if dated else None)
    assert end > NOW


def test_an_end_that_passed_without_its_event(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "cancel_both_past").customers["leaver"]
    subscription = _only(sandbox, "subscription", customer)
    types = _types(sandbox, subscription["id"])
    assert types[-1] == "customer.subscription.updated"
    last = [e for e in every_event(sandbox) if e["data"]["object"]["id"] == subscription["id"]][-1]
    told = last["data"]["object"]
    assert told["status"] == "active"
    assert told["cancel_at_period_end"] is True
    assert told["cancel_at"] < NOW


def test_period_ends_differ_by_item(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "mixed_intervals").customers["mixed"]
    items = _only(sandbox, "subscription", customer)["items"]["data"]
    ends = sorted(item["current_period_end"] for item in items)
    assert ends[0] < NOW + 32 * DAY < ends[1]


def test_mixed_intervals_wind_down_at_the_later_end(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "mixed_intervals_leaving").customers["mixed"]
    subscription = _only(sandbox, "subscription", customer)
    ends = [item["current_period_end"] for item in subscription["items"]["data"]]
    assert subscription["cancel_at"] == max(ends) > min(ends)


def test_past_due_then_active(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "past_due_then_active").customers["payer"]
    subscription = _only(sandbox, "subscription", customer)
    told = [
        event["data"]["object"]["status"]
        for event in every_event(sandbox)
        if event["data"]["object"]["id"] == subscription["id"]
    ]
    assert subscription["status"] == "active"
    assert "past_due" in told
    assert told[-1] == "active"


def test_past_due_today(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "past_due_today").customers["payer"]
    subscription = _only(sandbox, "subscription", customer)
    invoice = sandbox.get("invoice", subscription["latest_invoice"])
    assert subscription["status"] == "past_due"
    assert invoice["attempt_count"] == 1
    assert invoice["next_payment_attempt"] > NOW


def test_one_of_two_is_canceled(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "one_of_two_canceled").customers["keeper"]
    statuses = sorted(s["status"] for s in sandbox.find("subscription", customer=customer))
    assert statuses == ["active", "canceled"]


def test_a_plan_swap_is_minutes_long(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "plan_swap").customers["swapper"]
    new, old = sandbox.find("subscription", customer=customer)
    assert old["status"] == "canceled"
    assert new["status"] == "active"
    assert 0 < new["created"] - old["ended_at"] < 3600


def test_a_trial_turned_active_with_an_unpaid_first_invoice(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "trial_unpaid_first_invoice").customers["converting"]
    subscription = _only(sandbox, "subscription", customer)
    assert subscription["status"] == "active"
    assert subscription["trial_end"] < NOW
    assert sandbox.get("invoice", subscription["latest_invoice"])["status"] == "draft"


def test_a_trial_that_never_pays_ends_unpaid(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "trial_then_unpaid").customers["never_pays"]
    assert _only(sandbox, "subscription", customer)["status"] == "unpaid"
    assert sandbox.settings.after_retries == "cancel"


def test_free_for_ever_is_active_and_costs_nothing(sandbox: Sandbox) -> None:
    result = _play(sandbox, "free_forever")
    for customer in result.customers.values():
        subscription = _only(sandbox, "subscription", customer)
        assert subscription["status"] == "active"
        assert len(subscription["discounts"]) == 1
    always = sandbox.find("invoice", customer=result.customers["always_free"])
    assert {invoice["total"] for invoice in always} == {0}


def test_a_repeating_coupon_has_run_out(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "repeating_coupon_ends").customers["welcomed"]
    assert _only(sandbox, "subscription", customer)["discounts"] == []
    totals = [invoice["total"] for invoice in sandbox.find("invoice", customer=customer)]
    assert totals[0] == 2900
    assert totals[-1] == 2175


def test_the_add_on_is_the_first_item(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "add_on_first").customers["add_on_first"]
    items = _only(sandbox, "subscription", customer)["items"]["data"]
    assert [i["price"]["lookup_key"] for i in items] == ["seats_monthly", "business_monthly"]


def test_weekly_and_daily_prices(sandbox: Sandbox) -> None:
    result = _play(sandbox, "short_intervals")
    intervals = {
        label: _only(sandbox, "subscription", customer)["items"]["data"][0]["price"]["recurring"]
        for label, customer in result.customers.items()
    }
    assert intervals["weekly"]["interval"] == "week"
    assert intervals["daily"]["interval"] == "day"


def test_four_currencies(sandbox: Sandbox) -> None:
    result = _play(sandbox, "several_currencies")
    paid = {
        invoice["currency"]: invoice["amount_paid"]
        for customer in result.customers.values()
        for invoice in sandbox.find("invoice", customer=customer)
    }
    assert paid == {"usd": 2900, "eur": 2900, "jpy": 4300, "kwd": 8950}


def test_a_currency_switch_is_an_end_and_a_beginning(sandbox: Sandbox) -> None:
    result = _play(sandbox, "currency_switch")
    old = _only(sandbox, "subscription", result.customers["switcher"])
    new = _only(sandbox, "subscription", result.customers["switched"])
    assert (old["status"], old["currency"]) == ("canceled", "usd")
    assert (new["status"], new["currency"]) == ("active", "eur")


def test_more_rows_than_a_thousand(sandbox: Sandbox) -> None:
    _play(sandbox, "more_than_a_thousand")
    leaving = [s for s in sandbox.find("subscription", status="active") if s["cancel_at"]]
    assert len(leaving) == MANY


def test_several_events_within_one_second(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "same_second").customers["hasty"]
    subscription = _only(sandbox, "subscription", customer)
    times = [
        event["created"]
        for event in every_event(sandbox)
        if event["data"]["object"]["id"] == subscription["id"]
    ]
    assert len(times) >= 4
    assert len(set(times)) == 1
    assert subscription["items"]["data"][0]["price"]["lookup_key"] == "business_monthly"


def test_a_subscription_that_no_event_tells_of(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "canceled_long_ago").customers["former"]
    subscription = _only(sandbox, "subscription", customer)
    assert subscription["status"] == "canceled"
    assert not [e for e in every_event(sandbox) if customer in str(e)]


def test_open_invoices_lie_at_the_edges_of_the_buckets(sandbox: Sandbox) -> None:
    result = _play(sandbox, "ageing_edges")
    for label, age in AGES.items():
        invoice = _only(sandbox, "invoice", result.customers[label])
        assert invoice["status"] == "open"
        assert NOW - invoice["due_date"] == round(age * DAY)
    credited = _only(sandbox, "invoice", result.customers["credited"])
    assert credited["status"] == "open"
    assert (credited["amount_due"], credited["amount_remaining"]) == (59_000, 59_000)
    assert credited["total"] == 99_000
    undated = sandbox.find("invoice", customer=result.customers["no_due_date"], status="open")[0]
    assert undated["due_date"] is None
    assert undated["amount_remaining"] == 2_900
    statuses = {
        label: _only(sandbox, "invoice", result.customers[label])["status"]
        for label in ("voided", "uncollectible")
    }
    assert statuses == {"voided": "void", "uncollectible": "uncollectible"}


def test_the_request_and_the_end_are_months_apart(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "churn_counted_once").customers["leaver"]
    subscription = _only(sandbox, "subscription", customer)
    assert subscription["status"] == "canceled"
    assert subscription["ended_at"] - subscription["canceled_at"] > 90 * DAY


def test_a_late_payment_changes_nothing_about_the_end(sandbox: Sandbox) -> None:
    customer = _play(sandbox, "late_payment_after_end").customers["late_payer"]
    subscription = _only(sandbox, "subscription", customer)
    paid = [
        invoice["status_transitions"]["paid_at"]
        for invoice in sandbox.find("invoice", customer=customer, status="paid")
    ]
    assert subscription["status"] == "canceled"
    assert paid
    assert min(paid) > subscription["ended_at"]


def test_incomplete_subscriptions(sandbox: Sandbox) -> None:
    result = _play(sandbox, "incomplete_grants_nothing")
    assert {
        label: _only(sandbox, "subscription", customer)["status"]
        for label, customer in result.customers.items()
    } == {"expired": "incomplete_expired", "waiting": "incomplete"}


def test_every_trap_that_a_state_can_express_has_a_scenario() -> None:
    # 11 (an interval that Stripe's API refuses) and 17, 21, 22, 23 are no states of Stripe.
    expressible = set(range(1, 21)) - {11, 17}
    assert {scenario.trap for scenario in SCENARIOS.values()} == expressible


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name != "more_than_a_thousand"])
def test_every_scenario_explains_itself_and_its_events_match_the_document(
    sandbox: Sandbox, name: str
) -> None:
    result = _play(sandbox, name)
    assert result.customers
    assert result.summary.endswith(".")
    findings = {
        f"{event['type']} {text}" for event in every_event(sandbox) for text in judge_event(event)
    }
    assert findings == set()


def test_a_scenario_can_be_played_twice(sandbox: Sandbox) -> None:
    first = _play(sandbox, "cancel_at_only").customers
    second = _play(sandbox, "cancel_at_only").customers
    assert not set(first.values()) & set(second.values())
