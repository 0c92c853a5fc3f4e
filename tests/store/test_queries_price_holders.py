"""Who holds which price, counted in the database as the slow way counts it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.store.engine import Store
from lib.billing.store.queries import price_holders
from lib.billing.store.queries.holders import prices_in_use
from tests.catalog.test_impact import SOLD
from tests.stripe import shapes

SEATS = shapes.price("price_seats", 500, lookup_key=None, product="prod_seats")
TIERED = shapes.price("price_tiered", lookup_key=None, billing_scheme="tiered") | {
    "tiers_mode": "graduated",
    "unit_amount": None,
    "unit_amount_decimal": None,
}
YEN = shapes.price("price_yen", 4300, currency="jpy", lookup_key=None)
CALLS = shapes.price("price_calls", 2, lookup_key=None)
CALLS["recurring"] = CALLS["recurring"] | {"usage_type": "metered"}

SUBSCRIPTIONS: Mapping[str, tuple[list[Any], dict[str, Any]]] = {
    "1": ([shapes.item("si_1"), shapes.item("si_2", SEATS, quantity=3)], {}),
    "2": ([shapes.item("si_3", quantity=1)], {"status": "trialing"}),
    "3": ([shapes.item("si_4", quantity=1)], {"status": "canceled", "ended_at": shapes.NOW}),
    "4": ([shapes.item("si_5", YEN, quantity=1)], {"currency": "jpy"}),
    "5": ([shapes.item("si_6", TIERED)], {}),
    "6": ([shapes.item("si_7", quantity=1), shapes.item("si_8", CALLS, quantity=None)], {}),
    "7": ([shapes.item("si_9", quantity=2)], {"customer": "cus_6"}),
}


@pytest.fixture
def held(store: Store) -> Store:
    def event(name: str) -> dict[str, Any]:
        items, over = SUBSCRIPTIONS[name]
        told = {"customer": f"cus_{name}"} | over
        made = shapes.subscription(*items, id=f"sub_{name}", **told)
        return shapes.event("customer.subscription.created", made) | {"id": f"evt_{name}"}

    Ingest(store, Rules(parse_catalog(SOLD)), clock=lambda: shapes.NOW).apply(
        map(event, SUBSCRIPTIONS)
    )
    return store


def test_each_price_has_its_customers_and_mrr_by_currency(held: Store) -> None:
    with held.reading() as connection:
        rows = [
            (r["price"], r["currency"], r["customers"], r["subscriptions"], r["mrr_minor"])
            for r in price_holders.counted(connection)
        ]
    assert rows == [
        ("price_calls", "usd", 1, 1, 0),
        ("price_pro", "usd", 3, 4, 14500),
        ("price_seats", "usd", 1, 1, 1500),
        ("price_tiered", "usd", 1, 1, 0),
        ("price_yen", "jpy", 1, 1, 4300),
    ]


def test_the_database_counts_what_the_slow_way_counts(held: Store) -> None:
    with held.reading() as connection:
        quick = {
            r["price"]: (
                r["lookup_key"],
                r["product"],
                r["customers"],
                r["subscriptions"],
                {r["currency"]: r["mrr_minor"]} if r["mrr_minor"] else {},
                r["unvalued"],
            )
            for r in price_holders.counted(connection)
        }
        slow = {
            i: (
                each.lookup_key,
                each.product,
                len(each.held.customers),
                each.held.subscriptions,
                dict(each.held.mrr),
                each.held.unvalued,
            )
            for i, each in prices_in_use(connection).items()
        }
    assert quick == slow


def test_the_holders_of_a_price_are_paged_the_largest_first(held: Store) -> None:
    with held.reading() as connection:
        found = price_holders.page(connection, "price_pro", 2, 1)
        every = price_holders.total(connection, "price_pro")
    assert [(r["subscription_id"], r["mrr_minor"]) for r in found] == [
        ("sub_7", 5800),
        ("sub_6", 2900),
    ]
    assert every == 4


@pytest.mark.parametrize("price_id", ["price_p", "PRICE_PRO", "price%", 'x"', ""])
def test_part_of_an_id_finds_nobody(held: Store, price_id: str) -> None:
    with held.reading() as connection:
        assert price_holders.total(connection, price_id) == 0
