"""Closed months beside what they are today, and what came after a close."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Connection,
    RowMapping,
    Select,
    and_,
    cast,
    func,
    literal,
    select,
    union_all,
)

from ...domain.close import OPENING
from ...domain.close_causes import Sighting
from ..spelling import spell
from ..tables import closed_movements, closes, customers, inbox, observations
from ..tables import movements as m
from .columns import by_bytes

c, k, o = closes.c, closed_movements.c, observations.c

MOVING: Final = ("subscription", "discount")
"""Objects of a customer that MRR is reckoned from."""
NAMED_BY_THEM: Final = ("price", "coupon")
MOST_REFERENCES: Final = 100


def _sides(policy: str, month: str | None) -> Select[Any]:
    """Every frozen sum that is another one today, with both."""
    nothing = cast(literal(0), BigInteger)
    key = (m.c.customer_id, m.c.currency)
    wanted = c.policy == policy if month is None else and_(c.policy == policy, c.month == month)
    first = select(func.min(c.month)).where(c.policy == policy).scalar_subquery()
    frozen = select(
        k.month,
        k.customer_id,
        k.currency,
        k.kind,
        k.minor.label("closed"),
        nothing.label("present"),
    ).where(k.policy == policy)
    if month is not None:
        frozen = frozen.where(k.month == month)
    inside = and_(m.c.policy == c.policy, m.c.occurred_at >= c.starts, m.c.occurred_at < c.ends)
    flows = (
        select(c.month, *key, m.c.kind, nothing, func.sum(m.c.delta_minor))
        .select_from(closes.join(m, inside))
        .where(wanted)
        .group_by(c.month, *key, m.c.kind)
    )
    before = and_(m.c.policy == c.policy, m.c.occurred_at < c.starts)
    opening = (
        select(c.month, *key, literal(OPENING), nothing, func.sum(m.c.delta_minor))
        .select_from(closes.join(m, before))
        .where(wanted, c.month == first)
        .group_by(c.month, *key)
    )
    sides = union_all(frozen, flows, opening).subquery()
    own = (sides.c.month, sides.c.customer_id, sides.c.currency, sides.c.kind)
    closed, present = func.sum(sides.c.closed), func.sum(sides.c.present)
    return (
        select(*own, closed.label("closed_minor"), present.label("now_minor"))
        .group_by(*own)
        .having(closed != present)
    )


def page(
    connection: Connection,
    policy: str,
    month: str | None,
    *,
    currency: str | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[dict[str, Any]]:
    """``month, customer_id, currency, kind, closed_minor, now_minor, delta_minor``, in order of
    month, customer, currency and kind."""
    found = _sides(policy, month).subquery()
    query = select(found).order_by(
        found.c.month,
        by_bytes(found.c.customer_id),
        by_bytes(found.c.currency),
        by_bytes(found.c.kind),
    )
    if currency is not None:
        query = query.where(found.c.currency == currency)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return [_whole(row) for row in rows]


def _whole(row: RowMapping) -> dict[str, Any]:
    closed, present = int(row["closed_minor"]), int(row["now_minor"])
    sums = {"closed_minor": closed, "now_minor": present, "delta_minor": present - closed}
    return dict(row) | sums


def sums(connection: Connection, policy: str, month: str | None = None) -> list[dict[str, Any]]:
    """``month, currency, rows, customers, delta_minor`` of all restatements."""
    found = _sides(policy, month).subquery()
    query = (
        select(
            found.c.month,
            found.c.currency,
            func.count().label("rows"),
            func.count(found.c.customer_id.distinct()).label("customers"),
            func.sum(found.c.now_minor - found.c.closed_minor).label("delta_minor"),
        )
        .group_by(found.c.month, found.c.currency)
        .order_by(found.c.month, by_bytes(found.c.currency))
    )
    rows = connection.execute(query).mappings()
    return [dict(row) | {"delta_minor": int(row["delta_minor"])} for row in rows]


def sightings(
    connection: Connection, customer_ids: Collection[str], seen: int
) -> dict[str, list[tuple[int, Sighting]]]:
    """What was stored of these customers after ``seen`` and can move MRR, each with its place."""
    query = (
        select(o.customer_id, o.seq, *_SIGHTING)
        .select_from(observations.join(inbox, inbox.c.event_id == o.event_id))
        .where(o.customer_id.in_(sorted(customer_ids)), o.seq > seen, o.object_type.in_(MOVING))
        .order_by(o.seq)
    )
    found: defaultdict[str, list[tuple[int, Sighting]]] = defaultdict(list)
    for customer_id, seq, *values in connection.execute(query):
        found[customer_id].append((int(seq), Sighting(*values)))
    return found


_SIGHTING: Final = (
    o.event_id,
    inbox.c.type,
    o.object_id,
    o.effective,
    inbox.c.created_at,
    inbox.c.received_at,
    inbox.c.source,
    inbox.c.attempts,
)


def references_since(connection: Connection, seen: int) -> list[tuple[int, Sighting]]:
    """Prices and coupons of which something was stored after ``seen``, the newest first."""
    query = (
        select(o.seq, *_SIGHTING)
        .select_from(observations.join(inbox, inbox.c.event_id == o.event_id))
        .where(o.object_type.in_(NAMED_BY_THEM), o.seq > seen)
        .order_by(o.seq.desc())
        .limit(MOST_REFERENCES)
    )
    return [(int(seq), Sighting(*values)) for seq, *values in connection.execute(query)]


def naming(
    connection: Connection, customer_ids: Collection[str], names: Sequence[str]
) -> dict[str, set[str]]:
    """Which of ``names`` (prices, coupons) each customer's subscriptions and discounts name."""
    spelled = {name: spell(name) for name in names}
    query = select(o.customer_id, o.before, o.after).where(
        o.customer_id.in_(sorted(customer_ids)), o.object_type.in_(MOVING)
    )
    found: defaultdict[str, set[str]] = defaultdict(set)
    for customer_id, before, after in connection.execute(query):
        told = f"{before or ''}{after or ''}"
        found[customer_id] |= {name for name, text in spelled.items() if text in told}
    return found


def own_events(
    connection: Connection, policy: str, customer_ids: Collection[str], starts: int, ends: int
) -> dict[tuple[str, str, str], set[str]]:
    """The events behind today's movements of a month: (customer, currency, kind) → event ids."""
    query = select(m.c.customer_id, m.c.currency, m.c.kind, m.c.event_id).where(
        m.c.policy == policy,
        m.c.occurred_at >= starts,
        m.c.occurred_at < ends,
        m.c.customer_id.in_(sorted(customer_ids)),
        m.c.event_id.is_not(None),
    )
    found: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
    for customer_id, currency, kind, event_id in connection.execute(query):
        found[customer_id, currency, kind].add(event_id)
    return found


def names(connection: Connection, customer_ids: Collection[str]) -> dict[str, RowMapping]:
    """``customer_id, name, email, org_id`` of each customer that is known."""
    t = customers.c
    query = select(t.customer_id, t.name, t.email, t.org_id).where(
        t.customer_id.in_(sorted(customer_ids))
    )
    return {row["customer_id"]: row for row in connection.execute(query).mappings()}
