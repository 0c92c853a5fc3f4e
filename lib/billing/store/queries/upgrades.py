"""Movements that may be upgrades, and what was seen of the subscriptions behind them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import JSON, ColumnElement, Connection, RowMapping, and_, cast, func, or_, select

from ...domain.observations import State
from ..spelling import read
from ..tables import customers as c
from ..tables import invoices as i
from ..tables import movements as m
from ..tables import observations as o
from ..tables import subscriptions as s
from .columns import bounded, by_bytes

FIRST_PAYMENT = 82_800
"""Seconds that Stripe waits for a first payment: what began earlier was free or a trial."""
AT_ONCE = 500
_ITEMS = 3
"""Items of a subscription whose prices are compared to find a move that left MRR as it was."""


def may_be_one() -> ColumnElement[bool]:
    """Whether a movement, joined with its subscription, can be an upgrade: expansion,
    reactivation, what came of a free or trial subscription, and contraction where the plan or the
    interval changed."""
    free_before = (
        select(i.c.invoice_id)
        .where(
            i.c.subscription_id == m.c.subscription_id,
            i.c.total_minor == 0,
            i.c.created_at < m.c.occurred_at,
        )
        .exists()
    )
    converted = or_(
        and_(s.c.trial_start.is_not(None), s.c.trial_start < m.c.occurred_at),
        s.c.created_at < m.c.occurred_at - FIRST_PAYMENT,
        free_before,
    )
    moved = or_(
        m.c.from_plan.is_distinct_from(m.c.to_plan),
        m.c.from_interval.is_distinct_from(m.c.to_interval),
    )
    return or_(
        m.c.kind.in_(("expansion", "reactivation")),
        and_(m.c.kind == "new", converted),
        and_(m.c.kind == "contraction", moved),
    )


def candidates(
    connection: Connection,
    policy: str,
    currency: str | None,
    starts: int | None,
    ends: int | None,
) -> list[RowMapping]:
    """Movements that may be upgrades with their customer, newest first."""
    query = bounded(
        select(m, c.c.email, c.c.name)
        .select_from(
            m.outerjoin(s, s.c.subscription_id == m.c.subscription_id).outerjoin(
                c, c.c.customer_id == m.c.customer_id
            )
        )
        .where(m.c.policy == policy, may_be_one()),
        m.c.occurred_at,
        starts,
        ends,
    )
    if currency is not None:
        query = query.where(m.c.currency == currency)
    query = query.order_by(
        m.c.occurred_at.desc(), by_bytes(m.c.customer_id), by_bytes(m.c.currency)
    )
    return list(connection.execute(query).mappings())


def told_by(
    connection: Connection, event_ids: Collection[str]
) -> dict[tuple[str, str], tuple[State | None, State | None]]:
    """(event, subscription) → what it was before and after, as these events told it."""
    found: dict[tuple[str, str], tuple[State | None, State | None]] = {}
    wanted = sorted(event_ids)
    for at in range(0, len(wanted), AT_ONCE):
        query = select(o.c.event_id, o.c.object_id, o.c.before, o.c.after).where(
            o.c.event_id.in_(wanted[at : at + AT_ONCE]), o.c.object_type == "subscription"
        )
        for row in connection.execute(query):
            found[row.event_id, row.object_id] = (read(row.before), read(row.after))
    return found


def repriced(
    connection: Connection, starts: int | None, ends: int | None, until: int | None
) -> Iterator[tuple[str, str, str, int, State, State]]:
    """``(event, customer, subscription, second, before, after)`` of updates that changed a price,
    by subscription and second."""
    changed = or_(
        *(
            _price(connection, o.c.before, n).is_distinct_from(_price(connection, o.c.after, n))
            for n in range(_ITEMS)
        )
    )
    query = bounded(
        select(
            o.c.event_id, o.c.customer_id, o.c.object_id, o.c.effective, o.c.before, o.c.after
        ).where(
            o.c.object_type == "subscription",
            o.c.kind == "edge",
            o.c.customer_id.is_not(None),
            changed,
        ),
        o.c.effective,
        starts,
        ends,
    )
    if until is not None:
        query = query.where(o.c.effective <= until)
    query = query.order_by(by_bytes(o.c.object_id), o.c.effective, o.c.event_id)
    for row in connection.execute(query.execution_options(yield_per=1_000)):
        before, after = read(row.before), read(row.after)
        yield row.event_id, row.customer_id, row.object_id, row.effective, before, after


def _price(connection: Connection, state: ColumnElement[Any], n: int) -> ColumnElement[Any]:
    """The id of the price of a canonical state's ``n``-th item."""
    if connection.dialect.name == "sqlite":
        return func.json_extract(state, f"$.items[{n}].price.id")
    found: ColumnElement[Any] = cast(state, JSON)[("items", n, "price", "id")].as_string()
    return found


def moved_near(
    connection: Connection, policy: str, customer_ids: Collection[str]
) -> dict[tuple[str, str], list[int]]:
    """(customer, currency) → when its MRR moved, in order."""
    found: dict[tuple[str, str], list[int]] = {}
    wanted = sorted(customer_ids)
    for at in range(0, len(wanted), AT_ONCE):
        query = (
            select(m.c.customer_id, m.c.currency, m.c.occurred_at)
            .where(m.c.policy == policy, m.c.customer_id.in_(wanted[at : at + AT_ONCE]))
            .order_by(m.c.occurred_at)
        )
        for row in connection.execute(query):
            found.setdefault((row.customer_id, row.currency), []).append(row.occurred_at)
    return found


def named(
    connection: Connection, customer_ids: Collection[str]
) -> dict[str, tuple[str | None, str | None]]:
    """Customer → e-mail address and name."""
    found: dict[str, tuple[str | None, str | None]] = {}
    wanted = sorted(customer_ids)
    for at in range(0, len(wanted), AT_ONCE):
        query = select(c.c.customer_id, c.c.email, c.c.name).where(
            c.c.customer_id.in_(wanted[at : at + AT_ONCE])
        )
        found |= {row.customer_id: (row.email, row.name) for row in connection.execute(query)}
    return found
