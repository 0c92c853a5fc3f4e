"""Closed months: who signed what, when, and what has changed since."""

from __future__ import annotations

from collections.abc import Iterator

from ..closing.history import closed_months
from ..domain.permissions import Permission
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest
from .restatements import months_asked


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    months, wanted = months_asked(connection, request), request.filters.currencies
    for closed in closed_months(connection, request.setup):
        link = closed.link
        if link.close.month not in months:
            continue
        for money in closed.money or (None,):
            currency = money.currency if money else None
            if wanted and currency not in wanted:
                continue
            yield {
                "month": link.close.month,
                "currency": currency,
                "closed_at": link.close.closed_at,
                "staff": link.close.staff,
                "policy": link.close.policy,
                "timezone": link.close.timezone,
                "opening_minor": money.opening_minor if money else None,
                "closing_minor": money.closing_minor if money else None,
                "restated_minor": money.restated_minor if money else None,
                "restatements": money.restatements if money else 0,
                "closing_now_minor": money.closing_now_minor if money else None,
                "definitions": link.close.definitions,
                "changed": list(closed.changed),
                "reason": link.close.reason,
                "hash": link.hash,
                "previous_hash": link.previous_hash,
            }


REPORT = Definition(
    name="closes",
    question="Which months are closed, by whom, and what has changed in them since?",
    rows=rows,
    dated_by="month",
    kept_only=True,
    permission=Permission.MONEY,
    sums=("restated_minor",),
    fields=(
        Field("month", Kind.TEXT, "The closed month."),
        Field("currency", Kind.TEXT, "Currency of the amounts; null for a month without any."),
        Field("closed_at", Kind.TIME, "When it was closed."),
        Field("staff", Kind.TEXT, "Who closed it."),
        Field("policy", Kind.TEXT, "The MRR policy of its figures."),
        Field("timezone", Kind.TEXT, "The time zone of its days."),
        Field("opening_minor", Kind.MONEY, "Frozen MRR at its beginning."),
        Field("closing_minor", Kind.MONEY, "Frozen MRR at its end."),
        Field("restated_minor", Kind.MONEY, "What the month's own sums have changed by since."),
        Field("restatements", Kind.NUMBER, "How many sums of customers are others today."),
        Field("closing_now_minor", Kind.MONEY, "MRR at the month's end as it is known today."),
        Field("definitions", Kind.TEXT, "Version of the definitions at the close."),
        Field("changed", Kind.LIST, "Definitions that are others today."),
        Field("reason", Kind.TEXT, "Why it was closed although something was open."),
        Field("hash", Kind.TEXT, "The seal over this row and the one before it."),
        Field("previous_hash", Kind.TEXT, "The seal of the row before it."),
    ),
)
