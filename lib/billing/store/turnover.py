"""The sums that compare each customer with its own past, kept by adding what each fold changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, select

from ..domain import turnover as told
from ..domain.catalog import Catalog
from ..domain.rows import MovementRow, ProjectionRows, SubscriptionRow
from ..domain.turnover import (
    NOTHING,
    Added,
    Offered,
    Offers,
    Sold,
    Story,
    Turn,
    Turnover,
    add_to,
    may_step_up,
)
from ..domain.upgrades import offer_of
from . import dialect, meta
from .projection import MovementKey
from .spelling import read
from .tables import movements, observations, subscriptions, turnover

KEPT: Final = "turnover"
"""In `meta`: the policy and time zone that the sums are kept in; nothing while they are not."""
AT_ONCE: Final = 2_000

_KEY: Final = ", ".join(f'"{name}"' for name in Turn._fields)
_ADDED: Final = ", ".join(
    f'"{name}" = turnover."{name}" + excluded."{name}"' for name in Added._fields
)
_SOLD: Final = tuple(Sold.__dataclass_fields__)


class Change:
    """What one batch changes. Made before the rows are written, for it reads what they said."""

    def __init__(
        self, connection: Connection, timezone: str, policy: str, catalog: Catalog | None
    ) -> None:
        self._connection = connection
        self._timezone, self._policy, self._catalog = timezone, policy, catalog
        self._before: dict[str, Story] = {}

    def of(
        self,
        projected: Iterable[ProjectionRows],
        gone: Collection[MovementKey],
        *,
        known: Collection[str],
        emptied: Collection[str] = (),
    ) -> Turnover:
        """``projected``: whose subscriptions changed. ``known``: who may already have rows.
        ``emptied``: who is to have none."""
        rows = {each.customer.customer_id: each for each in projected}
        self._before = stories(
            self._connection, sorted((rows.keys() & set(known)) | set(emptied)), self._policy
        )
        undone = {movement_id for _, movement_id in gone}
        pairs = []
        for customer_id in sorted({*rows, *emptied}):
            before = self._before.get(customer_id, Story())
            now = rows.get(customer_id)
            after = Story() if now is None else _after(before, now, undone)
            since = told.differs_from(before, after)
            pairs.append((before, after, since))
        return self._changes(pairs)

    def _changes(self, pairs: Sequence[tuple[Story, Story, int | None]]) -> Turnover:
        asked = [
            row
            for before, after, since in pairs
            if since is not None
            for row in (*before.movements, *after.movements)
            if row.occurred_at >= since and may_step_up(row)
        ]
        offers = offers_of(self._connection, asked, self._catalog)
        found: Turnover = {}
        for before, after, since in pairs:
            for story, sign in ((before, -1), (after, 1)):
                if since is not None:
                    moved = told.of_story(story, self._timezone, offers, since=since)
                    add_to(found, moved.items(), sign)
                add_to(found, told.of_trials(story, self._timezone, self._policy).items(), sign)
        return found


def _after(before: Story, rows: ProjectionRows, undone: Collection[str]) -> Story:
    """``before`` as a fold leaves it."""
    kept = {} if rows.whole else {row.movement_id: row for row in before.movements}
    kept = {name: row for name, row in kept.items() if name not in undone}
    kept |= {row.movement_id: row for row in rows.movements}
    free = {} if rows.whole else dict(before.free)
    for invoice in rows.invoices:
        owner, at = invoice.subscription_id, invoice.created_at
        if invoice.total_minor == 0 and owner is not None and at is not None:
            free[owner] = min(at, free.get(owner, at))
    sold = {row.subscription_id: _sold(row) for row in rows.subscriptions}
    return Story(tuple(kept.values()), sold, free)


def _sold(row: SubscriptionRow) -> Sold:
    return Sold(*(getattr(row, name) for name in _SOLD))


def add(connection: Connection, changes: Mapping[Turn, Added]) -> None:
    """Add to the stored sums, in one order by every writer, after the other sums."""
    rows = [(*turn, *changes[turn]) for turn in sorted(changes) if changes[turn] != NOTHING]
    if not rows:
        return
    dialect.insert(connection, turnover, rows, f" ON CONFLICT ({_KEY}) DO UPDATE SET {_ADDED}")
    spent = [turn for turn in sorted(changes) if min(changes[turn]) < 0]
    empty = " AND ".join(f'"{name}" = 0' for name in Added._fields)
    delete = dialect.delete(connection, turnover, *Turn._fields)
    dialect.many(connection, f"{delete} AND {empty}", spent)


def stored(connection: Connection) -> dict[Turn, Added]:
    """Every sum as it is kept."""
    width = len(Turn._fields)
    rows = connection.execute(select(turnover))
    found = {Turn(*row[:width]): Added(*row[width:]) for row in rows}
    return {turn: added for turn, added in found.items() if added != NOTHING}


def summed(
    connection: Connection,
    timezone: str,
    policy: str | None = None,
    catalog: Catalog | None = None,
) -> dict[Turn, Added]:
    """Every sum as the rows give it: what :func:`stored` must equal. Reads all of them.

    ``policy``: whose movements are summed, where those of others are kept beside them.
    """
    total: Turnover = {}
    everybody = _everybody(connection)
    for at in range(0, len(everybody), AT_ONCE):
        found = stories(connection, everybody[at : at + AT_ONCE], policy)
        asked = [row for each in found.values() for row in each.movements if may_step_up(row)]
        offers = offers_of(connection, asked, catalog)
        for story in found.values():
            add_to(total, told.of_story(story, timezone, offers).items())
            for own in {policy} if policy else {row.policy for row in story.movements} or {""}:
                add_to(total, told.of_trials(story, timezone, own or "").items())
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
    if wanted == known:
        return False
    gone = sorted(known.keys() - wanted.keys())
    dialect.many(connection, dialect.delete(connection, turnover, *Turn._fields), gone)
    rows = [(*turn, *wanted[turn]) for turn in sorted(wanted) if known.get(turn) != wanted[turn]]
    dialect.upsert(connection, turnover, rows)
    return True


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


def kept(connection: Connection, timezone: str, policy: str) -> bool:
    """Whether the sums are there, of this policy's movements and in this time zone's days."""
    return meta.get(connection, KEPT) in (f"{policy} {timezone}", f" {timezone}")


def stories(
    connection: Connection, customer_ids: Sequence[str], policy: str | None
) -> dict[str, Story]:
    """What is stored of these customers."""
    if not customer_ids:
        return {}
    moved: defaultdict[str, list[MovementRow]] = defaultdict(list)
    for row in _moved(connection, customer_ids, policy):
        moved[row.customer_id].append(row)
    sold: defaultdict[str, dict[str, Sold]] = defaultdict(dict)
    for owner, *cells in _rows(connection, _SOLD, "subscriptions", customer_ids):
        sold[owner][cells[0]] = Sold(*cells)
    free: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for owner, name, at in _rows(
        connection,
        ("subscription_id", "created_at"),
        "invoices",
        customer_ids,
        " AND total_minor = 0 AND subscription_id IS NOT NULL AND created_at IS NOT NULL",
    ):
        free[owner][name] = min(at, free[owner].get(name, at))
    return {
        customer_id: Story(
            tuple(moved.get(customer_id, ())), sold.get(customer_id, {}), free.get(customer_id, {})
        )
        for customer_id in customer_ids
    }


def sold_by_id(connection: Connection, subscription_ids: Iterable[str]) -> dict[str, Sold]:
    """What sums take from these subscriptions' rows."""
    wanted = sorted(set(subscription_ids))
    if not wanted:
        return {}
    condition = dialect.among(connection, "subscription_id")
    statement = f"SELECT {', '.join(_SOLD)} FROM subscriptions WHERE {condition}"  # noqa: S608
    rows = dialect.fetch(connection, statement, dialect.keys(connection, wanted))
    return {row[0]: Sold(*row) for row in rows}


