"""What leaves MRR, week by week."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.times import local_date, period_start
from ..store.queries import runway
from ..store.queries.columns import QUARTER_HOUR
from ..store.queries.reading import Connection
from .definition import Definition, Row
from .fields import Field, Kind
from .request import ReportRequest

Key = tuple[str | None, str, str | None, str]


def rows(connection: Connection, request: ReportRequest) -> Iterator[Row]:
    weeks: dict[Key, list[int]] = {}
    for part in runway.summed(connection, request.currency, request.starts, request.ends):
        week = _monday(part["quarter_hour"], request.setup.timezone)
        sums = weeks.setdefault((week, part["currency"], part["plan"], part["kind"]), [0, 0])
        sums[0] += int(part["subscriptions"])
        sums[1] += int(part["mrr_minor"])
    for key in sorted(weeks, key=_order):
        week, currency, plan, kind = key
        subscriptions, minor = weeks[key]
        yield {
            "week_start": week,
            "currency": currency,
            "plan": plan,
            "kind": kind,
            "subscriptions": subscriptions,
            "mrr_minor": minor,
        }


def _monday(quarter_hour: int | None, timezone: str) -> str | None:
    if quarter_hour is None:
        return None
    return period_start(local_date(quarter_hour * QUARTER_HOUR, timezone), "week").isoformat()


def _order(key: Key) -> tuple[bool, str, str, bool, str, str]:
    week, currency, plan, kind = key
    return week is None, week or "", currency, plan is None, plan or "", kind


REPORT = Definition(
    name="runway",
    question="What leaves MRR, in which week, by a scheduled end or a scheduled downgrade?",
    rows=rows,
    dated_by="week_start",
    counted_as="cells",
    sums=("subscriptions", "mrr_minor"),
    fields=(
        Field(
            "week_start",
            Kind.TEXT,
            "The Monday of the week, of the business; weeks that are over hold what should have "
            "left by now. Null where the time of a scheduled end is unknown.",
        ),
        Field("currency", Kind.TEXT, "Currency of the amounts."),
        Field("plan", Kind.TEXT, "The plan that is left; null where it was never known."),
        Field("kind", Kind.TEXT, "end, or downgrade: the difference to what is paid after it."),
        Field("subscriptions", Kind.NUMBER, "Subscriptions that end or get smaller."),
        Field(
            "mrr_minor", Kind.MONEY, "What MRR loses by it; all of it is MRR minus committed MRR."
        ),
    ),
)
