"""Prices, products and coupons: they belong to no customer, but customers' numbers need them."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from ..domain.observations import REFERENCE_TYPES, Observation, State
from ..domain.references import References
from ..domain.trail import fold_object
from . import dialect, history, meta
from .spelling import read, spell
from .tables import REFERENCES

VERSION: Final = "references_version"
_LOCK: Final = 7_067_168_384  # any number that only this lock takes
Cells = tuple[Any, ...]

_NAMED_BY: Final = {"price": "subscription", "coupon": "discount"}
"""Types that a customer's MRR looks up, and the type of the objects that name them."""

_OFFERED: Final = tuple(
    "lookup_key product unit_amount_decimal interval interval_count usage_type billing_scheme "
    "tiers_mode tiers transform".split()
)
"""What else of a price matters to whoever has it only scheduled: a subscription brings its own."""


def lock(connection: Connection, *, changing: bool) -> None:
    """Keep references as they are while customers are folded with them.

    A fold that misses a coupon and the writer that brings it must not pass each other unseen.
    """
    if connection.dialect.name == "postgresql":
        name = "pg_advisory_xact_lock" if changing else "pg_advisory_xact_lock_shared"
        dialect.run(connection, f"SELECT {name}(%s)", _LOCK)


def load(connection: Connection) -> References:
    """The newest known states."""
    return References(prices=_states(connection, "price"), coupons=_states(connection, "coupon"))


def states(connection: Connection, kind: str) -> dict[str, State]:
    """Newest known states of price, product or coupon, by id."""
    return _states(connection, kind)


@dataclass(frozen=True, slots=True)
class Version:
    """Another one whenever :func:`load` would give something else.

    Chance, not a count: a transaction that comes to nothing must not share its version with the
    next one, or what was loaded in the first would pass for the second's.
    """

    asked: meta.Fact

    def taken(self) -> int:
        return int(self.asked.taken() or 0)


def ask_version(connection: Connection) -> Version:
    return Version(meta.ask(connection, VERSION))


def version(connection: Connection) -> int:
    return ask_version(connection).taken()


def update(connection: Connection, seen: Iterable[Observation]) -> set[str]:
    """Fold what was seen of references (already stored); gives the customers to fold again."""
    touched: dict[str, set[str]] = defaultdict(set)
    for observation in seen:
        if observation.object_type in REFERENCE_TYPES:
            touched[observation.object_type].add(observation.object_id)
    concerned: set[str] = set()
    for kind in sorted(touched):
        concerned |= _update_kind(connection, kind, touched[kind])
    return concerned


def rebuild(connection: Connection) -> bool:
    """Derive every reference anew; True when any row differed. The caller holds :func:`lock`.

    Customers that depend on what changed are the caller's to fold again.
    """
    changed = False
    for kind, table in REFERENCES.items():
        stored = {row[0]: tuple(row) for row in connection.execute(select(table))}
        wanted = _folded(connection, kind, history.ids_of_type(connection, kind))
        key = table.primary_key.columns[0].name
        gone = sorted((object_id,) for object_id in stored.keys() - wanted.keys())
        differing = [cells for object_id, cells in wanted.items() if stored.get(object_id) != cells]
        dialect.many(connection, dialect.delete(connection, table, key), gone)
        dialect.upsert(connection, table, differing)
        changed = changed or bool(gone or differing)
    if changed:
        meta.put(connection, VERSION, str(secrets.randbits(62)))
    return changed


def unlike(connection: Connection) -> Iterator[tuple[str, str, State | None, State | None]]:
    """(kind, id, folded state, stored state) of rows that :func:`rebuild` would change."""
    for kind, table in REFERENCES.items():
        stored = {row[0]: tuple(row) for row in connection.execute(select(table))}
        wanted = _folded(connection, kind, history.ids_of_type(connection, kind))
        for object_id in sorted(stored.keys() | wanted.keys()):
            folded, kept = wanted.get(object_id), stored.get(object_id)
            if folded != kept:
                yield kind, object_id, _cells(folded), _cells(kept)


