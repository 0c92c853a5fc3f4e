"""Replay derives every row anew; it writes only where rows were wrong or the rules changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select, text

from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.replay import replay
from lib.billing.store.tables import REFERENCES
from tests.stripe import shapes

from .company import CATALOG, START, company, derived, ingest_into


@pytest.fixture
def filled(store) -> Ingest:
    ingest = ingest_into(store)
    ingest.apply(company(1))
    return ingest


def test_with_nothing_wrong_nothing_is_written(filled):
    before = derived(filled.store)
    found = replay(filled, at_once=3)
    assert (found.batches_changed, derived(filled.store)) == (0, before)
    assert found.customers == len(before["customers"])


DAMAGE = {
    "a row that was edited": "UPDATE plan_entitlements SET plan = 'gold', rule = 'active'",
    "rows that were deleted": "DELETE FROM subscriptions",
    "customers that were deleted while their invoices stayed": "DELETE FROM customers",
    "a customer that nobody ever saw": (
        "UPDATE customers SET customer_id = 'cus_of_nobody' "
        "WHERE customer_id = (SELECT min(customer_id) FROM customers)"
    ),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_what_was_damaged_is_as_before(filled, damage):
    before = derived(filled.store)
    with filled.store.writing() as connection:
        connection.execute(text(damage))
    assert derived(filled.store) != before
    replay(filled, at_once=4)
    assert derived(filled.store) == before


def references_of(store):
    with store.reading() as connection:
        return {
            name: sorted(tuple(row) for row in connection.execute(select(table)))
            for name, table in REFERENCES.items()
        }


OBJECTS = {
    "price": shapes.price(),
    "coupon": shapes.coupon(),
    "product": {"id": "prod_pro", "object": "product", "name": "Pro", "active": True},
    "billing_portal.configuration": shapes.portal_configuration(),
}

REFERENCE_DAMAGE = {
    "a price that was edited": "UPDATE prices SET state = '{}'",
    "coupons that were deleted": "DELETE FROM coupons",
    "a portal configuration that was edited": "UPDATE portal_configurations SET last_second = 1",
    "a product that nobody ever saw": (
        "INSERT INTO products (product_id, state, last_second, deleted) "
        "VALUES ('prod_of_nobody', '{}', 1, false)"
    ),
}


@pytest.mark.parametrize("damage", REFERENCE_DAMAGE.values(), ids=REFERENCE_DAMAGE.keys())
def test_references_are_as_before_too(store, damage):
    ingest = ingest_into(store)
    ingest.apply(company(1))
    for number, (kind, obj) in enumerate(OBJECTS.items()):
        ingest.apply([shapes.event(f"{kind}.created", obj, id=f"evt_reference_{number}")])
    before = references_of(store), derived(store)
    assert all(before[0].values())
    with store.writing() as connection:
        connection.execute(text(damage))
    assert replay(ingest).batches_changed >= 1
    assert (references_of(store), derived(store)) == before


def test_a_changed_catalogue_reaches_every_row(filled):
    renamed = {
        f"new_{slug}": replace(plan, slug=f"new_{slug}") for slug, plan in CATALOG.plans.items()
    }
    rules = Rules(replace(CATALOG, plans=renamed))
    assert replay(Ingest(filled.store, rules, clock=lambda: START)).batches_changed > 0
    with filled.store.reading() as connection:
        plans = {row[0] for row in connection.execute(text("SELECT plan FROM subscriptions"))}
    assert {"new_pro", "new_starter"} <= plans <= {*renamed, None}
