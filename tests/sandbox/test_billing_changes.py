"""Changing, ending and previewing subscriptions."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import NOW, Shop

DAY = 86_400
MONTH = 30 * DAY


def item_of(subscription: Any) -> str:
    return str(subscription["items"].data[0].id)


def endings(subscription: Any) -> tuple[Any, ...]:
    details = subscription.cancellation_details
    return (
        subscription.cancel_at,
        subscription.cancel_at_period_end,
        subscription.canceled_at,
        details.reason,
    )


@pytest.mark.parametrize(
    ("mode", "params", "expected"),
    [
        pytest.param(
            "classic",
            {"cancel_at_period_end": True},
            (NOW + MONTH, True, NOW, "cancellation_requested"),
            id="classic: the boolean writes the second as well",
        ),
        pytest.param(
            "flexible",
            {"cancel_at_period_end": True},
            (None, True, NOW, "cancellation_requested"),
            id="flexible: the boolean alone",
        ),
        pytest.param(
            "flexible",
            {"cancel_at": "max_period_end"},
            (NOW + MONTH, False, NOW, "cancellation_requested"),
            id="flexible: the second alone",
        ),
        pytest.param(
            "classic",
            {"cancel_at": NOW + 5 * DAY},
            (NOW + 5 * DAY, False, NOW, "cancellation_requested"),
            id="a second of one's own",
        ),
    ],
)
def test_each_way_of_scheduling_an_end_and_taking_it_back(
    frozen_shop: Shop, mode: str, params: dict[str, Any], expected: tuple[Any, ...]
) -> None:
    subscriptions = frozen_shop.stripe.v1.subscriptions
    made = frozen_shop.subscription(frozen_shop.customer(), mode=mode)
    given = {**params, "cancellation_details": {"feedback": "unused", "comment": "moving on"}}
    planned = subscriptions.update(made.id, given)
    assert endings(planned) == expected
    undo = {"cancel_at_period_end": False} if planned.cancel_at_period_end else {"cancel_at": ""}
    kept = subscriptions.update(made.id, undo)
    assert endings(kept) == (None, False, None, None)
    assert kept.cancellation_details.feedback == "unused"


@pytest.mark.parametrize("mode", ["classic", "flexible"])
def test_a_planned_end_comes_with_its_flag_kept_and_no_renewal(
    frozen_shop: Shop, mode: str
) -> None:
    made = frozen_shop.subscription(frozen_shop.customer(), mode=mode)
    frozen_shop.stripe.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})
    frozen_shop.running.move_to(NOW + MONTH)
    ended = frozen_shop.stripe.v1.subscriptions.retrieve(made.id)
    assert (ended.status, ended.canceled_at, ended.ended_at) == ("canceled", NOW, NOW + MONTH)
    assert ended.cancel_at_period_end is True
    assert frozen_shop.event_types()[0] == "customer.subscription.deleted"
    assert len(frozen_shop.stripe.v1.invoices.list({"subscription": made.id}).data) == 1


def test_two_ways_of_ending_at_once_are_refused(frozen_shop: Shop) -> None:
    made = frozen_shop.subscription(frozen_shop.customer())
    with pytest.raises(stripe.InvalidRequestError, match="only specify one of these"):
        frozen_shop.stripe.v1.subscriptions.update(
            made.id, {"cancel_at": NOW + DAY, "cancel_at_period_end": True}
        )


def test_mixed_intervals_have_ends_of_their_own_under_flexible_billing(frozen_shop: Shop) -> None:
    made = frozen_shop.subscription(frozen_shop.customer(), "basic", "pro_year")
    ends = sorted(item.current_period_end for item in made["items"].data)
    assert ends == [NOW + MONTH, NOW + 365 * DAY]
    update = frozen_shop.stripe.v1.subscriptions.update
    assert update(made.id, {"cancel_at": "min_period_end"}).cancel_at == ends[0]
    assert update(made.id, {"cancel_at": "max_period_end"}).cancel_at == ends[1]
    with pytest.raises(stripe.InvalidRequestError, match="interval fields must match"):
        frozen_shop.subscription(frozen_shop.customer(), "basic", "pro_year", mode="classic")


def test_an_upgrade_halfway_waits_as_credit_and_charge_for_the_next_invoice(
    frozen_shop: Shop,
) -> None:
    client = frozen_shop.stripe.v1
    made = frozen_shop.subscription(frozen_shop.customer())
    frozen_shop.running.move_to(NOW + 15 * DAY)
    change = {"items": [{"id": item_of(made), "price": frozen_shop.prices["pro"]}]}
    preview = client.invoices.create_preview(
        {"subscription": made.id, "subscription_details": change}
    )
    client.subscriptions.update(made.id, change)
    frozen_shop.running.move_to(NOW + 31 * DAY)
    renewed = client.subscriptions.retrieve(made.id, {"expand": ["latest_invoice"]})
    billed = [(line.amount, line.description) for line in renewed.latest_invoice.lines.data]
    assert billed == [
        (-500, "Unused time on Basic after 6 Oct 2026"),
        (1500, "Remaining time on Pro after 6 Oct 2026"),
        (3000, "1 × Pro (at $30.00 / month)"),
    ]
    assert [(line.amount, line.description) for line in preview.lines.data] == billed
    assert renewed.latest_invoice.total == preview.total == 4000
    parents = [line.parent.subscription_item_details for line in renewed.latest_invoice.lines.data]
    assert [parent.proration for parent in parents] == [True, True, False]


def test_a_preview_is_stored_nowhere_and_told_to_nobody(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    made = frozen_shop.subscription(frozen_shop.customer())
    before = frozen_shop.event_types()
    preview = client.invoices.create_preview({"subscription": made.id})
    assert preview.id.startswith("upcoming_in")
    assert (preview.total, preview.status) == (1000, "draft")
    assert frozen_shop.event_types() == before
    assert len(client.invoices.list().data) == 1


def test_a_new_interval_bills_at_once_with_credit_for_the_old_one(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    made = frozen_shop.subscription(frozen_shop.customer(), "pro")
    frozen_shop.running.move_to(NOW + 15 * DAY)
    changed = client.subscriptions.update(
        made.id,
        {
            "items": [{"id": item_of(made), "price": frozen_shop.prices["pro_year"]}],
            "expand": ["latest_invoice"],
        },
    )
    assert changed.latest_invoice.billing_reason == "subscription_update"
    assert (changed.latest_invoice.total, changed.latest_invoice.status) == (28500, "paid")
    assert changed["items"].data[0].current_period_end == NOW + 380 * DAY
    assert changed.billing_cycle_anchor == NOW + 15 * DAY


def test_a_change_without_proration_bills_nothing_extra(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    made = frozen_shop.subscription(frozen_shop.customer())
    frozen_shop.running.move_to(NOW + 15 * DAY)
    client.subscriptions.update(
        made.id,
        {
            "items": [{"id": item_of(made), "price": frozen_shop.prices["pro"]}],
            "proration_behavior": "none",
        },
    )
    frozen_shop.running.move_to(NOW + 31 * DAY)
    renewed = client.subscriptions.retrieve(made.id, {"expand": ["latest_invoice"]})
    assert [line.amount for line in renewed.latest_invoice.lines.data] == [3000]


def test_a_scheduled_downgrade_takes_effect_at_the_end_of_the_period(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    made = frozen_shop.subscription(frozen_shop.customer(), "pro")
    schedule = client.subscription_schedules.create({"from_subscription": made.id})
    phase = schedule.phases[0]
    client.subscription_schedules.update(
        schedule.id,
        {
            "phases": [
                {
                    "items": [{"price": frozen_shop.prices["pro"], "quantity": 1}],
                    "start_date": phase.start_date,
                    "end_date": phase.end_date,
                },
                {"items": [{"price": frozen_shop.prices["basic"], "quantity": 1}]},
            ]
        },
    )
    with pytest.raises(stripe.InvalidRequestError, match="managed by the subscription schedule"):
        client.subscriptions.update(made.id, {"items": [{"id": item_of(made), "quantity": 2}]})
    frozen_shop.running.move_to(NOW + 31 * DAY)
    after = client.subscriptions.retrieve(made.id, {"expand": ["latest_invoice"]})
    assert after["items"].data[0].price.id == frozen_shop.prices["basic"]
    assert [line.amount for line in after.latest_invoice.lines.data] == [1000]
    frozen_shop.running.move_to(NOW + 70 * DAY)
    assert client.subscription_schedules.retrieve(schedule.id).status == "released"
    assert client.subscriptions.retrieve(made.id).schedule is None


def test_pausing_stops_billing_and_resuming_starts_a_new_period(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    made = frozen_shop.subscription(frozen_shop.customer())
    paused = client.subscriptions.pause(made.id, {"type": "subscription"})
    assert paused.status == "paused"
    assert paused.status_details.paused.subscription.type == "pause_requested"
    assert frozen_shop.event_types()[0] == "customer.subscription.paused"
    frozen_shop.running.move_to(NOW + 40 * DAY)
    assert len(client.invoices.list({"subscription": made.id}).data) == 1
    resumed = client.subscriptions.resume(made.id, {})
    assert resumed.status == "active"
    assert resumed["items"].data[0].current_period_start == NOW + 40 * DAY
    assert "customer.subscription.resumed" in frozen_shop.event_types()


def test_a_classic_subscription_cannot_be_paused(frozen_shop: Shop) -> None:
    made = frozen_shop.subscription(frozen_shop.customer(), mode="classic")
    with pytest.raises(stripe.InvalidRequestError, match="flexible"):
        frozen_shop.stripe.v1.subscriptions.pause(made.id, {"type": "subscription"})


def test_ending_now_with_proration_bills_the_credit(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    customer = frozen_shop.customer()
    made = frozen_shop.subscription(customer)
    frozen_shop.running.move_to(NOW + 15 * DAY)
    ended = client.subscriptions.cancel(made.id, {"invoice_now": True, "prorate": True})
    assert (ended.status, ended.ended_at) == ("canceled", NOW + 15 * DAY)
    assert client.invoices.retrieve(ended.latest_invoice).total == -500
    assert client.customers.retrieve(customer).balance == -500


def test_an_ended_subscription_takes_only_metadata_and_reasons(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    made = frozen_shop.subscription(frozen_shop.customer())
    client.subscriptions.cancel(made.id)
    with pytest.raises(stripe.InvalidRequestError, match="canceled subscription can only update"):
        client.subscriptions.update(made.id, {"cancel_at_period_end": False})
    changed = client.subscriptions.update(made.id, {"metadata": {"why": "moved"}})
    assert changed.metadata["why"] == "moved"


def test_items_are_subscription_items_of_their_own(frozen_shop: Shop) -> None:
    client = frozen_shop.stripe.v1
    made = frozen_shop.subscription(frozen_shop.customer())
    added = client.subscription_items.create(
        {"subscription": made.id, "price": frozen_shop.prices["pro"], "quantity": 2}
    )
    listed = client.subscription_items.list({"subscription": made.id}).data
    assert [item.id for item in listed] == [item_of(made), added.id]
    client.subscription_items.delete(added.id)
    with pytest.raises(stripe.InvalidRequestError, match="at least one active plan"):
        client.subscription_items.delete(item_of(made))
