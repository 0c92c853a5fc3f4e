"""What the plan-mix page reads beyond today's cells, kept as `dashboard.keeping` has it."""

from __future__ import annotations

from dashboard import keeping
from lib.billing import (
    Concentration,
    Listing,
    MoveFilters,
    MoveItem,
    PlanFeatures,
    PlanMonth,
    PlanMoves,
)


def trend(currency: str) -> tuple[PlanMonth, ...]:
    """Counted every few minutes: it reads the movements of a year."""
    return keeping.counted("plan_trend", lambda desk: desk.plan_trend(currency), currency)


def moves(currency: str, starts: int, ends: int) -> PlanMoves:
    return keeping.kept(
        "plan_moves", lambda desk: desk.plan_moves(currency, starts, ends), currency, starts, ends
    )


def movers(filters: MoveFilters) -> Listing[MoveItem]:
    return keeping.kept("plan_movers", lambda desk: desk.plan_movers(filters), filters)


def concentration(currency: str) -> Concentration:
    return keeping.kept("concentration", lambda desk: desk.concentration(currency), currency)


def features(currency: str) -> PlanFeatures:
    return keeping.kept("plan_features", lambda desk: desk.plan_features(currency), currency)