def _cells(row: Cells | None) -> State | None:
    return None if row is None else {**read(row[1]), "last_second": row[2], "deleted": row[3]}


def _update_kind(connection: Connection, kind: str, object_ids: set[str]) -> set[str]:
    before = _states(connection, kind, object_ids)
    folded = _folded(connection, kind, object_ids)
    concerned: set[str] = set()
    for object_id, (_, state, *_) in folded.items():
        if _worth(kind, before.get(object_id)) != _worth(kind, read(state)):
            concerned |= _customers_of(connection, kind, object_id, known=object_id in before)
        if kind == "price" and _offer(before.get(object_id)) != _offer(read(state)):
            concerned |= history.customers_naming(connection, "schedule", object_id)
    dialect.upsert(connection, REFERENCES[kind], list(folded.values()))
    if kind in _NAMED_BY and folded:
        meta.put(connection, VERSION, str(secrets.randbits(62)))
    return concerned


def _folded(connection: Connection, kind: str, object_ids: set[str]) -> dict[str, Cells]:
    """The rows of these references by id, ids sorted; what never was anything has none."""
    by_object: dict[str, list[Observation]] = defaultdict(list)
    for observation in history.of_loose_objects(connection, object_ids):
        if observation.object_type == kind:
            by_object[observation.object_id].append(observation)
    cells: dict[str, Cells] = {}
    for object_id, observations in sorted(by_object.items()):
        state, last_second = _newest(observations)
        if state is not None:
            deleted = any(o.kind == "terminal" for o in observations)
            cells[object_id] = (object_id, spell(state), last_second, deleted)
    return cells


def _newest(observations: Sequence[Observation]) -> tuple[State | None, int]:
    """The last state that was something: a deleted coupon still discounts whoever has it.

    Tiers come only with a read that asks for them, and never change: a later event that does not
    carry them does not take them away.
    """
    fold = fold_object(observations)
    state = next((step.state for step in reversed(fold.steps) if step.state), None)
    if state is not None and state.get("tiers", ()) is None:
        with_tiers = sorted(
            (o for o in observations if o.after and o.after.get("tiers")),
            key=lambda o: (o.second, o.event_id),
        )
        if with_tiers:
            after = with_tiers[-1].after
            state = {**state, "tiers": after["tiers"] if after else None}
    return state, fold.last_second


def _customers_of(connection: Connection, kind: str, object_id: str, *, known: bool) -> set[str]:
    if known or kind == "price":  # whether a discount takes all of an unknown price awaits nothing
        return history.customers_naming(connection, _NAMED_BY[kind], object_id)
    sign = dialect.mark(connection)
    escaped = object_id.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    rows = dialect.fetch(
        connection,
        "SELECT customer_id FROM customers WHERE awaiting <> '' "  # noqa: S608 - no input
        f"AND awaiting LIKE {sign} ESCAPE '!'",
        f"% {kind}:{escaped} %",
    )
    return {row[0] for row in rows}


def _worth(kind: str, state: State | None) -> Any:
    """What `domain.value` takes from a reference; None for nothing."""
    match kind:
        case "price":
            return (state or {}).get("tiers")
        case "coupon" if state is not None:
            return state["percent_off"], state["amount_off"], state["duration"]
    return None


def _offer(price: State | None) -> Any:
    """What `domain.runway` takes from the price that a schedule will sell."""
    return None if price is None else [price.get(name) for name in _OFFERED]


def _states(
    connection: Connection, kind: str, object_ids: Iterable[str] | None = None
) -> dict[str, State]:
    table = REFERENCES[kind]
    key = table.primary_key.columns[0].name
    statement = f"SELECT {key}, state FROM {table.name}"  # noqa: S608 - names are ours
    if object_ids is None:
        rows = dialect.fetch(connection, statement)
    else:
        rows = dialect.fetch(
            connection,
            f"{statement} WHERE {dialect.among(connection, key)}",
            dialect.keys(connection, sorted(object_ids)),
        )
    return {row[0]: read(row[1]) for row in rows}
