"""What the Winding down page reads, kept as `dashboard.data` keeps everything."""

from __future__ import annotations

from typing import Literal

from dashboard import data
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
    return data.kept("ending_parts", lambda desk: desk.ending_parts(by), by)


def savable() -> Savable:
    return data.kept("savable", lambda desk: desk.savable_this_week())


def board() -> tuple[SaveCell, ...]:
    """The first time in a process it reads all that was ever seen of subscriptions."""
    return data.kept("save_board", lambda desk: desk.save_board())


def saves(filters: Filters) -> Listing[SaveItem]:
    return data.kept("saves", lambda desk: desk.saves(filters), filters)


def months() -> tuple[str, ...]:
    return data.kept("months_to_test", lambda desk: desk.months_to_test())


def back_test(month: str) -> BackTest:
    """Folds everybody who was scheduled then: counted now and then, for everyone."""
    return data.counted("back_test", lambda desk: desk.back_test(month), month)


def back_tested(month: str, filters: Filters) -> Listing[BackTestItem]:
    return data.counted(
        "back_tested", lambda desk: desk.back_tested(month, filters), month, filters
    )
