"""What the receiver answers, over real HTTP, and what is then in the database."""

from __future__ import annotations

import json
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from lib.billing.store.engine import Store
from lib.billing.stripe.signature import sign
from tests.store.company import START, derived, inbox_states
from tests.stripe import shapes

from .serving import PATH, SECRET, receiver

CUSTOMER = shapes.event("customer.created", shapes.customer())
SUBSCRIPTION = shapes.event(
    "customer.subscription.created", shapes.subscription(), id="evt_2", created=START + 1
)


def plan_of(store, customer_id="cus_1"):
    with store.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT customer_id, plan, rule FROM plan_entitlements"
        ).fetchall()
    return {row[0]: (row[1], row[2]) for row in rows}.get(customer_id)


def test_a_signed_event_is_stored_and_projected_before_the_answer(store):
    with receiver(store) as sender:
        assert sender.deliver(CUSTOMER).json() == {"received": True, "state": "applied"}
        assert sender.deliver(SUBSCRIPTION).status_code == 200
        assert plan_of(store) == ("pro", "active")
    assert inbox_states(store) == {"evt_1": "applied", "evt_2": "applied"}


REFUSED = {
    "signed with another secret": ("whsec_of_someone_else", 0),
    "signed ten minutes ago": (SECRET, -600),
    "signed ten minutes from now": (SECRET, 600),
}


@pytest.mark.parametrize(("secret", "seconds"), REFUSED.values(), ids=REFUSED.keys())
def test_a_bad_signature_is_a_400_and_leaves_no_trace(sqlite_store, secret, seconds):
    with receiver(sqlite_store) as sender:
        answer = sender.deliver(CUSTOMER, secret=secret, at=int(time.time()) + seconds)
    assert (answer.status_code, answer.json()["code"]) == (400, "signature_invalid")
    assert inbox_states(sqlite_store) == {}


@pytest.mark.parametrize("header", ["", "t=1", "v1=00", "t=x,v1=00", "nonsense"])
def test_a_header_that_is_no_signature_is_a_400(sqlite_store, header):
    with receiver(sqlite_store) as sender:
        answer = sender.client.post(PATH, content=b"{}", headers={"Stripe-Signature": header})
        missing = sender.client.post(PATH, content=b"{}")
    assert answer.status_code == missing.status_code == 400


def test_a_changed_body_is_a_400(sqlite_store):
    body = json.dumps(CUSTOMER).encode()
    with receiver(sqlite_store) as sender:
        header = {"Stripe-Signature": sign(body, SECRET, int(time.time()))}
        answer = sender.client.post(PATH, content=body + b" ", headers=header)
    assert answer.status_code == 400


def test_either_of_two_secrets_is_good_while_one_is_being_rolled(sqlite_store):
    with receiver(sqlite_store, webhook_secrets=("whsec_old", SECRET)) as sender:
        assert sender.deliver(CUSTOMER, secret="whsec_old").status_code == 200
        assert sender.deliver(SUBSCRIPTION).status_code == 200


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_without_a_secret_the_endpoint_is_off(sqlite_store, method):
    with receiver(sqlite_store, webhook_secrets=()) as sender:
        answer = sender.client.request(method, PATH, content=b"{}")
        assert answer.status_code == 404
        # An empty secret would be easy to sign with.
        assert sender.deliver(CUSTOMER, secret="").status_code == 404
    assert inbox_states(sqlite_store) == {}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_only_post_delivers(sqlite_store, method):
    with receiver(sqlite_store) as sender:
        answer = sender.client.request(method, PATH)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_body_over_a_mebibyte_is_a_413_whether_announced_or_not(sqlite_store):
    large = b'"' + b"x" * (1024 * 1024) + b'"'
    with receiver(sqlite_store) as sender:
        announced = sender.deliver(large)
        chunked = sender.client.post(
            PATH,
            content=iter([large[:700_000], large[700_000:]]),
            headers={"Stripe-Signature": "x"},
        )
        assert sender.deliver(CUSTOMER).status_code == 200
    assert (announced.status_code, chunked.status_code) == (413, 413)


def test_a_body_of_exactly_a_mebibyte_is_taken(sqlite_store):
    body = json.dumps(CUSTOMER).encode()
    with receiver(sqlite_store) as sender:
        answer = sender.deliver(body + b" " * (1024 * 1024 - len(body)))
    assert answer.status_code == 200


NOT_EVENTS = {
    "not JSON": b"hello",
    "nothing": b"",
    "a list": b"[]",
    "a number": b"1",
    "an object without an id": b'{"object":"event"}',
    "a customer": json.dumps(shapes.customer()).encode(),
    "deep nesting": b"[" * 100_000,
}


@pytest.mark.parametrize("body", NOT_EVENTS.values(), ids=NOT_EVENTS.keys())
def test_a_signed_body_that_is_no_event_is_a_400(sqlite_store, body):
    with receiver(sqlite_store) as sender:
        answer = sender.deliver(body)
    assert (answer.status_code, answer.json()["code"]) == (400, "payload_invalid")
    assert inbox_states(sqlite_store) == {}


