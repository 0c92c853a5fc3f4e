"""The founders' part of the fake company: upgrades, the runway, what stands out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from lib.billing import (
    DatabaseUnavailable,
    Holding,
    Insight,
    Listing,
    Lookback,
    MonthStanding,
    Outlook,
    PlanPath,
    Ratio,
    Runway,
    RunwayItem,
    RunwayWeek,
    Sum,
    TrialSpan,
    UpgradeFilters,
    UpgradeItem,
    UpgradeMonth,
)
from lib.billing.domain.churn_rates import Moved
from lib.billing.domain.insight import decimal, percent
from lib.billing.domain.lookbacks import lookbacks
from lib.billing.domain.said import Count, said
from lib.billing.showing.views import Bar

NOW = 1_795_316_400  # Sunday 22 November 2026
DAY = 86_400
MONDAY = NOW - 3 * 3_600 - 6 * DAY
HOSTILE = "![pixel](http://evil.test/name.png)"
STEPS = (
    ("expansion", "plan", "starter", "pro", "month", "month", 2_000),
    ("new", "price", "pro", "pro", "month", "month", 2_900),
    ("contraction", "interval", "pro", "pro", "month", "year", -483),
    ("reactivation", "plan", None, "business", None, "month", 9_900),
    ("expansion", "quantity", "pro", "pro", "month", "month", 5_800),
)
WEEKS = ((3, 9_900, 7_000), (2, 3_900, 0), (1, 0, 2_000), *[(0, 0, 0)] * 5)


class FakeFounders:
    """Answers like `lib.billing.founders_desk`. ``silent``: nothing stands out."""

    empty: bool
    away: bool
    silent: bool = False
    open_month: str | None = "2026-10"

    def lookbacks(self) -> tuple[Lookback, ...]:
        return lookbacks(NOW, "UTC")

    def upgrades(self, filters: UpgradeFilters = UpgradeFilters()) -> Listing[UpgradeItem]:  # noqa: B008
        if self.away:
            raise DatabaseUnavailable("The database does not answer. Nothing was lost; try again.")
        found = [step for step in self._steps() if _fits(step, filters)]
        bars = tuple(
            Bar(told, "usd", sum(step.told == told for step in found), 2_900)
            for told in ("plan", "quantity", "began", "interval")
            if any(step.told == told for step in found)
        )
        amount = sum(step.delta_minor for step in found)
        sums = (Sum(filters.currencies[0], len(found), amount),) if found else ()
        page = tuple(found[filters.offset : filters.offset + filters.limit])
        return Listing(page, len(found), sums, bars, {})

    def _steps(self) -> list[UpgradeItem]:
        return [
            UpgradeItem(
                occurred_at=NOW - i * 2 * DAY - 3_600,
                customer_id=f"cus_{i:04d}",
                email=f"billing{i}@customer{i}.invalid",
                name=HOSTILE if i % 4 == 3 else f"Company {i}",
                kind=kind,
                change=change,
                from_plan=was,
                to_plan=now,
                from_interval=from_interval,
                to_interval=to_interval,
                delta_minor=delta,
                currency="eur" if i % 6 == 5 else "usd",
                subscription_id=f"sub_{i:04d}",
                event_id=f"evt_{i:04d}",
                reconstructed=False,
            )
            for i in range(0 if self.empty else 90)
            for kind, change, was, now, from_interval, to_interval, delta in [STEPS[i % len(STEPS)]]
        ]

    def level_upgrades(self, filters: UpgradeFilters = UpgradeFilters()) -> Listing[UpgradeItem]:  # noqa: B008
        found = [
            replace(step, kind=None, change="interval", delta_minor=0)
            for step in self._steps()
            if _fits(step, filters)
        ]
        page = tuple(found[filters.offset : filters.offset + filters.limit])
        return Listing(page, len(found), (), (), {})

    def upgrade_paths(self, filters: UpgradeFilters = UpgradeFilters()) -> tuple[PlanPath, ...]:  # noqa: B008
        found: dict[tuple[str | None, str | None], PlanPath] = {}
        for step in self._steps():
            if _fits(step, filters):
                path = step.from_plan, step.to_plan
                held = found.get(path, PlanPath(*path, 0, 0))
                found[path] = replace(
                    held, count=held.count + 1, minor=held.minor + step.delta_minor
                )
        return tuple(sorted(found.values(), key=lambda path: -path.count))

    def upgrade_months(self, currency: str) -> tuple[UpgradeMonth, ...]:
        spans = [span for span in self.lookbacks() if span.key[:2] == "20"][::-1]
        tried = self.trials(currency, tuple((span.starts, span.ends) for span in spans))
        return tuple(
            UpgradeMonth(
                span.key,
                n == len(spans) - 1,
                {"expansion": (n, n * 2_000), "new": (1, 2_900), "contraction": (1, -483)},
                tried[n],
            )
            for n, span in enumerate(spans)
        )

    def trials(self, currency: str, spans: tuple[tuple[int, int], ...]) -> tuple[TrialSpan, ...]:
        many = 1 if currency == "eur" else 10
        return tuple(
            TrialSpan(*span, 4 * many, 3 * many, (2 - n % 2) * many) for n, span in enumerate(spans)
        )

    def standing_months(self, currency: str) -> tuple[MonthStanding, ...]:
        names = ["2025-11", "2025-12", *(f"2026-{month:02}" for month in range(1, 12))]
        people = 700 if currency == "usd" else 12
        return tuple(
            MonthStanding(
                name,
                name < "2026-11",
                Moved(
                    opening_minor=1_000_000,
                    expansion_minor=20_000,
                    contraction_minor=-5_000,
                    churn_minor=-30_000 - n * 1_000,
                    customers=people,
                ),
                people + 4 * n,
                people + 4 * n + 4,
            )
            for n, name in enumerate(names)
        )

    def runway(self, currency: str) -> Runway:
        if self.away:
            raise DatabaseUnavailable("The database does not answer. Nothing was lost; try again.")
        weeks = tuple(
            RunwayWeek(
                key=_iso(MONDAY + n * 7 * DAY),
                starts=MONDAY + n * 7 * DAY,
                ends=MONDAY + (n + 1) * 7 * DAY,
                subscriptions=count,
                end_minor=ends,
                downgrade_minor=less,
            )
            for n, (count, ends, less) in enumerate(WEEKS)
        )
        return Runway(currency, weeks, 1_900, 12_317, 0)

    def leaving(
        self, currency: str, starts: int, ends: int, *, limit: int = 25, offset: int = 0
    ) -> Listing[RunwayItem]:
        found = tuple(
            RunwayItem(
                customer_id=f"cus_{i:04d}",
                name=HOSTILE if i == 1 else f"Company {i}",
                email=None,
                subscription_id=f"sub_{i:04d}",
                kind="downgrade" if i == 2 else "end",
                plan="business",
                to_plan="pro" if i == 2 else None,
                at=starts + i * DAY,
                minor=9_900 - i * 1_000,
                currency=currency,
                reason="too_expensive" if i == 0 else None,
            )
            for i in range(3)
        )
        return Listing(found, 3, (Sum(currency, 3, 26_700),), (), {})

    def outlook(self, currency: str) -> Outlook:
        held = tuple(
            Holding(
                f"cus_{i:04d}",
                HOSTILE if i == 3 else f"Company {i}",
                None,
                90_000 - i * 9_000,
                Ratio(90_000 - i * 9_000, 2_013_400, 755),
            )
            for i in range(5)
        )
        said = () if self.silent else (CHURN_ROSE, WEEK, REASON)
        return Outlook(currency, said, held, Ratio(360_000, 2_013_400, 755))

    def month_to_close(self) -> str | None:
        return self.open_month


CHURN_ROSE = Insight(
    "plan_churn_rose",
    said(
        "Churn of {plan} was {churned} of {total} customers in {month} against {before} a month "
        "before.",
        plan="Starter",
        churned=Count(4),
        total=Count(60),
        month="October",
        before=decimal(Fraction(6, 5)),
    ),
    False,
    (("Churned in October", "4 of 60"), ("In each of the 5 months before", "1, 1, 2, 1, 1")),
    "churn",
    (("currency", "usd"), ("view", "leavers"), ("plans", "starter")),
)
WEEK = Insight(
    "heavy_week",
    said(
        "The week of {week} takes {share} of what leaves MRR in the next eight weeks, with "
        "{count} of {total} subscriptions.",
        week="16 November",
        share=percent(Fraction(3, 5)),
        count=Count(12),
        total=Count(20),
    ),
    False,
    (("Week of 16 November", "12"),),
    "overview",
    (("currency", "usd"), ("week", "2026-11-16")),
)
REASON = Insight(
    "one_reason_leads",
    "“Too expensive” is the reason of 14 of the 31 subscriptions that wind down.",
    False,
    (("Too expensive", "14"),),
    "winding-down",
    (("currencies", "usd"), ("reasons", "too_expensive")),
)


def _fits(step: UpgradeItem, filters: UpgradeFilters) -> bool:
    return (
        (not filters.currencies or step.currency in filters.currencies)
        and (filters.starts is None or step.occurred_at >= filters.starts)
        and (filters.ends is None or step.occurred_at < filters.ends)
        and (not filters.changes or step.told in filters.changes)
        and (not filters.plans or step.to_plan in filters.plans)
        and (filters.path is None or (step.from_plan, step.to_plan) == filters.path)
        and filters.text.lower() in f"{step.name} {step.email}".lower()
    )


def _iso(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).date().isoformat()
