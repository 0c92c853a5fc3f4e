"""What the founders' pages read, kept as `dashboard.keeping` has it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from dashboard import data, keeping
from lib.billing import (
    FailedPaymentItem,
    Filters,
    Listing,
    Lookback,
    MonthStanding,
    Outlook,
    PlanPath,
    RollForward,
    Runway,
    RunwayItem,
    TrialSpan,
    UpgradeFilters,
    UpgradeItem,
    UpgradeMonth,
    WindingDownItem,
)

EACH: Final = 3
"""Customers shown of each kind that needs somebody; the rest is a click away."""
LATEST: Final = 8
OUTLOOK_EVERY: Final = 60
"""Minutes for which what stands out is kept: it is about whole months, and reads them."""


@dataclass
class _Shown:
    currency: str = ""


_shown: Final = _Shown()


def showed(currency: str) -> None:
    """Somebody looked at the overview in ``currency``."""
    _shown.currency = currency


def likely_currency() -> str:
    """What the next one will look at, who has not chosen: the one most used is the same for all.
    "" before anybody has looked."""
    return _shown.currency


def lookbacks() -> tuple[Lookback, ...]:
    return keeping.kept("lookbacks", lambda desk: desk.lookbacks())


def begin(currency: str, *first: Callable[[], Any]) -> str:
    """Read beside what is drawn until then what takes longest, before it is known what will be
    shown: ``first``, and what is of ``currency``, "" for none. A wrong guess is read for nothing.
    Answers the guess."""
    if currency:
        keeping.ahead(
            *first,
            *(
                partial(read, currency)
                for read in (
                    most_urgent,
                    latest,
                    runway,
                    this_month,
                    largest_leaving,
                    standing_months,
                )
            ),
        )
    return currency


def most_urgent(currency: str) -> Listing[FailedPaymentItem]:
    return data.failed_payments(Filters(currencies=(currency,), limit=EACH))


def largest_leaving(currency: str) -> Listing[WindingDownItem]:
    return data.winding_down(
        Filters(currencies=(currency,), sort="mrr_minor", descending=True, limit=EACH, bars=False)
    )


def this_month(currency: str) -> RollForward:
    return data.roll_forward(currency, "month", 1)


def latest(currency: str) -> Listing[UpgradeItem]:
    """Who moved up in 90 days, the newest."""
    spans = {span.key: span for span in lookbacks()}
    return upgrades(
        UpgradeFilters(currencies=(currency,), starts=spans["90d"].starts, limit=LATEST)
    )


def upgrades(filters: UpgradeFilters) -> Listing[UpgradeItem]:
    return keeping.kept("upgrades", lambda desk: desk.upgrades(filters), filters)


def level_upgrades(filters: UpgradeFilters) -> Listing[UpgradeItem]:
    return keeping.counted("level_upgrades", lambda desk: desk.level_upgrades(filters), filters)


def upgrade_paths(filters: UpgradeFilters) -> tuple[PlanPath, ...]:
    return keeping.kept("upgrade_paths", lambda desk: desk.upgrade_paths(filters), filters)


def upgrade_months(currency: str) -> tuple[UpgradeMonth, ...]:
    return keeping.counted("upgrade_months", lambda desk: desk.upgrade_months(currency), currency)


def trials(currency: str, spans: tuple[tuple[int, int], ...]) -> tuple[TrialSpan, ...]:
    return keeping.counted("trials", lambda desk: desk.trials(currency, spans), currency, spans)


def standing_months(currency: str) -> tuple[MonthStanding, ...]:
    return keeping.kept("standing_months", lambda desk: desk.standing_months(currency), currency)


def runway(currency: str) -> Runway:
    return keeping.kept("runway", lambda desk: desk.runway(currency), currency)


def leaving(currency: str, span: tuple[int, int], limit: int, offset: int) -> Listing[RunwayItem]:
    """One page of who is behind a week of the runway."""
    return keeping.kept(
        "leaving",
        lambda desk: desk.leaving(currency, *span, limit=limit, offset=offset),
        currency,
        span,
        limit,
        offset,
    )


def outlook(currency: str) -> Outlook:
    return keeping.counted(
        "outlook", lambda desk: desk.outlook(currency), currency, every=OUTLOOK_EVERY
    )


def month_to_close() -> str | None:
    return keeping.kept("month_to_close", lambda desk: desk.month_to_close())
