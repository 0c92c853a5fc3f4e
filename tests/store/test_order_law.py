"""Any order, any repetition and any batching of the same events give byte-identical tables."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from lib.billing.domain.fold import Rules
from lib.billing.replay import replay
from lib.billing.store import references
from lib.billing.store.scratch import scratch
from lib.billing.store.tables import observations
from tests.cut import first
from tests.fresh import fresh_store
from tests.stripe import shapes

from .company import CATALOG, DAY, Company, company, derived, ingest_into

SEEDS = (0, 1, 3)


def told_in_order(store, seed):
    ingest_into(store).apply(company(seed))
    return derived(store)


@pytest.fixture
def fresh(tmp_path):
    """Makes more empty SQLite stores."""
    made = []

    def make():
        made.append(fresh_store(tmp_path / f"more{len(made)}.db"))
        return made[-1]

    yield make
    for store in made:
        store.close()


@pytest.mark.parametrize("seed", SEEDS)
def test_shuffled_repeated_and_cut_into_batches(store, fresh, seed):
    expected = told_in_order(fresh(), seed)
    events = company(seed)
    rng = random.Random(seed)
    events += rng.sample(events, len(events) // 3)
    rng.shuffle(events)
    ingest = ingest_into(store)
    while events:
        size = rng.choice([1, 2, 7, 40])
        ingest.apply(events[:size])
        events = events[size:]
    assert derived(store) == expected
    search_index_says_what_its_table_says(store)


def search_index_says_what_its_table_says(store):
    """PostgreSQL keeps its indices right by itself; SQLite's is kept by triggers."""
    if store.is_sqlite:
        with store.writing() as connection:
            connection.exec_driver_sql(
                "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"
            )


@pytest.mark.parametrize("seed", SEEDS)
def test_newest_first(sqlite_store, fresh, seed):
    expected = told_in_order(fresh(), seed)
    ingest_into(sqlite_store).apply(reversed(company(seed)), batch=5)
    assert derived(sqlite_store) == expected


@pytest.mark.parametrize("seed", SEEDS)
def test_the_company_is_worth_telling(sqlite_store, seed):
    tables = told_in_order(sqlite_store, seed)
    assert all(tables[name] for name in tables)
    assert {row[5] for row in tables["movements"]} > {"new"}


def test_some_of_the_companies_plan_to_pay_less(sqlite_store):
    kinds = {row[4] for row in told_in_order(sqlite_store, SEEDS[-1])["runway"]}
    assert kinds == {"end", "downgrade"}


