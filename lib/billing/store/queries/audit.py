"""The audit as it is read: the latest first, or all of it in order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, Select, func, select

from ...domain.audit_filters import AuditFilters
from ..tables import audit, customers
from .columns import among, any_contains, bounded

a, c = audit.c, customers.c

_COLUMNS: Final = (
    a.audit_id, a.at, a.staff, a.action, a.customer_id, a.link_id, a.flow, a.reason, a.ticket,
    a.subscription_id, a.invoice_id, a.plan, a.session_id, a.code, a.detail, a.hash,
)  # fmt: skip
_WHOM: Final = audit.outerjoin(customers, c.customer_id == a.customer_id)


def page(connection: Connection, filters: AuditFilters) -> list[RowMapping]:
    """One page, the latest first, with the customer's ``name`` and ``email`` where known."""
    limit, offset = filters.page
    query = _narrowed(select(*_COLUMNS, c.name, c.email).select_from(_WHOM), filters)
    query = query.order_by(a.audit_id.desc()).limit(limit).offset(offset)
    return list(connection.execute(query).mappings())


def count(connection: Connection, filters: AuditFilters) -> int:
    source = _WHOM if filters.customer else audit
    query = _narrowed(select(func.count()).select_from(source), filters)
    return int(connection.execute(query).scalar_one())


def choices(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Every ``staff`` and ``actions`` that there is a row of."""
    return {
        name: tuple(sorted(connection.execute(select(column).distinct()).scalars()))
        for name, column in (("staff", a.staff), ("actions", a.action))
    }


def every_row(connection: Connection, filters: AuditFilters) -> Iterator[RowMapping]:
    """Every row that the filters leave, oldest first, read in portions."""
    query = _narrowed(select(*_COLUMNS).select_from(_WHOM), filters).order_by(a.audit_id)
    yield from connection.execute(query.execution_options(yield_per=2_000)).mappings()


def _narrowed(query: Select[Any], filters: AuditFilters) -> Select[Any]:
    query = among(query, (a.staff, filters.staff), (a.action, filters.actions))
    if filters.customer:
        query = query.where(any_contains((a.customer_id, c.email, c.name), filters.customer))
    return bounded(query, a.at, filters.starts, filters.ends)
