"""What becomes of single events and of lines: states, counts, repeats, failures."""

from __future__ import annotations

import json
from dataclasses import fields

import pytest

from lib.billing.domain.catalog import Catalog
from lib.billing.domain.errors import DatabaseUnavailable
from lib.billing.domain.fold import Rules, fold_customer
from lib.billing.domain.project import project
from lib.billing.drain import Drain
from lib.billing.ingest import Ingest
from lib.billing.store import history, inbox, projection, references
from lib.billing.store.engine import Store
from tests.fresh import fresh_store
from tests.stripe import shapes

from .company import CATALOG, START, Company, company, derived, inbox_states, ingest_into

CREATED = shapes.event(
    "customer.subscription.created", shapes.subscription(), id="evt_1", created=START
)
ENDING = shapes.event(
    "customer.subscription.updated",
    shapes.subscription(cancel_at_period_end=True),
    {"cancel_at_period_end": False},
    id="evt_2",
    created=START + 10,
)
UNUSABLE = shapes.event(
    "customer.subscription.updated", shapes.subscription(items=7), id="evt_bad", created=START
)


def fates(ingest, *events):
    return [outcome.fate for outcome in ingest.commit([ingest.read(e) for e in events], "import")]


def test_an_event_is_applied_once_and_then_repeated(store):
    ingest = ingest_into(store)
    assert fates(ingest, CREATED, CREATED) == ["applied", "repeated"]
    assert fates(ingest, CREATED) == ["repeated"]


def test_an_older_event_is_stale_and_still_part_of_history(store):
    ingest = ingest_into(store)
    assert fates(ingest, ENDING, CREATED) == ["applied", "stale"]
    assert inbox_states(store) == {"evt_1": "stale", "evt_2": "applied"}
    with store.reading() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM observations").scalar() == 2


def test_an_event_that_changes_nothing_we_keep_is_stale(store):
    same = ENDING | {"id": "evt_3", "created": START + 20}
    assert fates(ingest_into(store), CREATED, ENDING, same) == ["applied", "applied", "stale"]


def test_nothing_revives_what_has_ended(store):
    ended = shapes.event(
        "customer.subscription.deleted",
        shapes.subscription(status="canceled", ended_at=START + 30),
        id="evt_9",
        created=START + 30,
    )
    late = ENDING | {"id": "evt_10", "created": START + 99}
    assert fates(ingest_into(store), CREATED, ended, late) == ["applied", "applied", "stale"]
    assert [row[2] for row in derived(store)["subscriptions"]] == ["canceled"]


def test_a_draft_that_is_deleted_takes_its_row_with_it(store):
    draft = shapes.invoice(id="in_1", status="draft")
    made = shapes.event("invoice.created", draft, id="evt_1", created=START)
    gone = shapes.event("invoice.deleted", draft, id="evt_2", created=START + 100)
    ingest = ingest_into(store)
    assert fates(ingest, made) == ["applied"]
    assert len(derived(store)["invoices"]) == 1
    assert fates(ingest, gone) == ["applied"]
    assert derived(store)["invoices"] == []


def test_one_unusable_event_does_not_hold_back_its_neighbours(store):
    summary = ingest_into(store).apply([CREATED, UNUSABLE, ENDING])
    assert (summary.applied, summary.failed, summary.clean) == (2, 1, False)
    [(event_id, error)] = summary.failures
    assert event_id == "evt_bad"
    assert "items" in error


@pytest.mark.parametrize("hostile", ["\ud800", "\x00"], ids=["half a character", "a NUL"])
def test_an_unusable_event_is_kept_as_failed_whatever_its_envelope_holds(store, hostile):
    odd = UNUSABLE | {"api_version": f"2026{hostile}"}
    lines = [json.dumps(event).encode() for event in (odd, CREATED)]
    summary = ingest_into(store).import_lines(lines)
    assert (summary.applied, summary.failed) == (1, 1)
    assert inbox_states(store) == {"evt_1": "applied", "evt_bad": "failed"}


