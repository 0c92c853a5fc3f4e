"""The published numbers on MRR and movements, copied here, each with who published it.

A number that its publisher misprinted says so; `lib.billing.domain.published` tells it to readers.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.movements import movements
from lib.billing.domain.policy import PRESETS
from lib.billing.domain.project import project
from lib.billing.domain.published import MISPRINTS

from .states import CATALOG, discount, item, price, seen, subscription
from .test_movements import DAY, T, ended, history, paying

VECTORS = {v["id"]: v for v in json.loads((Path(__file__).parent / "vectors.json").read_text())}
MRR_AND_MOVEMENTS = {"mrr", "movements", "churned_revenue"}


def mrr(state, policy="portside", told=()) -> int:
    fold = fold_customer("c", [*told, seen(state, T)], Rules(CATALOG, PRESETS[policy]))
    (row,) = project(fold).subscriptions
    return row.mrr_minor or 0


def bought(amount: int, interval: str, count: int = 1, **over):
    return subscription(
        items=[item(price(amount=str(amount), interval=interval, count=count))], **over
    )


WORTH = {
    # Stripe Billing glossary; its printed formula says 800 ÷ 12, the stated 12,500 needs 600 ÷ 12.
    "stripe-mrr-mixed-intervals": (
        lambda: 100 * mrr(bought(10_000, "month")) + 50 * mrr(bought(60_000, "year")),
        1_250_000,
    ),
    # 52/12 weeks and 365/12 days a month; half up, an item, once.
    "interval-factors": (
        lambda: [
            mrr(bought(30_000, "month", 3)),
            mrr(bought(240_000, "year", 2)),
            mrr(bought(5_000, "week", 2)),
        ],
        [10_000, 10_000, 10_833],
    ),
    # Stripe support, discounts and MRR.
    "stripe-discounts": (
        lambda: {
            duration: mrr(
                bought(10_000, "month", discounts=["di_1"]),
                "stripe",
                [
                    seen(
                        discount(percent_off="50", duration=duration),
                        T - DAY,
                        object_type="discount",
                        object_id="di_1",
                    )
                ],
            )
            for duration in ("forever", "repeating", "once")
        },
        {"forever": 5_000, "repeating": 10_000, "once": 10_000},
    ),
    # ProfitWell comparison.
    "profitwell-discount": (
        lambda: {
            "mrr_minor": mrr(
                bought(12_000, "year", discounts=["di_1"]),
                "profitwell",
                [
                    seen(
                        discount(percent_off="10", duration="once"),
                        T - DAY,
                        object_type="discount",
                        object_id="di_1",
                    )
                ],
            )
        },
        {"mrr_minor": 900},
    ),
}


@pytest.mark.parametrize(("computed", "printed"), WORTH.values(), ids=WORTH.keys())
def test_what_subscriptions_are_worth(computed, printed):
    assert computed() == printed


def moved(*lives, policy="portside"):
    told = [observation for life in lives for observation in life]
    found = movements(fold_customer("cus_1", told, Rules(CATALOG, PRESETS[policy])))
    return [(m.kind, m.delta_minor) for m in found]


# Stripe Billing glossary: from 100,000 by 10,000 new, 5,000 expansion, 4,000 contraction, 6,000
# churn and −500 of exchange rates to 104,500, a growth of 4,500.
ROLL_FORWARD = (
    history("stays", (T - 9 * DAY, paying(85_000)), (T, paying(90_000))),
    history("less", (T - 9 * DAY, paying(9_000)), (T, paying(5_000))),
    history("leaves", (T - 9 * DAY, paying(6_000)), (T, ended(6_000, T))),
    history("comes", (T, paying(10_000))),
)


def test_the_published_roll_forward():
    sums: Counter[str] = Counter()
    opening = 0
    for life in ROLL_FORWARD:
        for m in movements(fold_customer("cus_1", life, Rules(CATALOG))):
            if m.occurred_at < T:
                opening += m.delta_minor
            else:
                sums[m.kind] += m.delta_minor
    assert opening == 100_000
    assert sums == {"new": 10_000, "expansion": 5_000, "contraction": -4_000, "churn": -6_000}
    exchange = -500
    assert sum(sums.values()) + exchange == 4_500
    assert opening + sum(sums.values()) + exchange == 104_500


def test_the_published_churned_revenue():
    # Stripe Billing glossary: 120 a year canceled and 50 lowered to 25 are 35 a month.
    canceled = moved(
        history(
            "s",
            (T, paying(12_000, interval="year")),
            (T + DAY, ended(12_000, T + DAY, interval="year")),
        )
    )
    lowered = moved(history("s", (T, paying(5_000)), (T + DAY, paying(2_500))))
    assert (canceled[-1], lowered[-1]) == (("churn", -1_000), ("contraction", -2_500))
    assert -(canceled[-1][1] + lowered[-1][1]) == 3_500


def test_the_published_life_cycle():
    # ChartMogul help 201244842; the last two steps are derived from it.
    gold = {"quantity": 4, "interval": "year"}
    found = moved(
        history(
            "gold",
            (T, paying(50_000, **gold)),
            (T + 4 * DAY, ended(50_000, T + 4 * DAY, **gold)),
        ),
        history(
            "silver",
            (T + DAY, paying(3_000, quantity=2)),
            (T + 2 * DAY, ended(3_000, T + 2 * DAY, quantity=2)),
        ),
        history("again", (T + 5 * DAY, paying(5_000, quantity=3))),
        policy="chartmogul",
    )
    assert found == [
        ("new", 16_667),
        ("expansion", 6_000),
        ("contraction", -6_000),
        ("churn", -16_667),
        ("reactivation", 15_000),
    ]


def test_the_published_price_cut():
    # Chargebee: from 100 to 70 is a contraction of 30 and nobody has churned.
    assert moved(history("s", (T, paying(10_000)), (T + DAY, paying(7_000)))) == [
        ("new", 10_000),
        ("contraction", -3_000),
    ]


COPIED = {
    **{name: printed for name, (_, printed) in WORTH.items()},
    "stripe-mrr-mixed-intervals": {"mrr_minor": 1_250_000},
    "stripe-roll-forward": {"growth": 4_500, "closing": 104_500},
    "stripe-churned-revenue": {"minor": 3_500},
    "chartmogul-life-cycle": [
        ["new", 16_667],
        ["expansion", 6_000],
        ["contraction", -6_000],
        ["churn", -16_667],
        ["reactivation", 15_000],
    ],
    "price-cut-is-contraction": {"customer_churn": 0, "contraction_minor": -3_000},
}


def test_what_is_copied_here_is_what_was_published_and_nothing_is_left_out():
    published = {n: v["out"] for n, v in VECTORS.items() if v["metric"] in MRR_AND_MOVEMENTS}
    assert published == COPIED


def test_every_misprint_is_told_and_none_other():
    told = {misprint.vector for misprint in MISPRINTS}
    assert told == {name for name, v in VECTORS.items() if "print" in v["source"]}
