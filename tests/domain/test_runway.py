"""What leaves MRR on a known day: rows in, rows out."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.observations import State
from lib.billing.domain.policy import PRESETS
from lib.billing.domain.project import project
from lib.billing.domain.references import References
from tests.domain.states import CATALOG, item, price, seen, subscription

SEEN = 1_000
STARTER, PRO = price("starter_monthly", "900"), price("pro_monthly", "2900")
YEARLY = price("pro_yearly", "24000", "year")
PRICES = {p["id"]: p for p in (STARTER, PRO, YEARLY)}


def phase(start: int | None, lookup_key: str, quantity: int = 1) -> State:
    return {
        "start": start,
        "end": None if start is None else start + 500,
        "items": [{"price": f"price_{lookup_key}", "quantity": quantity}],
    }


def schedule(*phases: State, **over: Any) -> State:
    return {
        "subscription": "sub_1",
        "status": "active",
        "phases": list(phases),
        "end_behavior": "release",
    } | over


def told(
    state: State, ahead: State | None = None, *, policy: str = "portside", prices: Any = PRICES
) -> Any:
    observations = [seen(state, SEEN, kind="created", event_id="evt_1")]
    if ahead is not None:
        observations.append(
            seen(
                ahead,
                SEEN,
                kind="created",
                object_id="sub_sched_1",
                object_type="schedule",
                event_id="evt_2",
            )
        )
    rules = Rules(CATALOG, policy=PRESETS[policy], references=References(prices=prices))
    return project(fold_customer("cus_1", observations, rules))


def rows(projected: Any) -> list[tuple[Any, ...]]:
    return [(r.at, r.kind, r.plan, r.to_plan, r.minor) for r in projected.runway]


ENDING = {"cancel_at": 9_000, "cancel_at_period_end": True}
LEDGER = {
    "nothing is scheduled": ({}, None, []),
    "a scheduled end takes all of it": (ENDING, None, [(9_000, "end", "pro", None, 2900)]),
    "a boolean end leaves with the period": (
        {"cancel_at_period_end": True},
        None,
        [(3_000_000, "end", "pro", None, 2900)],
    ),
    "an end of no known time has no day": (
        {"cancel_at_period_end": True, "items": [item(PRO, period_end=None)]},
        None,
        [(None, "end", "pro", None, 2900)],
    ),
    "a trial that ends is not in MRR and leaves nothing": (
        {"status": "trialing", **ENDING},
        None,
        [],
    ),
    "a downgrade leaves the difference": (
        {},
        schedule(phase(500, "pro_monthly"), phase(2_000, "starter_monthly")),
        [(2_000, "downgrade", "pro", "starter", 2000)],
    ),
    "a longer interval that costs less a month is one too": (
        {},
        schedule(phase(2_000, "pro_yearly")),
        [(2_000, "downgrade", "pro", None, 900)],
    ),
    "fewer seats are a downgrade within the plan": (
        {"items": [item(PRO, quantity=3)]},
        schedule(phase(2_000, "pro_monthly", 1)),
        [(2_000, "downgrade", "pro", "pro", 5800)],
    ),
    "an upgrade is in neither": ({}, schedule(phase(2_000, "pro_monthly", 4)), []),
    "a downgrade after an upgrade is measured from now": (
        {"items": [item(STARTER)]},
        schedule(phase(2_000, "pro_monthly"), phase(3_000, "starter_monthly")),
        [],
    ),
    "two downgrades leave one after the other": (
        {"items": [item(PRO, quantity=2)]},
        schedule(phase(3_000, "starter_monthly"), phase(2_000, "pro_monthly")),
        [
            (2_000, "downgrade", "pro", "pro", 2900),
            (3_000, "downgrade", "pro", "starter", 2000),
        ],
    ),
    "a phase that has begun is in what was seen": ({}, schedule(phase(1_000, "pro_monthly")), []),
    "an end takes what a downgrade left": (
        ENDING,
        schedule(phase(2_000, "starter_monthly")),
        [(2_000, "downgrade", "pro", "starter", 2000), (9_000, "end", "starter", None, 900)],
    ),
    "a downgrade after the end never comes": (
        ENDING,
        schedule(phase(9_000, "starter_monthly")),
        [(9_000, "end", "pro", None, 2900)],
    ),
    "a schedule that cancels ends it": (
        {},
        schedule(phase(2_000, "starter_monthly"), end_behavior="cancel"),
        [(2_000, "downgrade", "pro", "starter", 2000), (2_500, "end", "starter", None, 900)],
    ),
    "a released schedule steers nothing": (
        {},
        schedule(phase(2_000, "starter_monthly"), status="released"),
        [],
    ),
}


@pytest.mark.parametrize(("over", "ahead", "expected"), LEDGER.values(), ids=LEDGER.keys())
def test_the_runway_of_one_subscription(
    over: State, ahead: State | None, expected: list[tuple[Any, ...]]
) -> None:
    state = subscription(**({"items": [item(PRO)], "schedule": "sub_sched_1"} | over))
    assert rows(told(state, ahead)) == expected


def test_what_leaves_when_scheduled_is_not_in_mrr_and_leaves_nothing_later() -> None:
    state = subscription(items=[item(PRO)], **ENDING)
    assert rows(told(state, policy="stripe")) == []


def test_where_mrr_leaves_when_scheduled_only_downgrades_remain() -> None:
    state = subscription(items=[item(PRO)], schedule="sub_sched_1")
    ahead = schedule(phase(2_000, "starter_monthly"), end_behavior="cancel")
    assert rows(told(state, ahead, policy="stripe")) == [
        (2_000, "downgrade", "pro", "starter", 2000)
    ]


def test_a_schedule_that_is_not_attached_steers_nothing() -> None:
    state = subscription(items=[item(PRO)])
    assert rows(told(state, schedule(phase(2_000, "starter_monthly")))) == []


def test_a_price_of_which_nothing_is_known_is_awaited_and_takes_nothing() -> None:
    state = subscription(items=[item(PRO)], schedule="sub_sched_1")
    made = told(state, schedule(phase(2_000, "starter_monthly")), prices={})
    assert rows(made) == []
    assert made.customer.awaiting == " price:price_starter_monthly "
