"""The plan mix of the fake company beyond today's cells: months, moves, concentration, features."""

from __future__ import annotations

from itertools import accumulate

from lib.billing import (
    Concentration,
    FeatureHolders,
    Held,
    Holding,
    LargestShare,
    Listing,
    Move,
    MoveFilters,
    MoveItem,
    PlanFeatures,
    PlanMonth,
    PlanMoves,
    Ratio,
    Sum,
)
from lib.billing.domain.plan_moves import plan_lines

NOW = 1_795_316_400  # Sunday 22 November 2026
HOSTILE = "![pixel](http://evil.test/name.png)"
MONTHS = ("2026-08", "2026-09", "2026-10", "2026-11")
WAYS = (
    ("+new", "starter", 3, 0, 2_700),
    ("+returned", "pro", 1, 0, 2_900),
    ("+added", "pro", 1, 0, 2_900),
    ("starter", "pro", 2, 1_800, 5_800),
    ("pro", "pro", 1, 2_900, 5_800),
    ("pro", "-left", 2, 5_800, 0),
    ("", "starter", 1, 500, 900),
)
MOVERS = [
    (was, now, before // customers, after // customers)
    for was, now, customers, before, after in WAYS
    for _ in range(customers)
]


class FakeMix:
    """Answers like `lib.billing.mix_desk`."""

    empty: bool
    young: bool = False

    def plan_trend(self, currency: str) -> tuple[PlanMonth, ...]:
        months = MONTHS[-1:] if self.young else MONTHS
        return tuple(
            PlanMonth(
                name,
                name == MONTHS[-1],
                {
                    "": Held(1, 500),
                    "starter": Held(10 + n, 9_000 + 900 * n),
                    **({"pro": Held(5 * n, 14_500 * n)} if n else {}),
                },
            )
            for n, name in enumerate(months)
        )

    def plan_moves(self, currency: str, starts: int, ends: int) -> PlanMoves:
        if self.empty:
            return PlanMoves((), ())
        moves = tuple(Move(*way) for way in WAYS)
        opening = {"": Held(1, 500), "starter": Held(12, 10_800), "pro": Held(9, 26_100)}
        return PlanMoves(moves, plan_lines(opening, moves))

    def plan_movers(self, filters: MoveFilters) -> Listing[MoveItem]:
        found = [
            MoveItem(
                customer_id=f"cus_{i:04d}",
                org_id=None,
                email=f"billing{i}@customer{i}.invalid",
                name=HOSTILE if i == 1 else f"Company {i}",
                was=was,
                now=now,
                before_minor=before,
                after_minor=after,
                currency=filters.currencies[0],
                moved_at=NOW - i * 86_400,
            )
            for i, (was, now, before, after) in enumerate(MOVERS)
            if filters.move in (None, (was, now)) and filters.text in (f"Company {i}", "")
        ]
        moved = sum(item.after_minor - item.before_minor for item in found)
        sums = (Sum(filters.currencies[0], len(found), moved),) if found else ()
        page = tuple(found[filters.offset : filters.offset + filters.limit])
        return Listing(page, len(found), sums, (), {})

    def concentration(self, currency: str) -> Concentration:
        minors = [90_000 - i * 6_000 for i in range(12)]
        together = tuple(accumulate(minors))
        too_few = "There are no more than 100 paying customers."
        return Concentration(
            currency=currency,
            customers=12,
            mrr_minor=together[-1],
            shares=(
                LargestShare(1, together[0], Ratio(together[0], together[-1], 12)),
                LargestShare(10, together[9], Ratio(together[9], together[-1], 12)),
                LargestShare(100, together[-1], Ratio(together[-1], together[-1], 12, too_few)),
            ),
            largest=tuple(
                Holding(
                    f"cus_{i:04d}",
                    HOSTILE if i == 3 else f"Company {i}",
                    None,
                    minor,
                    Ratio(minor, together[-1], 12),
                )
                for i, minor in enumerate(minors[:10])
            ),
            together=together,
        )

    def plan_features(self, currency: str) -> PlanFeatures:
        return PlanFeatures(
            currency=currency,
            customers=40,
            mrr_minor=100_000,
            plans=("starter", "pro"),
            features=()
            if self.empty
            else (
                FeatureHolders("api", "API access", 30, 90_000, {"starter": 10, "pro": 20}),
                FeatureHolders("sso", HOSTILE, 20, 80_000, {"pro": 20}),
            ),
        )