class Breaking(Catalog):
    """A catalogue over which every subscription's fold stumbles."""

    def plan_of(self, price_state):
        raise ArithmeticError("no such plan\nwith values that nobody should see")


def test_an_event_that_breaks_the_write_stands_alone_as_failed(store):
    breaking = Breaking(**{f.name: getattr(CATALOG, f.name) for f in fields(CATALOG)})
    ingest = Ingest(store, Rules(breaking), clock=lambda: START)
    other = shapes.event("customer.created", shapes.customer(id="cus_2"), id="evt_5")
    summary = ingest.apply([other, CREATED, other | {"id": "evt_6", "created": START + 1}])
    assert (summary.failed, summary.applied + summary.stale) == (1, 2)
    assert "nobody should see" not in summary.failures[0][1]
    assert inbox_states(store)["evt_1"] == "failed"
    # With a catalogue that works again the failed event is applied by trying once more.
    assert Drain(store, ingest_into(store), clock=lambda: START).run().applied == 1


def test_a_failed_event_is_tried_again_when_it_comes_again(store):
    ingest = ingest_into(store)
    ingest.commit([ingest.read(CREATED).failing("The disk was full.")], "webhook")
    assert fates(ingest, CREATED) == ["applied"]
    with store.reading() as connection:
        row = connection.exec_driver_sql("SELECT state, error, attempts FROM inbox").one()
    assert tuple(row) == ("applied", None, 2)


LINES = [
    json.dumps(CREATED).encode(),
    json.dumps(ENDING).encode() + b"\r",
    json.dumps(CREATED).encode(),
    json.dumps(shapes.event("some.news", {"id": "x"}, id="evt_4")).encode(),
    json.dumps(UNUSABLE).encode(),
    json.dumps(CREATED | {"id": "evt_7", "livemode": True}).encode(),
    b"",
    b"not json",
    b'{"id": "evt_8"}',
    b"\xff\xfe",
    b"[]",
]


def test_every_line_is_accounted_for(store):
    summary = ingest_into(store).import_lines(LINES)
    counted = summary.applied + summary.stale + summary.ignored + summary.repeated + summary.failed
    assert summary.lines == len(LINES) == counted + len(summary.rejected)
    assert (summary.applied, summary.ignored, summary.repeated, summary.failed) == (2, 2, 1, 1)
    assert [line for line, _ in summary.rejected] == [7, 8, 9, 10, 11]
    assert all(reason.endswith(".") for _, reason in summary.rejected)


def test_an_event_in_the_oldest_shape_gives_the_same_rows(store, tmp_path):
    new = [CREATED, ENDING]
    old = [e | {"data": e["data"] | {"object": shapes.aged(e["data"]["object"])}} for e in new]
    ingest_into(store).apply([event | {"api_version": "2020-08-27"} for event in old])
    other = fresh_store(tmp_path / "other.db")
    ingest_into(other).apply(new)
    assert derived(store) == derived(other)
    other.close()


def test_the_watermark_grows_with_what_is_stored_and_only_then(store):
    ingest = ingest_into(store)

    def watermark():
        with store.reading() as connection:
            query = "SELECT value FROM meta WHERE key = 'watermark'"
            return int(connection.exec_driver_sql(query).scalar())

    seen = [watermark()]
    for events in ([CREATED], [CREATED], [ENDING]):
        ingest.apply(events)
        seen.append(watermark())
    assert seen == [0, 1, 1, 2]


def test_the_body_is_kept_byte_for_byte(store):
    ingest = ingest_into(store)
    body = json.dumps(CREATED, indent=3).encode()
    ingest.commit([ingest.read(json.loads(body), body=body)], "webhook")
    with store.reading() as connection:
        assert inbox.body_of(connection, "evt_1") == body
        assert inbox.body_of(connection, "evt_unknown") is None


