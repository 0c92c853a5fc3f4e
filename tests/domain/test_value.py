"""Monthly value: published vectors, every interval, discounts, tiers, what cannot be valued."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lib.billing.domain.policy import PRESETS
from lib.billing.domain.references import References
from lib.billing.domain.value import CannotValue, item_values

from .states import discount, item, price, subscription

PORTSIDE, STRIPE, PROFITWELL = (PRESETS[p] for p in ("portside", "stripe", "profitwell"))
VECTORS = {v["id"]: v for v in json.loads((Path(__file__).parent / "vectors.json").read_text())}


def value(*items, discounts=None, policy=PORTSIDE, references=None, on=()) -> list[int]:
    state = subscription(items=list(items), discounts=list(on))
    return item_values(state, discounts or {}, policy.discounts, references or References())


def test_published_mixed_intervals():
    vector = VECTORS["stripe-mrr-mixed-intervals"]
    total = sum(
        row["count"]
        * value(item(price(amount=str(row["amount_minor"]), interval=row["interval"])))[0]
        for row in vector["in"]["subscriptions"]
    )
    assert total == vector["out"]["mrr_minor"]


def test_published_interval_factors():
    vector = VECTORS["interval-factors"]
    found = [
        value(
            item(
                price(
                    amount=str(v["amount_minor"]), interval=v["interval"], count=v["interval_count"]
                )
            )
        )[0]
        for v in vector["in"]
    ]
    assert found == vector["out"]


@pytest.mark.parametrize("duration", ["forever", "repeating", "once"])
def test_published_stripe_discounts(duration):
    vector = VECTORS["stripe-discounts"]
    terms = discount(percent_off=str(vector["in"]["percent_off"]), duration=duration)
    found = value(
        item(price(amount=str(vector["in"]["amount_minor"]))),
        discounts={"di_1": terms},
        policy=STRIPE,
        on=["di_1"],
    )
    assert found == [vector["out"][duration]]


def test_published_profitwell_discount():
    vector = VECTORS["profitwell-discount"]
    terms = discount(percent_off=str(vector["in"]["percent_off"]), duration="once")
    found = value(
        item(price(amount=str(vector["in"]["amount_minor"]), interval=vector["in"]["interval"])),
        discounts={"di_1": terms},
        policy=PROFITWELL,
        on=["di_1"],
    )
    assert found == [vector["out"]["mrr_minor"]]


TABLE = {
    "a week is 12/52 of a month": ([item(price(amount="300", interval="week"))], [1300]),
    "a day is 12/365 of a month": ([item(price(amount="100", interval="day"))], [3042]),
    "a half goes up": ([item(price(amount="6", interval="year"))], [1]),
    "a fraction of a cent is exact until the end": ([item(price(amount="0.5"), quantity=3)], [2]),
    "metered items count nothing": ([item(price(usage_type="metered"), quantity=None)], [0]),
    "a package is rounded up when its price says so": (
        [item(price(transform={"divide_by": 10, "round": "up"}), quantity=11)],
        [5800],
    ),
    "a package is rounded down when its price says so": (
        [item(price(transform={"divide_by": 10, "round": "down"}), quantity=19)],
        [2900],
    ),
    "yen has no minor digits to lose": ([item(price(amount="12000", interval="year"))], [1000]),
}


@pytest.mark.parametrize(("items", "worth"), TABLE.values(), ids=TABLE.keys())
def test_an_item_is_worth(items, worth):
    assert value(*items) == worth


TIERS = [
    {"up_to": 5, "unit_amount_decimal": "1000", "flat_amount_decimal": None},
    {"up_to": None, "unit_amount_decimal": "500", "flat_amount_decimal": "200"},
]


@pytest.mark.parametrize(
    ("mode", "quantity", "worth"),
    [("graduated", 5, 5000), ("graduated", 7, 6200), ("volume", 5, 5000), ("volume", 7, 3700)],
)
def test_tiers_are_evaluated(mode, quantity, worth):
    priced = price(amount=None, billing_scheme="tiered", tiers_mode=mode)
    references = References(prices={priced["id"]: {"tiers": TIERS}})
    assert value(item(priced, quantity=quantity), references=references) == [worth]


def test_amount_off_is_spread_by_monthly_value_and_never_goes_below_zero():
    items = [item(price(amount="3000")), item(price(amount="1000"))]
    off = {"di_1": discount(amount_off=1000)}
    assert value(*items, discounts=off, on=["di_1"]) == [2250, 750]
    much = {"di_1": discount(amount_off=9000)}
    assert value(*items, discounts=much, on=["di_1"]) == [0, 0]


def test_amount_off_a_yearly_invoice_is_a_twelfth_a_month():
    off = {"di_1": discount(amount_off=1200)}
    assert value(item(price(amount="12000", interval="year")), discounts=off, on=["di_1"]) == [900]


def test_stacked_and_item_discounts_multiply():
    items = [item(price(amount="10000"), discounts=["di_2"]), item(price(amount="10000"))]
    off = {"di_1": discount(percent_off="50"), "di_2": discount(percent_off="10")}
    assert value(*items, discounts=off, on=["di_1"]) == [4500, 5000]


UNKNOWN = {
    "an interval nobody knows": ([item(price(interval="fortnight"))], [], None),
    "a price that says no interval": ([item(price(interval=None))], [], None),
    "packages of no size": (
        [item(price(transform={"divide_by": 0, "round": "up"}))],
        [],
        None,
    ),
    "packages that do not say their size": (
        [item(price(transform={"divide_by": None, "round": None}))],
        [],
        None,
    ),
    "tiers that were never seen": (
        [item(price(amount=None, billing_scheme="tiered", tiers_mode="volume"))],
        [],
        "price:price_pro_monthly",
    ),
    "a discount whose terms were never seen": ([item()], ["di_9"], "discount:di_9"),
}


@pytest.mark.parametrize(("items", "on", "awaiting"), UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_cannot_be_valued_raises_and_says_what_it_waits_for(items, on, awaiting):
    with pytest.raises(CannotValue) as caught:
        value(*items, on=on)
    assert caught.value.awaiting == awaiting


def test_a_discount_that_only_names_its_coupon_uses_the_coupons_terms():
    references = References(coupons={"co_1": discount(percent_off="25")})
    assert value(item(), discounts={"di_1": discount()}, references=references, on=["di_1"]) == [
        2175
    ]
