"""Of the ends that were scheduled, how many were undone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from ..domain.churn_rates import save_rate
from ..domain.saves import ScheduledEnd
from ..domain.times import period_of
from ..retention.saving import all_scheduled_ends
from ..settings.rules import current_rules
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest

Key = tuple[str | None, str | None, str | None]
"""Month of the planned end, reason, currency."""


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    rules = current_rules(connection, request.setup, request.policy)
    found: defaultdict[Key, list[ScheduledEnd]] = defaultdict(list)
    for _, end in all_scheduled_ends(connection, rules, until=request.as_of):
        if request.currency in (None, end.currency) and _inside(end, request):
            month = None
            if end.ends_at is not None:
                month = period_of(end.ends_at, "month", request.setup.timezone)
            found[month, end.feedback or end.reason, end.currency].append(end)
    for key in sorted(found, key=lambda key: [(part is None, part or "") for part in key]):
        yield _row(key, found[key], request.now)


def _inside(end: ScheduledEnd, request: ReportRequest) -> bool:
    if end.ends_at is None:
        return request.starts is None and request.ends is None
    after = request.starts is None or request.starts <= end.ends_at
    return after and (request.ends is None or end.ends_at < request.ends)


def _row(key: Key, ends: Sequence[ScheduledEnd], now: int) -> Row:
    period, reason, currency = key
    outcomes = [end.outcome for end in ends]
    matured = [end for end in ends if end.matured(now)]
    saved = [end.value_minor for end in ends if end.outcome == "undone"]
    known = [value for value in saved if value is not None]
    rate = save_rate(sum(end.outcome == "undone" for end in matured), len(matured))
    return {
        "period": period,
        "reason": reason,
        "scheduled": len(ends),
        "undone": outcomes.count("undone"),
        "ended": outcomes.count("ended"),
        "pending": outcomes.count("pending"),
        "save_rate": rate.value,
        # A sum that leaves something out would pass for a smaller one.
        "mrr_saved_minor": sum(known) if len(known) == len(saved) else None,
        "currency": currency,
        "matured": len(matured),
        "matured_undone": int(rate.numerator),
        "small_sample": rate.small,
    }


REPORT = Definition(
    name="saves",
    question="Of the ends that were scheduled, how many were undone before their day?",
    rows=rows,
    dated_by="period",
    kept_only=True,
    sums=("scheduled", "undone", "ended", "pending", "mrr_saved_minor"),
    fields=(
        Field("period", Kind.TEXT, "Month of the planned end, of the business; null if unknown."),
        Field("reason", Kind.TEXT, "Feedback, else Stripe's cancellation reason; null for none."),
        Field(
            "scheduled",
            Kind.NUMBER,
            "Schedules; moving the date keeps one, undone and scheduled again is a second.",
        ),
        Field("undone", Kind.NUMBER, "Of these, undone, also before their day has come."),
        Field("ended", Kind.NUMBER, "Of these, those whose subscription ended."),
        Field("pending", Kind.NUMBER, "Of these, those that still stand."),
        Field("save_rate", Kind.RATE, "matured_undone / matured; null before any day has passed."),
        Field(
            "mrr_saved_minor",
            Kind.MONEY,
            "Monthly value of what was undone, when it was last scheduled; null if one of them "
            "cannot be computed.",
        ),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("matured", Kind.NUMBER, "Schedules whose planned end has passed."),
        Field("matured_undone", Kind.NUMBER, "Of these, undone."),
        Field("small_sample", Kind.FLAG, "Fewer than 20 schedules whose planned end has passed."),
    ),
)
