"""What events leave open is read once more, by itself, and never for ever."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from lib.billing.domain.errors import NoSuchObject
from lib.billing.reread import AT_ONCE, TRIES, Rereader
from lib.billing.stripe.told import DISCOUNTS, holder_of
from tests.reconcile.scene import Beside, Scene
from tests.store.company import ingest_into
from tests.stripe import shapes


def leave_open(s: Scene) -> None:
    """Two of four changes of one second arrive: which came last cannot be told."""
    for name in ("Ada 1", "Ada 2", "Ada 3", "Ada 4"):
        s.rename(s.ada, name)
    s.deliver(lambda e: e["data"]["object"].get("name") in {"Ada 2", "Ada 4"})


def marked(store: Any) -> int:
    with store.reading() as connection:
        query = text("SELECT count(*) FROM customers WHERE needs_reread")
        return int(connection.execute(query).scalar_one())


def name_of(s: Scene, customer: str) -> str:
    with s.store.reading() as connection:
        query = text("SELECT name FROM customers WHERE customer_id = :c")
        return str(connection.execute(query, {"c": customer}).scalar_one())


def test_an_object_left_open_is_read_once_and_the_mark_clears_itself(company):
    leave_open(company)
    assert marked(company.store) == 1
    company.tick()
    rereader = Rereader(company.store, company.ingest, company.gateway)
    assert [rereader.round(), rereader.round(), rereader.round()] == [1, 0, 0]
    assert (marked(company.store), name_of(company, company.ada)) == (0, "Ada 4")


def test_an_answer_of_the_same_second_settles_nothing_and_is_asked_for_only_so_often(small):
    leave_open(small)
    rereader = Rereader(small.store, small.ingest, small.gateway)
    assert [rereader.round() for _ in range(TRIES + 2)] == [1] * TRIES + [0, 0]
    assert marked(small.store) == 1


class Unknown(Beside):
    def retrieve(self, kind: str, object_id: str, **options: Any) -> Any:
        raise NoSuchObject(f"Stripe does not know the {kind} {object_id}.")


def test_what_stripe_no_longer_knows_is_asked_for_once(small):
    leave_open(small)
    small.tick()
    rereader = Rereader(small.store, small.ingest, Unknown(small.gateway))
    assert [rereader.round() for _ in range(3)] == [1, 0, 0]


class Asked:
    """Knows nobody, and remembers who was asked for."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def retrieve(self, kind: str, object_id: str, **_: Any) -> Any:
        self.names.append(object_id)
        raise NoSuchObject("No.")


def test_those_that_cannot_be_read_do_not_hold_back_the_others(sqlite_store):
    ingest = ingest_into(sqlite_store)
    names = [f"cus_{n:02}" for n in range(2 * AT_ONCE + 3)]
    events = []
    for customer in names:
        for before, after in (("A", "B"), ("C", "D")):
            changed = shapes.customer(id=customer, name=after)
            previous = {"name": before}
            name = f"evt_{customer}_{after}"
            events.append(shapes.event("customer.updated", changed, previous, id=name))
    ingest.apply(events)
    assert marked(sqlite_store) == len(names)
    gateway = Asked()
    rereader = Rereader(sqlite_store, ingest, gateway)
    assert [rereader.round() for _ in range(5)] == [AT_ONCE, AT_ONCE, 3, 0, 0]
    assert gateway.names == names


def test_after_a_quiet_turn_only_a_new_write_makes_it_look_again(small):
    rereader = Rereader(small.store, small.ingest, small.gateway)
    assert rereader.round() == 0
    leave_open(small)
    small.tick()
    assert rereader.round() == 1


HOLDERS = {
    "a payment": ("payment", {}, ("payment_intent", "x_1", ())),
    "a schedule": ("schedule", {}, ("subscription_schedule", "x_1", ())),
    "a subscription": ("subscription", {}, ("subscription", "x_1", DISCOUNTS)),
    "a subscription's discount": (
        "discount",
        {"subscription": "sub_1"},
        ("subscription", "sub_1", DISCOUNTS),
    ),
    "a customer's discount": ("discount", {}, ("customer", "cus_1", ())),
}


@pytest.mark.parametrize(("kind", "state", "asks"), HOLDERS.values(), ids=HOLDERS.keys())
def test_every_kind_of_object_is_seen_somewhere(kind, state, asks):
    assert holder_of(kind, "x_1", state, "cus_1") == asks
