"""The sums that compare each customer with its own past, kept by adding what each fold changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from ..domain import turnover as told
from ..domain.catalog import Catalog
from ..domain.rows import MovementRow
from ..domain.trial_turns import of_trials
from ..domain.turnover import NOTHING, Added, Story, Turn, Turnover, add_to, may_step_up
from . import dialect, meta, owing_sums
from .stories import AT_ONCE, offers_of, stories
from .sums import add_sums, replace_sums
from .tables import movements, subscriptions, turnover

KEPT: Final = "turnover"
"""In `meta`: the policy and time zone that the sums are kept in; nothing while they are not."""

_KEY: Final = ", ".join(f'"{name}"' for name in Turn._fields)


def add(connection: Connection, changes: Mapping[Turn, Added]) -> None:
    """Add to the stored sums, in one order by every writer, after the other sums."""
    keys = add_sums(connection, turnover, Added._fields, changes)
    if keys:
        _drop_nothing(connection, keys)


def _drop_nothing(connection: Connection, keys: Sequence[tuple[Any, ...]]) -> None:
    """A sum may come to nothing from either side: below zero it is a correction of another day."""
    empty = " AND ".join(f'"{name}" = 0' for name in Added._fields)
    if connection.dialect.name == "sqlite":
        delete = dialect.delete(connection, turnover, *Turn._fields)
        dialect.many(connection, f"{delete} AND {empty}", keys)
        return
    arrays = ", ".join("%b::text[]" for _ in Turn._fields)
    statement = (
        f"DELETE FROM turnover WHERE {empty} AND ({_KEY}) IN (SELECT * FROM unnest({arrays}))"  # noqa: S608
    )
    columns = zip(*keys, strict=True)
    dialect.run(connection, statement, *(dialect.keys(connection, column) for column in columns))


def stored(connection: Connection) -> dict[Turn, Added]:
    """Every sum as it is kept."""
    width = len(Turn._fields)
    rows = connection.execute(select(turnover))
    return {Turn(*row[:width]): Added(*row[width:]) for row in rows}


def summed(
    connection: Connection,
    timezone: str,
    policy: str | None = None,
    catalog: Catalog | None = None,
) -> dict[Turn, Added]:
    """Every sum as the rows give it: what :func:`stored` must equal. Reads all of them.

    ``policy``: whose movements are summed, where those of others are kept beside them.
    """
    total = owing_sums.summed(connection, timezone)
    everybody = _everybody(connection)
    for at in range(0, len(everybody), AT_ONCE):
        found = stories(connection, everybody[at : at + AT_ONCE], policy)
        asked = [row for each in found.values() for row in each.movements if may_step_up(row)]
        offers = offers_of(connection, asked, catalog)
        for story in found.values():
            add_to(total, told.of_story(story, timezone, offers).items())
            for own in {policy} if policy else {row.policy for row in story.movements} or {""}:
                add_to(total, of_trials(story, timezone, own or "").items())
    return {turn: added for turn, added in total.items() if added != NOTHING}


def _everybody(connection: Connection) -> list[str]:
    found = {row[0] for row in connection.execute(select(movements.c.customer_id).distinct())}
    tried = select(subscriptions.c.customer_id).where(subscriptions.c.trial_start.is_not(None))
    return sorted(found | {row[0] for row in connection.execute(tried.distinct())})


def rebuild(
    connection: Connection,
    timezone: str,
    policy: str | None = None,
    catalog: Catalog | None = None,
) -> bool:
    """Make the stored sums what the rows give; True when any differed.

    The caller keeps writers out: `references.lock(connection, changing=True)`.
    """
    wanted, known = summed(connection, timezone, policy, catalog), stored(connection)
    keep(connection, timezone, policy)
    return replace_sums(connection, turnover, wanted, known)


def rebuild_steps(connection: Connection, timezone: str, policy: str, catalog: Catalog) -> None:
    """The same of contractions that may be steps up, of which the catalogue tells alone."""
    wanted: Turnover = {}
    query = select(movements).where(movements.c.policy == policy, movements.c.kind == "contraction")
    rows = connection.execute(query.execution_options(yield_per=AT_ONCE))
    for part in rows.partitions(AT_ONCE):
        moved = [row for row in (MovementRow(*cells) for cells in part) if may_step_up(row)]
        offers = offers_of(connection, moved, catalog)
        for row in moved:
            found = told.of_story(Story((row,)), timezone, offers)
            add_to(wanted, ((turn, a) for turn, a in found.items() if turn.kind == "upgrade"))
    condition = "kind = 'upgrade' AND tag = 'contraction'"
    connection.exec_driver_sql(f"DELETE FROM turnover WHERE {condition}")  # noqa: S608 - no input
    add(connection, wanted)


def keep(connection: Connection, timezone: str, policy: str | None) -> None:
    """Note that the sums are kept: of nothing yet, or added up."""
    meta.put(connection, KEPT, f"{policy or ''} {timezone}")


def let_go(connection: Connection) -> None:
    """Note that the sums are not kept any more: nobody reads them until they are added up anew."""
    meta.forget(connection, KEPT)


def kept(connection: Connection, timezone: str, policy: str) -> bool:
    """Whether the sums are there, of this policy's movements and in this time zone's days."""
    return meta.get(connection, KEPT) in (f"{policy} {timezone}", f" {timezone}")
