"""What was ever seen of subscriptions, for numbers that no derived row holds.

Reads observations in batches of customers, on demand: for reports, not for pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from ...domain.observations import Observation
from ..spelling import read
from ..tables import observations as o

CUSTOMERS_AT_ONCE = 500


def scheduled(state: ColumnElement[str | None]) -> ColumnElement[bool]:
    """Whether a canonical state plans an end, in either of its encodings."""
    return or_(
        state.contains('"cancel_at_period_end":true', autoescape=True),
        and_(
            state.contains('"cancel_at":', autoescape=True),
            ~state.contains('"cancel_at":null', autoescape=True),
        ),
    )


def ever_scheduled(
    connection: Connection, *, until: int | None = None, of: Collection[str] | None = None
) -> Iterator[tuple[str, list[Observation]]]:
    """Customers of whom a subscription was ever scheduled to end, each with everything seen of its
    subscriptions and discounts that took effect up to and including ``until``. ``of``: only these
    customers."""
    batches = _all(connection) if of is None else _portions(sorted(of))
    for batch in batches:
        found = _scheduled_among(connection, batch) if of is not None else batch
        if found:
            yield from sorted(_of(connection, found, until).items())


def _all(connection: Connection) -> Iterator[list[str]]:
    after = ""
    while found := _scheduled_among(connection, None, after):
        yield found
        after = found[-1]


def _portions(customers: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(customers), CUSTOMERS_AT_ONCE):
        yield customers[start : start + CUSTOMERS_AT_ONCE]


def _scheduled_among(
    connection: Connection, customers: list[str] | None, after: str = ""
) -> list[str]:
    query = select(o.c.customer_id).where(
        o.c.object_type == "subscription", or_(scheduled(o.c.after), scheduled(o.c.before))
    )
    if customers is None:
        query = query.where(o.c.customer_id > after)
    else:
        query = query.where(o.c.customer_id.in_(customers))
    query = query.distinct().order_by(o.c.customer_id).limit(CUSTOMERS_AT_ONCE)
    return [str(row[0]) for row in connection.execute(query)]


def _of(
    connection: Connection, customers: list[str], until: int | None
) -> dict[str, list[Observation]]:
    query = select(o).where(
        o.c.customer_id.in_(customers), o.c.object_type.in_(("subscription", "discount"))
    )
    if until is not None:
        query = query.where(o.c.effective <= until)
    seen: dict[str, list[Observation]] = {}
    for row in connection.execute(query.order_by(o.c.seq)):
        seen.setdefault(row.customer_id, []).append(
            Observation(
                event_id=row.event_id,
                object_type=row.object_type,
                object_id=row.object_id,
                customer_id=row.customer_id,
                second=row.second,
                kind=row.kind,
                before=read(row.before),
                after=read(row.after),
                effective=row.effective,
            )
        )
    return seen
