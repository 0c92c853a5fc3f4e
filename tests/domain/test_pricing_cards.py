"""Pricing tables as customers see them."""

from __future__ import annotations

import pytest

from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.domain.plans import PricingTable
from lib.billing.domain.pricing_cards import (
    Card,
    CardFeature,
    CardLimit,
    currencies_of,
    pricing_cards,
    terms_of_table,
)

FILE = """
currency = "usd"
default_plan = "free"

[features.api]
name = "API access"

[plans.free]
name = "Free"

[plans.pro]
name = "Pro"
rank = 20
features = ["api", "single_sign_on"]
limits = { seats = 10 }
highlight = "Most popular"
cta = "Upgrade"
bullets = ["All of it"]
prices = [
    { lookup_key = "pro_year", interval = "year", amount = 29000 },
    { lookup_key = "pro_quarter", interval = "month", interval_count = 3, amount = 8700 },
    { lookup_key = "pro_month", interval = "month", amount = 2900 },
    { lookup_key = "pro_calls", interval = "month", amount = 5, usage = "metered", meter = "m" },
    { lookup_key = "pro_eur", interval = "month", amount = 2700, currency = "eur" },
    { lookup_key = "pro_week_jpy", interval = "week", amount = 900, currency = "jpy" },
    { price_ids = ["price_old"], interval = "month", amount = 1900 },
]

[plans.starter]
name = "Starter"
rank = 10
prices = [{ lookup_key = "starter_month", interval = "month", amount = 0 }]

[plans.next]
published = false
rank = 30

[plans.other]
group = "other"
"""
CATALOG = parse_catalog(FILE)
MAIN = PricingTable("main", "core")


def _cards(currency: str = "usd", interval: str = "month") -> dict[str, Card]:
    found = pricing_cards(CATALOG, MAIN, currency=currency, interval=interval)
    return {card.plan: card for card in found}


def _price(card: Card) -> str | None:
    return card.price.lookup_key if card.price else None


def test_the_published_plans_of_the_group_stand_in_order_of_rank() -> None:
    assert list(_cards()) == ["free", "starter", "pro"]


def test_a_card_carries_the_words_features_and_limits_of_its_plan() -> None:
    card = _cards()["pro"]
    assert (card.name, card.highlight, card.cta) == ("Pro", "Most popular", "Upgrade")
    assert card.bullets == ("All of it",)
    assert card.features == (
        CardFeature("api", "API access"),
        CardFeature("single_sign_on", "Single sign on"),
    )
    assert card.limits == (CardLimit("seats", 10),)


@pytest.mark.parametrize(
    ("currency", "interval", "sold"),
    [
        pytest.param("usd", "month", "pro_month", id="by the month"),
        pytest.param("usd", "year", "pro_year", id="by the year"),
        pytest.param("usd", "3-month", "pro_quarter", id="by the quarter"),
        pytest.param("eur", "month", "pro_eur", id="another currency"),
        pytest.param("eur", "year", None, id="not sold in this term"),
        pytest.param("gbp", "month", None, id="not sold in this currency"),
    ],
)
def test_the_price_is_the_one_of_currency_and_term(
    currency: str, interval: str, sold: str | None
) -> None:
    assert _price(_cards(currency, interval)["pro"]) == sold


def test_a_price_with_ids_alone_is_offered_nowhere() -> None:
    keys = [price.lookup_key for price in _cards()["pro"].offers]
    assert keys == ["pro_month", "pro_quarter", "pro_year"]


def test_what_is_charged_by_use_stands_beside_the_price_of_the_same_term() -> None:
    assert [price.lookup_key for price in _cards()["pro"].metered] == ["pro_calls"]
    assert _cards(interval="year")["pro"].metered == ()


def test_a_plan_is_free_by_default_or_by_a_price_of_nothing() -> None:
    cards = _cards()
    assert [(slug, card.default, card.free) for slug, card in cards.items()] == [
        ("free", True, True),
        ("starter", False, True),
        ("pro", False, False),
    ]
    assert not _cards("eur")["starter"].free  # it is not sold there


@pytest.mark.parametrize(
    ("interval", "saving"),
    [
        pytest.param("year", 16, id="two months of twelve, rounded down"),
        pytest.param("3-month", None, id="as dear as three months"),
        pytest.param("month", None, id="the month itself"),
    ],
)
def test_a_longer_term_says_what_it_saves(interval: str, saving: int | None) -> None:
    assert _cards(interval=interval)["pro"].saving == saving


def test_a_table_says_what_it_sells_in() -> None:
    assert currencies_of(CATALOG, MAIN) == ("usd", "eur", "jpy")
    assert terms_of_table(CATALOG, MAIN, "usd") == ("month", "3-month", "year")
    assert terms_of_table(CATALOG, MAIN, "jpy") == ("week",)


def test_a_catalogue_that_sells_nothing_has_cards_and_no_currency() -> None:
    bare: Catalog = parse_catalog('default_plan = "free"')
    (card,) = pricing_cards(bare, bare.tables["core"], currency="usd", interval="month")
    assert (card.free, card.price, currencies_of(bare, MAIN)) == (True, None, ())
