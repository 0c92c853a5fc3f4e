"""Closed months in storage: frozen, chained, followed.

Each row is sealed by a hash over the one before it and its own text, and its figures hold a hash
over the month's movements, so that a change behind the triggers' back is found and named.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, fields
from typing import Any, Final

from sqlalchemy import Connection, func, insert, literal, select, text, union_all

from ..domain.close import OPENING, Close, movement_line, seal
from .audit import GENESIS
from .queries.columns import by_bytes
from .spelling import read
from .tables import closed_movements, closes, movements, observations

_LOCK: Final = 7_265_643
"""PostgreSQL advisory lock of the chain's end."""

c, k, m = closes.c, closed_movements.c, movements.c
_FIELDS: Final = tuple(field.name for field in fields(Close))
_COLUMNS: Final = tuple(c[name] for name in _FIELDS)


@dataclass(frozen=True, slots=True)
class Link:
    """A close with its place in the chain."""

    close_id: int
    previous_hash: str
    hash: str
    close: Close


@dataclass(frozen=True, slots=True)
class Verified:
    """``months``: how many hold, from the first on. ``broken``: the first that does not, and why.

    ``hash`` seals the last that holds.
    """

    months: int
    hash: str
    broken: str | None = None


def hold(connection: Connection) -> None:
    """Keep other closers out until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def append(connection: Connection, close: Close) -> str:
    """Add ``close`` at the end of the chain, under :func:`hold`; gives its seal."""
    last = connection.execute(select(c.hash).order_by(c.close_id.desc()).limit(1)).scalar()
    previous = last or GENESIS
    sealed = seal(previous, close)
    row = asdict(close) | {"previous_hash": previous, "hash": sealed}
    connection.execute(insert(closes).values(row))
    return sealed


def chain(connection: Connection, policy: str | None = None) -> list[Link]:
    """Every close in the order of the chain."""
    query = select(c.close_id, c.previous_hash, c.hash, *_COLUMNS).order_by(c.close_id)
    if policy is not None:
        query = query.where(c.policy == policy)
    return [Link(row[0], row[1], row[2], Close(*row[3:])) for row in connection.execute(query)]


def last(connection: Connection, policy: str) -> Close | None:
    """The latest month that is closed under ``policy``."""
    query = select(*_COLUMNS).where(c.policy == policy).order_by(c.month.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else Close(*row)


def find(connection: Connection, policy: str, month: str) -> Link | None:
    found = [link for link in chain(connection, policy) if link.close.month == month]
    return found[0] if found else None


def newest_seen(connection: Connection) -> int:
    """The place in storage of the newest observation; 0 without any."""
    return int(connection.execute(select(func.max(observations.c.seq))).scalar() or 0)


def seen_since(connection: Connection, seen: int, ends: int) -> bool:
    """Whether something stored after ``seen`` took effect before ``ends``."""
    o = observations.c
    query = select(o.seq).where(o.seq > seen, o.effective < ends).limit(1)
    return connection.execute(query).first() is not None


def freeze(
    connection: Connection, policy: str, month: str, starts: int, ends: int, *, first: bool
) -> None:
    """Keep the month's movements by customer, currency and kind; of the ``first`` close also what
    each customer had before."""
    one = movements.select().where(m.policy == policy)
    inside = one.where(m.occurred_at >= starts, m.occurred_at < ends).subquery()
    parts = [
        select(
            inside.c.customer_id,
            inside.c.currency,
            inside.c.kind,
            func.sum(inside.c.delta_minor).label("minor"),
            func.count().label("movements"),
        ).group_by(inside.c.customer_id, inside.c.currency, inside.c.kind)
    ]
    if first:
        before = one.where(m.occurred_at < starts).subquery()
        total = func.sum(before.c.delta_minor)
        parts.append(
            select(
                before.c.customer_id,
                before.c.currency,
                literal(OPENING).label("kind"),
                total.label("minor"),
                func.count().label("movements"),
            )
            .group_by(before.c.customer_id, before.c.currency)
            .having(total != 0)
        )
    rows = union_all(*parts).subquery()
    names = ["month", "policy", "customer_id", "currency", "kind", "minor", "movements"]
    query = select(literal(month), literal(policy), *(rows.c[name] for name in names[2:]))
    connection.execute(insert(closed_movements).from_select(names, query))


def fingerprint(connection: Connection, policy: str, month: str) -> dict[str, Any]:
    """``rows`` and ``hash`` of a month's frozen movements: SHA-256 over their lines, sorted."""
    columns = (k.customer_id, k.currency, k.kind, k.minor, k.movements)
    query = (
        select(*columns)
        .where(k.policy == policy, k.month == month)
        .order_by(by_bytes(k.customer_id), by_bytes(k.currency), by_bytes(k.kind))
        .execution_options(yield_per=5_000)
    )
    digest, rows = hashlib.sha256(), 0
    for row in connection.execute(query):
        digest.update(movement_line(*row).encode())
        rows += 1
    return {"rows": rows, "hash": digest.hexdigest()}


def follow(connection: Connection, *, rows: bool = True) -> Verified:
    """Follow the chain from its first month; with ``rows`` also over each month's movements."""
    expected, months = GENESIS, 0
    for link in chain(connection):
        close = link.close
        named = f"row {link.close_id} ({close.month}, {close.policy})"
        if link.previous_hash != expected:
            return Verified(months, expected, f"{named} does not continue the row before it")
        if link.hash != seal(expected, close):
            return Verified(months, expected, f"{named} is not what was sealed")
        if rows:
            kept = read(close.figures)["movements"]
            if kept != fingerprint(connection, close.policy, close.month):
                why = f"the movements of {named} are not those that were sealed"
                return Verified(months, expected, why)
        expected, months = link.hash, months + 1
    return Verified(months, expected)
