"""What was told of each customer, and the events that told it. Callers hold the customers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection

from ..domain.outgoing import Outgoing, Told
from . import dialect, meta
from .spelling import read, spell
from .tables import outgoing_deliveries, outgoing_events, outgoing_told

SINCE: Final = "outgoing_since"
"""When this installation first had an endpoint: what Stripe dates earlier is history."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``sequence``: of the newest event about the customer."""

    told: Told
    sequence: int
    changes_at: int | None


@dataclass(frozen=True, slots=True)
class Numbered:
    """An event with its place among the customer's, and the endpoints that want it."""

    event: Outgoing
    sequence: int
    endpoints: tuple[str, ...]


def since(connection: Connection, now: int) -> int:
    """The second at which outgoing events began; ``now``, and noted, when they begin by this."""
    kept = meta.get(connection, SINCE)
    if kept is not None:
        return int(kept)
    meta.put(connection, SINCE, str(now))
    return now


def load(connection: Connection, customer_ids: Collection[str]) -> dict[str, Standing]:
    """What was last told of these customers, where anything was."""
    found = dialect.fetch(
        connection,
        "SELECT customer_id, sequence, changes_at, state FROM outgoing_told "  # noqa: S608
        f"WHERE {dialect.among(connection, 'customer_id')}",
        dialect.keys(connection, sorted(customer_ids)),
    )
    return {row[0]: Standing(_told(row[3]), row[1], row[2]) for row in found}


def save(connection: Connection, standings: Mapping[str, Standing], now: int) -> None:
    rows = [
        (name, each.sequence, now, spell(asdict(each.told)), each.changes_at)
        for name, each in sorted(standings.items())
    ]
    dialect.upsert(connection, outgoing_told, rows)


def known_events(connection: Connection, event_ids: Iterable[str]) -> set[str]:
    """Those of the events that were told already."""
    found = dialect.fetch(
        connection,
        "SELECT event_id FROM outgoing_events "  # noqa: S608
        f"WHERE {dialect.among(connection, 'event_id')}",
        dialect.keys(connection, sorted(event_ids)),
    )
    return {row[0] for row in found}


def add(connection: Connection, numbered: Sequence[Numbered], now: int) -> None:
    """Keep new events, each due at once at every endpoint that wants it."""
    events, deliveries = [], []
    for each in numbered:
        event = each.event
        events.append(
            (
                event.event_id,
                event.customer_id,
                each.sequence,
                event.type,
                event.occurred_at,
                now,
                event.payload(each.sequence),
            )
        )
        deliveries += [
            (
                *(event.event_id, endpoint, event.customer_id, each.sequence),
                *("waiting", False, 0, now, None, None, None, None),
            )
            for endpoint in each.endpoints
        ]
    dialect.insert(connection, outgoing_events, events)
    dialect.insert(connection, outgoing_deliveries, deliveries)


def due_by_time(connection: Connection, now: int, at_most: int) -> list[str]:
    """Customers of whom something ends by ``now`` without any event, the first to end first."""
    sign = dialect.mark(connection)
    found = dialect.fetch(
        connection,
        f"SELECT customer_id FROM outgoing_told WHERE changes_at <= {sign} "  # noqa: S608
        f"ORDER BY changes_at, customer_id LIMIT {at_most}",
        now,
    )
    return [row[0] for row in found]


def never_told(connection: Connection, after: str, at_most: int) -> list[str]:
    """Customers after ``after`` of whom nothing was told or noted yet, in the database's order."""
    sign = dialect.mark(connection)
    found = dialect.fetch(
        connection,
        "SELECT customer_id FROM plan_entitlements AS e "  # noqa: S608
        f"WHERE e.customer_id > {sign} AND NOT EXISTS (SELECT 1 FROM outgoing_told AS t "
        f"WHERE t.customer_id = e.customer_id) ORDER BY e.customer_id LIMIT {at_most}",
        after,
    )
    return [row[0] for row in found]


def invoices_before(
    connection: Connection, invoice_ids: Iterable[str]
) -> dict[str, tuple[str | None, bool, int]]:
    """(status, failing, attempts) of invoices as they are stored."""
    found = dialect.fetch(
        connection,
        "SELECT invoice_id, status, failing, attempt_count FROM invoices "  # noqa: S608
        f"WHERE {dialect.among(connection, 'invoice_id')}",
        dialect.keys(connection, sorted(invoice_ids)),
    )
    return {row[0]: (row[1], bool(row[2]), row[3]) for row in found}


def _told(text: str) -> Told:
    plain = read(text)
    return Told(**plain | {"features": tuple(plain["features"])})
