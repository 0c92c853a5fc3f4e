"""Who came, who left and what moved: from sums where they are kept, else from rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import Connection, RowMapping

from ...domain.times import local_date
from . import churn, cut_days, kept_growth, kept_turnover, outlook
from .cut_days import Cut, Row
from .spans import Span

Rows = Sequence[Row | RowMapping]


class Told(Protocol):
    """What `queries.churn` tells, under one policy and in one currency or in all.

    ``by``: which periods the spans are, "" for none. ``months``: see `churn.touched`. Plans
    and trial starts are of one currency.
    """

    def flows(self, spans: Sequence[Span]) -> Rows: ...

    def before(self, second: int) -> Rows: ...

    def people(self, spans: Sequence[Span], by: str, months: Sequence[Span]) -> Rows: ...

    def causes(self, spans: Sequence[Span], by: str, months: Sequence[Span]) -> Rows: ...

    def trials(self, spans: Sequence[Span]) -> Rows: ...

    def trials_started(self, spans: Sequence[Span]) -> Mapping[int, int]: ...

    def churned_by_plan(self, spans: Sequence[Span], by: str) -> Rows: ...

    def on_plans(self, second: int) -> Mapping[str | None, int]: ...

    def first_told(self) -> int | None: ...


def of(
    connection: Connection, policy: str, timezone: str, currency: str | None, kept: bool
) -> Told:
    """``kept``: the connection is to the projection and ``policy`` its own."""
    rows = _OfRows(connection, policy, currency)
    if kept and cut_days.ready(connection, policy, timezone):
        return _OfSums(rows, timezone)
    return rows


@dataclass(frozen=True, slots=True)
class _OfRows:
    connection: Connection
    policy: str
    currency: str | None

    def flows(self, spans: Sequence[Span]) -> Rows:
        return churn.flows(self.connection, self.policy, spans, self.currency)

    def before(self, second: int) -> Rows:
        return churn.before(self.connection, self.policy, second, self.currency)

    def people(self, spans: Sequence[Span], by: str, months: Sequence[Span]) -> Rows:
        return churn.people(self.connection, self.policy, spans, self.currency, months)

    def causes(self, spans: Sequence[Span], by: str, months: Sequence[Span]) -> Rows:
        return churn.causes(self.connection, self.policy, spans, self.currency, months)

    def trials(self, spans: Sequence[Span]) -> Rows:
        return churn.trials(self.connection, self.policy, spans, self.currency)

    def trials_started(self, spans: Sequence[Span]) -> Mapping[int, int]:
        return outlook.trials_started(self.connection, spans, self.currency or "")

    def churned_by_plan(self, spans: Sequence[Span], by: str) -> Rows:
        return outlook.churned_by_plan(self.connection, self.policy, spans, self.currency or "")

    def on_plans(self, second: int) -> Mapping[str | None, int]:
        return outlook.on_plans(self.connection, self.policy, second, self.currency or "")

    def first_told(self) -> int | None:
        return outlook.first_told(self.connection, self.policy)


@dataclass(frozen=True, slots=True)
class _OfSums:
    """``rows`` tell of spans that no sum is kept of."""

    rows: _OfRows
    timezone: str
    cuts: dict[tuple[Span, ...], Cut] = field(default_factory=dict)

    def flows(self, spans: Sequence[Span]) -> Rows:
        if not cut_days.begins_days(spans, self.timezone):
            return self.rows.flows(spans)
        return kept_turnover.flows(self._connection, self._cut(spans), *self._of)

    def before(self, second: int) -> Rows:
        if not cut_days.begins_days([Span(second, second)], self.timezone):
            return self.rows.before(second)
        day = local_date(second, self.timezone)
        return kept_turnover.before(self._connection, self.rows.policy, day, self.rows.currency)

    def people(self, spans: Sequence[Span], by: str, months: Sequence[Span]) -> Rows:
        if self._lacks(spans, by, months):
            return self.rows.people(spans, by, months)
        return kept_turnover.people(self._connection, self._cut(spans), by, *self._of)

    def causes(self, spans: Sequence[Span], by: str, months: Sequence[Span]) -> Rows:
        if self._lacks(spans, by, months):
            return self.rows.causes(spans, by, months)
        return kept_turnover.causes(self._connection, self._cut(spans), by, *self._of)

    def trials(self, spans: Sequence[Span]) -> Rows:
        if not cut_days.begins_days(spans, self.timezone):
            return self.rows.trials(spans)
        cut = self._cut(spans, exactly=True)
        return kept_growth.trials(self._connection, cut, *self._of)

    def trials_started(self, spans: Sequence[Span]) -> Mapping[int, int]:
        if not cut_days.begins_days(spans, self.timezone):
            return self.rows.trials_started(spans)
        cut = self._cut(spans, exactly=True)
        return kept_growth.trials_started(self._connection, cut, *self._of)

    def churned_by_plan(self, spans: Sequence[Span], by: str) -> Rows:
        if self._lacks(spans, by, ()):
            return self.rows.churned_by_plan(spans, by)
        return kept_turnover.churned_by_plan(self._connection, self._cut(spans), by, *self._of)

    def on_plans(self, second: int) -> Mapping[str | None, int]:
        if not cut_days.are_periods([Span(second, second)], "month", self.timezone):
            return self.rows.on_plans(second)
        month = local_date(second, self.timezone)
        policy, currency = self._of
        return kept_turnover.on_plans(self._connection, policy, month, currency or "")

    def first_told(self) -> int | None:
        return kept_turnover.first_told(self._connection, self.rows.policy, self.timezone)

    def _lacks(self, spans: Sequence[Span], by: str, months: Sequence[Span]) -> bool:
        return bool(months) or not by or not cut_days.are_periods(spans, by, self.timezone)

    def _cut(self, spans: Sequence[Span], *, exactly: bool = False) -> Cut:
        asked = self._connection, self.rows.policy, self.timezone, spans
        if exactly:
            return Cut(*asked, exactly=True)
        # Who moved on a day that is cut off is read once for all that is asked of it.
        return self.cuts.setdefault(tuple(spans), Cut(*asked))

    @property
    def _connection(self) -> Connection:
        return self.rows.connection

    @property
    def _of(self) -> tuple[Any, ...]:
        return self.rows.policy, self.rows.currency
