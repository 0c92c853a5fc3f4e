"""The traps that real systems fell into, as far as MRR and movements are concerned.

Each has its number: what was told in, movements and MRR of now out.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.movements import movements
from lib.billing.domain.policy import PRESETS
from lib.billing.domain.project import project
from lib.billing.domain.ratio import Ratio
from lib.billing.domain.references import References
from lib.billing.domain.value import CannotValue, months_in
from tests.reports.ledger import invoice

from .states import CATALOG, discount, item, price, seen, subscription
from .test_movements import DAY, T, ended, history, paying


def coupon(percent: str, duration: str) -> dict[str, object]:
    return {
        "percent_off": percent, "amount_off": None, "currency": None, "duration": duration,
        "duration_in_months": None, "name": None,
    }  # fmt: skip


COUPONS = References(coupons={"ALL": coupon("100", "forever"), "HALF": coupon("50", "repeating")})
GIVEN = seen(discount(coupon="ALL"), T, object_type="discount", object_id="di_all")
HALVED = seen(discount(coupon="HALF"), T, object_type="discount", object_id="di_half")


def leaving(**how):
    return history("s", (T, paying(10)), (T + DAY, paying(10, canceled_at=T + DAY, **how)))


AT_THE_END = [(0, "new", 10)]
AT_ONCE = [(0, "new", 10), (1, "churn", -10)]
SWAP = [
    *history("a", (T, paying(10)), (T + DAY, ended(10, T + DAY))),
    *history("b", (T + DAY + 300, paying(30))),
]

TRAPS = {
    "trap 1: cancel_at only": ("portside", leaving(cancel_at=T + 9 * DAY), AT_THE_END, 10),
    "trap 1: cancel_at only, leaving when scheduled": (
        "stripe",
        leaving(cancel_at=T + 9 * DAY),
        AT_ONCE,
        0,
    ),
    "trap 1: the boolean only": ("portside", leaving(cancel_at_period_end=True), AT_THE_END, 10),
    "trap 1: the boolean only, leaving when scheduled": (
        "stripe",
        leaving(cancel_at_period_end=True),
        AT_ONCE,
        0,
    ),
    "trap 1: both": (
        "stripe",
        leaving(cancel_at=T + 9 * DAY, cancel_at_period_end=True),
        AT_ONCE,
        0,
    ),
    "trap 1: both in the past, and its end is awaited": (
        "portside",
        leaving(cancel_at=T - DAY, cancel_at_period_end=True),
        AT_THE_END,
        10,
    ),
    "trap 3: past due and active again is no reactivation": (
        "portside",
        history("s", (T, paying(10)), (T + DAY, paying(10, "past_due")), (T + 9 * DAY, paying(10))),
        AT_THE_END,
        10,
    ),
    "trap 4: one of two subscriptions canceled is contraction": (
        "portside",
        [
            *history("a", (T, paying(10)), (T + DAY, ended(10, T + DAY))),
            *history("b", (T, paying(7))),
        ],
        [(0, "new", 17), (1, "contraction", -10)],
        7,
    ),
    "trap 5: a plan swapped by delete and create within minutes is no churn": (
        "portside",
        SWAP,
        [(0, "new", 10), (1, "expansion", 20)],
        30,
    ),
    "trap 6: a trial that becomes active counts while its first invoice is unpaid": (
        "portside",
        history("s", (T, paying(10, "trialing")), (T + DAY, paying(10, latest_invoice="in_1"))),
        [(1, "new", 10)],
        10,
    ),
    "trap 6: and is churn once it is unpaid": (
        "portside",
        history(
            "s",
            (T, paying(10, "trialing")),
            (T + DAY, paying(10, latest_invoice="in_1")),
            (T + 2 * DAY, paying(10, "past_due", latest_invoice="in_1")),
            (T + 9 * DAY, paying(10, "unpaid", latest_invoice="in_1")),
        ),
        [(1, "new", 10), (9, "churn", -10)],
        0,
    ),
    "trap 7: a coupon of 100 % for ever is churn": (
        "portside",
        [GIVEN, *history("s", (T, paying(10)), (T + DAY, paying(10, discounts=["di_all"])))],
        AT_ONCE,
        0,
    ),
    "trap 7: and contraction for chartmogul": (
        "chartmogul",
        [GIVEN, *history("s", (T, paying(10)), (T + DAY, paying(10, discounts=["di_all"])))],
        [(0, "new", 10), (1, "contraction", -10)],
        0,
    ),
    "trap 8: a repeating coupon that ends is no expansion": (
        "portside",
        [HALVED, *history("s", (T, paying(10, discounts=["di_half"])), (T + DAY, paying(10)))],
        AT_THE_END,
        10,
    ),
    "trap 8: and is one where such coupons were taken off": (
        "profitwell",
        [HALVED, *history("s", (T, paying(10, discounts=["di_half"])), (T + DAY, paying(10)))],
        [(0, "new", 5), (1, "expansion", 5)],
        10,
    ),
    "trap 14: duplicates count once": (
        "portside",
        [*SWAP, *SWAP],
        [(0, "new", 10), (1, "expansion", 20)],
        30,
    ),
    "trap 15: canceled in the backfill begins and ends in its own time": (
        "portside",
        [seen(ended(10, T - 5 * DAY, start_date=T - 90 * DAY), T, kind="terminal")],
        [(-90, "new", 10), (-5, "churn", -10)],
        0,
    ),
    "trap 18: canceled in one month and ended in another is one churn": (
        "portside",
        [
            *leaving(cancel_at_period_end=True),
            seen(
                ended(10, T + 70 * DAY, cancel_at_period_end=True, canceled_at=T + DAY),
                T + 70 * DAY,
                kind="terminal",
                object_id="s",
            ),
        ],
        [(0, "new", 10), (70, "churn", -10)],
        0,
    ),
    "trap 18: also where MRR leaves when scheduled": (
        "stripe",
        [
            *leaving(cancel_at_period_end=True),
            seen(
                ended(10, T + 70 * DAY, cancel_at_period_end=True, canceled_at=T + DAY),
                T + 70 * DAY,
                kind="terminal",
                object_id="s",
            ),
        ],
        AT_ONCE,
        0,
    ),
    "trap 20: incomplete grants nothing": (
        "portside",
        history("s", (T, paying(10, "incomplete"))),
        [],
        0,
    ),
    "trap 20: incomplete that expires is never churn": (
        "portside",
        history("s", (T, paying(10, "incomplete")), (T + DAY, paying(10, "incomplete_expired"))),
        [],
        0,
    ),
}


def rules_of(policy: str) -> Rules:
    return Rules(CATALOG, PRESETS[policy], COUPONS)


def moved(told, policy: str = "portside"):
    found = movements(fold_customer("cus_1", told, rules_of(policy)))
    return [((m.occurred_at - T) // DAY, m.kind, m.delta_minor) for m in found]


def rows(told, policy: str = "portside"):
    return project(fold_customer("cus_1", told, rules_of(policy))).subscriptions


def mrr(told, policy: str = "portside") -> dict[str | None, int]:
    found: dict[str | None, int] = defaultdict(int)
    for row in rows(told, policy):
        found[row.currency] += row.mrr_minor or 0
    return dict(found)


@pytest.mark.parametrize(("policy", "told", "expected", "now"), TRAPS.values(), ids=TRAPS.keys())
def test_trap(policy, told, expected, now):
    assert moved(told, policy) == expected
    assert moved(told[::-1], policy) == expected
    assert mrr(told, policy) == {"usd": now}


def test_trap_2_the_earliest_item_ends_first_and_intervals_are_not_mixed():
    items = [
        item(price("pro_yearly", "12000", "year"), id="si_1", end=T + 300 * DAY),
        item(price("pro_monthly", "500"), id="si_2", end=T + 20 * DAY),
    ]
    told = history("s", (T, subscription(items=items, cancel_at_period_end=True)))
    (row,) = rows(told)
    assert row.current_period_end == row.ends_at == T + 20 * DAY
    assert row.mrr_minor == 1_000 + 500


def test_trap_9_item_0_may_be_an_add_on():
    items = [
        item(price("an_add_on", "700"), id="si_1"),
        item(price("pro_monthly", "2900"), id="si_2"),
    ]
    (row,) = rows(history("s", (T, subscription(items=items))))
    assert (row.plan, row.mrr_minor) == ("pro", 3_600)
    (movement,) = movements(
        fold_customer("cus_1", history("s", (T, subscription(items=items))), rules_of("portside"))
    )
    assert (movement.to_plan, movement.delta_minor) == ("pro", 3_600)


WEEKS = {
    "weekly is 52 in 12 months": ("week", 1, 1_000, 4_333),
    "every second week is half of it": ("week", 2, 1_000, 2_167),
    "daily is 365 in 12 months": ("day", 1, 100, 3_042),
    "every tenth day is a tenth": ("day", 10, 100, 304),
}


@pytest.mark.parametrize(("interval", "count", "amount", "worth"), WEEKS.values(), ids=WEEKS.keys())
def test_trap_10(interval, count, amount, worth):
    state = subscription(items=[item(price(amount=str(amount), interval=interval, count=count))])
    told = history("s", (T, state))
    assert mrr(told) == {"usd": worth}
    assert moved(told) == [(0, "new", worth)]
    assert worth not in (0, amount, amount * 4, amount * 30)


@pytest.mark.parametrize("interval", ["fortnight", "", None])
def test_trap_11_an_unknown_interval_raises_and_never_is_nothing(interval):
    with pytest.raises(CannotValue, match="billing interval"):
        months_in(interval, 1)
    told = history("s", (T, subscription(items=[item(price(interval=interval))])))
    (row,) = rows(told)
    assert row.mrr_minor is None
    assert "interval" in (row.mrr_note or "")


def test_trap_12_currencies_are_never_summed_whatever_their_decimals():
    told = [
        observation
        for number, (code, amount) in enumerate((("jpy", "4300"), ("kwd", "8950"), ("usd", "29")))
        for observation in history(
            f"s{number}",
            (T, subscription(currency=code, items=[item(price(amount=amount, currency=code))])),
        )
    ]
    assert mrr(told) == {"jpy": 4_300, "kwd": 8_950, "usd": 29}
    found = movements(fold_customer("cus_1", told, rules_of("portside")))
    assert [(m.currency, m.kind, m.delta_minor) for m in found] == [
        ("jpy", "new", 4_300),
        ("kwd", "new", 8_950),
        ("usd", "new", 29),
    ]


def test_trap_14_changes_of_one_second_end_where_their_trail_ends():
    first, second, third = paying(10), paying(20), paying(30)
    told = [
        seen(first, T, kind="created", object_id="s", event_id="evt_3"),
        seen(third, T + DAY, before=second, object_id="s", event_id="evt_1"),
        seen(second, T + DAY, before=first, object_id="s", event_id="evt_2"),
    ]
    for order in (told, told[::-1]):
        assert moved(order) == [(0, "new", 10), (1, "expansion", 20)]
        assert mrr(order) == {"usd": 30}


def test_trap_19_a_late_payment_on_an_ended_subscription_is_no_mrr():
    told = history("s", (T, paying(10)), (T + DAY, ended(10, T + DAY)))
    paid = invoice("paid", subscription="s", paid_at=T + 9 * DAY, amount_paid=10)
    late = [
        *told,
        seen(invoice(subscription="s"), T, object_type="invoice", object_id="in_1"),
        seen(paid, T + 9 * DAY, object_type="invoice", object_id="in_1"),
    ]
    assert moved(late) == moved(told) == AT_ONCE
    assert mrr(late) == {"usd": 0}


def test_trap_22_a_zero_denominator_is_absent_and_says_why_and_a_tiny_one_is_marked():
    nothing, tiny, enough = Ratio(0, 0, 0), Ratio(1, 19, 19), Ratio(1, 20, 20)
    assert (nothing.value, nothing.reason) == (None, "The denominator is zero.")
    assert (tiny.value, tiny.small) == (0.052632, True)
    assert (enough.value, enough.small) == (0.05, False)
