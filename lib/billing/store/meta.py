"""Small facts about the projection as a whole."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from . import dialect
from .tables import meta

WATERMARK = "watermark"
LAST_WEBHOOK_AT = "last_webhook_at"
LAST_EVENT_AT = "last_event_at"
FOLDED_BY = "folded_by"  # the mark of the rules that every row was last folded by
MIXED = "mixed"  # in its place: somebody has folded by other rules since
REFOLDING = "refolding:"  # before a mark: every row is being folded by those rules
REFOLD_LEFT = "refold_left"  # customers whom that has not reached yet
LISTS_WAIT = "lists_wait"  # there while the sums of `domain.list_sums` are not everybody's
APPLIED = "catalogue_applied"  # the mark of the catalogue that was last applied
PRUNED_TO = "pruned_to"  # the last row of the inbox whose body was looked at: see retention.py
SWEPT_AT = "swept_at"  # when that last began at the oldest row
PRUNED_AT = "pruned_at"  # when a round of it last came to its end


@dataclass(frozen=True, slots=True)
class Fact:
    """A value that may still be on its way."""

    answer: dialect.Answer

    def taken(self) -> str | None:
        rows = self.answer.fetchall()
        return str(rows[0][0]) if rows else None


def ask(connection: Connection, key: str) -> Fact:
    statement = f"SELECT value FROM meta WHERE key = {dialect.mark(connection)}"  # noqa: S608
    return Fact(dialect.ask(connection, statement, key))


def get(connection: Connection, key: str) -> str | None:
    return ask(connection, key).taken()


def put(connection: Connection, key: str, value: str) -> None:
    dialect.upsert(connection, meta, [(key, value)])


def forget(connection: Connection, key: str) -> None:
    dialect.many(connection, dialect.delete(connection, meta, "key"), [(key,)])


def put_highest(connection: Connection, key: str, value: int) -> None:
    """Keep the highest number ever put; it never goes back."""
    sign = dialect.mark(connection)
    statement = (
        f"INSERT INTO meta (key, value) VALUES ({sign}, {sign}) "  # noqa: S608 - no input
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value "
        "WHERE CAST(meta.value AS BIGINT) < CAST(excluded.value AS BIGINT)"
    )
    dialect.many(connection, statement, [(key, str(value))])


def raise_watermark(connection: Connection) -> None:
    """Say that something readable changed. Last in the transaction: every writer wants this row."""
    dialect.run(
        connection,
        "UPDATE meta SET value = CAST(CAST(value AS BIGINT) + 1 AS TEXT) WHERE key = 'watermark'",
    )
