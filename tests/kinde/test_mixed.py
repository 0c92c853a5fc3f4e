"""Stripe's customers and Kinde's in one projection: one row each, whatever came first."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.errors import WrongUsage
from lib.billing.gating import Gate
from lib.billing.impact import Impact
from lib.billing.reconcile import Reconcile
from lib.billing.replay import replay
from lib.billing.settings.setup import Setup
from lib.billing.store.queries import lacking
from lib.billing.store.tables import subscriptions
from tests.catalog.deployed import COMPANY as SOLD
from tests.cut import first
from tests.fresh import fresh_store
from tests.kinde.events import DAY, START, event
from tests.kinde.scene import entitlements
from tests.store.company import CATALOG, Company, company, derived, ingest_into
from tests.stripe import shapes

KINDES = (
    event(0, "agreement_created", "k1", agreement_id="a", plan="pro", org_code="org_k1"),
    event(0, "plan_assigned", "k1", plan="pro"),
    event(9, "payment_failed", "k1"),
    event(9, "payment_succeeded", "k1"),
    event(DAY, "plan_changed", "k1", agreement_id="b", plan="starter"),
    event(DAY, "agreement_cancelled", "k1", agreement_id="a"),
    event(0, "plan_assigned", "k2", plan="starter", org_code="org_k2"),
    event(2 * DAY, "agreement_cancelled", "k2"),
    event(3 * DAY, "plan_assigned", "k2", plan="pro"),
    event(0, "plan_assigned", "k3", plan="gold"),
)


def told(store, kindes, stripes, cuts):
    """Both tell what they have to tell, in turns."""
    ingest = ingest_into(store)
    kindes, stripes = list(kindes), list(stripes)
    while kindes or stripes:
        part, kindes = kindes[:cuts], kindes[cuts:]
        ingest.commit([ingest.read_kinde(each) for each in part], "kinde")
        part, stripes = stripes[: 3 * cuts], stripes[3 * cuts :]
        ingest.apply(part, "webhook")
    return ingest


SHARED = (
    event(0, "agreement_created", "k1", agreement_id="a", plan="pro"),
    event(5, "agreement_created", "k2", agreement_id="a", plan="starter"),
    event(6, "payment_failed", "k1", agreement_id="a"),
    event(7, "plan_assigned", "k:1", plan="pro"),
    event(8, "agreement_created", "k", agreement_id="1:1", plan="starter"),
)


@pytest.mark.parametrize("turned", [False, True], ids=["as it was told", "the last first"])
def test_customers_who_name_one_agreement_have_a_row_each(store, turned):
    told(store, SHARED[::-1] if turned else SHARED, (), 1)
    with store.reading() as connection:
        rows = connection.execute(
            select(subscriptions.c.customer_id, subscriptions.c.plan, subscriptions.c.status)
        ).all()
    assert sorted(tuple(row) for row in rows) == [
        ("kinde:k", "starter", "active"),
        ("kinde:k1", "pro", "past_due"),
        ("kinde:k2", "starter", "active"),
        ("kinde:k:1", "pro", "active"),
    ]


def test_the_impact_of_the_same_catalogue_on_customers_of_kindes_is_none(store):
    told(store, KINDES, company(0), 100)
    again = Impact(store, Setup(catalog=CATALOG), CATALOG, START + 4 * DAY)
    assert [change for change in again if change.customer_id.startswith("kinde:")] == []
    assert again.tally.customers > 3


def test_a_moved_key_of_kindes_names_precisely_who_has_it(store):
    told(store, KINDES, company(0), 100)
    candidate = parse_catalog(SOLD.replace("rank = 10", 'rank = 10\nkinde_keys = ["gold"]'))
    found = list(Impact(store, Setup(catalog=CATALOG), candidate, START + 4 * DAY))
    assert [(c.customer_id, c.from_plan, c.to_plan) for c in found] == [
        ("kinde:k3", "free", "starter")
    ]


def test_one_row_a_customer_whoever_bills_them(store):
    told(store, KINDES, company(0), 2)
    found = entitlements(store)
    assert found["kinde:k1"] == ("org_k1", "starter", "active")
    assert found["kinde:k2"] == ("org_k2", "pro", "active")
    assert found["kinde:k3"] == (None, "free", "plan_unresolved")
    stripes = {name for name in found if not name.startswith("kinde:")}
    assert stripes == {e["data"]["object"]["id"] for e in company(0) if _is_customer(e)}


def _is_customer(raw):
    return raw["type"] == "customer.created"


@pytest.mark.parametrize("salt", first(1, range(3)))
def test_any_order_of_arrival_gives_the_same_tables(store, tmp_path, salt):
    expected = _fresh(tmp_path, lambda other: told(other, KINDES, company(1), 100))
    rng = random.Random(salt)
    kindes, stripes = list(KINDES + KINDES[::3]), company(1)
    rng.shuffle(kindes)
    rng.shuffle(stripes)
    ingest = told(store, kindes, stripes, rng.choice([1, 2, 5]))
    assert derived(store) == expected
    replay(ingest)
    assert derived(store) == expected


def _fresh(tmp_path, fill):
    other = fresh_store(tmp_path / "other.db")
    fill(other)
    found = derived(other)
    other.close()
    return found


def test_an_organization_with_a_customer_at_both_has_the_best_of_both(store):
    """Stripe sells it Starter and Kinde Pro: the organization has Pro."""
    ingest = ingest_into(store)
    customer = shapes.customer(metadata={"org_id": "org_1"})
    events = [
        shapes.event("customer.created", customer),
        shapes.event("customer.subscription.created", shapes.subscription(), id="evt_2"),
    ]
    ingest.apply(events)
    pro = event(0, "plan_assigned", "k", plan="pro", org_code="org_1")
    ingest.commit([ingest.read_kinde(pro)], "kinde")
    gate = Gate(store, Setup(catalog=CATALOG), lambda: START)
    rows = gate.rows(["org_1"])["org_1"]
    assert sorted(row.customer_id for row in rows) == ["cus_1", "kinde:k"]
    assert gate.rows(["kinde:k"])["kinde:k"][0].plan == "pro"


class _NobodyIsAsked:
    def __getattr__(self, name):
        raise AssertionError(f"Stripe was asked to {name}")


def test_reconcile_of_a_customer_of_kindes_is_refused_and_asks_nobody(sqlite_store):
    ingest = told(sqlite_store, KINDES, [], 100)
    reconcile = Reconcile(sqlite_store, ingest, _NobodyIsAsked(), clock=lambda: START)
    with pytest.raises(WrongUsage) as refused:
        reconcile.run(only="kinde:k1")
    assert (refused.value.code, "billed by Kinde" in str(refused.value)) == ("other_provider", True)


def test_nothing_of_kindes_is_expected_at_stripe(store):
    made = Company(0)
    made.created("customer.created", shapes.customer())
    told(store, KINDES, made.events, 100)
    with store.reading() as connection:
        assert lacking.living(connection, "customer", "", 50, since=0) == ["cus_1"]
        assert lacking.living(connection, "subscription", "", 50, since=0) == []
        assert lacking.needing_reread(connection, "", 50) == []
        assert lacking.began_at(connection, False) == made.events[0]["created"]
