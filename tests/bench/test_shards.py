"""Customers spread over several databases come to what one database has."""

from __future__ import annotations

import shutil

import pytest

from benchmarks.bulk.world import RULES, World
from benchmarks.shards import processor
from benchmarks.shards.measuring import Layout, Round, Run
from benchmarks.shards.routing import customer_of, routed, shard_of
from benchmarks.shards.sizes import Sizes
from benchmarks.shards.told import CORES, text
from benchmarks.shards.totals import Totals, totals
from lib.billing.ingest import Ingest
from lib.billing.store.engine import Store

SIZES = Sizes({"inbox": 4_000, "observations": 3_000, "owners": 1_000, "customers": 500}, 10, 2)
SMALL = World(24, lives=12, seed=3)


def event(number=1, verb="created", **obj):
    return {
        "id": f"evt_{number}",
        "object": "event",
        "type": f"{obj['object']}.{verb}",
        "created": 1_700_000_000,
        "livemode": False,
        "api_version": "2026-10-28.endive",
        "data": {"object": obj},
    }


@pytest.mark.parametrize(
    ("obj", "customer"),
    [
        ({"object": "customer", "id": "cus_1"}, "cus_1"),
        ({"object": "subscription", "id": "sub_1", "customer": "cus_1"}, "cus_1"),
        ({"object": "invoice", "id": "in_1", "customer": {"id": "cus_1"}}, "cus_1"),
        ({"object": "price", "id": "price_1"}, None),
        ({"object": "refund", "id": "re_1", "charge": "ch_1"}, None),
        ({"object": "charge", "id": "ch_1", "customer": None}, None),
    ],
    ids=[
        "a customer is its own",
        "what names one is that customer's",
        "also where it is expanded",
        "a price is nobody's",
        "a refund names its charge alone",
        "a charge may name nobody",
    ],
)
def test_an_event_goes_where_its_body_says(obj, customer):
    assert customer_of(event(**obj)) == customer


def test_a_customer_stays_where_it_is_and_what_names_none_goes_everywhere():
    events = [
        event(number, object="invoice", id=f"in_{number}", customer=f"cus_{number % 10}")
        for number in range(40)
    ]
    price = event(99, object="price", id="price_1")
    parts = routed([*events, price], 3)
    assert all(part[-1] == price for part in parts)
    assert sum(len(part) - 1 for part in parts) == len(events)
    for number, part in enumerate(parts):
        assert {shard_of(customer_of(e), 3) for e in part[:-1]} <= {number}
        assert [e["id"] for e in part[:-1]] == [e["id"] for e in events if e in part]


@pytest.mark.parametrize("shards", [2, 4])
def test_the_shards_come_to_what_one_database_has(shards, tmp_path, sqlite_template):
    events = [*SMALL.told(), *_of_nobody()]
    together = _fed([events], tmp_path / "one", sqlite_template)
    assert together.rows["subscriptions"] >= 20
    assert any(cell.kind == "movement" for cell in together.sums)
    assert any(cell.kind == "invoices_refunded" for cell in together.sums)
    assert _fed(routed(events, shards), tmp_path / "several", sqlite_template) == together


def _of_nobody():
    """A refund of a payment that somebody made: it names no customer, and is somebody's."""
    paid = next(
        e["data"]["object"]
        for e in SMALL.told()
        if e["type"] == "invoice.paid" and e["data"]["object"]["amount_paid"]
    )
    by = "pi_of_a_refund"
    money = {"currency": paid["currency"], "status": "succeeded", "livemode": False}
    yield event(
        1,
        "succeeded",
        object="payment_intent",
        id=by,
        customer=paid["customer"],
        amount=500,
        **money,
    )
    yield event(
        2,
        "paid",
        object="invoice_payment",
        id="inpay_1",
        invoice=paid["id"],
        amount_paid=500,
        payment={"type": "payment_intent", "payment_intent": by},
        **money | {"status": "paid"},
    )
    yield event(3, object="refund", id="re_1", amount=500, charge=None, payment_intent=by, **money)


def _fed(parts, folder, template) -> Totals:
    folder.mkdir()
    urls = []
    for number, part in enumerate(parts):
        shutil.copyfile(template, folder / f"{number}.db")
        urls.append(f"sqlite:///{folder}/{number}.db")
        store = Store(urls[-1])
        summary = Ingest(store, RULES, clock=lambda: 0).apply(part)
        store.close()
        assert not summary.failed
    return totals(urls)


def test_the_processors_seconds_are_added_up():
    before = processor.Machine(10.0, 5.0, 1.0)
    since = processor.Machine(17.0, 7.0, 2.0).since(before)
    assert since == (7.0, 2.0, 1.0)
    assert since.share == 0.7


@pytest.mark.parametrize(
    ("used", "share", "said"),
    [
        (0.95, "95%", "The first bottleneck is the cores: 2 ingest processes over 2 databases"),
        (0.5, "50%", "No layout took all that the cores have"),
    ],
)
def test_the_section_says_what_the_first_bottleneck_is(used, share, said):
    """Two thousand events in two seconds, with ``used`` of all cores."""
    one = Layout(1, 1, (Round(500.0, 1.0, 0.5, 0.5),), Totals({}, {}))
    python = 2 * CORES * used - 0.5
    two = Layout(2, 2, (Round(1_000.0, python, 0.5, 0.98),), Totals({}, {}))
    section = text(Run(2_000, 0.3, "16.14", SIZES, [one, two]))
    assert said in section
    assert f"| 2 | 2 | 1,000 | 2.00 | {python / 2:.2f} | 0.25 | 98% | {share} |" in section
    assert "each of 10 events of whole lives left 800 bytes (inbox 400, observations 300" in section
    assert "each of 2 subscriptions 250 in the derived tables, with 5 events" in section
