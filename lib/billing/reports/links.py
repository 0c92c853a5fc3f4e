"""Which links were handed out, by whom, to whom and why."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.times import iso
from ..linking.outcomes import HandedOut, handed_out
from ..settings.rules import current_rules
from ..store.queries.links import link_rows
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest


def links_of(connection: Connection, request: ReportRequest) -> list[HandedOut]:
    """The links of the days that were asked for, with what became of them."""
    ends = request.ends
    if request.as_of is not None:
        ends = min(request.as_of + 1, ends) if ends is not None else request.as_of + 1
    stored = link_rows(connection, starts=request.starts, ends=ends)
    rules = current_rules(connection, request.setup)
    return handed_out(connection, stored, rules, now=request.now, until=request.as_of)


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    for link in links_of(connection, request):
        yield {
            "minted_at": link.minted_at,
            "staff": link.staff,
            "customer_id": link.customer_id,
            "flow": link.flow,
            "reason": link.reason,
            "ticket": link.ticket,
            "outcome": link.progress.outcome,
            "followed_by": [f"{iso(f.at)} {f.sentence}" for f in link.progress.followed_by],
            "link_id": link.link_id,
            "code": link.code,
            "dead_at": link.progress.dead_at,
        }


REPORT = Definition(
    name="links",
    question="Who was given which link, by whom and why, and what followed?",
    rows=rows,
    dated_by="minted_at",
    has_currency=False,
    kept_only=True,
    order="By minted_at",
    fields=(
        Field("minted_at", Kind.TIME, "When it was minted, or refused."),
        Field("staff", Kind.TEXT, "Who asked for it."),
        Field("customer_id", Kind.TEXT, "Whom it is for."),
        Field("flow", Kind.TEXT, "What it opens."),
        Field("reason", Kind.TEXT, "Why it was asked for."),
        Field("ticket", Kind.TEXT, "The support ticket."),
        Field("outcome", Kind.TEXT, "waiting, acted, no_change_seen, refused or failed."),
        Field("followed_by", Kind.LIST, "What happened afterwards: followed by, never caused by."),
        Field("link_id", Kind.TEXT, "Portside's id of the link."),
        Field("code", Kind.TEXT, "The rule that refused it, or the failure."),
        Field("dead_at", Kind.TIME, "The last moment at which it can be acted on; see links.md."),
    ),
)
