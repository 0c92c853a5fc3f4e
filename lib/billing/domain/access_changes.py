"""When a customer's access changed, by which rule: the same judgement at every turn of the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .access import decide, judge
from .fold import CustomerFold
from .grants import Access
from .rows import EntitlementRow


@dataclass(frozen=True, slots=True)
class AccessChange:
    """From ``at`` on ``after`` holds. ``event_id`` is None where only time has passed."""

    at: int
    after: Access
    event_id: str | None


def access_changes(fold: CustomerFold, until: int) -> list[AccessChange]:
    """Every change of plan, of access or of its rule up to ``until``, oldest first.

    Grace and scheduled ends pass without an event, so each row is also judged when they do.
    """
    changes: list[AccessChange] = []
    known: tuple[object, ...] | None = None
    for at, row, by_event in _turns(fold, until):
        access = judge(row, at, fold.rules.catalog, timezone=fold.rules.timezone)
        now = (access.access, access.plan, access.rule)
        if now != known:
            changes.append(AccessChange(at, access, access.event_id if by_event else None))
        known = now
    return changes


def _turns(fold: CustomerFold, until: int) -> Iterator[tuple[int, EntitlementRow, bool]]:
    """(second, the row that holds there, whether an event brought it)."""
    subscriptions = fold.of("subscription")
    seconds = sorted({s.effective for o in subscriptions.values() for s in o.steps})
    seconds = [second for second in seconds if second <= until]
    for second, following in zip(seconds, [*seconds, until + 1][1:], strict=True):
        row = decide(_until(fold, second), None, second)
        yield second, row, True
        ends = {grant["until"] for grant in row.grants if grant["granting"]}
        for end in sorted(end for end in ends if end is not None and second < end < following):
            yield end, row, False


def _until(fold: CustomerFold, second: int) -> CustomerFold:
    """The subscriptions as far as they had come by ``second``."""
    begun = {}
    for name, folded in fold.of("subscription").items():
        steps = tuple(step for step in folded.steps if step.effective <= second)
        if steps:
            begun[name] = replace(folded, steps=steps)
    return replace(fold, objects={"subscription": begun})
