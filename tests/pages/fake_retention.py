"""Churn and cohorts of the fake company: fourteen months, two currencies, hostile words."""

from __future__ import annotations

from typing import Any

from lib.billing import (
    ChurnedItem,
    ChurnPart,
    ChurnPeriod,
    CohortMonth,
    Filters,
    Listing,
    Ratio,
    Sum,
)
from lib.billing.domain import churn_rates
from lib.billing.domain.churn_rates import Moved
from lib.billing.domain.times import DAY, period_of

NOW = 1_795_316_400  # Sunday 22 November 2026
HOSTILE = "![pixel](http://evil.test/comment.png)"
REASONS = ("too_expensive", "unused", "unknown")
SIZES = {"usd": 240, "eur": 12}


class FakeRetention:
    """Answers like `lib.billing.retention_desk`."""

    empty: bool
    policy = "portside"

    def paid_currencies(self) -> tuple[str, ...]:
        return () if self.empty else ("usd", "eur")

    def churn_periods(self, by: str, currency: str) -> tuple[ChurnPeriod, ...]:
        length = {"week": 7, "month": 30, "quarter": 91}[by] * DAY
        ends = [NOW + 1 - n * length for n in range(6)][::-1]
        return tuple(
            _period(period_of(end - length, by, "UTC"), end - length, end, currency, n)
            for n, end in enumerate(ends)
        )

    def churned(self, filters: Filters = Filters()) -> Listing[ChurnedItem]:  # noqa: B008
        everyone = [_left(i, filters.currencies[0]) for i in range(30)]
        found = [
            item
            for item in everyone
            if (not filters.plans or item.plan in filters.plans)
            and (not filters.causes or item.cause in filters.causes)
            and (not filters.reasons or (item.feedback or "unknown") in filters.reasons)
            and filters.text in str(item.name)
        ]
        page = tuple(found[filters.offset : filters.offset + filters.limit])
        sums = (Sum(filters.currencies[0], len(found), 2900 * len(found)),) if found else ()
        choices = {"plans": ("pro", "starter"), "intervals": ("month", "year"), "reasons": REASONS}
        return Listing(page, len(found), sums, (), choices)

    def churn_parts(self, dimension: str, currency: str, *_: Any) -> tuple[ChurnPart, ...]:
        names = {
            "plan": ("pro", "starter", ""),
            "interval": ("month", "year"),
            "stay": ("under_90_days", "over_2_years"),
        }
        return tuple(
            ChurnPart(name, 40 - 19 * n, 290_000, 3 - n, 8_700)
            for n, name in enumerate(names[dimension])
        )

    def cohorts(self, currency: str) -> tuple[CohortMonth, ...]:
        months = [f"2026-{month:02d}" for month in range(6, 12)]
        return tuple(
            CohortMonth(
                cohort=month,
                currency=currency,
                index=index,
                complete=n + index < 5,
                customers=SIZES[currency],
                kept=SIZES[currency] - index,
                mrr_minor=100_000,
                kept_minor=100_000 + (n - 2) * index * 5_000,
            )
            for n, month in enumerate(months)
            for index in range(6 - n)
        )


def _period(name: str, starts: int, ends: int, currency: str, n: int) -> ChurnPeriod:
    size = SIZES[currency]
    moved = Moved(
        opening_minor=1_000_000 if n else 0,
        new_minor=50_000,
        expansion_minor=20_000,
        contraction_minor=-5_000,
        churn_minor=-30_000,
        customers=size if n else 0,
    )
    churn = churn_rates.customer_churn(n, size if n else 0)
    arpa = churn_rates.arpa(moved.closing_minor, size)
    return ChurnPeriod(
        name=name,
        starts=starts,
        ends=ends,
        complete=n < 5,
        reconstructed=n == 0,
        currency=currency,
        moved=moved,
        customers_start=size if n else 0,
        customers_end=size,
        new=5,
        returned=1,
        churned=n + 1,
        switched=0,
        churn=churn,
        arpa=arpa,
        ltv=churn_rates.ltv(arpa, churn),
        quick_ratio=churn_rates.quick_ratio(moved),
        trials=Ratio(0, 0, 0, churn_rates.NO_TRIALS),
        voluntary=n,
        involuntary=0,
        unknown=1,
        reasons={"too_expensive": n, "unknown": 1} if n else {"unknown": 1},
    )


def _left(i: int, currency: str) -> ChurnedItem:
    return ChurnedItem(
        left_at=NOW - i * DAY,
        customer_id=f"cus_{i:04d}",
        org_id=None,
        email=f"someone{i}@example.com",
        name=HOSTILE if i % 4 == 3 else f"Company {i}",
        subscription_id=f"sub_{i:04d}",
        plan="pro" if i % 2 else "starter",
        interval="month",
        mrr_minor=2900,
        currency=currency,
        cause="voluntary" if i % 3 else "unknown",
        reason="cancellation_requested" if i % 3 else None,
        feedback="too_expensive" if i % 3 else None,
        comment=HOSTILE,
        joined_at=NOW - 400 * DAY,
        back_at=None,
        switched=False,
        event_id="evt_1",
    )
