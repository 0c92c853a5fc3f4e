"""The fake company's scheduled ends: by plan and reason, what became of them, the back-test."""

from __future__ import annotations

from typing import Literal

from lib.billing import (
    Amount,
    BackTest,
    BackTestItem,
    EndingPart,
    Filters,
    Listing,
    Outcome,
    Savable,
    SaveCell,
    SaveItem,
    Sum,
)

NOW = 1_795_316_400  # Sunday 22 November 2026
DAY = 86_400
MONDAY = NOW - 3 * 3_600 - 6 * DAY
OCTOBER = 1_790_812_800
NOVEMBER = OCTOBER + 31 * DAY
FATES = ("came_true", "saved", "moved", "unforeseen")
REASONS = ("too_expensive", "unused", "unknown")
OUTCOMES = ("saved", "lost", "open")


class FakeEnding:
    """Answers like `lib.billing.ending_desk`."""

    empty: bool

    def ending_parts(self, by: Literal["plan", "reason"]) -> tuple[EndingPart, ...]:
        parts = ("pro", "business", "") if by == "plan" else REASONS
        return tuple(
            EndingPart(f"2026-11-{16 + 7 * week}", at, at + 7 * DAY, part, code, 2, 5_800)
            for week, at in ((0, MONDAY), (1, MONDAY + 7 * DAY))
            for part in parts
            for code in ("eur", "usd")
        )

    def savable_this_week(self) -> Savable:
        sums = () if self.empty else (Sum("eur", 1, 2_900), Sum("usd", 2, 5_800))
        return Savable(NOW + 1, MONDAY + 7 * DAY + 1, sums)

    def save_board(self) -> tuple[SaveCell, ...]:
        if self.empty:
            return ()
        months = (("2026-10", OCTOBER, NOVEMBER), ("2026-11", NOVEMBER, NOVEMBER + 30 * DAY))
        return tuple(
            SaveCell(
                month=month,
                starts=starts,
                ends=ends,
                reason=reason,
                currency=code,
                saved=2,
                lost=3,
                open=int(month == "2026-11"),
                matured=5,
                matured_saved=2,
                matured_open=0,
                saved_minor=5_800,
                unvalued=0,
            )
            for month, starts, ends in months
            for reason in REASONS
            for code in ("eur", "usd")
        )

    def saves(self, filters: Filters = Filters()) -> Listing[SaveItem]:  # noqa: B008
        found = [
            item
            for item in map(_item, range(31))
            if not filters.statuses or item.outcome in filters.statuses
        ]
        page = found[filters.offset : filters.offset + filters.limit]
        sums = (Sum("usd", len(found), 2_900 * len(found)),)
        return Listing(tuple(page), len(found), sums, (), {})

    def months_to_test(self) -> tuple[str, ...]:
        return ("2026-10", "2026-09")

    def back_test(self, month: str) -> BackTest:
        both = () if self.empty else ("eur", "usd")
        outcomes = tuple(
            Outcome(
                code,
                came_true=Amount(4, 11_600),
                saved=Amount(2, 5_800),
                moved=Amount(1, 2_900),
                unforeseen=Amount(3, 8_700),
            )
            for code in both
        )
        return BackTest(month, OCTOBER, NOVEMBER, outcomes, 1, reconstructed=False)

    def back_tested(self, month: str, filters: Filters = Filters()) -> Listing[BackTestItem]:  # noqa: B008
        found = [
            item
            for item in map(_tested, range(10))
            if not filters.statuses or item.fate in filters.statuses
        ]
        page = found[filters.offset : filters.offset + filters.limit]
        sums = (Sum("usd", len(found), 2_900 * len(found)),)
        return Listing(tuple(page), len(found), sums, (), {})


def _item(i: int) -> SaveItem:
    outcome = OUTCOMES[i % 3]
    return SaveItem(
        customer_id=f"cus_{i:04d}",
        name="![pixel](http://evil.test/name.png)" if i == 2 else f"Customer {i}",
        email=f"who{i}@example.com",
        org_id=None,
        subscription_id=f"sub_{i:04d}",
        plan="pro",
        outcome=outcome,
        matured=outcome != "open",
        reason=REASONS[i % 3],
        mrr_minor=2_900,
        currency="usd",
        scheduled_at=OCTOBER,
        ends_at=NOVEMBER,
        closed_at=None if outcome == "open" else NOVEMBER,
    )


def _tested(i: int) -> BackTestItem:
    fate = FATES[(0, 0, 0, 0, 1, 1, 2, 3, 3, 3)[i]]
    return BackTestItem(
        customer_id=f"cus_{i:04d}",
        name=f"Customer {i}",
        email=None,
        org_id=None,
        subscription_id=f"sub_{i:04d}",
        fate=fate,
        kind="end",
        plan="pro",
        reason=None,
        planned_at=None if fate == "unforeseen" else OCTOBER + 9 * DAY,
        left_at=OCTOBER + 9 * DAY if fate in ("came_true", "unforeseen") else None,
        mrr_minor=2_900,
        currency="usd",
        counts=True,
    )