def test_the_address_of_a_session_is_never_kept(store):
    session = {"id": "cs_1", "object": "checkout.session", "url": "https://pay.example/c/pay/1"}
    event = shapes.event("checkout.session.completed", session | {"customer": "cus_1"})
    ingest_into(store).apply([event])
    with store.reading() as connection:
        assert b"pay.example" not in (inbox.body_of(connection, "evt_1") or b"")
        rows = connection.exec_driver_sql("SELECT * FROM observations").fetchall()
    assert "pay.example" not in repr(rows)


def test_unchanged_rows_are_not_written_again(sqlite_store):
    ingest_into(sqlite_store).apply(company(2))
    with sqlite_store.writing() as connection:
        rules = Rules(CATALOG, references=references.load(connection))
        stories = history.of_customers(connection, ["cus_0", "cus_1"])
        rows = [project(fold_customer(c, seen, rules)) for c, seen in stories.items()]
        assert projection.write(connection, rows, known=stories.keys()) is False


def test_a_refund_finds_its_customer_through_charge_payment_and_invoice(store):
    made = Company(0)
    refund = {"id": "re_1", "object": "refund", "amount": 5, "currency": "usd", "charge": "ch_1"}
    refund |= {"status": "succeeded", "payment_intent": None, "reason": None, "created": START}
    charge = {
        "id": "ch_1",
        "object": "charge",
        "amount": 5,
        "amount_refunded": 5,
        "disputed": False,
    }
    charge |= {"currency": "usd", "status": "succeeded", "customer": None, "payment_intent": "pi_1"}
    charge |= {"invoice": None, "failure_code": None, "outcome": None, "created": START}
    made.happened("refund.created", refund)
    made.happened("charge.refunded", charge)
    made.happened("payment_intent.succeeded", shapes.payment_intent(customer=None, invoice="in_1"))
    ingest = ingest_into(store)
    for event in made.events:
        ingest.apply([event])
    assert not any(derived(store).values())
    ingest.apply([shapes.event("invoice.finalized", shapes.invoice())])
    with store.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT DISTINCT customer_id FROM observations"
        ).fetchall()
    assert [tuple(row) for row in rows] == [("cus_1",)]


def test_a_checkout_first_seen_without_its_customer_is_adopted_later(store):
    session = {"id": "cs_1", "object": "checkout.session", "mode": "subscription"}
    session |= {"client_reference_id": "org_7", "status": "complete", "payment_status": "paid"}
    ingest = ingest_into(store)
    anonymous = shapes.event("checkout.session.completed", session | {"customer": None}, id="evt_1")
    ingest.apply([anonymous])
    known = session | {"customer": "cus_1"}
    ingest.apply([shapes.event("checkout.session.async_payment_succeeded", known, id="evt_2")])
    with store.reading() as connection:
        rows = connection.exec_driver_sql("SELECT customer_id FROM observations").fetchall()
    assert [row[0] for row in rows] == ["cus_1", "cus_1"]


def test_a_coupon_that_comes_late_corrects_who_waited_for_it(store):
    discounted = shapes.subscription(discounts=["di_1"])
    ingest = ingest_into(store)
    ingest.apply(
        [
            shapes.event("customer.subscription.created", discounted, id="evt_1"),
            shapes.event("customer.discount.created", shapes.discount(), id="evt_2"),
        ]
    )
    waiting = derived(store)["customers"][0][-1]
    before = [row[15] for row in derived(store)["subscriptions"]]
    ingest.apply([shapes.event("coupon.created", shapes.coupon(), id="evt_3")])
    after = [row[15] for row in derived(store)["subscriptions"]]
    assert "coupon:co_half" in waiting
    assert derived(store)["customers"][0][-1] == ""
    assert before != after == [2900]


def test_a_database_that_is_away_is_said_and_nothing_is_marked_failed(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'none' / 'x.db'}")
    with pytest.raises(DatabaseUnavailable):
        ingest_into(store).apply([CREATED])
    store.close()
