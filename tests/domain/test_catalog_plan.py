"""What has to be written, and what is in the way: a catalogue and Stripe in, steps out."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.catalog_live import (
    Attached,
    Held,
    LiveCatalog,
    LiveFeature,
    LivePrice,
    LiveProduct,
    Marks,
    terms_of,
)
from lib.billing.domain.catalog_plan import plan
from lib.billing.domain.observations import State

SOLD = """
default_plan = "free"
[features.api]
name = "API access"
[plans.pro]
features = ["api"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
interval = "month"
amount = 2900
"""


def price(key: str | None = "pro_monthly", amount: str | None = "2900", **over: Any) -> LivePrice:
    state: State = {
        "lookup_key": key,
        "product": "portside_pro",
        "currency": "usd",
        "unit_amount_decimal": amount,
        "interval": "month",
        "interval_count": 1,
        "usage_type": "licensed",
        "billing_scheme": "per_unit",
        "tiers_mode": None,
        "transform": None,
        "tax_behavior": "exclusive",
        "tiers": None,
        "active": True,
        "type": "recurring",
        "nickname": None,
    }
    return LivePrice(over.pop("id", "price_1"), state | over)


MARKS = Marks("pro", "organizations", "usd")
API = LiveFeature("feat_api", "api", "API access", managed=True)


def live(*prices: LivePrice, attached: tuple[str, ...] = ("api",), **over: Any) -> LiveCatalog:
    features = tuple(Attached(f"prodft_{key}", f"feat_{key}", key) for key in attached)
    product = LiveProduct("portside_pro", "Pro", True, MARKS, features)
    options = {"products": {product.id: product}, "features": {"api": API}} | over
    return LiveCatalog(prices={each.id: each for each in prices}, **options)


def steps(sold: str, known: LiveCatalog) -> list[tuple[str, str, str | None]]:
    return [(s.action, s.name, s.target) for s in plan(parse_catalog(sold), known, {}).steps]


CASES: dict[str, tuple[str, LiveCatalog, list[tuple[str, str, str | None]]]] = {
    "nothing differs": (SOLD, live(price()), []),
    "the amount is spelled otherwise": (SOLD, live(price(amount="2900.0")), []),
    "no price yet": (SOLD, live(), [("price.create", "pro_monthly", None)]),
    "another amount": (
        SOLD,
        live(price(amount="3000")),
        [("price.version", "pro_monthly", "price_1")],
    ),
    "half a cent more": (
        SOLD,
        live(price(amount="2900.5")),
        [("price.version", "pro_monthly", "price_1")],
    ),
    "archived": (
        SOLD,
        live(price(active=False)),
        [("price.activate", "pro_monthly", "price_1")],
    ),
    "no amount in the file": (
        SOLD.replace("amount = 2900\n", ""),
        live(price(amount="1")),
        [],
    ),
    "there by its id, without a lookup key": (
        SOLD.replace("interval", 'price_ids = ["price_1"]\ninterval'),
        live(price(None)),
        [("price.name", "pro_monthly", "price_1")],
    ),
    "there by its id, at another amount": (
        SOLD.replace("interval", 'price_ids = ["price_1"]\ninterval'),
        live(price(None, "100")),
        [("price.create", "pro_monthly", None)],
    ),
    "a feature that is missing on the product": (
        SOLD,
        live(price(), attached=()),
        [("feature.attach", "api", None)],
    ),
    "a feature that Stripe has not": (
        SOLD,
        live(price(), attached=(), features={}),
        [("feature.create", "api", None), ("feature.attach", "api", None)],
    ),
    "a feature that was archived and made again": (
        SOLD,
        live(price(), features={"api": LiveFeature("feat_new", "api", "API access")}),
        [("feature.attach", "api", None)],
    ),
    "a feature of the file on a plan that has it no more": (
        SOLD.replace('features = ["api"]', "features = []"),
        live(price()),
        [("feature.detach", "api", "prodft_api")],
    ),
    "a feature that somebody else attached": (SOLD, live(price(), attached=("api", "own")), []),
    "a plan without any price": (
        'default_plan = "free"\n[plans.x]\nfeatures = ["api"]',
        live(),
        [],
    ),
}


@pytest.mark.parametrize(("sold", "known", "expected"), CASES.values(), ids=CASES.keys())
def test_steps(sold: str, known: LiveCatalog, expected: list[tuple[str, str, str | None]]) -> None:
    assert steps(sold, known) == expected


def test_a_new_version_keeps_what_the_file_does_not_say() -> None:
    known = live(price(amount="3000", tax_behavior="inclusive"))
    (step,) = plan(parse_catalog(SOLD + 'tax_behavior = "exclusive"\n'), known, {}).steps
    assert step.wanted == {
        "product": "portside_pro",
        "lookup_key": "pro_monthly",
        "amount": 2900,
        "currency": "usd",
        "interval": "month",
        "interval_count": 1,
        "usage": "licensed",
        "meter": None,
        "tax_behavior": "inclusive",
        "plan": "pro",
        "instead_of": "price_1",
    }


PROBLEMS: dict[str, tuple[str, LiveCatalog, str]] = {
    "a price that cannot be made": (
        SOLD.replace("amount = 2900\n", ""),
        live(),
        "price_unmakeable",
    ),
    "tiers": (SOLD, live(price(amount=None, billing_scheme="tiered")), "price_shape"),
    "packages": (
        SOLD,
        live(price(amount="1", transform={"divide_by": 5, "round": "up"})),
        "price_shape",
    ),
    "a new version without its meter": (
        SOLD + 'usage = "metered"\n',
        live(price(amount="1", usage_type="metered")),
        "price_unmakeable",
    ),
    "holders that nothing would map": (
        SOLD,
        LiveCatalog(
            {"prod_x": LiveProduct("prod_x", "Pro", True, MARKS)},
            {"price_1": price(amount="1", product="prod_x")},
        ),
        "holders_unmapped",
    ),
}


@pytest.mark.parametrize(("sold", "known", "code"), PROBLEMS.values(), ids=PROBLEMS.keys())
def test_what_is_in_the_way(sold: str, known: LiveCatalog, code: str) -> None:
    planned = plan(parse_catalog(sold), known, {})
    assert [each.code for each in planned.problems] == [code]
    assert not planned.clean


def test_old_versions_are_listed_with_who_holds_them() -> None:
    old = LivePrice("price_0", price(None, "1900").state, version_of="pro_monthly")
    held = {
        "price_0": Held(("cus_1", "cus_2"), 2, {"usd": 3800}),
        "price_1": Held(("cus_3",), 1, {"usd": 2900}),
        "price_elsewhere": Held(("cus_4",), 1, {"usd": 1}),
    }
    planned = plan(parse_catalog(SOLD), live(old, price()), held)
    assert planned.clean
    assert [each.sentence() for each in planned.versions] == [
        "pro_monthly: price_0 (19.00 USD a month) of pro is an old version, held by "
        "2 customers, MRR 38.00 USD. They keep it."
    ]
    dearer = plan(parse_catalog(SOLD.replace("2900", "3400")), live(old, price()), held)
    assert [(each.price_id, each.replaced) for each in dearer.versions] == [
        ("price_0", False),
        ("price_1", True),
    ]


def test_a_price_that_the_file_does_not_name_is_no_old_version() -> None:
    other = LivePrice("price_0", price("pro_monthly_old", "1900").state)
    (version,) = plan(
        parse_catalog(SOLD), live(other, price()), {"price_0": Held(("cus_1",), 1, {"usd": 1900})}
    ).versions
    assert version.sentence().startswith(
        "pro_monthly_old: price_0 (19.00 USD a month) of pro is not in the file, held by 1 customer"
    )


def test_the_mark_is_another_one_whenever_something_else_would_be_done() -> None:
    marks = {
        plan(parse_catalog(sold), known, {}).mark
        for sold, known in (
            (SOLD, live(price())),
            (SOLD, live()),
            (SOLD, live(price(amount="1"))),
            (SOLD, live(price(amount="2"))),
            (SOLD.replace("2900", "2800"), live()),
        )
    }
    assert len(marks) == 5
    assert plan(parse_catalog(SOLD), live(), {}).mark in marks


TERMS = {
    "cents": ({}, "29.00 USD a month"),
    "no decimals": ({"currency": "jpy", "unit_amount_decimal": "4300"}, "4300 JPY a month"),
    "three decimals": ({"currency": "kwd", "unit_amount_decimal": "8950"}, "8.950 KWD a month"),
    "parts of a cent": ({"unit_amount_decimal": "0.5"}, "0.5 minor units USD a month"),
    "tiers": ({"unit_amount_decimal": None}, "a tiered amount a month"),
    "every quarter": ({"interval_count": 3}, "29.00 USD every 3 months"),
    "once": ({"interval": None}, "29.00 USD"),
}


@pytest.mark.parametrize(("over", "said"), TERMS.values(), ids=TERMS.keys())
def test_terms_are_spoken(over: State, said: str) -> None:
    assert terms_of(price().state | over) == said
