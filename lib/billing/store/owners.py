"""Whose object is it: gives observations their customer, and locks what a writer will change.

Everything seen of one object belongs to one customer, or two of them would both have its row; so
does what names no customer (an orphan). The owner is the smallest of the customers that the
object's own observations name and of its parents' owners: one answer whatever came first, also
where a payment changed hands.

Writers that meet over one object must not miss each other: the one that stores an orphan and the
one that learns its parent's customer both hold the parent's row here, so that the second sees what
the first did. Lock order, everywhere: objects by id, then customers by id.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection

from ..domain.observations import REFERENCE_TYPES, Observation
from . import dialect, history
from .tables import owners

Key = tuple[str, str]
"""(object type, object id)"""

Links = set[tuple[Key, Key]]
"""(orphan, parent)"""


@dataclass(frozen=True, slots=True)
class Settled:
    """``observations`` in the given order, with customers as far as anyone knows them."""

    observations: list[Observation]
    customers: frozenset[str]  # whose history changes, locked
    handed: frozenset[str]  # of these, who gained or lost what was seen before
    new: frozenset[Key]  # objects and customers that nobody had named before
    claimed: frozenset[str]  # customers that were locked before anything else was known

    @property
    def newcomers(self) -> set[str]:
        """Customers of whom nothing was ever stored."""
        return {name for kind, name in self.new if kind == "customer"} - self.handed


NOBODY: Final = Settled([], frozenset(), frozenset(), frozenset(), frozenset())


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose what was ``seen`` is by its own word, and what the database is being asked of it."""

    seen: Sequence[Observation]
    known: dict[Key, str]
    links: Links
    objects: _Held
    customers: _Held
    claimed: frozenset[str]  # whom the last is about


def claim(connection: Connection, seen: Sequence[Observation]) -> Claims:
    """Lock the objects and then the customers that they are said to be of; nothing is waited for
    where statements go together."""
    seen = [_with_parent(o) for o in seen]
    known: dict[Key, str] = {}
    links: Links = set()
    for o in seen:
        key = (o.object_type, o.object_id)
        if o.customer_id is not None:
            _lower(known, key, o.customer_id)
        elif o.parent is not None:
            links.add((key, o.parent))
    _pass_on(known, links)
    wanted = {key for key in known if key[0] != "customer"}
    wanted |= {key for link in links for key in link}
    objects = _ask(connection, {key: known.get(key) for key in wanted})
    claimed = frozenset(known.values())
    return Claims(seen, known, links, objects, _ask(connection, _as_keys(claimed)), claimed)


def settle(connection: Connection, claims: Claims) -> Settled:
    """Find every observation's customer, adopt stored orphans, and lock the other customers."""
    known = claims.known
    stored, new = claims.objects.taken()
    moved = _update(connection, stored, known, claims.links)
    settled = [_owned(o, known) for o in claims.seen]
    customers = {o.customer_id for o in settled if o.customer_id is not None} | moved
    lock_customers(connection, customers - claims.claimed)
    new |= claims.customers.taken()[1]
    return Settled(settled, frozenset(customers), frozenset(moved), frozenset(new), claims.claimed)


def lock_customers(connection: Connection, customer_ids: Iterable[str]) -> None:
    """Hold more customers; on PostgreSQL a crossing with another writer is broken and retried."""
    _ask(connection, _as_keys(customer_ids))


def _with_parent(seen: Observation) -> Observation:
    """An orphan that names no parent waits for another observation of its own object."""
    if seen.customer_id or seen.parent or seen.object_type in REFERENCE_TYPES:
        return seen
    return replace(seen, parent=(seen.object_type, seen.object_id))


def _lower(known: dict[Key, str], key: Key, customer_id: str) -> bool:
    """Make ``customer_id`` the owner unless a smaller one is; True when that changed anything."""
    if key in known and known[key] <= customer_id:
        return False
    known[key] = customer_id
    return True


def _pass_on(known: dict[Key, str], links: Links) -> None:
    """An orphan's owner is its parent's; parents may be orphans themselves."""
    while any(parent in known and _lower(known, orphan, known[parent]) for orphan, parent in links):
        pass


def _update(
    connection: Connection, stored: dict[Key, str | None], known: dict[Key, str], links: Links
) -> set[str]:
    """Bring stored owners and orphans up to date, from parents to children; gives the customers
    that gained or lost observations by it."""
    moved: set[str] = set()
    while stored:
        for key, customer_id in stored.items():
            if customer_id is not None:
                _lower(known, key, customer_id)
        _pass_on(known, links)
        changed = {key: known[key] for key in stored if known.get(key) not in (None, stored[key])}
        if not changed:
            break
        moved |= set(changed.values()) | {stored[key] or known[key] for key in changed}
        _name(connection, changed)
        history.give(connection, changed.items())
        links |= history.children_of(connection, {object_id for _, object_id in changed})
        wanted = {child for child, parent in links if parent in changed and child != parent}
        stored, _ = _ask(connection, {key: known.get(key) for key in wanted}).taken()
    return moved


def _owned(seen: Observation, known: dict[Key, str]) -> Observation:
    customer_id = known.get((seen.object_type, seen.object_id))
    if customer_id in (None, seen.customer_id):
        return seen
    return replace(seen, customer_id=customer_id)


def _as_keys(customer_ids: Iterable[str]) -> dict[Key, str | None]:
    return {("customer", customer_id): customer_id for customer_id in customer_ids}


@dataclass(frozen=True, slots=True)
class _Held:
    """Rows that are locked, and which of them were made for it."""

    rows: dialect.Answer | None = None
    made: dialect.Answer | None = None

    def taken(self) -> tuple[dict[Key, str | None], set[Key]]:
        """What the rows say, and the keys of those that were not there before."""
        new = self.made.fetchall() if self.made else ()
        rows = self.rows.fetchall() if self.rows else ()
        return {(kind, name): owner for name, kind, owner in rows}, {(k, name) for name, k in new}


def _ask(connection: Connection, keys: Mapping[Key, str | None]) -> _Held:
    """Make sure the rows exist, lock them in order of their ids, and ask what they say."""
    if not keys:
        return _Held()
    rows = sorted((object_id, kind, customer_id) for (kind, object_id), customer_id in keys.items())
    statement = (
        f"SELECT object_id, object_type, customer_id FROM owners "  # noqa: S608 - no input
        f"WHERE {dialect.among(connection, 'object_id')}"
    )
    names = dialect.keys(connection, [row[0] for row in rows])
    if connection.dialect.name == "sqlite":
        stored = {row[:2]: row for row in map(tuple, dialect.fetch(connection, statement, names))}
        missing = [row for row in rows if row[:2] not in stored]
        dialect.insert(connection, owners, missing)
        made: dialect.Answer = dialect.Here([row[:2] for row in missing])
        return _Held(dialect.Here([*stored.values(), *missing]), made)
    made = dialect.insert_returning(connection, owners, rows, "object_id", "object_type")
    # The server's own collation may sort ids otherwise than Python does.
    order = 'ORDER BY object_id COLLATE "C", object_type COLLATE "C" FOR UPDATE'
    return _Held(dialect.ask(connection, f"{statement} {order}", names), made)


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
