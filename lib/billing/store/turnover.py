"""The sums that compare each customer with its own past, kept by adding what each fold changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, or_, select

from ..domain import turnover as told
from ..domain.catalog import Catalog
from ..domain.rows import MovementRow
from ..domain.stood_turns import of_standing
from ..domain.trial_turns import of_trials
from ..domain.turnover import NOTHING, Added, Turn, Turnover, add_to, asks_its_event
from ..domain.upgrade_turns import hangs_on_its_event
from . import dialect, failed_sums, meta, owing_sums
from .queries.upgrades import may_be_one
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
    add_to(total, failed_sums.summed(connection, timezone).items())
    everybody = _everybody(connection)
    for at in range(0, len(everybody), AT_ONCE):
        found = stories(connection, everybody[at : at + AT_ONCE], policy)
        asked = [
            row for each in found.values() for row in each.movements if asks_its_event(row, each)
        ]
        offers = offers_of(connection, asked, catalog)
        for story in found.values():
            add_to(total, told.of_story(story, timezone, offers).items())
            for own in {policy} if policy else {row.policy for row in story.movements} or {""}:
                add_to(total, of_trials(story, timezone, own or "").items())
                add_to(total, of_standing(story, timezone, own or "").items())
    return {turn: added for turn, added in total.items() if added != NOTHING}


def _everybody(connection: Connection) -> list[str]:
    found = {row[0] for row in connection.execute(select(movements.c.customer_id).distinct())}
    told = or_(subscriptions.c.trial_start.is_not(None), subscriptions.c.mrr_minor > 0)
    sold = select(subscriptions.c.customer_id).where(told).distinct()
    return sorted(found | {row[0] for row in connection.execute(sold)})


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


def rebuild_upgrades(connection: Connection, timezone: str, policy: str, catalog: Catalog) -> None:
    """The same of upgrades alone: the catalogue makes another thing of events long past."""
    wanted: Turnover = {}
    joined = movements.outerjoin(
        subscriptions, subscriptions.c.subscription_id == movements.c.subscription_id
    )
    query = select(movements).select_from(joined)
    query = query.where(movements.c.policy == policy, may_be_one())
    rows = connection.execute(query.execution_options(yield_per=AT_ONCE))
    for part in rows.partitions(AT_ONCE):
        moved = [MovementRow(*cells) for cells in part]
        asked = [row for row in moved if hangs_on_its_event(row, converted=True)]
        offers = offers_of(connection, asked, catalog)
        for row in moved:
            turn = told.of_upgrade(row, told.day_of(row.occurred_at, timezone), offers)
            if turn is not None:
                told.add(wanted, turn, Added(1, row.delta_minor))
    connection.exec_driver_sql("DELETE FROM turnover WHERE kind = 'upgrade'")
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
