"""Deliveries while PostgreSQL is started anew: Stripe would wait an hour to send them again."""

from __future__ import annotations

import time

import psycopg
import pytest
from sqlalchemy.engine import make_url

from lib.billing.store.drivers import TRUSTED
from lib.billing.store.engine import Store
from lib.billing.store.fence import Fence
from tests.http.serving import Sender, receiver
from tests.stripe import shapes

pytestmark = pytest.mark.postgres


def test_no_delivery_is_refused_because_the_database_was_started_anew(
    postgres_server: str, postgres_url: str
) -> None:
    store = Store(postgres_url)
    with receiver(store) as sender:
        for round_ in ("a", "b"):
            # The second is late enough for the database's version to be looked at again, and
            # early enough for a page to trust the connection that this is done by.
            assert _delivered(sender, f"{round_}1") == 200
            time.sleep(TRUSTED * 0.55)
            assert _delivered(sender, f"{round_}2") == 200
            time.sleep(TRUSTED * 0.55)
            _restart(postgres_server, postgres_url)
            assert _delivered(sender, f"{round_}3") == 200
    store.close()


def test_a_version_that_is_looked_at_each_time_refuses_nothing(
    postgres_server: str, postgres_url: str
) -> None:
    store = Store(postgres_url)
    work = Fence(store, every=0.0).before(lambda: "stored")
    for _ in range(3):
        assert work() == "stored"
        _restart(postgres_server, postgres_url)
    store.close()


def _delivered(sender: Sender, name: str) -> int:
    made = shapes.customer(id=f"cus_{name}")
    event = shapes.event("customer.created", made, id=f"evt_{name}")
    return int(sender.deliver(event).status_code)


def _restart(server: str, url: str) -> None:
    """All connections to the database are ended, as a restart ends them."""
    with psycopg.connect(server, autocommit=True) as superuser:
        superuser.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s",
            (make_url(url).database,),
        )
