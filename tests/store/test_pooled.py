"""Behind a pooler that gives each transaction another connection to the server."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from lib.billing.domain.errors import ConfigurationError
from lib.billing.replay import replay
from lib.billing.store.dialect import run, together
from lib.billing.store.engine import Store
from lib.billing.store.turns import Turns
from tests.store.company import derived, ingest_into
from tests.stripe import shapes

pytestmark = pytest.mark.postgres


def customers(first: int, number: int) -> list[dict[str, object]]:
    return [
        shapes.event("customer.created", shapes.customer(id=f"cus_{n}"), id=f"evt_{n}")
        for n in range(first, first + number)
    ]


@pytest.fixture
def pooled_url(postgres_url: str) -> Iterator[str]:
    """The same database through PgBouncer, with two connections to the server for all."""
    if shutil.which("pgbouncer") is None:
        pytest.skip("pgbouncer is not here")
    found = make_url(postgres_url)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # It does not run as root, and only the server's user may use the server's socket.
    folder = Path(tempfile.mkdtemp(prefix="pside-b-"))
    shutil.chown(folder, Path(str(found.query["host"])).owner())
    (folder / "users.txt").write_text(f'"{found.username}" ""\n')
    (folder / "pgbouncer.ini").write_text(
        f"""
[databases]
{found.database} = host={found.query["host"]} user={found.username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
auth_file = {folder}/users.txt
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
logfile = {folder}/log
"""
    )
    command = ["pgbouncer", "-q", str(folder / "pgbouncer.ini")]
    process = subprocess.Popen([*command[:1], "-u", folder.owner(), *command[1:]])
    try:
        address = f"postgresql+psycopg://{found.username}:@127.0.0.1:{port}/{found.database}"
        _wait_for(address, process)
        yield f"{address}?pooler=transaction"
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(60):
        assert process.poll() is None, "pgbouncer ended"
        try:
            psycopg.connect(address.replace("+psycopg", ""), connect_timeout=3).close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("pgbouncer does not answer")


def test_several_writers_and_readers_share_two_connections(
    pooled_url: str, postgres_store: Store
) -> None:
    def work(number: int) -> None:
        store = Store(pooled_url)
        try:
            ingest = ingest_into(store)
            for event in customers(100 * number, 30):
                ingest.apply([event], "webhook")
                with store.glancing() as connection:
                    connection.exec_driver_sql("SELECT count(*) FROM customers").scalar()
            replay(ingest)
        finally:
            store.close()

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    assert len(derived(postgres_store)["customers"]) == 180


def test_exactly_one_has_its_turn_and_the_next_when_it_ended(pooled_url: str) -> None:
    stores = [Store(pooled_url) for _ in range(3)]
    try:
        first, second, third = map(Turns, stores)
        with first.taken("drain") as mine, second.taken("drain") as theirs:
            assert (mine, theirs) == (True, False)
        with third.taken("drain") as mine:
            assert mine
        with pytest.raises(ZeroDivisionError), first.taken("drain"):
            raise ZeroDivisionError
        with second.taken("drain") as mine:
            assert mine
    finally:
        for store in stores:
            store.close()


def test_a_turn_outlives_a_server_that_ends_idle_transactions(
    postgres_store: Store, postgres_url: str
) -> None:
    name = make_url(postgres_url).database
    with postgres_store.writing() as connection:
        connection.exec_driver_sql(
            f"ALTER DATABASE {name} SET idle_in_transaction_session_timeout = '200ms'"
        )
    store, other = Store(postgres_url), Store(postgres_url)
    try:
        with Turns(store).taken("reconcile") as mine:
            time.sleep(0.6)
            with Turns(other).taken("reconcile") as theirs:
                assert (mine, theirs) == (True, False)
    finally:
        store.close()
        other.close()
        with postgres_store.writing() as connection:
            connection.exec_driver_sql(
                f"ALTER DATABASE {name} RESET idle_in_transaction_session_timeout"
            )


def test_nothing_is_left_on_a_connection_when_a_turn_has_ended(postgres_store: Store) -> None:
    with Turns(postgres_store).taken("drain") as mine:
        assert mine
    with postgres_store.reading() as connection:
        held = (
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        assert connection.exec_driver_sql(held).scalar() == 0


@pytest.mark.parametrize(
    ("told", "prepares"), [("", True), ("session", True), ("transaction", False)]
)
def test_statements_are_prepared_only_where_a_connection_is_one_s_own(
    postgres_url: str, told: str, prepares: bool
) -> None:
    url = make_url(postgres_url)
    store = Store(str(url.update_query_dict({"pooler": told} if told else {})).replace("***", ""))
    try:
        with store.writing() as connection:
            with together(connection):
                run(connection, "SELECT 1")
            found = connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements")
            assert bool(found.scalar()) is prepares
    finally:
        store.close()


def test_another_pooler_is_refused_in_one_sentence() -> None:
    with pytest.raises(ConfigurationError, match="pooler is “session” or “transaction”"):
        Store("postgresql+psycopg://somebody@localhost/x?pooler=statement")


def test_who_waits_for_a_lock_in_vain_is_told_so(postgres_store: Store, postgres_url: str) -> None:
    other = Store(postgres_url)
    try:
        with postgres_store.writing() as holder:
            holder.exec_driver_sql("LOCK TABLE customers IN ACCESS EXCLUSIVE MODE")
            with other.writing() as late:
                late.exec_driver_sql("SET LOCAL lock_timeout = '100ms'")
                with pytest.raises(OperationalError, match="lock timeout"):
                    late.exec_driver_sql("SELECT count(*) FROM customers")
    finally:
        other.close()
