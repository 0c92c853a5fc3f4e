"""What staff did, for whom and why, as the audit keeps it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..domain.audit_filters import AuditFilters
from ..domain.permissions import Permission
from ..store.queries.audit import every_row
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    ends = request.ends
    if request.as_of is not None:
        ends = min(request.as_of + 1, ends) if ends is not None else request.as_of + 1
    wanted = request.board if isinstance(request.board, AuditFilters) else AuditFilters()
    for row in every_row(connection, replace(wanted, starts=request.starts, ends=ends)):
        yield dict(row)


REPORT = Definition(
    name="audit",
    question="Who did what, when, for whom and why?",
    rows=rows,
    dated_by="at",
    has_currency=False,
    kept_only=True,
    permission=Permission.AUDIT,
    order="By their place in the chain, the oldest first",
    fields=(
        Field("audit_id", Kind.NUMBER, "The row's place in the chain."),
        Field("at", Kind.TIME, "When it was done."),
        Field("staff", Kind.TEXT, "Who did it."),
        Field("action", Kind.TEXT, "What was done, for example link.minted, export, note.added."),
        Field("customer_id", Kind.TEXT, "For whom."),
        Field("flow", Kind.TEXT, "What a link opens."),
        Field("reason", Kind.TEXT, "Why."),
        Field("ticket", Kind.TEXT, "The support ticket."),
        Field("subscription_id", Kind.TEXT, "The subscription that it was about."),
        Field("invoice_id", Kind.TEXT, "The invoice that it was about."),
        Field("code", Kind.TEXT, "The rule that refused it, or the failure."),
        Field("detail", Kind.TEXT, "What became of it, in a sentence."),
        Field("link_id", Kind.TEXT, "Joins the rows of one link."),
        Field("session_id", Kind.TEXT, "Stripe's id of the session; its address is kept nowhere."),
        Field("hash", Kind.TEXT, "The seal over this row and the one before it."),
    ),
)
