"""What was signed cannot be changed unseen: triggers refuse it, and the seals find the rest."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import fields, replace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.billing.domain.close import movement_line, seal, sealed_text
from lib.billing.domain.errors import DatabaseUnavailable
from lib.billing.store import closes
from lib.billing.store.engine import Store
from tests.close.scene import Books
from tests.remembered import once


@pytest.fixture
def books(store: Store) -> Books:
    """October and November are closed."""
    books = Books(store)
    once(store, "October and November are closed", lambda: _closed(books))
    books.now, books._last, books._events = copy.deepcopy(_TOLD[0])
    return books


_TOLD: list[tuple[Any, ...]] = []
"""What the books go on from, which is in no database."""


def _closed(books: Books) -> None:
    books.arrive(books.joins("ann", 2900, "2026-09-10"), when="2026-09-10")
    books.arrive(books.joins("bob", 900, "2026-10-05"), when="2026-10-05")
    books.close("2026-10", "2026-11-03")
    books.arrive(books.pays("bob", 1900, "2026-11-05"), when="2026-11-05")
    books.close("2026-11", "2026-12-03")
    _TOLD[:] = [copy.deepcopy((books.now, books._last, books._events))]


CHANGES = {
    "another figure": "UPDATE closes SET figures = '{}'",
    "a close that goes": "DELETE FROM closes",
    "another sum": "UPDATE closed_movements SET minor = 0",
    "a sum that goes": "DELETE FROM closed_movements",
    "one more sum": (
        "INSERT INTO closed_movements (month, policy, customer_id, currency, kind, minor, "
        "movements) VALUES ('2026-10', 'portside', 'cus_x', 'usd', 'new', 1, 1)"
    ),
}


def test_a_closed_month_takes_no_change(books: Books, subtests: pytest.Subtests) -> None:
    for change, statement in CHANGES.items():
        with subtests.test(change):
            with pytest.raises((DBAPIError, DatabaseUnavailable)):
                with books.store.writing() as connection:
                    connection.execute(text(statement))
            with books.store.reading() as connection:
                assert closes.follow(connection).months == 2


@pytest.mark.postgres
def test_a_closed_month_cannot_be_emptied(postgres_store: Store) -> None:
    for table in ("closes", "closed_movements"):
        with pytest.raises(DBAPIError), postgres_store.writing() as connection:
            connection.execute(text(f"TRUNCATE {table}"))


BEHIND = {
    "another staff": ("UPDATE closes SET staff = 'x' WHERE month = '2026-10'", 0, "row 1 (2026-10"),
    "another figure": (
        "UPDATE closes SET figures = REPLACE(figures, '3800', '3801') WHERE month = '2026-10'",
        0,
        "row 1 (2026-10, portside) is not what was sealed",
    ),
    "the first close gone": (
        "DELETE FROM closes WHERE month = '2026-10'",
        0,
        "row 2 (2026-11, portside) does not continue the row before it",
    ),
    "another sum of the second": (
        "UPDATE closed_movements SET minor = 999 WHERE month = '2026-11'",
        1,
        "the movements of row 2 (2026-11, portside) are not those that were sealed",
    ),
    "one sum less": (
        "DELETE FROM closed_movements WHERE customer_id = 'cus_ann'",
        0,
        "the movements of row 1 (2026-10, portside)",
    ),
    "one sum more": (
        CHANGES["one more sum"],
        0,
        "the movements of row 1 (2026-10, portside)",
    ),
}


def behind_their_back(store: Store, statement: str) -> None:
    """As somebody who owns the tables could do it."""
    with store.writing() as connection:
        if store.is_sqlite:
            for name in ("closes_keep", "closed_movements_keep"):
                for verb in ("update", "delete"):
                    connection.execute(text(f"DROP TRIGGER {name}_{verb}"))
            connection.execute(text("DROP TRIGGER closed_movements_sealed"))
        else:
            for table in ("closes", "closed_movements"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        connection.execute(text(statement))


@pytest.mark.parametrize(("statement", "months", "named"), BEHIND.values(), ids=BEHIND.keys())
def test_a_change_behind_the_triggers_back_is_found_and_named(
    books: Books, statement: str, months: int, named: str
) -> None:
    behind_their_back(books.store, statement)
    with books.store.reading() as connection:
        found = closes.follow(connection)
    assert found.months == months
    assert named in str(found.broken)


def test_the_chain_alone_does_not_look_at_movements(books: Books) -> None:
    behind_their_back(books.store, "UPDATE closed_movements SET minor = 1")
    with books.store.reading() as connection:
        assert closes.follow(connection, rows=False).broken is None
        assert closes.follow(connection).broken is not None


def test_a_seal_can_be_reckoned_by_hand(books: Books) -> None:
    with books.store.reading() as connection:
        first, second = closes.chain(connection)
        lines = [
            movement_line(*row)
            for row in connection.execute(
                text(
                    "SELECT customer_id, currency, kind, minor, movements FROM closed_movements "
                    "WHERE month = '2026-10' ORDER BY customer_id, currency, kind"
                )
            )
        ]
    assert first.previous_hash == "0" * 64
    by_hand = hashlib.sha256((first.hash + sealed_text(second.close)).encode()).hexdigest()
    assert by_hand == second.hash
    movements = json.loads(first.close.figures)["movements"]
    told = "".join(lines)
    assert told == ("cus_ann\tusd\topening\t2900\t1\ncus_bob\tusd\tnew\t900\t1\n")
    assert movements == {"rows": 2, "hash": hashlib.sha256(told.encode()).hexdigest()}


def test_every_column_is_under_the_seal(books: Books) -> None:
    with books.store.reading() as connection:
        close = closes.chain(connection)[0].close
    for field in fields(close):
        value = getattr(close, field.name)
        other = value + 1 if isinstance(value, int) else f"{value}x"
        changed = replace(close, **{field.name: other})
        assert seal("0" * 64, changed) != seal("0" * 64, close), field.name
