"""What somebody should do next, the most pressing first. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..domain.times import DAY
from .values import Action, Sum, Trouble

LAST_DAYS: Final = 7 * DAY
"""How far ahead an end is near enough to be worth a call now."""


def actions(
    trouble: Trouble, final: tuple[Sum, ...], ending: tuple[Sum, ...]
) -> tuple[Action, ...]:
    """``final``: failing invoices without a next attempt; ``ending``: what ends within a week."""
    return tuple(_found(trouble, final, ending))


def _found(trouble: Trouble, final: tuple[Sum, ...], ending: tuple[Sum, ...]) -> Iterator[Action]:
    # Without webhooks every other number is behind, so that comes first.
    if trouble.silent:
        yield Action("silence", "sync", 1)
    if trouble.failed_events:
        yield Action("failed_events", "sync", trouble.failed_events)
    if trouble.missing_events:
        yield Action("missing_events", "sync", trouble.missing_events)
    if trouble.differences:
        yield Action("differences", "sync", trouble.differences)
    if final:
        yield Action("final_attempts", "failed-payments", sum(s.count for s in final), final)
    if ending:
        yield Action("last_days", "winding-down", sum(s.count for s in ending), ending)
