"""Ledgers: a customer's subscriptions in, expected movements out."""

from __future__ import annotations

import pytest

from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.movements import movements
from lib.billing.domain.policy import PRESETS
from lib.billing.domain.references import References

from .states import CATALOG, discount, item, price, seen, subscription

NOTHING_KNOWN = References()

HOUR, DAY = 3_600, 86_400
T = 1_700_006_400  # a midnight, UTC


def moves(
    observations,
    *,
    policy: str = "portside",
    timezone: str = "UTC",
    references: References = NOTHING_KNOWN,
):
    rules = Rules(CATALOG, PRESETS[policy], references, timezone)
    return movements(fold_customer("cus_1", observations, rules))


def kinds(observations, **options):
    return [(m.kind, m.delta_minor) for m in moves(observations, **options)]


def history(object_id: str, *states, **extra):
    """(second, state) pairs of one subscription, told as Stripe tells them."""
    told, before = [], None
    for number, (second, state) in enumerate(states):
        kind = "created" if before is None else "edge"
        if state["status"] == "canceled":
            kind = "terminal"
        told.append(
            seen(
                state,
                second,
                before=before,
                kind=kind,
                object_id=object_id,
                event_id=f"evt_{object_id}_{number}",
                **extra,
            )
        )
        before = state
    return told


def paying(amount: int, status: str = "active", quantity: int = 1, interval: str = "month", **over):
    return subscription(
        status, items=[item(price(amount=str(amount), interval=interval), quantity)], **over
    )


def ended(amount: int, at: int, **over):
    return paying(amount, "canceled", ended_at=at, **over)


def test_the_published_life_cycle():
    gold = paying(50_000, quantity=4, interval="year")
    silver = paying(3_000, quantity=2)
    told = [
        *history(
            "sub_g",
            (T, gold),
            (T + 4 * DAY, ended(50_000, T + 4 * DAY, quantity=4, interval="year")),
        ),
        *history("sub_s", (T + DAY, silver), (T + 2 * DAY, ended(3_000, T + 2 * DAY, quantity=2))),
        *history("sub_n", (T + 5 * DAY, paying(5_000, quantity=3))),
    ]
    assert kinds(told) == [
        ("new", 16_667),
        ("expansion", 6_000),
        ("contraction", -6_000),
        ("churn", -16_667),
        ("reactivation", 15_000),
    ]


LEDGER = {
    "a price cut is contraction, not churn": (
        history("s", (T, paying(10_000)), (T + DAY, paying(7_000))),
        [("new", 10_000), ("contraction", -3_000)],
    ),
    "past due and back is no movement": (
        history("s", (T, paying(10)), (T + DAY, paying(10, "past_due")), (T + 2 * DAY, paying(10))),
        [("new", 10)],
    ),
    "a plan swapped by delete and create within the hour is one movement": (
        [
            *history("a", (T, paying(10)), (T + DAY, ended(10, T + DAY))),
            *history("b", (T + DAY + 600, paying(30))),
        ],
        [("new", 10), ("expansion", 20)],
    ),
    "changes at 0, 40, 80 and 120 minutes make two movements": (
        history(
            "s", *((T + m * 60, paying(a)) for m, a in ((0, 10), (40, 20), (80, 30), (120, 40)))
        ),
        [("new", 20), ("expansion", 20)],
    ),
    "a group never crosses midnight": (
        history("s", (T - 1200, paying(10)), (T + 60, paying(20))),
        [("new", 10), ("expansion", 10)],
    ),
    "a change undone within the hour is no movement": (
        history("s", (T, paying(10)), (T + DAY, paying(90)), (T + DAY + 60, paying(10))),
        [("new", 10)],
    ),
    "a trial that becomes active is new": (
        history("s", (T, paying(10, "trialing")), (T + 7 * DAY, paying(10))),
        [("new", 10)],
    ),
    "incomplete that expires was never there": (
        history("s", (T, paying(10, "incomplete")), (T + DAY, paying(10, "incomplete_expired"))),
        [],
    ),
    "unpaid is churn": (
        history("s", (T, paying(10)), (T + DAY, paying(10, "unpaid"))),
        [("new", 10), ("churn", -10)],
    ),
    "a scheduled cancellation leaves MRR at its end": (
        history(
            "s",
            (T, paying(10)),
            (T + DAY, paying(10, cancel_at=T + 9 * DAY, canceled_at=T + DAY)),
            (T + 9 * DAY, ended(10, T + 9 * DAY)),
        ),
        [("new", 10), ("churn", -10)],
    ),
    "a renewal is no movement": (
        history(
            "s",
            (T, paying(10)),
            (T + 30 * DAY, subscription(items=[item(price(amount="10"), end=9)])),
        ),
        [("new", 10)],
    ),
}


@pytest.mark.parametrize(("told", "expected"), LEDGER.values(), ids=LEDGER.keys())
def test_ledger(told, expected):
    assert kinds(told) == expected
    assert kinds(told[::-1] + told) == expected


def test_churn_is_dated_when_the_subscription_ended_not_when_it_was_asked_for_or_told():
    told = history("s", (T, paying(10)), (T + 9 * DAY + 5, ended(10, T + 9 * DAY)))
    assert [m.occurred_at for m in moves(told)] == [T, T + 9 * DAY]


