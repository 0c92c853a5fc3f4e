"""Who has which price, from the stored rows."""

from __future__ import annotations

from typing import Any

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.catalog_live import Held
from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.store.engine import Store
from lib.billing.store.queries.holders import prices_in_use
from tests.catalog.test_impact import SOLD
from tests.stripe import shapes


def event(number: int, kind: str, obj: Any) -> dict[str, Any]:
    return shapes.event(kind, obj) | {"id": f"evt_{number}"}


def test_customers_and_mrr_of_each_price(store: Store) -> None:
    seats = shapes.price("price_seats", 500, lookup_key=None, product="prod_seats")
    tiered = shapes.price("price_tiered", lookup_key=None, billing_scheme="tiered")
    tiered |= {"tiers_mode": "graduated", "unit_amount": None, "unit_amount_decimal": None}
    yen = shapes.price("price_yen", 4300, currency="jpy", lookup_key=None)
    calls = shapes.price("price_calls", 2, lookup_key=None)
    calls["recurring"] = calls["recurring"] | {"usage_type": "metered"}
    told = {
        "1": ([shapes.item("si_1"), shapes.item("si_2", seats, quantity=3)], {}),
        "2": ([shapes.item("si_3", quantity=1)], {"status": "trialing"}),
        "3": ([shapes.item("si_4", quantity=1)], {"status": "canceled", "ended_at": shapes.NOW}),
        "4": ([shapes.item("si_5", yen, quantity=1)], {"currency": "jpy"}),
        "5": ([shapes.item("si_6", tiered)], {}),
        "6": ([shapes.item("si_7", quantity=1), shapes.item("si_8", calls, quantity=None)], {}),
    }
    ingest = Ingest(store, Rules(parse_catalog(SOLD)), clock=lambda: shapes.NOW)
    ingest.apply(
        event(
            int(name),
            "customer.subscription.created",
            shapes.subscription(*items, id=f"sub_{name}", customer=f"cus_{name}", **over),
        )
        for name, (items, over) in told.items()
    )
    with store.reading() as connection:
        found = prices_in_use(connection)
    assert {price_id: each.held for price_id, each in found.items()} == {
        "price_pro": Held(("cus_1", "cus_2", "cus_6"), 3, {"usd": 8700}),
        "price_seats": Held(("cus_1",), 1, {"usd": 1500}),
        "price_yen": Held(("cus_4",), 1, {"jpy": 4300}),
        "price_tiered": Held(("cus_5",), 1, {}, unvalued=1),
        "price_calls": Held(("cus_6",), 1),
    }
    assert found["price_pro"].companions == (
        frozenset({"price_calls", "price_pro"}),
        frozenset({"price_pro"}),
        frozenset({"price_pro", "price_seats"}),
    )
    assert (found["price_pro"].lookup_key, found["price_pro"].product) == (
        "pro_monthly",
        "prod_pro",
    )
