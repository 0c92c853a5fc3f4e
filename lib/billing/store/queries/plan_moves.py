"""Who went from which plan to which between two times, as `plan_standing` has them stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import (
    CTE,
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

from ...domain.plan_moves import ADDED, LEFT, NEW, RETURNED, UNKNOWN, Move, MoveFilters
from ..tables import customers as c
from ..tables import movements as m
from ..tables import subscriptions as s
from .columns import any_contains, by_bytes, first_found
from .spans import Span

_ONCE: Final = "MATERIALIZED"

OPENING, LATER, NOW = range(3)
"""What tells where a mover stands; the later ones only where none before them does."""


def moves(
    connection: Connection, policy: str, currency: str, span: Span, filters: MoveFilters
) -> list[Move]:
    """Every way that somebody of the filtered list went; those who stayed as they were in none."""
    each = _each(policy, currency, span)
    query = _narrowed(
        select(
            each.c.was,
            each.c.now,
            func.count(),
            func.sum(each.c.before_minor),
            func.sum(each.c.after_minor),
        ).select_from(_known(each)),
        each,
        filters,
    ).group_by(each.c.was, each.c.now)
    found = [
        Move(was, now, int(customers), int(before), int(after))
        for was, now, customers, before, after in connection.execute(query)
    ]
    return sorted(found)


def page(
    connection: Connection, policy: str, currency: str, span: Span, filters: MoveFilters
) -> tuple[list[dict[str, Any]], int, int]:
    """One page of who went, what moved most first; how many there are in all and by how much."""
    limit, offset = filters.page
    every = _rows(policy, currency, span, filters)
    delta = every.selected_columns.after_minor - every.selected_columns.before_minor
    counted = every.add_columns(
        func.count().over().label("total"), func.sum(delta).over().label("delta")
    )
    found = [
        dict(row) for row in connection.execute(counted.limit(limit).offset(offset)).mappings()
    ]
    if not found:  # behind the last one there is no row to tell it
        ways = moves(connection, policy, currency, span, filters) if offset else []
        return [], sum(way.customers for way in ways), sum(way.delta for way in ways)
    totals = [(int(row.pop("total")), int(row.pop("delta"))) for row in found]
    return found, *totals[0]


def every_row(
    connection: Connection, policy: str, currency: str, span: Span, filters: MoveFilters
) -> Iterator[RowMapping]:
    """All of them for a report, in the same order, read in portions."""
    query = _rows(policy, currency, span, filters).execution_options(yield_per=2_000)
    yield from connection.execute(query).mappings()


def _rows(policy: str, currency: str, span: Span, filters: MoveFilters) -> Select[Any]:
    each = _each(policy, currency, span)
    query = select(
        each.c.customer_id,
        c.c.org_id,
        c.c.email,
        c.c.name,
        each.c.was,
        each.c.now,
        each.c.before_minor,
        each.c.after_minor,
        literal(currency).label("currency"),
        each.c.moved_at,
    ).select_from(_known(each))
    return _narrowed(query, each, filters).order_by(
        func.abs(each.c.after_minor - each.c.before_minor).desc(),
        by_bytes(each.c.customer_id),
        by_bytes(each.c.now),
    )


def _known(each: CTE) -> Any:
    return each.outerjoin(c, c.c.customer_id == each.c.customer_id)


def _narrowed(query: Select[Any], each: CTE, filters: MoveFilters) -> Select[Any]:
    if filters.text:
        fields = (c.c.email, c.c.name, c.c.org_id, each.c.customer_id)
        query = query.where(any_contains(fields, filters.text))
    if filters.move is not None:
        was, now = filters.move
        query = query.where(each.c.was == was, each.c.now == now)
    if filters.plans:
        query = query.where(or_(each.c.was.in_(filters.plans), each.c.now.in_(filters.plans)))
    return query


def _each(policy: str, currency: str, span: Span) -> CTE:
    """``customer_id, was, now, before_minor, after_minor, moved_at``: a row for each plan that a
    customer with a movement in the span left or came to. Who came and left in it is in none."""
    own = and_(m.c.policy == policy, m.c.currency == currency)
    told = _told(own, currency, span)
    by = told.c.customer_id
    opening = told.c.told_by == OPENING
    plan = func.first_value(told.c.plan).over(partition_by=by, order_by=told.c.told_by)
    minor = func.first_value(told.c.minor).over(partition_by=by, order_by=told.c.told_by)
    teller = func.min(case((~opening, told.c.told_by))).over(partition_by=by)
    sides = select(
        *(told.c[name] for name in ("customer_id", "told_by", "plan", "minor")),
        plan.label("from_plan"),
        minor.label("from_minor"),
        func.first_value(told.c.kind).over(partition_by=by, order_by=told.c.told_by).label("kind"),
        func.max(told.c.last_at).over(partition_by=by).label("last_at"),
        teller.label("teller"),
    ).subquery("sides")
    closing = and_(sides.c.told_by == sides.c.teller, sides.c.minor > 0)
    nowhere = sides.c.told_by == OPENING
    ranked = (
        select(
            *(sides.c[name] for name in ("customer_id", "last_at", "kind")),
            sides.c.from_plan,
            sides.c.from_minor,
            case((closing, sides.c.plan)).label("to_plan"),
            case((closing, sides.c.minor), else_=0).label("to_minor"),
            func.row_number()
            .over(
                partition_by=sides.c.customer_id,
                order_by=(
                    case((nowhere, 2), (sides.c.plan == sides.c.from_plan, 0), else_=1),
                    sides.c.minor.desc(),
                    by_bytes(sides.c.plan),
                ),
            )
            .label("nth"),
        )
        # The opening stands for whoever is nowhere when the span has ended.
        .where(or_(nowhere, closing))
        .subquery("ranked")
    )
    return _ways(ranked)


def _ways(ranked: Any) -> CTE:
    """A plan that somebody had is left for itself where it is still held, else for the largest of
    those held now; every other one held now came beside it."""
    held, leads = ranked.c.from_minor > 0, ranked.c.nth == 1
    was = case(
        (and_(held, leads), ranked.c.from_plan),
        (held, ADDED),
        (ranked.c.kind == "new", NEW),
        else_=RETURNED,
    )
    before = case((and_(held, leads), ranked.c.from_minor), else_=0)
    now = func.coalesce(ranked.c.to_plan, LEFT)
    stayed = and_(was == now, before == ranked.c.to_minor)
    return (
        select(
            ranked.c.customer_id,
            was.label("was"),
            now.label("now"),
            before.label("before_minor"),
            ranked.c.to_minor.label("after_minor"),
            ranked.c.last_at.label("moved_at"),
        )
        .where(or_(and_(held, leads), ranked.c.to_plan.is_not(None)), ~stayed)
        .cte("each_way")
        .prefix_with(_ONCE)
    )


def _told(own: Any, currency: str, span: Span) -> Any:
    """``customer_id, told_by, plan, minor, kind, last_at``: of each mover what its first movement
    in the span found, what the next movement after it found, and what is held now.

    One table that is sorted, and no join: of rows that were numbered databases expect so few that
    they would look through all of them for each.
    """
    opening = _opening(own, span)
    following = (
        select(
            m.c.customer_id,
            func.coalesce(m.c.from_plan, UNKNOWN).label("plan"),
            m.c.before_minor.label("minor"),
            func.row_number()
            .over(partition_by=m.c.customer_id, order_by=m.c.occurred_at)
            .label("nth"),
        )
        .select_from(opening.join(m, m.c.customer_id == opening.c.customer_id))
        .where(own, m.c.occurred_at >= span.ends)
        .subquery("following")
    )
    nothing = literal(None).label("kind"), literal(None).label("last_at")
    later = select(
        following.c.customer_id,
        literal(LATER).label("told_by"),
        following.c.plan,
        following.c.minor,
        *nothing,
    ).where(_first_of(following))
    now = (
        select(
            opening.c.customer_id,
            literal(NOW).label("told_by"),
            func.coalesce(s.c.plan, UNKNOWN).label("plan"),
            func.sum(s.c.mrr_minor).label("minor"),
            *nothing,
        )
        .select_from(opening.join(s, s.c.customer_id == opening.c.customer_id))
        .where(first_found(s.c.mrr_minor) > 0, first_found(s.c.currency) == currency)
        .group_by(opening.c.customer_id, s.c.plan)
    )
    columns = (opening.c[name] for name in ("plan", "minor", "kind", "last_at"))
    first = select(opening.c.customer_id, literal(OPENING).label("told_by"), *columns)
    return union_all(first, later, now).subquery("told")


def _opening(own: Any, span: Span) -> CTE:
    """``customer_id, last_at, kind, plan, minor``: of each mover its last movement in the span, and
    what the first one found."""
    by = m.c.customer_id
    dated = (
        select(
            m.c.customer_id,
            m.c.kind,
            func.coalesce(m.c.from_plan, UNKNOWN).label("plan"),
            m.c.before_minor.label("minor"),
            func.max(m.c.occurred_at).over(partition_by=by).label("last_at"),
            func.row_number().over(partition_by=by, order_by=m.c.occurred_at).label("nth"),
        )
        .where(own, m.c.occurred_at >= span.starts, m.c.occurred_at < span.ends)
        .subquery("dated")
    )
    columns = (dated.c[name] for name in ("customer_id", "last_at", "kind", "plan", "minor"))
    return select(*columns).where(_first_of(dated)).cte("opening").prefix_with(_ONCE)


def _first_of(numbered: Any) -> Any:
    """Not ``nth = 1``, of which PostgreSQL expects one row in two hundred."""
    return numbered.c.nth < 2
