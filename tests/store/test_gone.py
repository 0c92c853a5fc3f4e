"""PostgreSQL that ended a connection while nobody used it, as a restart does."""

from __future__ import annotations

import time

import pytest

from lib.billing.domain.errors import DatabaseUnavailable
from lib.billing.store.drivers import TRUSTED
from lib.billing.store.engine import Store

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(postgres_url: str):
    """Whose only connection was used just now, and ended since."""
    store, other = Store(postgres_url), Store(postgres_url)
    with store.reading() as connection:
        mine = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with other.writing() as connection:
        ended = "SELECT pg_terminate_backend(%s, 5000)"
        assert connection.exec_driver_sql(ended, (mine,)).scalar_one()
    other.close()
    yield store
    store.close()


def one(store: Store) -> int:
    with store.reading() as connection:
        return int(connection.exec_driver_sql("SELECT 1").scalar_one())


def test_a_writer_goes_on_at_once(store: Store) -> None:
    with store.writing() as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1


def test_a_reader_who_asks_at_once_hears_of_it_and_goes_on_the_next_time(store: Store) -> None:
    with pytest.raises(DatabaseUnavailable):
        one(store)
    assert one(store) == 1


def test_a_reader_who_asks_later_goes_on(store: Store) -> None:
    time.sleep(TRUSTED + 0.05)
    assert one(store) == 1
