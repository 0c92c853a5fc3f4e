"""Restatements: what of a closed month is another sum today, of whom, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from ..domain.close import OPENING, Close, definitions_of
from ..domain.close_causes import Cause, Sighting, cause_of
from ..settings.setup import Setup
from ..store import closes
from ..store.queries import restatements as stored
from ..store.queries.reading import Connection
from ..store.spelling import read
from .checklist import rules_of

AT_ONCE: Final = 500
"""Restatements whose causes are looked up together."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Restatement:
    """One sum of a closed month that is another one today. ``kind``: a movement's, or opening."""

    month: str
    customer_id: str
    currency: str
    kind: str
    closed_minor: int
    now_minor: int
    delta_minor: int
    cause: Cause


def every(connection: Connection, setup: Setup) -> Iterator[Restatement]:
    """All of them under the configured policy, by month, customer, currency and kind."""
    rows = stored.page(connection, setup.policy, None)
    for start in range(0, len(rows), AT_ONCE):
        yield from with_causes(connection, setup, rows[start : start + AT_ONCE])


def page(
    connection: Connection,
    setup: Setup,
    month: str,
    currency: str | None,
    limit: int,
    offset: int,
) -> list[Restatement]:
    """One page of a month's."""
    rows = stored.page(
        connection, setup.policy, month, currency=currency, limit=limit, offset=offset
    )
    return list(with_causes(connection, setup, rows))


def with_causes(connection: Connection, setup: Setup, rows: Sequence[Row]) -> Iterator[Restatement]:
    """Each of ``rows``, which are in the order of their months, with its cause."""
    for month, group in groupby(rows, key=itemgetter("month")):
        link = closes.find(connection, setup.policy, month)
        if link is not None:
            yield from _of_month(connection, setup, link.close, list(group))


def _of_month(
    connection: Connection, setup: Setup, close: Close, rows: Sequence[Row]
) -> Iterator[Restatement]:
    people = {row["customer_id"] for row in rows}
    came = stored.sightings(connection, people, close.seen)
    own = stored.own_events(connection, close.policy, people, close.starts, close.ends)
    without = {row["customer_id"] for row in rows if not came.get(row["customer_id"])}
    references = _references(connection, without, close.seen)
    changed = definitions_of(rules_of(setup)).changed_since(read(close.figures)["definitions"])
    for row in rows:
        customer, kind = row["customer_id"], row["kind"]
        opening = kind == OPENING
        cause = cause_of(
            [sighting for _, sighting in came.get(customer, ())],
            own=own.get((customer, row["currency"], kind), frozenset()),
            starts=0 if opening else close.starts,
            ends=close.starts if opening else close.ends,
            closed_at=close.closed_at,
            reference=references.get(customer),
            changed=changed,
        )
        yield Restatement(**row, cause=cause)


def _references(connection: Connection, customers: Iterable[str], seen: int) -> dict[str, Sighting]:
    """The newest price or coupon since the close that each customer's objects name."""
    wanted = set(customers)
    since = [sighting for _, sighting in stored.references_since(connection, seen)]
    if not wanted or not since:
        return {}
    named = stored.naming(connection, wanted, [sighting.object_id for sighting in since])
    found = {}
    for customer, names in named.items():
        newest = next((s for s in since if s.object_id in names), None)
        if newest is not None:
            found[customer] = newest
    return found
