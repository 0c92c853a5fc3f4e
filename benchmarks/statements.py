"""The statements that a question puts to its database, and the rows they read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from lib.billing.store.engine import Store


@contextmanager
def caught(store: Store) -> Iterator[list[tuple[str, Any]]]:
    """Whatever is asked of the store meanwhile: statements and what is given with them."""
    found: list[tuple[str, Any]] = []

    def catch(_c: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.lstrip("( ").upper().startswith(("SELECT", "WITH")):
            found.append((statement, parameters))

    event.listen(store.read_engine, "before_cursor_execute", catch)
    try:
        yield found
    finally:
        event.remove(store.read_engine, "before_cursor_execute", catch)


def touched(connection: Connection, statement: str, parameters: Any) -> int:
    """Rows that PostgreSQL read from tables and indices, those it threw away with them."""
    explained = connection.exec_driver_sql(
        f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", parameters or ()
    ).scalar_one()
    plans = json.loads(explained) if isinstance(explained, str) else explained
    return sum(_of_node(plan["Plan"]) for plan in plans)


def _of_node(node: dict[str, Any]) -> int:
    below = sum(_of_node(child) for child in node.get("Plans", ()))
    if "Relation Name" not in node:
        return below
    names = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return below + round(sum(node.get(name, 0) for name in names) * node["Actual Loops"])