def _moved(
    connection: Connection, customer_ids: Sequence[str], policy: str | None
) -> Iterator[MovementRow]:
    condition = dialect.among(connection, "customer_id")
    asked: list[Any] = [dialect.keys(connection, customer_ids)]
    if policy is not None:
        condition += f" AND policy = {dialect.mark(connection)}"
        asked.append(policy)
    statement = f"SELECT {dialect.names(movements)} FROM movements WHERE {condition}"  # noqa: S608
    booleans = MovementRow.__dataclass_fields__
    for cells in dialect.fetch(connection, statement, *asked):
        row = dict(zip(booleans, cells, strict=True))
        yield MovementRow(**row | {name: bool(row[name]) for name in ("reconstructed", "switched")})


def _rows(
    connection: Connection,
    columns: Sequence[str],
    table: str,
    customer_ids: Sequence[str],
    more: str = "",
) -> Sequence[Any]:
    condition = dialect.among(connection, "customer_id")
    listed = ", ".join(("customer_id", *columns))
    statement = f"SELECT {listed} FROM {table} WHERE {condition}{more}"  # noqa: S608 - no input
    return dialect.fetch(connection, statement, dialect.keys(connection, customer_ids))


def offers_of(
    connection: Connection, rows: Collection[MovementRow], catalog: Catalog | None
) -> Offers:
    """What the events of these movements say that their subscriptions sold."""
    wanted = sorted({row.event_id for row in rows if row.event_id})
    if not wanted or catalog is None:
        return {}
    found: dict[tuple[str, str], tuple[Offered | None, Offered | None]] = {}
    condition = dialect.among(connection, "event_id")
    sign = dialect.mark(connection)
    for at in range(0, len(wanted), AT_ONCE):
        states = dialect.fetch(
            connection,
            f'SELECT event_id, object_id, "before", "after" FROM {observations.name} '  # noqa: S608
            f"WHERE {condition} AND object_type = {sign}",
            dialect.keys(connection, wanted[at : at + AT_ONCE]),
            "subscription",
        )
        for event_id, object_id, before, after in states:
            found[event_id, object_id] = _offered(before, catalog), _offered(after, catalog)
    return found


def _offered(state: str | None, catalog: Catalog) -> Offered | None:
    plain = read(state)
    if not plain:
        return None
    offer = offer_of(plain, catalog)
    return Offered(offer.plan, offer.interval, offer.status)
