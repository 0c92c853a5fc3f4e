"""The dashboard reads from a real streaming standby: while it follows, lags and is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from lib.billing.checks import running
from lib.billing.domain.errors import DatabaseUnavailable
from lib.billing.domain.permissions import Role
from lib.billing.settings.setup import Setup
from lib.billing.showing.overview import freshness
from lib.billing.store import grants, migrate
from lib.billing.store.engine import Store
from lib.billing.store.queries import replica
from lib.billing.store.queries.reading import Reader
from tests.replica.standing import Pair, programs, standing, until
from tests.store.company import CATALOG, START, company, derived, ingest_into

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("replica")]

STAFF = "ann@example.com"
SUPPORT = frozenset({Role.SUPPORT})


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    found = programs()
    if found is None:
        pytest.skip("PostgreSQL's programs are not installed here")
    with standing(found) as made:
        store = Store(made.primary.url)
        migrate.upgrade(store)
        with store.reading() as connection:
            statements = grants.statements(connection)
        grants.apply(store, statements)
        store.close()
        made.caught_up()
        yield made


@pytest.fixture
def writer(pair: Pair) -> Iterator[Store]:
    """As `serve` has it: the primary alone."""
    store = Store(pair.primary.url)
    yield store
    store.close()


@pytest.fixture
def dashboard(pair: Pair) -> Iterator[Store]:
    """As the dashboard has it: its role, reading from the standby."""
    store = Store(as_dashboard(pair.primary.url), read_url=as_dashboard(pair.standby.url))
    yield store
    store.close()


@pytest.fixture
def held_back(pair: Pair) -> Iterator[Pair]:
    """The standby receives and does not replay."""
    pair.caught_up()
    pair.standby.tell("SELECT pg_wal_replay_pause()")
    until(lambda: pair.standby.tell("SELECT pg_get_wal_replay_pause_state()") == "paused")
    yield pair
    pair.standby.tell("SELECT pg_wal_replay_resume()")
    pair.caught_up()


def as_dashboard(url: str) -> str:
    return make_url(url).set(username=grants.DASHBOARD).render_as_string(hide_password=False)


def behind(store: Store) -> int | None:
    with store.reading() as connection:
        return replica.behind(connection)


def customers(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.execute(text("SELECT count(*) FROM customers")).scalar_one())


def chosen(store: Store) -> str | None:
    with store.reading() as connection:
        found = connection.execute(text("SELECT max(value) FROM staff_choices"))
        return found.scalar_one()  # type: ignore[no-any-return]


def test_what_is_written_to_the_primary_is_read_from_the_standby(
    pair: Pair, writer: Store, dashboard: Store
) -> None:
    ingest_into(writer).apply(company(1))
    pair.caught_up()
    assert derived(dashboard) == derived(writer)
    assert customers(dashboard) > 0
    assert behind(dashboard) == 0
    assert dashboard.replicated


def test_a_standby_of_a_quiet_primary_is_not_behind(pair: Pair, dashboard: Store) -> None:
    pair.caught_up()
    time.sleep(1.2)  # nothing is written: its newest transaction gets older
    assert behind(dashboard) == 0


def test_a_standby_that_is_held_back_says_by_how_much(
    held_back: Pair, writer: Store, dashboard: Store
) -> None:
    before = customers(dashboard)
    ingest_into(writer).apply(company(2, customers=9))
    until(lambda: (behind(dashboard) or 0) >= 2)
    assert customers(dashboard) == before < customers(writer)
    told = freshness(Reader(dashboard), Setup(catalog=CATALOG), START)
    assert told.behind is not None
    assert told.behind >= 2


def test_what_staff_write_goes_to_the_primary_also_while_it_is_held_back(
    held_back: Pair, writer: Store, dashboard: Store
) -> None:
    before = chosen(dashboard)
    with dashboard.writing() as connection:
        connection.execute(
            text(
                "INSERT INTO staff_choices (at, staff, name, value) "
                "VALUES (1, 'ann', 'tour', 'zz-left')"
            )
        )
    assert chosen(writer) == "zz-left"
    assert chosen(dashboard) == before


def test_the_standby_can_write_nothing(pair: Pair) -> None:
    store = Store(pair.standby.url)
    with pytest.raises(Exception, match="read-only"), store.writing() as connection:
        connection.execute(text("DELETE FROM customers"))
    store.close()


def test_the_doctor_is_content_while_it_follows(dashboard: Store) -> None:
    found = {finding.name: finding for finding in running.postgres(dashboard)}
    assert found["Replica"].ok, found["Replica"].sentence
    assert found["Database rights"].ok, found["Database rights"].sentence


def test_without_its_primary_a_standby_grows_old(pair: Pair, dashboard: Store) -> None:
    pair.caught_up()
    known = customers(dashboard)
    pair.primary.stop()
    try:
        until(lambda: (behind(dashboard) or 0) >= 2)
        assert customers(dashboard) == known  # it goes on being read
        with pytest.raises(DatabaseUnavailable), dashboard.writing():
            pass
    finally:
        pair.primary.start()
    until(lambda: behind(dashboard) == 0)


def test_without_its_standby_reading_says_which_database_is_away(
    pair: Pair, dashboard: Store
) -> None:
    customers(dashboard)
    pair.standby.stop()
    try:
        with pytest.raises(DatabaseUnavailable, match="PORTSIDE_READ_DATABASE_URL"):
            customers(dashboard)
        with dashboard.writing() as connection:
            connection.execute(text("SELECT 1"))
    finally:
        pair.standby.start()
    until(lambda: customers(dashboard) >= 0)
    until(lambda: behind(dashboard) == 0)
