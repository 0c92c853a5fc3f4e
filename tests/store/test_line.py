"""A line to PostgreSQL: what one statement fails of, and what is left of it."""

from __future__ import annotations

from secrets import token_hex

import pytest
from sqlalchemy.exc import DBAPIError

from lib.billing.domain.errors import DatabaseUnavailable
from lib.billing.store import dialect
from lib.billing.store.engine import Store
from tests.stripe import shapes

from .company import ingest_into

pytestmark = pytest.mark.postgres

PUT = "INSERT INTO meta (key, value) VALUES (%s, %s)"
GET = "SELECT value FROM meta WHERE key = %s"


@pytest.fixture
def store(postgres_url: str):
    store = Store(postgres_url)
    yield store
    store.close()


def put(store: Store, *pairs: tuple[str, str]) -> None:
    with store.writing() as connection, dialect.together(connection):
        for key, value in pairs:
            dialect.run(connection, PUT, key, value)


def get(store: Store, key: str) -> list[str]:
    with store.writing() as connection, dialect.together(connection):
        return [row[0] for row in dialect.fetch(connection, GET, key)]


def test_answers_are_taken_in_any_order(store: Store) -> None:
    put(store, ("one", "1"), ("two", "zwei ✓"))
    with store.writing() as connection, dialect.together(connection):
        first, second = (dialect.ask(connection, GET, key) for key in ("one", "two"))
        nobody = dialect.ask(connection, GET, "three")
        found = [answer.fetchall() for answer in (second, nobody, first)]
    assert found == [[("zwei ✓",)], [], [("1",)]]


def test_every_kind_of_value_comes_back_as_it_went(store: Store) -> None:
    statement = "SELECT %s::text, %s::bigint, %s::boolean, %s::bytea, %s::text, 5 %% 3"
    values = ("ä%s", -(2**63), False, b"\x00\xff", None)
    with store.writing() as connection, dialect.together(connection):
        answer = dialect.ask(connection, statement, *values)
        rows = answer.fetchall()
    assert rows == [(*values, 2)]
    assert answer.fetchall() == rows  # it can be asked for again, also afterwards


@pytest.mark.parametrize(
    ("statement", "values"),
    [
        pytest.param(PUT, ("one", "again"), id="a key that is there"),
        pytest.param(PUT, ("two", "a\x00b"), id="a NUL, which no text may hold"),
        pytest.param("SELECT nothing FROM meta WHERE key = %s", ("one",), id="no such column"),
    ],
)
def test_what_fails_undoes_all_and_the_connection_goes_on(
    store: Store, statement: str, values: tuple[str, ...]
) -> None:
    put(store, ("one", "1"))
    for _ in range(2):  # the second time as the first: what was not prepared is not called so
        with pytest.raises(DBAPIError) as failed, store.writing() as connection:  # noqa: PT012
            with dialect.together(connection):
                dialect.run(connection, PUT, "before", "it")
                dialect.run(connection, statement, *values)
                dialect.run(connection, PUT, "after", "it")
        assert "statement before this one" not in str(failed.value)
        assert get(store, "before") == []
    put(store, ("after", "it"))
    assert get(store, "after") == ["it"]


def test_what_is_prepared_outlives_readers_that_roll_back(store: Store) -> None:
    for number in range(3):
        put(store, (f"before {number}", "1"))
        for _ in range(8):  # often enough for a driver that prepares by itself
            with store.reading() as connection:
                assert len(connection.exec_driver_sql(GET, ("before 0",)).all()) == 1
        with pytest.raises(DBAPIError), store.writing() as connection:
            connection.exec_driver_sql(PUT, ("before 0", "again"))
    with store.writing() as connection:
        names = connection.exec_driver_sql("SELECT name FROM pg_prepared_statements").all()
    assert names
    assert {name.partition("_")[0] for (name,) in names} == {"portside"}


