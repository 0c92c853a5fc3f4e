"""What stands out in one currency: the facts for its insights, and who pays most."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from ..domain.churn_rates import Moved, churn_cause
from ..domain.facts import Facts, Leaving, PlanChurn, Trials
from ..domain.insights import insights
from ..domain.ratio import SMALL_SAMPLE, Ratio
from ..domain.said import Said, said
from ..domain.times import MONTHS, local_date, period_of
from ..retention.calendar import months_before
from ..settings.setup import Setup
from ..store.queries import cut_days, kept_lists, kept_receipts, kept_sums, turning
from ..store.queries import outlook as queries
from ..store.queries.reading import Connection, Reader
from ..store.queries.spans import Span
from .months import standing_months
from .runway import runway
from .upgrade_views import Holding, MonthStanding, Outlook, RunwayWeek
from .upgrades import trial_spans

COMPARED: Final = 6
"""Months that the last complete one is held against."""
CAUSED: Final = 3
"""Months whose causes of churn are taken together."""
LARGEST: Final = 5


def outlook(reader: Reader, setup: Setup, now: int, currency: str) -> Outlook:
    """What stands out now. Reads whole months: for a page it is kept for minutes."""
    weeks = runway(reader, setup, now, currency).weeks
    with reader.open() as connection:
        totals = kept_sums.currency_totals(connection, currency)
        mrr = int(totals[0]["mrr_minor"]) if totals else 0
        people = int(totals[0]["customers"]) if totals else 0
        held = largest(connection, setup, currency, LARGEST)
        months = _complete(connection, setup, now)
        facts = Facts(
            currency=currency,
            month=_month(months[-1], setup.timezone) if months else "",
            customers=people,
            mrr_minor=mrr,
            largest_minor=int(held[0]["minor"]) if held else 0,
            weeks=tuple(_leaving(week, setup.timezone) for week in weeks),
            reasons=_reasons(connection, currency),
            **(_of_months(connection, setup, now, months, currency) if months else {}),
        )
    together = sum(int(row["minor"]) for row in held)
    return Outlook(
        currency=currency,
        insights=insights(facts),
        largest=tuple(
            Holding(
                row["customer_id"],
                row["name"],
                row["email"],
                int(row["minor"]),
                Ratio(int(row["minor"]), mrr, people),
            )
            for row in held
        ),
        share=Ratio(together, mrr, people),
    )


def largest(connection: Connection, setup: Setup, currency: str, count: int) -> Sequence[Any]:
    """Those who pay most, the largest first: ``customer_id, name, email, minor``."""
    if cut_days.ready(connection, setup.policy, setup.timezone):
        return kept_receipts.largest(connection, setup.policy, currency, count)
    return queries.largest(connection, currency, count)


def _complete(connection: Connection, setup: Setup, now: int) -> list[Span]:
    """The last complete months, the oldest first; none from before the first event, for what was
    inferred of them tells of those who stayed and not of those who left."""
    told = turning.of(connection, setup.policy, setup.timezone, None, kept=True).first_told()
    if told is None:
        return []
    spans = months_before(now, COMPARED + 1, setup.timezone)
    return [span for span in spans if span.ends > told]


def _of_months(
    connection: Connection, setup: Setup, now: int, months: Sequence[Span], currency: str
) -> dict[str, Any]:
    causes: Counter[str] = Counter()
    told = turning.of(connection, setup.policy, setup.timezone, currency, kept=True)
    for row in told.causes(months[-CAUSED:], "month", ()):
        causes[churn_cause(row["reason"])] += int(row["customers"])
    kept = standing_months(connection, setup.policy, setup.timezone, now, currency)
    by_name = {month.name: month for month in kept}
    names = [period_of(span.starts, "month", setup.timezone) for span in months]
    stood = [by_name.get(name) or MonthStanding(name, True, Moved(), 0, 0) for name in names]
    return {
        "plans": _plans(told, setup, months, stood),
        "trials": tuple(
            Trials(span.ended, span.converted)
            for span in trial_spans(connection, setup, months, currency)
        ),
        "causes": dict(sorted(causes.items())) if len(months) >= CAUSED else {},
        "outran": tuple(
            month.moved.expansion_minor > -month.moved.contraction_minor - month.moved.churn_minor
            for month in stood
        ),
    }


def _plans(
    told: turning.Told,
    setup: Setup,
    months: Sequence[Span],
    stood: Sequence[MonthStanding],
) -> tuple[PlanChurn, ...]:
    """Months that began with few customers are left out: they say nothing of a month."""
    there = told.on_plans(months[-1].starts)
    left: defaultdict[str | None, list[int]] = defaultdict(lambda: [0] * len(months))
    for row in told.churned_by_plan(months, "month"):
        left[row["plan"]][int(row["n"])] = int(row["churned"])
    *sizes, last = (month.customers_start for month in stood)
    large = [n for n, size in enumerate(sizes) if size >= SMALL_SAMPLE]
    return tuple(
        PlanChurn(
            plan=plan,
            name=setup.catalog.plan(plan).name,
            customers=customers,
            churned=left[plan][-1],
            earlier=tuple(left[plan][n] for n in large),
            growth=tuple(Fraction(last, sizes[n]) for n in large),
        )
        for plan, customers in sorted(there.items(), key=lambda pair: str(pair[0]))
        if plan is not None
    )


def _month(span: Span, timezone: str) -> Said:
    return _named(local_date(span.starts, timezone).month)


def _named(month: int) -> Said:
    return Said(MONTHS[month - 1], {})


def _reasons(connection: Connection, currency: str) -> dict[str, int]:
    if kept_lists.ready(connection):
        return kept_lists.winding_reasons(connection, currency)
    return queries.reasons(connection, currency)


def _leaving(week: RunwayWeek, timezone: str) -> Leaving:
    day = local_date(week.starts, timezone)
    name = said("{day} {month}", day=str(day.day), month=_named(day.month))
    return Leaving(week.key, name, week.subscriptions, week.minor)
