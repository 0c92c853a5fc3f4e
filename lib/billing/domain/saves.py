"""Scheduled ends of one subscription, past ones too, and what became of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from .access import ends_at
from .observations import State
from .policy import ENDED, LIVE, winding_down
from .trail import ObjectFold

Outcome = Literal["undone", "ended", "pending"]


@dataclass(frozen=True, slots=True)
class ScheduledEnd:
    """One schedule. Moving its date keeps it; undone and scheduled again is another one."""

    subscription_id: str
    currency: str | None
    scheduled_at: int
    ends_at: int | None  # the last planned end; None: it was never known
    outcome: Outcome
    closed_at: int | None  # when it was undone or came true
    feedback: str | None
    reason: str | None
    value_minor: int | None  # monthly, when it was last seen scheduled; None: cannot be told

    def matured(self, now: int) -> bool:
        """Whether the planned end has passed."""
        return self.ends_at is not None and self.ends_at <= now


def last_second_to_save(ends_at: int | None, now: int) -> int | None:
    """The last second in which the end can still be undone: the one before it comes. None where it
    has come, or is not known."""
    return None if ends_at is None or ends_at <= now else ends_at - 1


def scheduled_ends(
    subscription: ObjectFold, value: Callable[[State], int | None]
) -> tuple[ScheduledEnd, ...]:
    """Every schedule of a subscription, the oldest first. ``value`` tells a state's monthly value.

    One that was only ever seen in what an event says was before it, or in the state of a
    subscription first seen ended, is a schedule too.
    """
    found: list[ScheduledEnd] = []
    current: ScheduledEnd | None = None
    seen = [(step.effective, step.state) for step in subscription.steps]
    if subscription.origin is not None:
        seen.insert(0, (subscription.steps[0].effective, subscription.origin))
    for at, state in seen:
        if state is None or state["status"] in ENDED:
            if current is None and state is not None and _came_true(state):
                current = _begun(subscription.object_id, state, at, value)
            if current is not None:
                found.append(_closed(current, "ended", at, state))
                current = None
        elif winding_down(state):
            begun = current or _begun(subscription.object_id, state, at, value)
            current = _moved(begun, state, value)
        elif state["status"] in LIVE and current is not None:
            found.append(_closed(current, "undone", at, None))
            current = None
    if current is not None:
        found.append(current)
    return tuple(found)


def _begun(
    subscription_id: str, state: State, at: int, value: Callable[[State], int | None]
) -> ScheduledEnd:
    planned = ends_at(state)
    if planned is None and state["status"] in ENDED:
        planned = state["cancel_at"] or state["ended_at"] or at
    return ScheduledEnd(
        subscription_id=subscription_id,
        currency=state["currency"],
        scheduled_at=state["canceled_at"] or at,
        ends_at=planned,
        outcome="pending",
        closed_at=None,
        feedback=state["feedback"],
        reason=state["reason"],
        value_minor=value(state),
    )


def _moved(known: ScheduledEnd, state: State, value: Callable[[State], int | None]) -> ScheduledEnd:
    planned = ends_at(state)
    return replace(
        known,
        ends_at=known.ends_at if planned is None else planned,
        feedback=state["feedback"] or known.feedback,
        reason=state["reason"] or known.reason,
        value_minor=value(state),
    )


def _closed(known: ScheduledEnd, outcome: Outcome, at: int, state: State | None) -> ScheduledEnd:
    told = state or {}
    return replace(
        known,
        outcome=outcome,
        closed_at=at,
        feedback=known.feedback or told.get("feedback"),
        reason=known.reason or told.get("reason"),
    )


def _came_true(state: State) -> bool:
    """Ended as planned, of what was never seen planned."""
    if state["status"] != "canceled":
        return False
    return state["cancel_at"] is not None or bool(state["cancel_at_period_end"])
