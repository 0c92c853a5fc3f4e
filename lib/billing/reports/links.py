"""Which links were handed out, by whom, to whom and why."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from ..store.queries.links import link_rows
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest

_OUTCOMES = {"link.refused": "refused", "link.failed": "failed"}


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    ends = request.ends
    if request.as_of is not None:
        ends = min(request.as_of + 1, ends) if ends is not None else request.as_of + 1
    stored = sorted(
        link_rows(connection, request.starts, ends), key=itemgetter("link_id", "audit_id")
    )
    found = []
    for link_id, group in groupby(stored, key=itemgetter("link_id")):
        steps = list(group)
        first, last = steps[0], steps[-1]
        found.append(
            dict(first)
            | {
                "minted_at": last["at"],
                "link_id": link_id,
                "outcome": _OUTCOMES.get(last["action"], "waiting"),
                "followed_by": [],
                "code": last["code"],
            }
        )
    yield from sorted(found, key=itemgetter("minted_at", "link_id"))


REPORT = Definition(
    name="links",
    question="Who was given which link, by whom and why, and what followed?",
    rows=rows,
    dated_by="minted_at",
    has_currency=False,
    kept_only=True,
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
    ),
)
