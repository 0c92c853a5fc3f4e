"""Whose object is it: gives observations their customer, and locks what a writer will change.

An observation without a customer (an orphan) names a parent. Writers that meet over one object
must not miss each other: the one that stores the orphan and the one that learns the parent's
customer both hold the parent's row here, so that the second sees what the first did.

Lock order, everywhere: objects by id, then customers by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from ..domain.observations import REFERENCE_TYPES, Observation
from . import dialect, history
from .tables import owners

Key = tuple[str, str]
"""(object type, object id)"""

PARENT_TYPES: Final = frozenset({"subscription", "invoice", "payment", "charge"})
"""Types that an orphan may name as its parent."""


@dataclass(frozen=True, slots=True)
class Settled:
    """``observations`` in the given order, with customers as far as anyone knows them."""

    observations: list[Observation]
    customers: frozenset[str]  # whose history changes, locked


def settle(connection: Connection, seen: Sequence[Observation]) -> Settled:
    """Find every observation's customer, adopt stored orphans, and lock the customers."""
    known = {(o.object_type, o.object_id): o.customer_id for o in seen if o.customer_id is not None}
    orphans = {
        (o.object_type, o.object_id): o.parent
        for o in seen
        if o.customer_id is None and o.object_type not in REFERENCE_TYPES
    }
    _pass_on(known, orphans)
    parents = {parent for parent in orphans.values() if parent is not None}
    wanted = {key for key in known if key[0] in PARENT_TYPES} | set(orphans) | parents
    waiting = _hold_objects(connection, wanted, known)
    _pass_on(known, orphans)
    adopted = _adopt(connection, known, waiting)
    settled = [_owned(o, known) for o in seen]
    customers = {o.customer_id for o in settled if o.customer_id is not None} | adopted
    _hold(connection, {("customer", customer_id): customer_id for customer_id in customers})
    return Settled(settled, frozenset(customers))


def lock_customers(connection: Connection, customer_ids: Iterable[str]) -> None:
    """Hold more customers; on PostgreSQL a crossing with another writer is broken and retried."""
    _hold(connection, {("customer", customer_id): customer_id for customer_id in customer_ids})


def _pass_on(known: dict[Key, str], orphans: dict[Key, Key | None]) -> None:
    """An orphan's customer is its parent's; parents may be orphans themselves."""
    found = True
    while found:
        found = False
        for key, parent in orphans.items():
            if key not in known and parent is not None and parent in known:
                known[key] = known[parent]
                found = True


def _hold_objects(connection: Connection, wanted: set[Key], known: dict[Key, str]) -> set[Key]:
    """Lock the objects and learn their customers; gives those that were stored without one."""
    stored = _hold(connection, {key: known.get(key) for key in wanted})
    for key, customer_id in stored.items():
        if customer_id is not None:
            known.setdefault(key, customer_id)
    return {key for key, customer_id in stored.items() if customer_id is None}


def _adopt(connection: Connection, known: dict[Key, str], waiting: set[Key]) -> set[str]:
    """Give stored orphans to the customers that became known, level by level."""
    adopters: set[str] = set()
    found = {key: known[key] for key in waiting if key in known}
    while found:
        _name(connection, found)
        history.give(connection, found.items())
        adopters.update(found.values())
        children = history.orphans_of(connection, (object_id for _, object_id in found))
        found = {
            (kind, object_id): known[parent_type, parent_id]
            for kind, object_id, parent_type, parent_id in children
            if (parent_type, parent_id) in known
        }
        known.update(found)
    return adopters


def _owned(seen: Observation, known: dict[Key, str]) -> Observation:
    if seen.customer_id is not None:
        return seen
    customer_id = known.get((seen.object_type, seen.object_id))
    return seen if customer_id is None else replace(seen, customer_id=customer_id)


def _hold(
    connection: Connection, keys: dict[Key, str | None] | dict[Key, str]
) -> dict[Key, str | None]:
    """Make sure the rows exist, lock them in order of their ids, and give what they say."""
    if not keys:
        return {}
    rows = sorted((object_id, kind, customer_id) for (kind, object_id), customer_id in keys.items())
    dialect.many(connection, dialect.insert_or_skip(connection, owners), rows)
    condition = dialect.among(connection, "object_id")
    # The server's own collation may sort ids otherwise than Python does.
    order = "object_id, object_type"
    if connection.dialect.name == "postgresql":
        order = 'object_id COLLATE "C", object_type COLLATE "C" FOR UPDATE'
    found = dialect.fetch(
        connection,
        f"SELECT object_type, object_id, customer_id FROM owners WHERE {condition} "  # noqa: S608
        f"ORDER BY {order}",
        dialect.keys(connection, [row[0] for row in rows]),
    )
    return {(row[0], row[1]): row[2] for row in found}


def _name(connection: Connection, found: dict[Key, str]) -> None:
    sign = dialect.mark(connection)
    statement = (
        f"UPDATE owners SET customer_id = {sign} "  # noqa: S608 - no input
        f"WHERE object_id = {sign} AND object_type = {sign}"
    )
    rows = sorted((object_id, kind, owner) for (kind, object_id), owner in found.items())
    dialect.many(
        connection, statement, [(owner, object_id, kind) for object_id, kind, owner in rows]
    )
