"""Ledgers: what Stripe sends, and what the product is told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from lib.billing.domain.outgoing import TYPES
from lib.billing.settings.outgoing import Endpoint
from lib.billing.store.engine import Store
from tests.store.company import CATALOG, START

from .scene import (
    DAY,
    Scene,
    at,
    failed,
    newcomer,
    paid,
    subscribed,
    subscription,
)

A_PERIOD = 30 * DAY
GRACE = CATALOG.policies.past_due_grace_days * DAY


def changed(second: int, previous: dict[str, Any], **over: Any) -> Any:
    plan = over.pop("plan", "pro")
    return at(second, "customer.subscription.updated", subscription(plan=plan, **over), previous)


def ended(second: int) -> Any:
    gone = subscription(status="canceled", ended_at=START + second, canceled_at=START + second)
    return at(second, "customer.subscription.deleted", gone)


def items_of(plan: str) -> Any:
    return {"items": subscription(plan=plan)["items"]}


PAST_DUE = changed(20, {"status": "active"}, status="past_due")
RECOVERED = changed(30, {"status": "past_due"}, status="active")
BEGUN = ["subscriber.created", "customer.plan_assigned", "entitlement.changed"]

LEDGERS: dict[str, tuple[list[Any], list[str]]] = {
    "a customer without a plan": ([newcomer()], ["subscriber.created"]),
    "a subscription": ([newcomer(), subscribed()], BEGUN),
    "the subscription alone": ([subscribed()], BEGUN),
    "one whose first payment is not made": (
        [newcomer(), subscribed(status="incomplete")],
        ["subscriber.created"],
    ),
    "an upgrade": (
        [newcomer(), subscribed(plan="starter"), changed(10, items_of("starter"))],
        [*BEGUN, "customer.plan_changed", "entitlement.changed"],
    ),
    "a cancellation at the period's end, before it ends": (
        [
            newcomer(),
            subscribed(),
            changed(9, {"cancel_at_period_end": False}, cancel_at_period_end=True),
        ],
        [*BEGUN, "entitlement.changed"],
    ),
    "an end": (
        [newcomer(), subscribed(), ended(40)],
        [*BEGUN, "customer.agreement_cancelled", "entitlement.changed"],
    ),
    "an end, and a new beginning": (
        [newcomer(), subscribed(), ended(40), subscribed(second=50, id="sub_2", plan="starter")],
        [
            *BEGUN,
            "customer.agreement_cancelled",
            "entitlement.changed",
            "customer.plan_assigned",
            "entitlement.changed",
        ],
    ),
    "a failure, and the payment": (
        [newcomer(), subscribed(), failed(20), PAST_DUE, paid(29), RECOVERED],
        [
            *BEGUN,
            "customer.payment_failed",
            "entitlement.changed",
            "customer.payment_succeeded",
            "entitlement.changed",
        ],
    ),
    "two attempts that fail": (
        [newcomer(), failed(20), failed(30, attempt=2)],
        ["subscriber.created", "customer.payment_failed", "customer.payment_failed"],
    ),
    "an invoice of nothing": (
        [newcomer(), paid(20, amount_paid=0, total=0, amount_due=0)],
        ["subscriber.created"],
    ),
    "a payment told of twice": (
        [newcomer(), paid(20), at(21, "invoice.payment_succeeded", paid(20)["data"]["object"])],
        ["subscriber.created", "customer.payment_succeeded"],
    ),
    "a failure that arrives after the payment": (
        [newcomer(), paid(29), failed(20)],
        ["subscriber.created", "customer.payment_succeeded"],
    ),
    "a change of name": (
        [
            newcomer(),
            subscribed(),
            at(
                9,
                "customer.updated",
                newcomer()["data"]["object"] | {"name": "Eve"},
                {"name": "Ann"},
            ),
        ],
        BEGUN,
    ),
    "a price that no plan sells": (
        [newcomer(), subscribed(), changed(10, items_of("pro"), plan="unheard_of")],
        [*BEGUN, "entitlement.changed"],
    ),
}


@pytest.mark.parametrize(("events", "out"), LEDGERS.values(), ids=LEDGERS.keys())
def test_ledger(store: Store, events: list[Any], out: list[str]) -> None:
    scene = Scene(store)
    scene.each(events)
    assert scene.types() == out
    assert [event["data"]["sequence"] for event in scene.told()] == [*range(1, len(out) + 1)]


@pytest.mark.parametrize(("events", "out"), LEDGERS.values(), ids=LEDGERS.keys())
def test_what_is_known_already_is_told_no_more(
    sqlite_store: Store, events: list[Any], out: list[str]
) -> None:
    scene = Scene(sqlite_store)
    scene.each(events)
    scene.each(reversed(events))
    scene.take(*events)
    names = [event["data"]["customer_id"] for event in scene.told()]
    assert scene.ingest.refold(sorted(set(names))) is False
    assert scene.types() == out


def test_two_changes_in_one_batch_are_told_as_one(store: Store) -> None:
    scene = Scene(store)
    scene.take(newcomer(), subscribed(plan="starter"), changed(10, items_of("starter")))
    assert scene.types() == BEGUN
    assert scene.told()[1]["data"]["plan"]["key"] == "pro"


HISTORY = [newcomer(), subscribed(), failed(20), PAST_DUE, paid(29), RECOVERED]


@pytest.mark.parametrize("source", ["import", "backfill"])
def test_history_is_taken_note_of_and_not_told(store: Store, source: str) -> None:
    scene = Scene(store)
    scene.each(HISTORY, source)
    assert scene.told() == []
    scene.take(ended(40))
    assert scene.types() == ["customer.agreement_cancelled", "entitlement.changed"]


def test_what_stripe_dates_before_outgoing_began_is_history(store: Store) -> None:
    scene = Scene(store)
    scene.clock.move(DAY)
    scene.notices.round()
    scene.each(HISTORY)
    assert scene.told() == []
    later = changed(DAY + 5, items_of("pro"), plan="starter")
    scene.take(later)
    assert scene.types() == ["customer.plan_changed", "entitlement.changed"]


def test_who_was_there_before_outgoing_began_is_known_as_they_were(store: Store) -> None:
    before = Scene(store, [])
    before.each([newcomer(), subscribed(plan="starter")])
    assert before.told() == []
    scene = Scene(store)
    scene.take(changed(10, items_of("starter")))
    (first, second) = scene.told()
    assert (first["type"], second["type"]) == ("customer.plan_changed", "entitlement.changed")
    assert first["data"]["previous_plan"]["key"] == "starter"


@dataclass
class Passing:
    """What time alone brings: (seconds from the start, what is told until then)."""

    events: list[Any]
    moments: list[tuple[int, list[str]]] = field(default_factory=list)


TIMES = {
    "grace is over": Passing(
        [newcomer(), subscribed(), PAST_DUE],
        [
            (20 + GRACE - 1, []),
            (20 + GRACE, ["customer.plan_changed", "entitlement.changed"]),
            (20 + GRACE + DAY, []),
        ],
    ),
    "a period has passed and Stripe is silent": Passing(
        [newcomer(), subscribed(cancel_at_period_end=True)],
        [(A_PERIOD - 1, []), (A_PERIOD, ["customer.plan_changed", "entitlement.changed"])],
    ),
    "nothing ends by itself": Passing([newcomer(), subscribed()], [(400 * DAY, [])]),
}


@pytest.mark.parametrize("passing", TIMES.values(), ids=TIMES.keys())
def test_what_changes_by_time_alone_is_told(store: Store, passing: Passing) -> None:
    scene = Scene(store)
    scene.each(passing.events)
    for second, out in passing.moments:
        told = len(scene.told())
        scene.clock.now = START + second
        scene.notices.round()
        scene.notices.round()
        assert scene.types()[told:] == out
        assert not any(event["data"]["access"] for event in scene.told()[told:])


def test_events_name_no_address_and_no_secret(store: Store) -> None:
    scene = Scene(store)
    scene.each([*HISTORY, ended(40)])
    text = repr(scene.told())
    assert set(scene.types()) == set(TYPES) - {"customer.plan_changed"}
    for hidden in ("https://", "ann@customer.example", "pm_1", "Ann"):
        assert hidden not in text


def test_an_endpoint_gets_the_types_that_it_asked_for(store: Store) -> None:
    only = Endpoint("shop", "https://shop.example", ("customer.payment_succeeded",))
    scene = Scene(store, [only])
    scene.each(HISTORY)
    assert scene.types() == ["customer.payment_succeeded"]
    assert scene.deliveries() == [(1, "waiting", 0, None)]
