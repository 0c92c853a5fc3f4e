"""Stored observations: what every derived row is folded from."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, select, union

from ..domain.observations import Observation, Spelled, State
from . import dialect
from .spelling import read, spell
from .tables import DERIVED, observations

_COLUMNS = (
    "event_id, object_type, object_id, customer_id, parent_type, parent_id, "
    'second, effective, kind, "before", "after"'
)
_SKIP = ("seq",)


def append(connection: Connection, seen: Sequence[Observation]) -> None:
    """Store observations in the given order; one that is already there stays as it is."""
    rows = [_tuple(observation) for observation in seen]
    dialect.insert_new(connection, observations, rows, skip=_SKIP)


def of_customers(
    connection: Connection, customer_ids: Iterable[str]
) -> dict[str, list[Observation]]:
    """Everything seen of these customers, each in the order it was stored."""
    wanted = sorted(customer_ids)
    if not wanted:
        return {}
    condition = dialect.among(connection, "customer_id")
    rows = dialect.fetch(
        connection,
        f"SELECT {_COLUMNS} FROM observations WHERE {condition} ORDER BY seq",  # noqa: S608
        dialect.keys(connection, wanted),
    )
    found: dict[str, list[Observation]] = {customer_id: [] for customer_id in wanted}
    for row in rows:
        found[row[3]].append(_observation(row))
    return found


def ids_of_type(connection: Connection, object_type: str) -> set[str]:
    """The ids of every object of a type that was ever seen."""
    sign = dialect.mark(connection)
    statement = f"SELECT DISTINCT object_id FROM observations WHERE object_type = {sign}"  # noqa: S608
    return {row[0] for row in dialect.fetch(connection, statement, object_type)}


def customer_ids(connection: Connection, after: str, limit: int) -> list[str]:
    """The next ``limit`` customers, by id, of whom anything was seen or who have any row."""
    parts = [
        select(column.label("customer_id"))
        .where(column > after)
        .distinct()
        .order_by(column)
        .limit(limit)
        .subquery()
        for column in (table.c.customer_id for table in (observations, *DERIVED))
    ]
    known = union(*(select(part.c.customer_id) for part in parts)).subquery()
    found = connection.execute(select(known).order_by(known.c[0]).limit(limit))
    return [str(row[0]) for row in found]


def of_objects(
    connection: Connection, object_type: str, object_ids: Iterable[str]
) -> dict[str, list[Observation]]:
    """Everything seen of these objects, each in the order it was stored; nothing of none."""
    condition = dialect.among(connection, "object_id")
    rows = dialect.fetch(
        connection,
        f"SELECT {_COLUMNS} FROM observations "  # noqa: S608 - no input
        f"WHERE object_type = {dialect.mark(connection)} AND {condition} ORDER BY seq",
        object_type,
        dialect.keys(connection, sorted(object_ids)),
    )
    found: dict[str, list[Observation]] = {}
    for row in rows:
        found.setdefault(row[2], []).append(_observation(row))
    return found


def seen_among(connection: Connection, customer_ids: Iterable[str]) -> set[str]:
    """Those of these customers of whom anything was ever seen."""
    condition = dialect.among(connection, "customer_id")
    rows = dialect.fetch(
        connection,
        f"SELECT DISTINCT customer_id FROM observations WHERE {condition}",  # noqa: S608
        dialect.keys(connection, sorted(customer_ids)),
    )
    return {row[0] for row in rows}


def of_loose_objects(connection: Connection, object_ids: Iterable[str]) -> list[Observation]:
    """What was seen of objects that have no customer (yet), in the order it was stored."""
    wanted = sorted(object_ids)
    if not wanted:
        return []
    condition = dialect.among(connection, "object_id")
    rows = dialect.fetch(
        connection,
        f"SELECT {_COLUMNS} FROM observations "  # noqa: S608 - no input
        f"WHERE customer_id IS NULL AND {condition} ORDER BY seq",
        dialect.keys(connection, wanted),
    )
    return [_observation(row) for row in rows]


def children_of(
    connection: Connection, parent_ids: Iterable[str]
) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    """(object, parent), each as (type, id), of observations that name one of these parents."""
    condition = dialect.among(connection, "parent_id")
    rows = dialect.fetch(
        connection,
        "SELECT DISTINCT object_type, object_id, parent_type, parent_id FROM observations "  # noqa: S608
        f"WHERE parent_id IS NOT NULL AND {condition}",
        dialect.keys(connection, sorted(parent_ids)),
    )
    return {((row[0], row[1]), (row[2], row[3])) for row in rows}


def give(connection: Connection, owned: Iterable[tuple[tuple[str, str], str]]) -> None:
    """Hand everything stored of an object to its owner: (object type, object id) -> customer."""
    sign = dialect.mark(connection)
    statement = (
        f"UPDATE observations SET customer_id = {sign} "  # noqa: S608 - no input
        f"WHERE object_type = {sign} AND object_id = {sign}"
    )
    rows = [(customer_id, *key) for key, customer_id in sorted(owned)]
    dialect.many(connection, statement, rows)


def customers_naming(connection: Connection, object_type: str, name: str) -> set[str]:
    """Customers of whom an object of this type ever named ``name``, in any state that was told of
    it, also one from before it was first seen. Reads all of that type: for rare use."""
    sign = dialect.mark(connection)
    pattern = "%" + spell(name).replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"
    rows = dialect.fetch(
        connection,
        "SELECT DISTINCT customer_id FROM observations WHERE customer_id IS NOT NULL "  # noqa: S608
        f"AND object_type = {sign} "
        f"AND (\"after\" LIKE {sign} ESCAPE '!' OR \"before\" LIKE {sign} ESCAPE '!')",
        object_type,
        pattern,
        pattern,
    )
    return {row[0] for row in rows}


def by_customer(
    connection: Connection, *, until: int | None = None
) -> Generator[tuple[str, list[Observation]], None, None]:
    """Every customer with what took effect up to and including ``until``, customers sorted."""
    condition = "" if until is None else f" AND effective <= {int(until)}"
    result = connection.execution_options(stream_results=True).exec_driver_sql(
        f"SELECT {_COLUMNS} FROM observations "  # noqa: S608 - a number
        f"WHERE customer_id IS NOT NULL{condition} ORDER BY customer_id, seq"
    )
    with closing(result):  # whoever reads may leave half way
        rows = (_observation(row) for row in result)
        for customer_id, group in groupby(rows, key=attrgetter("customer_id")):
            yield customer_id, list(group)


def _tuple(seen: Observation) -> tuple[object, ...]:
    parent_type, parent_id = seen.parent or (None, None)
    return (
        seen.event_id,
        seen.object_type,
        seen.object_id,
        seen.customer_id,
        parent_type,
        parent_id,
        seen.second,
        seen.effective,
        seen.kind,
        None if seen.before is None else spell(seen.before),
        None if seen.after is None else spell(seen.after),
    )


def _observation(row: Sequence[Any]) -> Observation:
    (event, kind_of, object_id, customer, parent_type, parent_id, second, effective, kind) = row[:9]
    return Observation(
        event,
        kind_of,
        object_id,
        customer,
        second,
        kind,
        _state(row[9]),
        _state(row[10]),
        effective,
        None if parent_id is None else (parent_type, parent_id),
    )


def _state(text: str | None) -> State | None:
    state = read(text)
    return None if state is None else Spelled(state, str(text))