@pytest.mark.parametrize("seed", first(1, SEEDS))
@pytest.mark.parametrize("batch", [1, 3, 1000])
def test_counts_do_not_depend_on_the_size_of_batches(fresh, seed, batch):
    rng = random.Random(seed)
    events = company(seed)
    events += rng.sample(events, len(events) // 4)
    rng.shuffle(events)
    once, cut = ingest_into(fresh()).apply(events), ingest_into(fresh()).apply(events, batch=batch)
    assert cut == once


def test_a_scratch_projection_of_everything_equals_the_kept_one(store):
    expected = told_in_order(store, 3)
    with store.reading() as connection:
        rules = Rules(CATALOG, references=references.load(connection))
    with scratch(store, rules) as made:
        assert derived(made) == expected


def changing_hands():
    """Payments that name one customer, then another, then none; a refund hangs on each."""
    made = Company(9)
    for n in range(6):
        number = f"in_{n}"
        made.happened(
            "invoice.finalized", shapes.invoice(id=number, customer=f"cus_{n % 3}", number=number)
        )
        for customer in (None, f"cus_{(n + 1) % 3}", f"cus_{n % 2}", None):
            made.now += 1
            intent = shapes.payment_intent(id=f"pi_{n}", customer=customer, invoice=number)
            made.happened("payment_intent.payment_failed", intent | {"amount": 100 + made.now % 7})
        refund = {"id": f"re_{n}", "object": "refund", "amount": 5, "currency": "usd"}
        refund |= {"charge": f"ch_{n}", "payment_intent": f"pi_{n}", "status": "succeeded"}
        made.happened("refund.created", refund)
        charge = {"id": f"ch_{n}", "object": "charge", "amount": 5, "amount_refunded": 5}
        charge |= {"currency": "usd", "status": "succeeded", "payment_intent": f"pi_{n}"}
        made.happened("charge.refunded", charge)
    return made.events


@pytest.mark.parametrize("seed", first(3, range(8)))
def test_objects_that_change_hands(store, fresh, seed):
    rng = random.Random(seed)
    expected = fresh()
    ingest_into(expected).apply(changing_hands())
    events = changing_hands()
    rng.shuffle(events)
    ingest_into(store).apply(events, batch=rng.choice([1, 2, 5]))
    assert derived(store) == derived(expected)
    assert owned(store) == owned(expected)


def given_back():
    """Invoices of which something comes back before, while and after they are paid; one refund's
    charge is heard of last, and one charge tells of a refund that nobody saw."""
    made = Company(3)
    for n in range(5):
        number, paid = f"in_{n}", {"status": "paid", "amount_remaining": 0}
        bill = shapes.invoice(id=number, customer=f"cus_{n % 2}", number=number, status="open")
        made.created("invoice.created", bill)
        made.now += 5 * (n % 3)
        note = {"id": f"cn_{n}", "object": "credit_note", "customer": f"cus_{n % 2}"}
        note |= {"invoice": number, "amount": 100 + n, "currency": "usd", "status": "issued"}
        made.created("credit_note.created", note)
        link = {"id": f"inpay_{n}", "object": "invoice_payment", "invoice": number}
        link |= {"payment": {"type": "payment_intent", "payment_intent": f"pi_{n}"}}
        made.happened("invoice_payment.paid", link | {"status": "paid"})
        made.now += 5 * DAY
        made.changed("invoice.paid", number, **paid)
        charge = {"id": f"ch_{n}", "object": "charge", "amount": 900, "currency": "usd"}
        charge |= {"payment_intent": f"pi_{n}", "status": "succeeded", "customer": f"cus_{n % 2}"}
        refund = {"id": f"re_{n}", "object": "refund", "amount": 300, "currency": "usd"}
        refund |= {"charge": f"ch_{n}", "status": "pending"}
        made.now += 60
        made.created("refund.created", refund)
        made.now += 60
        made.happened("charge.refunded", charge | {"amount_refunded": 300 + 50 * (n % 2)})
        made.changed("refund.updated", f"re_{n}", status="succeeded" if n else "failed")
        dispute = {"id": f"du_{n}", "object": "dispute", "charge": f"ch_{n}", "amount": 900}
        made.created("charge.dispute.created", dispute | {"currency": "usd", "status": "lost"})
        made.now += DAY
        made.changed("charge.dispute.closed", f"du_{n}", status="won" if n % 2 else "lost")
        made.changed("credit_note.voided", f"cn_{n}", status="void" if n == 4 else "issued")
    return made.events


@pytest.mark.parametrize("seed", first(3, range(8)))
def test_what_was_given_back_of_an_invoice(store, fresh, seed):
    rng = random.Random(seed)
    expected = fresh()
    ingest_into(expected).apply(given_back())
    events = given_back()
    events += rng.sample(events, len(events) // 4)
    if seed:  # else as they happened, one by one: in place wherever that is possible
        rng.shuffle(events)
    ingest = ingest_into(store)
    ingest.apply(events, batch=rng.choice([1, 1, 3, 9]) if seed else 1)
    assert derived(store) == derived(expected)
    assert not replay(ingest).batches_changed
    rows = {row[0]: row[-4:] for row in derived(store)["invoices"]}
    assert rows == {
        "in_0": (100, 0, 900, "lost"),
        "in_1": (101, 350, 0, "won"),
        "in_2": (102, 300, 900, "lost"),
        "in_3": (103, 350, 0, "won"),
        "in_4": (0, 300, 900, "lost"),
    }


def two_names():
    """An invoice and a subscription that name one customer and later another, as Stripe never
    should: only one of the two may have their rows."""
    made = Company(4)
    for n, customers in enumerate([("cus_b", "cus_a"), ("cus_c", "cus_d"), ("cus_d", "cus_a")]):
        for customer in customers:
            made.now += 60
            invoice = shapes.invoice(id=f"in_{n}", customer=customer, attempt_count=made.now % 5)
            made.happened("invoice.updated", invoice)
            subscription = shapes.subscription(id=f"sub_{n}", customer=customer)
            made.happened("customer.subscription.updated", subscription | {"quantity": made.now})
    return made.events


@pytest.mark.parametrize("seed", first(3, range(6)))
def test_objects_that_name_two_customers_belong_to_one(store, fresh, seed):
    rng = random.Random(seed)
    expected = fresh()
    ingest = ingest_into(expected)
    ingest.apply(two_names(), batch=1)
    events = two_names()
    rng.shuffle(events)
    ingest_into(store).apply(events, batch=rng.choice([1, 2, 12]))
    assert derived(store) == derived(expected)
    assert not replay(ingest).batches_changed
    owners = {row[0]: row[1] for row in derived(store)["invoices"]}
    assert owners == {"in_0": "cus_a", "in_1": "cus_c", "in_2": "cus_a"}


def owned(store):
    query = select(observations.c.event_id, observations.c.customer_id)
    with store.reading() as connection:
        return sorted(tuple(row) for row in connection.execute(query))
