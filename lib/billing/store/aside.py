"""Movements of other policies than the configured one: made on demand, kept beside its own.

The writer of the projection neither adds to them nor takes from them, so they are true as of the
watermark at which they were made, and no longer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, func, select

from ..domain.fold import Rules, mark_of
from ..domain.rows import MovementRow
from . import dialect, meta
from .projection import CELLS_OF_A_MOVEMENT
from .tables import meta as facts
from .tables import movements, observations

_NOTE: Final = "movements_of:"
_MAKING: Final = ""


def begin(connection: Connection, policy: str) -> None:
    """Note that a policy's movements are being made: until :func:`finish` they are not current."""
    meta.put(connection, _NOTE + policy, _MAKING)


def finish(connection: Connection, rules: Rules) -> None:
    """Note that all movements of the rules' policy are those of now. Raises the watermark, so that
    whoever has read of them before reads again."""
    meta.raise_watermark(connection)
    meta.put(connection, _NOTE + rules.policy.slug, _now(connection, rules))


def current(connection: Connection, rules: Rules) -> bool:
    """Whether the kept movements of the rules' policy are what a fold of now gives."""
    return meta.get(connection, _NOTE + rules.policy.slug) == _now(connection, rules)


def _now(connection: Connection, rules: Rules) -> str:
    return f"{meta.get(connection, meta.WATERMARK)} {mark_of(rules)}"


def drop_others(connection: Connection, configured: str) -> bool:
    """Drop movements of policies that are neither ``configured`` nor kept; True if there were any.

    What was configured before leaves its movements behind.
    """
    meta.forget(connection, _NOTE + configured)
    noted = connection.execute(select(facts.c.key).where(facts.c.key.startswith(_NOTE)))
    kept = {configured, *(key.removeprefix(_NOTE) for (key,) in noted)}
    dropped = connection.execute(movements.delete().where(movements.c.policy.not_in(sorted(kept))))
    return dropped.rowcount > 0


def last_seen(connection: Connection) -> int:
    """The number of the newest stored observation."""
    return int(connection.execute(select(func.max(observations.c.seq))).scalar() or 0)


def seen_since(connection: Connection, number: int) -> list[str]:
    """Customers of whom anything was stored after the observation of that number, sorted."""
    query = select(observations.c.customer_id).where(
        observations.c.seq > number, observations.c.customer_id.is_not(None)
    )
    return sorted({str(row[0]) for row in connection.execute(query)})


def write(
    connection: Connection,
    policy: str,
    made: Mapping[str, Iterable[MovementRow]],
) -> bool:
    """Make the kept movements of these customers what ``made`` says; True when any differed."""
    wanted = {
        (policy, row.movement_id): CELLS_OF_A_MOVEMENT(row)
        for rows in made.values()
        for row in rows
    }
    stored = _stored(connection, policy, made.keys())
    differing = [wanted[key] for key in sorted(wanted) if stored.get(key) != wanted[key]]
    vanished = sorted(stored.keys() - wanted.keys())
    delete = dialect.delete(connection, movements, "policy", "movement_id")
    dialect.many(connection, delete, vanished)
    dialect.upsert(connection, movements, differing)
    return bool(differing or vanished)


def _stored(
    connection: Connection, policy: str, customer_ids: Collection[str]
) -> dict[tuple[str, str], Sequence[object]]:
    condition = dialect.among(connection, "customer_id")
    rows = dialect.fetch(
        connection,
        f"SELECT {dialect.names(movements)} FROM movements "  # noqa: S608 - no input
        f"WHERE {condition} AND policy = {dialect.mark(connection)}",
        dialect.keys(connection, sorted(customer_ids)),
        policy,
    )
    found = [MovementRow(*row) for row in rows]
    return {(row.policy, row.movement_id): CELLS_OF_A_MOVEMENT(row) for row in found}
