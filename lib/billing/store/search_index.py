"""The indices that searching needs, in each database's own words.

Both keep every run of three: SQLite of characters (FTS5), PostgreSQL of bytes (an array of numbers
under GIN, by a function of plain SQL: no extension is needed). Ids are looked up by their beginning
in ordinary indices. Alembic makes and drops all of it here; `tables.metadata` knows only
`search_terms` itself.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection

FUNCTION: Final = "search_trigrams"
TRIGRAMS: Final = "ix_search_terms_trigrams"
FULL_TEXT: Final = "search_index"
ONCE: Final = "uq_search_terms_once"
_IDS: Final = {
    "customers": "customer_id",
    "subscriptions": "subscription_id",
    "invoices": "invoice_id",
}

_FUNCTION: Final = f"""
CREATE FUNCTION {FUNCTION}(text) RETURNS int[] LANGUAGE sql
IMMUTABLE STRICT PARALLEL SAFE COST 500 AS $$
  SELECT ARRAY(
    SELECT (get_byte(bytes, n) << 16) | (get_byte(bytes, n + 1) << 8) | get_byte(bytes, n + 2)
    FROM convert_to($1, 'UTF8') AS bytes, generate_series(0, length(bytes) - 3) AS n
  )
$$"""  # noqa: S608 - here and below, names are ours

# A long pending list would be read by every search.
_GIN: Final = (
    f"CREATE INDEX {TRIGRAMS} ON search_terms USING gin ({FUNCTION}(folded)) "
    "WITH (gin_pending_list_limit = 256)"
)

_TABLE: Final = (
    f"CREATE VIRTUAL TABLE {FULL_TEXT} USING fts5(folded, content = 'search_terms', "
    "content_rowid = 'term_id', tokenize = 'trigram case_sensitive 1', detail = 'none', "
    "columnsize = 0)"
)
_ENTER: Final = f"INSERT INTO {FULL_TEXT} (rowid, folded) VALUES (new.term_id, new.folded)"  # noqa: S608
_LEAVE: Final = (
    f"INSERT INTO {FULL_TEXT} ({FULL_TEXT}, rowid, folded) "  # noqa: S608
    "VALUES ('delete', old.term_id, old.folded)"
)
_TRIGGERS: Final = {
    "search_terms_enter": f"AFTER INSERT ON search_terms BEGIN {_ENTER}; END",
    "search_terms_leave": f"AFTER DELETE ON search_terms BEGIN {_LEAVE}; END",
    "search_terms_change": (
        f"AFTER UPDATE OF folded ON search_terms BEGIN {_LEAVE}; {_ENTER}; END"
    ),
}


def create(connection: Connection) -> None:
    """Index what `search_terms` and the derived tables hold, and whatever comes."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(_TABLE)
        rebuild = f"INSERT INTO {FULL_TEXT} ({FULL_TEXT}) VALUES ('rebuild')"  # noqa: S608
        connection.exec_driver_sql(rebuild)
        for name, body in _TRIGGERS.items():
            connection.exec_driver_sql(f"CREATE TRIGGER {name} {body}")
    else:
        connection.exec_driver_sql(_FUNCTION)
        connection.exec_driver_sql(_GIN)
        connection.exec_driver_sql("ANALYZE search_terms")
    for table, column in _IDS.items():
        name = id_index(table)
        connection.exec_driver_sql(
            f"CREATE INDEX {name} ON {table} ({lowered(connection, column)})"
        )


def drop(connection: Connection) -> None:
    """Take all of it away again; `search_terms` stays."""
    for table in _IDS:
        connection.exec_driver_sql(f"DROP INDEX {id_index(table)}")
    if connection.dialect.name == "sqlite":
        for name in _TRIGGERS:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql(f"DROP TABLE {FULL_TEXT}")
    else:
        connection.exec_driver_sql(f"DROP INDEX {TRIGRAMS}")
        connection.exec_driver_sql(f"DROP FUNCTION {FUNCTION}")


def id_index(table: str) -> str:
    return f"ix_{table}_id_lower"


def lowered(connection: Connection, column: str) -> str:
    """A column of ids without case, byte by byte whatever the database's locale."""
    if connection.dialect.name == "sqlite":
        return f"lower({column})"
    return f'lower({column} COLLATE "C")'


def is_ours(name: str | None) -> bool:
    """Whether a table, column or index of the database is made here rather than by the metadata."""
    if name is None:
        return False
    ours = (TRIGRAMS, ONCE, "term_id")
    return name in ours or name.startswith(FULL_TEXT) or name.endswith("_id_lower")
