"""Sums of MRR by every way there is to them, and the rows that break one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    RowMapping,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    union_all,
)

from ..tables import movements as m
from ..tables import rollups as r
from ..tables import runway
from ..tables import subscriptions as s
from .columns import by_bytes
from .roll_forward import EPOCH, local_day


def moved(connection: Connection, policy: str) -> dict[str, int]:
    """The sum of all movements, by currency: where the trend ends."""
    query = select(m.c.currency, func.sum(m.c.delta_minor)).where(m.c.policy == policy)
    return _by_currency(connection, query.group_by(m.c.currency))


def of_subscriptions(connection: Connection) -> dict[str, int]:
    """MRR of live subscriptions, row by row."""
    query = select(s.c.currency, func.sum(s.c.mrr_minor)).where(
        s.c.live, s.c.mrr_minor.is_not(None)
    )
    return _by_currency(connection, query.group_by(s.c.currency))


def of_customers(connection: Connection) -> dict[str, int]:
    """MRR of customers, each with all its subscriptions together."""
    each = (
        select(s.c.customer_id, s.c.currency, func.sum(s.c.mrr_minor).label("minor"))
        .where(s.c.live)
        .group_by(s.c.customer_id, s.c.currency)
        .subquery()
    )
    query = select(each.c.currency, func.sum(each.c.minor)).group_by(each.c.currency)
    return _by_currency(connection, query)


def below_zero(connection: Connection) -> list[RowMapping]:
    """``subscription_id, customer_id, currency, minor`` of live ones with MRR below nothing."""
    query = (
        select(s.c.subscription_id, s.c.customer_id, s.c.currency, s.c.mrr_minor.label("minor"))
        .where(s.c.live, s.c.mrr_minor < 0)
        .order_by(by_bytes(s.c.subscription_id))
    )
    return list(connection.execute(query).mappings())


def unvalued(connection: Connection) -> list[RowMapping]:
    """``subscription_id, customer_id, currency, mrr_note`` of live ones that cannot be valued."""
    query = (
        select(s.c.subscription_id, s.c.customer_id, s.c.currency, s.c.mrr_note)
        .where(s.c.live, s.c.mrr_minor.is_(None))
        .order_by(by_bytes(s.c.subscription_id))
    )
    return list(connection.execute(query).mappings())


def unlike_customers(connection: Connection, policy: str) -> list[RowMapping]:
    """``customer_id, currency, moved, counted`` where movements and subscriptions differ.

    Those with a subscription that cannot be valued are among them, and are never cut off.
    """
    parts = union_all(
        select(
            m.c.customer_id,
            m.c.currency,
            m.c.delta_minor.label("moved"),
            literal(0).label("counted"),
            literal(0).label("unvalued"),
        ).where(m.c.policy == policy),
        select(
            s.c.customer_id,
            s.c.currency,
            literal(0),
            func.coalesce(s.c.mrr_minor, 0),
            case((s.c.mrr_minor.is_(None), 1), else_=0),
        ).where(s.c.live),
    ).subquery()
    moved_, counted = func.sum(parts.c.moved), func.sum(parts.c.counted)
    query = (
        select(
            parts.c.customer_id,
            parts.c.currency,
            moved_.label("moved"),
            counted.label("counted"),
            func.max(parts.c.unvalued).label("unvalued"),
        )
        .group_by(parts.c.customer_id, parts.c.currency)
        .having(moved_ != counted)
        .order_by(by_bytes(parts.c.customer_id), by_bytes(parts.c.currency))
    )
    return list(connection.execute(query).mappings())


def customers(connection: Connection, policy: str) -> dict[str, int]:
    """How many customers have moved, by currency."""
    query = select(m.c.currency, func.count(m.c.customer_id.distinct())).where(m.c.policy == policy)
    return _by_currency(connection, query.group_by(m.c.currency))


def movement_count(connection: Connection, policy: str) -> dict[str, int]:
    query = select(m.c.currency, func.count()).where(m.c.policy == policy)
    return _by_currency(connection, query.group_by(m.c.currency))


def _followed(policy: str) -> Any:
    """Each movement with where the one before it of the same customer and currency ended."""
    of_one = (m.c.customer_id, m.c.currency)
    reached = func.lag(m.c.after_minor).over(partition_by=of_one, order_by=m.c.occurred_at)
    return (
        select(
            m.c.movement_id,
            m.c.customer_id,
            m.c.currency,
            m.c.occurred_at,
            m.c.delta_minor,
            m.c.before_minor,
            m.c.after_minor,
            func.coalesce(reached, 0).label("reached"),
        )
        .where(m.c.policy == policy)
        .subquery("followed")
    )


def broken_sums(connection: Connection, policy: str) -> list[RowMapping]:
    """Movements whose before and change do not come to their after."""
    query = (
        select(m)
        .where(m.c.policy == policy, m.c.before_minor + m.c.delta_minor != m.c.after_minor)
        .order_by(m.c.occurred_at, by_bytes(m.c.movement_id))
    )
    return list(connection.execute(query).mappings())


def broken_chains(connection: Connection, policy: str) -> list[RowMapping]:
    """Movements that do not begin where the one before them ended; ``reached`` is where that is."""
    followed = _followed(policy)
    query = (
        select(followed)
        .where(followed.c.before_minor != followed.c.reached)
        .order_by(followed.c.occurred_at, by_bytes(followed.c.movement_id))
    )
    return list(connection.execute(query).mappings())


def stray_days(
    connection: Connection, policy: str, timezone: str, span: tuple[int, int]
) -> list[tuple[int, str, int, int]]:
    """(day's number since 1970, currency, what movements sum to, what balances moved by).

    Only days on which the two differ. A balance is where a customer's last movement ended.
    """
    followed = _followed(policy)
    day = local_day(followed.c.occurred_at, span, timezone).label("day")
    each = select(
        followed.c.currency,
        followed.c.delta_minor,
        (followed.c.after_minor - followed.c.reached).label("step"),
        day,
    ).subquery()
    moved_, step = func.sum(each.c.delta_minor), func.sum(each.c.step)
    rows = connection.execute(
        select(each.c.day, each.c.currency, moved_, step)
        .group_by(each.c.day, each.c.currency)
        .having(moved_ != step)
        .order_by(each.c.day, by_bytes(each.c.currency))
    )
    return [(int(number), code, int(a), int(b)) for number, code, a, b in rows]


def leaving_unlike(connection: Connection) -> list[RowMapping]:
    """``subscription_id, customer_id, currency, mrr, left`` of what is to be judged one by one.

    A scheduled end takes all of a subscription's MRR; here are those whose steps sum to something
    else, those that become cheaper or end by a schedule, and those with a schedule and no step.
    """
    told = (
        select(
            runway.c.subscription_id,
            func.max(runway.c.customer_id).label("customer_id"),
            func.max(runway.c.currency).label("currency"),
            func.sum(runway.c.minor).label("left"),
        )
        .group_by(runway.c.subscription_id)
        .subquery()
    )
    ending = and_(s.c.live, s.c.winding_down, s.c.mrr_minor > 0)
    steered = and_(s.c.live, s.c.schedule.is_not(None), s.c.mrr_minor > 0)
    columns = (
        func.coalesce(s.c.subscription_id, told.c.subscription_id).label("subscription_id"),
        func.coalesce(s.c.customer_id, told.c.customer_id).label("customer_id"),
        func.coalesce(told.c.currency, s.c.currency).label("currency"),
        func.coalesce(s.c.mrr_minor, 0).label("mrr"),
        func.coalesce(told.c.left, 0).label("left"),
    )
    silent = (
        select(*columns)
        .select_from(s.outerjoin(told, told.c.subscription_id == s.c.subscription_id))
        .where(
            or_(
                and_(ending, func.coalesce(told.c.left, 0) != s.c.mrr_minor),
                and_(steered, told.c.subscription_id.is_(None)),
            )
        )
    )
    stray = (
        select(*columns)
        .select_from(told.outerjoin(s, told.c.subscription_id == s.c.subscription_id))
        .where(~func.coalesce(ending, False))
    )
    query = union_all(silent, stray).order_by("subscription_id")
    return list(connection.execute(query).mappings())


def tallied(connection: Connection) -> dict[tuple[str, ...], tuple[int, ...]]:
    """The kept sums of paying customers, plan mix and movements, as they are stored.

    (kind, bucket, policy, plan, interval, count, currency, tag) → (subscriptions, customers,
    minor units).
    """
    query = select(r).where(r.c.kind.in_(("paying", "plan_mix", "movement")))
    return {tuple(map(str, row[:8])): tuple(map(int, row[8:])) for row in connection.execute(query)}


def counted(
    connection: Connection, timezone: str, span: tuple[int, int] | None
) -> dict[tuple[str, ...], tuple[int, ...]]:
    """The same sums as the rows give them."""
    held = (func.count(), func.count(s.c.customer_id.distinct()), func.sum(s.c.mrr_minor))
    rows = select(
        func.coalesce(s.c.plan, ""),
        func.coalesce(s.c.interval, ""),
        func.coalesce(s.c.interval_count, 0),
        func.coalesce(s.c.currency, ""),
        *held,
    ).where(s.c.live, s.c.mrr_minor > 0)
    found: dict[tuple[str, ...], tuple[int, ...]] = {}
    by_plan = rows.group_by(s.c.plan, s.c.interval, s.c.interval_count, s.c.currency)
    for plan, interval, count, code, *sums in connection.execute(by_plan):
        _add(found, ("plan_mix", "", "", plan, interval, str(count), code, ""), sums)
    paying = (
        select(func.coalesce(s.c.currency, ""), *held)
        .where(s.c.live, s.c.mrr_minor > 0)
        .group_by(s.c.currency)
    )
    for code, *sums in connection.execute(paying):
        _add(found, ("paying", "", "", "", "", "0", code, ""), sums)
    if span is not None:
        for day, policy, code, kind, *sums in connection.execute(_movement_sums(span, timezone)):
            name = _iso(int(day))
            _add(found, ("movement", name, policy, "", "", "0", code, kind), [0, *sums])
    return found


def _movement_sums(span: tuple[int, int], timezone: str) -> Select[Any]:
    day = local_day(m.c.occurred_at, span, timezone).label("day")
    each = select(m.c.policy, m.c.currency, m.c.kind, m.c.delta_minor, day).subquery()
    keys = (each.c.day, each.c.policy, each.c.currency, each.c.kind)
    return select(*keys, func.count(), func.sum(each.c.delta_minor)).group_by(*keys)


def _add(
    found: dict[tuple[str, ...], tuple[int, ...]], key: tuple[str, ...], sums: Iterable[Any]
) -> None:
    """A plan that is NULL and one that is "" are one cell."""
    values = [int(value or 0) for value in sums]
    before = found.get(key, (0,) * len(values))
    found[key] = tuple(a + b for a, b in zip(before, values, strict=True))


def _iso(number: int) -> str:
    return date.fromordinal(EPOCH + number).isoformat()


def _by_currency(connection: Connection, query: Select[Any]) -> dict[str, int]:
    return {code or "": int(value or 0) for code, value in connection.execute(query)}
