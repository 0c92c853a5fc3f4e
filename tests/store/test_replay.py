"""Replay derives every row anew; it writes only where rows were wrong or the rules changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text

from lib.billing.domain.fold import Rules
from lib.billing.ingest import Ingest
from lib.billing.replay import replay

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


def test_a_changed_catalogue_reaches_every_row(filled):
    renamed = {
        f"new_{slug}": replace(plan, slug=f"new_{slug}") for slug, plan in CATALOG.plans.items()
    }
    rules = Rules(replace(CATALOG, plans=renamed))
    assert replay(Ingest(filled.store, rules, clock=lambda: START)).batches_changed > 0
    with filled.store.reading() as connection:
        plans = {row[0] for row in connection.execute(text("SELECT plan FROM subscriptions"))}
    assert {"new_pro", "new_starter"} <= plans <= {*renamed, None}
