"""What the Winding down page reads, kept as `dashboard.keeping` has it."""

from __future__ import annotations

from typing import Literal

from dashboard import keeping
from lib.billing import (
    BackTest,
    BackTestItem,
    EndingPart,
    Filters,
    Listing,
    Savable,
    SaveCell,
    SaveItem,
)


def parts(by: Literal["plan", "reason"]) -> tuple[EndingPart, ...]:
    return keeping.kept("ending_parts", lambda desk: desk.ending_parts(by), by)


def savable() -> Savable:
    return keeping.kept("savable", lambda desk: desk.savable_this_week())


def board() -> tuple[SaveCell, ...]:
    """The first time in a process it reads all that was ever seen of subscriptions."""
    return keeping.kept("save_board", lambda desk: desk.save_board())


def saves(filters: Filters) -> Listing[SaveItem]:
    return keeping.kept("saves", lambda desk: desk.saves(filters), filters)


def months() -> tuple[str, ...]:
    return keeping.kept("months_to_test", lambda desk: desk.months_to_test())


def back_test(month: str) -> BackTest:
    """Folds everybody who was scheduled then: counted now and then, for everyone."""
    return keeping.counted("back_test", lambda desk: desk.back_test(month), month)


def back_tested(month: str, filters: Filters) -> Listing[BackTestItem]:
    return keeping.counted(
        "back_tested", lambda desk: desk.back_tested(month, filters), month, filters
    )
