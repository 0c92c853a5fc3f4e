"""What each button of a pricing table may do: every situation of a known customer, row by row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.domain.errors import NotFound
from lib.billing.domain.flow_situation import Neighbour
from lib.billing.domain.flows import Situation
from lib.billing.domain.pricing_offers import Offer, offer_for, price_in, table_for
from tests.domain.flow_rows import CONFIGURATION, customer, situation, subscription

NEWCOMER = replace(situation(), customer=customer(currency=None))
PRO = situation(subscription())
OFF = replace(CONFIGURATION, subscription_update=False)
SAME_ORG = Neighbour("cus_2", same_org=True, same_email=False, live=True, created_at=None)


def with_rows(*rows: Any, **over: Any) -> Situation:
    return replace(situation(*rows), **over)


CASES: dict[str, tuple[Situation, str | None, str, str, Offer]] = {
    "a newcomer starts": (NEWCOMER, "pro_monthly", "pro", "free", Offer("start")),
    "a newcomer has the free plan": (NEWCOMER, None, "free", "free", Offer("current")),
    "a plan without a price is nothing to press": (NEWCOMER, None, "deal", "free", Offer("none")),
    "who left may start again": (
        with_rows(subscription(status="canceled", live=False)),
        "pro_monthly",
        "pro",
        "free",
        Offer("start"),
    ),
    "the price that they have": (PRO, "pro_monthly", "pro", "pro", Offer("current")),
    "another price is confirmed in the portal": (
        PRO,
        "starter_monthly",
        "starter",
        "pro",
        Offer("change"),
    ),
    "the free plan is nothing to press for a subscriber": (
        PRO,
        None,
        "free",
        "pro",
        Offer("none"),
    ),
    "the portal changes no plans": (
        with_rows(subscription(), configuration=OFF),
        "starter_monthly",
        "starter",
        "pro",
        Offer("closed", "feature_off"),
    ),
    "a schedule is attached": (
        with_rows(subscription(schedule={"phases": []})),
        "starter_monthly",
        "starter",
        "pro",
        Offer("closed", "schedule_attached"),
    ),
    "it is winding down": (
        with_rows(subscription(winding_down=True, cancel_at_period_end=True)),
        "starter_monthly",
        "starter",
        "pro",
        Offer("closed", "winding_down"),
    ),
    "two subscriptions": (
        with_rows(subscription(), subscription(subscription_id="sub_2", plan="starter", items=[])),
        "starter_monthly",
        "starter",
        "pro",
        Offer("closed", "subscription_required"),
    ),
    "the organization has another customer who pays": (
        replace(NEWCOMER, neighbours=(SAME_ORG,)),
        "pro_monthly",
        "pro",
        "free",
        Offer("closed", "org_subscribed"),
    ),
    "deleted in Stripe": (
        with_rows(customer=customer(deleted=True)),
        "pro_monthly",
        "pro",
        "free",
        Offer("closed", "customer_deleted"),
    ),
    "billed in another currency for life": (
        with_rows(customer=customer(currency="eur")),
        "pro_monthly",
        "pro",
        "free",
        Offer("closed", "other_currency"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_an_offer_for(case: tuple[Situation, str | None, str, str, Offer]) -> None:
    found, lookup_key, plan, current, expected = case
    assert offer_for(lookup_key, plan, found, current) == expected


TABLES: Catalog = parse_catalog(
    """
default_plan = "free"
[plans.pro]
rank = 1
[[plans.pro.prices]]
lookup_key = "pro_monthly"
interval = "month"
[plans.secret]
rank = 2
published = false
[[plans.secret.prices]]
lookup_key = "secret_monthly"
interval = "month"
[plans.seat]
group = "extra"
[[plans.seat.prices]]
lookup_key = "seat_monthly"
interval = "month"
[tables.main]
group = "core"
state = "live"
default = true
[tables.later]
group = "core"
[tables.members]
group = "extra"
state = "live"
hidden_at_sign_up = true
"""
)


@pytest.mark.parametrize(
    ("key", "known", "found"),
    [
        ("main", False, "main"),
        (None, False, "main"),
        ("members", True, "members"),
        ("members", False, None),
        ("later", True, None),
        ("later", False, None),
        ("nothing", True, None),
    ],
)
def test_a_table_is_shown_or_unknown(key: str | None, known: bool, found: str | None) -> None:
    if found is not None:
        assert table_for(TABLES, key, known=known).key == found
        return
    with pytest.raises(NotFound) as caught:
        table_for(TABLES, key, known=known)
    assert caught.value.code == "table_unknown"


@pytest.mark.parametrize("lookup_key", ["secret_monthly", "seat_monthly", "gold", ""])
def test_only_what_a_table_shows_can_be_chosen_in_it(lookup_key: str) -> None:
    table = TABLES.tables["main"]
    assert price_in(TABLES, table, "pro_monthly")[0].slug == "pro"
    with pytest.raises(NotFound) as caught:
        price_in(TABLES, table, lookup_key)
    assert caught.value.code == "plan_unknown"


def test_the_only_live_table_is_the_default_one_even_unsaid() -> None:
    catalog = parse_catalog('default_plan = "free"\n[tables.a]\ngroup = "core"\nstate = "live"')
    assert table_for(catalog, None, known=False).key == "a"