def test_churn_keeps_its_date_when_a_change_is_told_after_the_end():
    end = T + 9 * DAY
    last_invoice = paying(10, latest_invoice="in_9")
    told = history("s", (T, paying(10)), (end + 3, last_invoice), (end + 5, ended(10, end)))
    assert [m.occurred_at for m in moves(told)] == [T, end]


def given_away():
    coupon = {
        "percent_off": "100", "amount_off": None, "currency": None, "duration": "forever",
        "duration_in_months": None, "name": None,
    }  # fmt: skip
    references = References(coupons={"co_1": coupon})
    free = paying(10, discounts=["di_1"])
    told = [
        seen(discount(), T, object_type="discount", object_id="di_1"),
        *history("s", (T, paying(10)), (T + DAY, free), (T + 2 * DAY, paying(10))),
    ]
    return told, references


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("portside", [("new", 10), ("churn", -10), ("reactivation", 10)]),
        ("stripe", [("new", 10), ("churn", -10), ("reactivation", 10)]),
        ("chartmogul", [("new", 10), ("contraction", -10), ("expansion", 10)]),
        ("profitwell", [("new", 10), ("churn", -10), ("reactivation", 10)]),
    ],
)
def test_a_coupon_of_100_percent_for_ever_by_policy(policy, expected):
    told, references = given_away()
    assert kinds(told, policy=policy, references=references) == expected


def test_a_customer_kept_at_zero_whose_subscription_ends_is_gone_and_comes_back_reactivated():
    told, references = given_away()
    end = seen(ended(10, T + 3 * DAY), T + 3 * DAY, kind="terminal", object_id="s")
    told = [*told[:-1], end, *history("b", (T + 4 * DAY, paying(7)))]
    assert kinds(told, policy="chartmogul", references=references) == [
        ("new", 10),
        ("contraction", -10),
        ("reactivation", 7),
    ]


def test_a_movement_is_dated_at_its_last_change():
    told = history("s", (T, paying(10)), (T + 600, paying(20)))
    assert [(m.occurred_at, m.before_minor, m.after_minor) for m in moves(told)] == [
        (T + 600, 0, 20)
    ]


def test_under_the_stripe_preset_mrr_leaves_at_the_request_and_undoing_it_reactivates():
    told = history(
        "s",
        (T, paying(10)),
        (T + DAY, paying(10, cancel_at=T + 9 * DAY)),
        (T + 2 * DAY, paying(10)),
    )
    assert kinds(told, policy="stripe") == [("new", 10), ("churn", -10), ("reactivation", 10)]


def test_a_change_of_currency_is_churn_in_one_and_new_in_the_other_marked_as_a_switch():
    euro = subscription(currency="eur", items=[item(price(amount="20", currency="eur"))])
    told = [
        *history("a", (T, paying(10)), (T + DAY, ended(10, T + DAY))),
        *history("b", (T + DAY + 60, euro)),
    ]
    assert [(m.currency, m.kind, m.switched) for m in moves(told)] == [
        ("usd", "new", False),
        ("usd", "churn", True),
        ("eur", "new", True),
    ]


def test_one_of_two_subscriptions_ending_is_contraction():
    told = [
        *history("a", (T, paying(10))),
        *history("b", (T + DAY, paying(5)), (T + 3 * DAY, ended(5, T + 3 * DAY))),
    ]
    assert kinds(told) == [("new", 10), ("expansion", 5), ("contraction", -5)]


FIRST_SEEN = {
    "active starts when it started": (paying(10, start_date=T - 90 * DAY), [(T - 90 * DAY, "new")]),
    "one that had a trial starts at its end": (
        paying(10, start_date=T - 90 * DAY, trial_end=T - 60 * DAY),
        [(T - 60 * DAY, "new")],
    ),
    "one that has ended also churns": (
        ended(10, T - 5 * DAY, start_date=T - 90 * DAY),
        [(T - 90 * DAY, "new"), (T - 5 * DAY, "churn")],
    ),
    "one still on trial has not started": (
        paying(10, "trialing", start_date=T - DAY, trial_end=T + DAY),
        [],
    ),
    "one that ended during its trial never paid": (
        ended(10, T - 5 * DAY, start_date=T - 9 * DAY, trial_end=T - 2 * DAY),
        [],
    ),
}


@pytest.mark.parametrize(("state", "expected"), FIRST_SEEN.values(), ids=FIRST_SEEN.keys())
def test_first_seen_in_mid_life(state, expected):
    kind = "terminal" if state["status"] == "canceled" else "point"
    found = moves([seen(state, T, kind=kind, event_id="read:sub_1:1")])
    assert [(m.occurred_at, m.kind) for m in found] == expected
    assert all(m.reconstructed for m in found)


def test_an_update_seen_first_tells_what_the_subscription_was_worth_before():
    before = paying(10, start_date=T - 90 * DAY)
    after = paying(25, start_date=T - 90 * DAY)
    assert kinds([seen(after, T, before=before)]) == [("new", 10), ("expansion", 15)]


def test_plans_and_intervals_travel_with_the_movement():
    yearly = subscription(items=[item(price("starter_monthly", "9000", "year"))])
    (first, second) = moves(history("s", (T, yearly), (T + DAY, paying(2_900))))
    assert (first.from_plan, first.to_plan, first.to_interval) == (None, "starter", "year")
    assert (second.from_plan, second.to_plan, second.to_interval) == ("starter", "pro", "month")