@pytest.mark.parametrize("livemode", [False, True], ids=["set to test", "set to live"])
def test_an_event_of_the_other_mode_is_kept_as_ignored_and_never_folded(store, livemode):
    with receiver(store, livemode=livemode) as sender:
        answer = sender.deliver(CUSTOMER | {"livemode": not livemode})
    assert (answer.status_code, answer.json()["state"]) == (200, "ignored")
    assert inbox_states(store) == {"evt_1": "ignored"}
    assert not any(derived(store).values())


def test_an_unknown_type_is_kept_as_ignored(store):
    with receiver(store) as sender:
        answer = sender.deliver(shapes.event("treasury.surprise", {"id": "x"}))
    assert (answer.status_code, answer.json()["state"]) == (200, "ignored")


def test_an_event_that_cannot_be_read_is_a_200_and_kept_as_failed(store):
    broken = shapes.event("customer.subscription.updated", shapes.subscription(status=7))
    with receiver(store) as sender:
        answer = sender.deliver(broken)
        assert sender.deliver(SUBSCRIPTION).json()["state"] == "applied"
    assert (answer.status_code, answer.json()["state"]) == (200, "failed")
    assert inbox_states(store) == {"evt_1": "failed", "evt_2": "applied"}


def test_an_unknown_price_keeps_the_last_known_plan(store):
    strange = shapes.price("price_new", 100, lookup_key="unheard_of", product="prod_new")
    items = {"object": "list", "data": [shapes.item(priced=strange)], "has_more": False}
    before = {"items": {"data": SUBSCRIPTION["data"]["object"]["items"]["data"]}}
    change = shapes.event(
        "customer.subscription.updated",
        shapes.subscription() | {"items": items},
        before,
        id="evt_3",
        created=START + 60,
    )
    with receiver(store) as sender:
        sender.deliver(SUBSCRIPTION)
        assert sender.deliver(change).status_code == 200
    assert plan_of(store) == ("pro", "plan_unresolved")


def test_a_repeat_is_a_200_and_nothing_else(store):
    with receiver(store) as sender:
        sender.deliver(SUBSCRIPTION)
        before = derived(store)
        answer = sender.deliver(SUBSCRIPTION)
    assert (answer.status_code, answer.json()["state"]) == (200, "repeated")
    assert derived(store) == before


def test_a_burst_is_stored_whole(store):
    events = [
        shapes.event(
            "customer.created", shapes.customer(id=f"cus_{n}"), id=f"evt_{n}", created=START + n
        )
        for n in range(60)
    ]
    with receiver(store) as sender, ThreadPoolExecutor(8) as many:
        answers = list(many.map(sender.deliver, events * 2))
    assert {answer.status_code for answer in answers} == {200}
    states = [answer.json()["state"] for answer in answers]
    assert (states.count("applied"), states.count("repeated")) == (60, 60)
    assert len(derived(store)["customers"]) == 60


def test_a_database_that_is_away_is_a_503_and_the_event_comes_through_later(
    postgres_server, postgres_url
):
    database = postgres_url.partition("?")[0].rpartition("/")[2]
    store = Store(postgres_url)
    with (
        receiver(store) as sender,
        psycopg.connect(postgres_server, autocommit=True) as superuser,
    ):
        assert sender.deliver(CUSTOMER).status_code == 200
        superuser.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        superuser.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (database,)
        )
        away = sender.deliver(SUBSCRIPTION)
        ready = sender.client.get("/readyz")
        superuser.execute(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
        again = sender.deliver(SUBSCRIPTION)
    assert (away.status_code, away.json()["code"]) == (503, "database_unavailable")
    assert ready.status_code == 503
    assert (again.status_code, again.json()["state"]) == (200, "applied")
    store.close()


def test_a_sqlite_file_that_is_away_is_a_503(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with receiver(store) as sender:
        answer = sender.deliver(CUSTOMER)
        health, ready = sender.client.get("/healthz"), sender.client.get("/readyz")
    assert (answer.status_code, health.status_code, ready.status_code) == (503, 200, 503)
    assert "folder.db" not in answer.text
    store.close()


def test_a_database_without_tables_is_a_503_that_names_the_remedy(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    with receiver(store) as sender:
        assert sender.deliver(CUSTOMER).json()["code"] == "not_migrated"
        ready = sender.client.get("/readyz")
    assert (ready.status_code, ready.json()["remedy"]) == (503, "portside db upgrade")
    store.close()


def test_a_sender_that_hangs_up_half_way_hurts_nobody(sqlite_store):
    with receiver(sqlite_store) as sender:
        address = (sender.client.base_url.host, sender.client.base_url.port)
        with socket.create_connection(address) as half:
            half.sendall(
                b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n{"
            )
        assert sender.deliver(CUSTOMER).status_code == 200


def test_health_readiness_and_metrics(sqlite_store):
    with receiver(sqlite_store) as sender:
        sender.deliver(CUSTOMER)
        sender.deliver(CUSTOMER, secret="whsec_wrong")
        assert sender.client.get("/healthz").json() == {"status": "ok"}
        assert sender.client.get("/readyz").json() == {"status": "ok"}
        text = sender.client.get("/metrics").text
    assert 'portside_webhook_events_total{provider="stripe",state="applied"} 1.0' in text
    assert 'portside_webhook_refused_total{code="signature_invalid",provider="stripe"} 1.0' in text
