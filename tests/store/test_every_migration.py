"""Every migration is taken back and made again under rows in every table, whichever there are.

A revision that is added later is covered without a word here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import BigInteger, Boolean, LargeBinary, Table, insert, inspect, select

from lib.billing.domain.list_sums import LISTED
from lib.billing.replay import replay
from lib.billing.store import migrate, tables
from lib.billing.store.engine import Store
from tests.store.company import company, derived, ingest_into

Rows = dict[str, list[dict[str, Any]]]

VERSION = "alembic_version"
DERIVED = {table.name for table in tables.DERIVED} | {"rollups", "standings", "runway"}
TOLD_BY_STEPS = {"meta", VERSION}
"""What a migration itself writes to."""

pytestmark = [
    pytest.mark.alone,
    pytest.mark.filterwarnings("ignore:.*expression-based index"),
]


def config() -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    made.set_main_option("path_separator", "os")
    return made


def revisions() -> list[str]:
    """The oldest first."""
    scripts = ScriptDirectory.from_config(config())
    return [script.revision for script in scripts.walk_revisions()][::-1]


def move(store: Store, to: str, *, up: bool) -> None:
    with store.writing() as connection:
        made = config()
        made.attributes["connection"] = connection
        (command.upgrade if up else command.downgrade)(made, to)


def rows(store: Store, *only: str) -> Rows:
    """Every row of every table that is there now, or of these, as column -> value."""
    with store.reading() as connection:
        return {
            name: sorted(
                (
                    dict(row._mapping)
                    for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"')
                ),
                key=repr,
            )
            for name in only or inspect(connection).get_table_names()
        }


def shared(before: Rows, after: Rows, *, but: set[str]) -> list[tuple[str, Rows, Rows]]:
    """The tables of both, cut to the columns of both."""
    found = []
    for name in sorted(before.keys() & after.keys() - but):
        old, new = before[name], after[name]
        columns = set(old[0] if old else {}) & set(new[0] if new else {})
        cut = [
            sorted(({c: row[c] for c in sorted(columns)} for row in some), key=repr)
            for some in (old, new)
        ]
        found.append((name, *cut))
    return found  # type: ignore[return-value]


def fill(store: Store) -> None:
    """A company's life, and a row in each table that it leaves empty."""
    ingest_into(store).apply(company(3, customers=3, turns=8))
    with store.writing() as connection:
        for table in tables.metadata.sorted_tables:
            if connection.execute(select(table).limit(1)).first() is None:
                connection.execute(insert(table).values(_anything(table)))


def _anything(table: Table) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for column in table.columns:
        if column.autoincrement is True:
            continue
        if isinstance(column.type, Boolean):
            made[column.name] = False
        elif isinstance(column.type, BigInteger):
            made[column.name] = 1
        elif isinstance(column.type, LargeBinary):
            made[column.name] = b"x"
        else:
            made[column.name] = "x"
    return made


def test_each_is_taken_back_and_made_again_and_every_row_is_kept(store: Store) -> None:
    fill(store)
    empty = [name for name, some in rows(store).items() if not some]
    assert empty == []
    expected, known = derived(store), revisions()
    before = rows(store)
    for older, newer in zip(known[-2::-1], known[:0:-1], strict=True):
        move(store, older, up=False)
        after = rows(store)
        assert after[VERSION] == [{"version_num": older}]
        for name, old, new in shared(before, after, but=TOLD_BY_STEPS | DERIVED):
            assert old == new, f"{newer} taken back changes {name}"
        before = after
    for newer in known[1:]:
        move(store, newer, up=True)
        after = rows(store)
        for name, old, new in shared(before, after, but=TOLD_BY_STEPS | DERIVED):
            assert old == new, f"{newer} changes {name}"
        before = after
    assert migrate.current(store) == migrate.HEAD
    replay(ingest_into(store))
    assert derived(store) == expected


@pytest.mark.parametrize("older", [each for each in revisions()[:-1] if each >= "0007"])
def test_from_each_the_newest_is_reached_in_one_go_with_rows_that_need_no_replay(
    store: Store, older: str
) -> None:
    """What a migration adds to rows is what the writer would have written; sums of lists, and
    those by day, wait until everybody is folded anew."""
    ingest = ingest_into(store)
    ingest.apply(company(4, customers=3, turns=6))
    expected, kept = derived(store), sums(store)
    move(store, older, up=False)
    migrate.upgrade(store)
    assert derived(store) == expected
    assert _unlisted(sums(store)["rollups"]) == _unlisted(kept["rollups"])
    replay(ingest)
    assert sums(store) == kept


def sums(store: Store) -> Rows:
    return rows(store, "rollups", "turnover")


def _unlisted(rollups: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rollups if row["kind"] not in LISTED]
