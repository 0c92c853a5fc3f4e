"""The audit's chain: append-only, in order, and a break is found."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.billing.store import audit
from lib.billing.store.audit import AuditRow
from lib.billing.store.engine import Store


def _fill(store: Store, count: int, staff: str = "sam") -> None:
    for index in range(count):
        with store.writing() as connection:
            audit.append(connection, AuditRow(index, staff, "export", detail=f"né {index}"))


def _broken(store: Store) -> int | None:
    with store.reading() as connection:
        return audit.first_broken(connection)


def test_an_empty_audit_is_whole(store: Store) -> None:
    assert _broken(store) is None


def test_rows_follow_one_another(store: Store) -> None:
    _fill(store, 3)
    assert _broken(store) is None
    with store.reading() as connection:
        rows = connection.execute(text("SELECT previous_hash, hash FROM audit ORDER BY audit_id"))
        hashes = rows.all()
    assert hashes[0][0] == audit.GENESIS
    assert [one[1] for one in hashes[:-1]] == [next_[0] for next_ in hashes[1:]]


CHANGES = {
    "a change": "UPDATE audit SET staff = 'eve' WHERE audit_id = 2",
    "a removal": "DELETE FROM audit WHERE audit_id = 2",
}


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES.keys())
def test_the_database_refuses(store: Store, statement: str) -> None:
    _fill(store, 3)
    with pytest.raises(DBAPIError, match="append-only"), store.writing() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("statement", CHANGES.values(), ids=CHANGES.keys())
def test_someone_who_goes_around_the_database_is_found(sqlite_store: Store, statement: str) -> None:
    _fill(sqlite_store, 4)
    with sqlite_store.writing() as connection:
        for verb in ("update", "delete"):
            connection.execute(text(f"DROP TRIGGER audit_keeps_{verb}"))
        connection.execute(text(statement))
    assert _broken(sqlite_store) in (2, 3)


def test_writers_at_the_same_time_make_one_chain(store: Store) -> None:
    threads = [threading.Thread(target=_fill, args=(store, 10, f"s{n}")) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert _broken(store) is None
    with store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM audit")).scalar() == 40


def test_times_count_one_staff_member_and_one_action_after_a_second(store: Store) -> None:
    _fill(store, 5)
    _fill(store, 2, "eve")
    with store.reading() as connection:
        assert audit.times_of(connection, "sam", "export", 2) == [3, 4]
        assert audit.times_of(connection, "sam", "link.requested", 0) == []
