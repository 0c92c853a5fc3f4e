"""What the list of invoices adds up to, read from the sums that the writer keeps.

Only of the projection itself, as `kept_sums`. Each function gives what its namesake in
`invoice_list` gives of the rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import Connection, func, or_, select

from ...domain.invoice_filters import InvoiceFilters
from ...domain.rollups import INVOICED
from ..tables import rollups

u: Final = rollups.c
_COUNTED: Final = "invoices_total"
_NAMES: Final = INVOICED | {"invoices_open": "open_minor"}


def tells(filters: InvoiceFilters) -> bool:
    """Whether the kept sums can be narrowed as ``filters`` ask."""
    times = filters.starts is not None or filters.ends is not None
    more = filters.buckets or filters.marks or filters.ended
    return not (filters.text or filters.plans or times or more)


def sums(connection: Connection, filters: InvoiceFilters) -> list[Mapping[str, Any]]:
    """`invoice_list.sums`, where :func:`tells`."""
    query = select(u.currency, u.kind, func.sum(u.customers), func.sum(u.minor)).where(
        u.kind.in_(list(INVOICED)),
        or_(u.customers != 0, u.minor != 0),
    )
    for column, values in (
        (u.currency, filters.currencies),
        (u.plan, filters.statuses),
        (u.interval, filters.methods),
        (u.tag, filters.reasons),
    ):
        if values:
            query = query.where(column.in_(set(values) - {""}))  # "" is kept for none
    found: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_NAMES.values(), 0))
    for currency, kind, count, minor in connection.execute(query.group_by(u.currency, u.kind)):
        found[currency][_NAMES[kind]] = int(minor)
        if kind == _COUNTED:
            found[currency]["count"] = int(count)
    return [
        {"currency": currency or None, **amounts}
        for currency, amounts in sorted(found.items(), key=lambda pair: (not pair[0], pair[0]))
    ]


def choices(connection: Connection) -> list[Mapping[str, Any]]:
    """`invoice_list.choices`."""
    query = select(
        u.plan.label("status"),
        u.currency,
        u.interval.label("collection_method"),
        u.tag.label("reason"),
    ).where(u.kind == _COUNTED)
    return [
        {name: value or None for name, value in row.items()}
        for row in connection.execute(query).mappings()
    ]
