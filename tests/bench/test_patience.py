"""A question that takes too long is given up, in both databases."""

from __future__ import annotations

import pytest

from benchmarks.pages.patience import Patience, bounded
from lib.billing import DatabaseUnavailable
from lib.billing.store.engine import Store

LONG = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000000) "
    "SELECT count(*) FROM n"
)


def test_a_long_question_is_given_up_and_the_next_one_is_asked(store: Store) -> None:
    asked = Store(bounded(store.engine.url.render_as_string(hide_password=False), 0.2))
    try:
        with asked.reading() as connection:  # a connection that is there already
            connection.exec_driver_sql("SELECT 1")
        patience = Patience(asked, 0.2)
        patience.begin()
        with pytest.raises(DatabaseUnavailable), asked.reading() as connection:
            connection.exec_driver_sql(LONG)
        patience.begin()
        with asked.reading() as connection:
            assert connection.exec_driver_sql("SELECT 1").scalar() == 1
    finally:
        asked.close()