@pytest.mark.parametrize(
    "happens",
    [
        pytest.param("DEALLOCATE ALL", id="deallocated"),
        pytest.param("ALTER TABLE inbox ALTER COLUMN event_id TYPE varchar", id="a type changed"),
    ],
)
def test_what_the_server_forgot_is_no_fault_of_an_event(store: Store, happens: str) -> None:
    ingest = ingest_into(store)
    first, second = (
        ingest.read(shapes.event("customer.created", shapes.customer(id=f"cus_{n}"), id=f"evt_{n}"))
        for n in range(2)
    )
    ingest.commit([first], "webhook")
    with store.writing() as connection:
        connection.exec_driver_sql(happens)
    (outcome,) = ingest.commit([second], "webhook")
    assert (outcome.fate, outcome.error) == ("applied", None)


def test_what_is_prepared_is_called_by_its_words(store: Store) -> None:
    """Behind a pooler that nobody told of, a number alone may be another process's."""
    put(store, ("one", "1"))
    assert get(store, "one") == ["1"]
    with store.writing() as connection:
        found = connection.exec_driver_sql("SELECT name, statement FROM pg_prepared_statements")
        words = {statement: name.rpartition("_")[2] for name, statement in found.all()}
    assert len(words) == len(set(words.values())) > 1
    other = Store(store.url.render_as_string(hide_password=False))
    put(other, ("two", "2"))
    with other.writing() as connection:
        found = connection.exec_driver_sql("SELECT name, statement FROM pg_prepared_statements")
        for name, statement in found.all():
            assert words[statement] == name.rpartition("_")[2]
    other.close()


@pytest.mark.parametrize("events", [1, 3])
def test_a_database_that_only_reads_is_away_for_events(postgres_url: str, events: int) -> None:
    """So is a primary that became a standby, and one whose disk is nearly full."""
    store = Store(f"{postgres_url}&options=-c%20default_transaction_read_only%3Don")
    ingest = ingest_into(store)
    arrivals = [
        ingest.read(shapes.event("customer.created", shapes.customer(id=f"cus_{n}"), id=f"evt_{n}"))
        for n in range(events)
    ]
    with pytest.raises(DatabaseUnavailable, match="read-only"):
        ingest.commit(arrivals, "webhook")
    store.close()


def test_what_is_beyond_a_limit_is_not_the_database_being_away(store: Store) -> None:
    with pytest.raises(DBAPIError, match="index row"):
        put(store, (token_hex(9_000), "too long for an index"))


def test_a_server_that_ends_before_all_is_answered_is_called_away(store: Store) -> None:
    with pytest.raises(DatabaseUnavailable) as failed, store.writing() as connection:  # noqa: PT012
        me = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with dialect.together(connection):
            dialect.run(connection, PUT, "sent", "and stored")
            dialect.commit(connection)
            with store.writing() as other:
                ended = "SELECT pg_terminate_backend(%s, 5000)"
                assert other.exec_driver_sql(ended, (me,)).scalar_one()
    assert "pipeline" not in str(failed.value)
    assert get(store, "sent") == ["and stored"]


def test_who_leaves_half_way_leaves_nothing(store: Store) -> None:
    with (  # noqa: PT012
        pytest.raises(KeyError),
        store.writing() as connection,
        dialect.together(connection),
    ):
        dialect.run(connection, PUT, "half", "way")
        raise KeyError
    assert get(store, "half") == []


def test_what_is_committed_with_the_rest_is_there(store: Store) -> None:
    with store.writing() as connection, dialect.together(connection):
        dialect.run(connection, PUT, "with", "the rest")
        dialect.commit(connection)
    assert get(store, "with") == ["the rest"]


def test_more_than_the_socket_takes_at_once_goes_through(store: Store) -> None:
    """Neither side may wait for the other while both have something to send."""
    large = "x" * 1_000_000
    with store.writing() as connection, dialect.together(connection):
        answers = [dialect.ask(connection, "SELECT %s::text", large) for _ in range(20)]
        assert [len(answer.fetchall()[0][0]) for answer in answers] == [1_000_000] * 20
