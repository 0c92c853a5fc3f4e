"""How long a role waits, as PostgreSQL keeps it with the role, and what the doctor says of it."""

from __future__ import annotations

import pytest

from lib.billing.checks import running
from lib.billing.store import grants
from lib.billing.store.engine import Store
from lib.billing.store.queries import replica

from .conftest import Roles

KEPT = {
    "receiver": {"lock_timeout": "30s", "statement_timeout": "0"},
    "dashboard": {
        "lock_timeout": "5s",
        "statement_timeout": "2min",
        "idle_in_transaction_session_timeout": "10min",
    },
}


@pytest.mark.parametrize("party", KEPT)
def test_a_role_waits_as_long_as_it_was_given(roles: Roles, party: str) -> None:
    store: Store = getattr(roles, party)
    with store.glancing() as connection:
        for name, value in KEPT[party].items():
            assert connection.exec_driver_sql(f"SHOW {name}").scalar() == value


def test_the_doctor_is_content_with_the_roles_and_not_with_a_superuser(roles: Roles) -> None:
    told = {
        party: {finding.name: finding.ok for finding in running.postgres(getattr(roles, party))}
        for party in ("owner", "receiver", "dashboard")
    }
    content = {"Database role": True, "Database rights": True, "Time-outs": True}
    assert told["receiver"] == told["dashboard"] == content
    assert told["owner"] == {"Database role": False, "Time-outs": False}


def test_of_sqlite_there_is_nothing_to_say(sqlite_store: Store) -> None:
    assert list(running.postgres(sqlite_store)) == []
    with sqlite_store.reading() as connection:
        assert replica.behind(connection) is None


def test_a_replica_that_is_a_primary_is_found(postgres_url: str) -> None:
    store = Store(postgres_url, read_url=f"{postgres_url}&application_name=reader")
    try:
        assert store.replicated
        found = {finding.name: finding for finding in running.postgres(store)}
    finally:
        store.close()
    assert not found["Replica"].ok
    assert "a primary" in found["Replica"].sentence


PROXIES = {
    "not configured": ({}, None),
    "an address": ({"FORWARDED_ALLOW_IPS": "10.0.0.1"}, True),
    "nobody": ({"FORWARDED_ALLOW_IPS": ""}, True),
    "everybody": ({"FORWARDED_ALLOW_IPS": "10.0.0.1, *"}, False),
}


@pytest.mark.parametrize(("told", "ok"), PROXIES.values(), ids=PROXIES.keys())
def test_whom_the_receiver_believes_about_who_asks(told: dict[str, str], ok: bool | None) -> None:
    assert next((finding.ok for finding in running.proxies(told)), None) is ok


def test_time_outs_are_told_for_this_database_alone(postgres_store: Store) -> None:
    with postgres_store.reading() as connection:
        made = grants.statements(connection)
    kept = [statement for statement in made if statement.startswith("ALTER ROLE")]
    assert len(kept) == 4
    assert all(" IN DATABASE " in statement for statement in kept)
