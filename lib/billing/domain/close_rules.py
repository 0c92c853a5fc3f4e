"""When a month may be closed: what is looked at before, and the refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .close import Close, month_after
from .errors import CloseRefused
from .said import said
from .times import spoken_day


@dataclass(frozen=True, slots=True)
class Point:
    """Something that is looked at before a close. ``blocks``: a close needs "anyway" while it is
    open. ``page`` and ``tab``: where it is mended."""

    slug: str
    label: str
    blocks: bool
    means: str
    remedy: str
    page: str | None = None
    tab: str | None = None


POINTS: Final[dict[str, Point]] = {
    point.slug: point
    for point in (
        Point(
            "rules",
            said("Rows folded by other rules"),
            True,
            said("The catalogue, the policy or the time zone was changed since rows were folded."),
            said("Run portside replay."),
        ),
        Point(
            "failed",
            said("Failed events"),
            True,
            said("Events of the month or before that were received and could not be applied."),
            said("Retry or ignore them."),
            "sync",
            "Failed events",
        ),
        Point(
            "drift",
            said("Open drift"),
            True,
            said("Differences between Stripe and the projection that nobody has acknowledged."),
            said("Repair or acknowledge them."),
            "sync",
            "Drift",
        ),
        Point(
            "gaps",
            said("Missing events"),
            True,
            said("Events that Stripe lists and that never came, which nobody has acknowledged."),
            said("Fetch them by a comparison with Stripe."),
            "sync",
            "Gaps",
        ),
        Point(
            "unvalued",
            said("Subscriptions without a value"),
            True,
            said("Live subscriptions whose MRR cannot be computed: they are in no figure."),
            said("Mend their price in Stripe, or wait for it to arrive."),
            "plan-mix",
        ),
        Point(
            "late",
            said("Silence since the month ended"),
            False,
            said(
                "No event from after the month has arrived, so the last ones of it may be under "
                "way."
            ),
            said("Look at the deliveries."),
            "sync",
            "Deliveries",
        ),
        Point(
            "unresolved",
            said("Plans that are unresolved"),
            False,
            said(
                "Live subscriptions whose price is not in the catalogue: the plan mix names no "
                "plan."
            ),
            said("Add the price to the catalogue."),
            "plan-mix",
        ),
        Point(
            "reread",
            said("Customers to be read again"),
            False,
            said("Customers whose last state could not be told from their events alone."),
            said("portside serve reads them again by itself."),
            "sync",
            "Drift",
        ),
    )
}
"""Every point by its slug, those that block first."""


def blocking(points: Mapping[str, int]) -> dict[str, int]:
    """The open points that a close has to be told to pass over."""
    return {slug: count for slug, count in points.items() if count and POINTS[slug].blocks}


def told(points: Mapping[str, int]) -> str:
    """``failed events (2), open drift (1)``. No label has a name in it."""
    return ", ".join(f"{POINTS[slug].label.lower()} ({count:,})" for slug, count in points.items())


def refuse_order(
    month: str,
    *,
    ends: int,
    now: int,
    timezone: str,
    last: Close | None,
    earliest: str | None,
    first: bool,
) -> None:
    """Raise CloseRefused for a month that is not over, is closed, or whose turn it is not.

    ``last``: the latest closed month; ``earliest``: the month of the first movement. ``first``:
    it is meant to be the first one, and what was before becomes its opening balance for good.
    """
    if last is not None and month <= last.month:
        _refuse_closed(month, last)
    if now < ends:
        raise CloseRefused(
            f"{month} is not over: it ends when {spoken_day(ends, timezone)} begins in {timezone}.",
            code="month_not_over",
        )
    if last is not None and month != (following := month_after(last.month)):
        raise CloseRefused(
            f"{following} is open, and months are closed in their order: close it first.",
            code="earlier_month_open",
        )
    if last is None and not first and earliest is not None and earliest < month:
        raise CloseRefused(
            f"{month} would be the first closed month: everything since {earliest} becomes its "
            f"opening balance and can never be closed. Close {earliest} first, or add --first to "
            "begin here.",
            code="first_close",
        )


def _refuse_closed(month: str, last: Close) -> None:
    if month == last.month:
        day = spoken_day(last.closed_at, last.timezone)
        raise CloseRefused(
            f"{month} was closed on {day} by {last.staff}. What changes in it is a restatement.",
            code="already_closed",
        )
    raise CloseRefused(
        f"{last.month} is closed, and with it everything before: {month} cannot be closed now.",
        code="closed_before",
    )


def refuse_open(month: str, points: Mapping[str, int], *, anyway: bool) -> None:
    """Raise CloseRefused while points are open, unless it is meant ``anyway``."""
    found = blocking(points)
    if found and not anyway:
        raise CloseRefused(
            f"Not closed, because this is open and could still change {month}: {told(found)}. "
            "Settle it, or close it all the same: --anyway, with a reason.",
            code="open_points",
        )
