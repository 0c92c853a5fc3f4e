"""Events applied one by one, in place where possible, end where one fold of everything does."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lib.billing.domain.fold import Rules, mark_of
from lib.billing.domain.standing import Standing
from lib.billing.replay import replay
from lib.billing.store import meta, rollups, standings
from lib.billing.store.engine import Store
from tests.fresh import fresh_memory
from tests.stripe import shapes

from .company import CATALOG, DAY, START, Company, Raw, company, derived, ingest_into

ARRIVALS = {
    "one by one": lambda events, rng: events,
    "nearly in order": lambda events, rng: [
        event for _, event in sorted((n + 6 * rng.random(), e) for n, e in enumerate(events))
    ],
}


@contextmanager
def memory() -> Iterator[Store]:
    store = fresh_memory()
    yield store
    store.close()


@pytest.fixture(scope="module")
def at_once():
    """What a single batch makes of the company."""
    with memory() as store:
        ingest_into(store).apply(company(0))
        return derived(store)


@pytest.mark.parametrize("arrive", ARRIVALS.values(), ids=ARRIVALS.keys())
def test_rows_and_sums_are_those_of_one_batch_and_replay_finds_nothing(store, at_once, arrive):
    """One company; `proofs.order` tries the same with many."""
    ingest = ingest_into(store)
    ingest.apply(arrive(company(0), random.Random(0)), batch=1)
    assert derived(store) == at_once
    with store.reading() as connection:
        assert rollups.stored(connection) == rollups.summed(connection, "UTC")
    assert replay(ingest).batches_changed == 0


def test_most_customers_can_go_on_from_their_standing(sqlite_store):
    ingest_into(sqlite_store).apply(company(1), batch=1)
    with sqlite_store.reading() as connection:
        customers = [row[0] for row in derived(sqlite_store)["customers"]]
        found = standings.load(
            connection,
            customers,
            folded_by=mark_of(Rules(CATALOG)),
        )
    going_on = [standing for standing in found.values() if standing.ledger is not None]
    assert len(found) == len(customers)
    assert len(going_on) > len(customers) // 2


def test_a_standing_of_other_rules_only_keeps_its_sums(sqlite_store):
    ingest_into(sqlite_store).apply(company(1))
    with sqlite_store.reading() as connection:
        (found,) = standings.load(connection, ["cus_0"], folded_by="others").values()
    assert found.ledger is None
    assert found.objects == {}
    assert found.contribution


def test_sums_that_were_tampered_with_are_right_after_a_replay(store):
    ingest = ingest_into(store)
    ingest.apply(company(2))
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE rollups SET minor = minor + 100")
        connection.exec_driver_sql("DELETE FROM rollups WHERE kind = 'paying'")
        before = meta.get(connection, meta.WATERMARK)
    replay(ingest)
    with store.reading() as connection:
        assert rollups.stored(connection) == rollups.summed(connection, "UTC")
        assert int(meta.get(connection, meta.WATERMARK) or 0) > int(before or 0)


def test_a_draft_that_is_deleted_long_after_it_was_made_leaves_no_row(store):
    made = Company(1)
    draft = shapes.invoice(id="in_1", customer="cus_0", status="draft", number=None)
    made.created("invoice.created", draft)
    made.now += 5_000
    made.happened("invoice.deleted", draft)
    ingest_into(store).apply(made.events[:1])
    assert [row[0] for row in derived(store)["invoices"]] == ["in_1"]
    ingest_into(store).apply(made.events[1:])
    assert derived(store)["invoices"] == []


def _tell_of_a_late_failure(made: Company) -> None:
    """A payment of whom nobody knew fails, long after its invoice was paid and linked to it."""
    made.created("invoice.paid", shapes.invoice(id="in_1", status="paid", amount_remaining=0))
    made.now += 10
    link = {"id": "inpay_1", "object": "invoice_payment", "invoice": "in_1", "status": "paid"}
    link |= {"payment": {"type": "payment_intent", "payment_intent": "pi_1"}}
    made.happened("invoice_payment.paid", link)
    made.now += 10
    made.happened("payment_intent.payment_failed", shapes.payment_intent())


def _sell(made: Company, name: str, **over: Any) -> Raw:
    tiered = {"billing_scheme": "tiered", "tiers_mode": "volume", "unit_amount_decimal": None}
    priced = shapes.price("price_tiered", lookup_key="starter_monthly", **tiered)
    items = shapes.item("si_1", priced), shapes.item("si_1", shapes.price())
    subscription = shapes.subscription(items[0], id=name, created=made.now, start_date=made.now)
    made.created("customer.subscription.created", subscription | over)
    made.now += 5 * DAY
    return {"object": "list", "data": [items[1]], "has_more": False}


def _tell_of_tiers_too_late(made: Company) -> None:
    """Tiers are read when nobody is sold by them any more: movements had to do without."""
    flat = _sell(made, "sub_1")
    made.changed("customer.subscription.updated", "sub_1", items=flat)
    tiers = [{"up_to": None, "unit_amount_decimal": "500", "flat_amount_decimal": None}]
    made.happened("price.updated", shapes.price("price_tiered") | {"tiers": tiers})


def _tell_of_tiers_from_before_first_sight(made: Company) -> None:
    """A price that a subscription had before anything was seen of it."""
    _tell_of_tiers_too_late(made)
    made.events = [e for e in made.events if not e["type"].endswith("subscription.created")]
    plain = shapes.price("price_tiered") | {"id": "price_tiered"}
    made.events.insert(0, shapes.event("price.created", plain, id="evt_plain", created=START))


def _tell_of_terms_too_late(made: Company) -> None:
    """A coupon is heard of when its discount is gone from the subscription."""
    _sell(made, "sub_1", items={"object": "list", "data": [shapes.item()], "has_more": False})
    made.created("customer.discount.created", shapes.discount())
    made.changed("customer.subscription.updated", "sub_1", discounts=["di_1"])
    made.now += DAY
    made.changed("customer.subscription.updated", "sub_1", discounts=[])
    made.created("coupon.created", shapes.coupon())


@pytest.mark.parametrize(
    "tell",
    [
        _tell_of_a_late_failure,
        _tell_of_tiers_too_late,
        _tell_of_tiers_from_before_first_sight,
        _tell_of_terms_too_late,
    ],
)
def test_what_is_told_after_it_last_mattered_leaves_nothing_for_a_replay(store, tell):
    made = Company(1)
    tell(made)
    ingest = ingest_into(store)
    ingest.apply(made.events, batch=1)
    with memory() as other:
        ingest_into(other).apply(made.events)
        assert derived(store) == derived(other)
    assert replay(ingest).batches_changed == 0


@pytest.mark.parametrize(
    ("spelling", "most"),
    [
        pytest.param(b"short", standings.MOST_KNOWN, id="many customers"),
        pytest.param(bytes(100_000), standings.MOST_SPELLED // 100_000, id="long histories"),
    ],
)
def test_what_a_process_remembers_of_customers_has_an_end(spelling, most):
    known = standings.Known()
    held = []
    for number in range(3 * most):
        for _ in range(2):  # twice the same customer is held once
            known.keep(f"cus_{number}", spelling, Standing())
        assert known.read(f"cus_{number}", spelling) == Standing()
        held.append(len(known))
    assert max(held) == most
