"""The Audit page's rows, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..domain.acts import act_outcome, act_words
from ..domain.audit_filters import AuditFilters
from ..store.queries import audit
from ..store.queries.reading import Reader
from .audit_views import AuditEntry
from .views import Listing


def listed(reader: Reader, filters: AuditFilters) -> Listing[AuditEntry]:
    """One page, the latest first; the choices are every staff member and action there is."""
    with reader.open() as connection:
        total = audit.count(connection, filters)
        rows = audit.page(connection, filters)
        choices = audit.choices(connection)
    return Listing(tuple(_entry(row) for row in rows), total, (), (), choices)


def _entry(row: Mapping[Any, Any]) -> AuditEntry:
    refused = row["code"] is not None
    outcome = act_outcome(row["action"])
    detail = row["detail"]
    return AuditEntry(
        audit_id=row["audit_id"],
        at=row["at"],
        staff=row["staff"],
        action=row["action"],
        what=act_words(row["action"]),
        outcome=f"{outcome}: {detail}" if refused and detail else outcome,
        flow=row["flow"],
        customer_id=row["customer_id"],
        name=row["name"],
        email=row["email"],
        reason=row["reason"],
        ticket=row["ticket"],
        about=row["invoice_id"] or row["subscription_id"] or (None if refused else detail),
        code=row["code"],
    )
