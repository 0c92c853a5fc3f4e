"""What followed a link: *followed by*, never *caused by*. A redirect proves nothing, events do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from .flow_values import Flow
from .fold import CustomerFold
from .happenings import happened
from .movements import winding_down
from .observations import State

Outcome = Literal["waiting", "acted", "no_change_seen", "refused", "failed"]

ANSWER_WITHIN: Final = 3_600 + 300
"""Seconds until nothing more is awaited: five minutes to open a portal session, then an hour."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something that Stripe told after a link was minted. ``at`` is the event's own time."""

    at: int
    sentence: str
    event_id: str


@dataclass(frozen=True, slots=True)
class LinkProgress:
    """``acted``: something happened that the link was for; see each flow in `_ACTS`."""

    outcome: Outcome
    followed_by: tuple[FollowUp, ...] = ()


def progress(
    fold: CustomerFold | None, flow: str, *, minted_at: int, now: int, subject: str | None = None
) -> LinkProgress:
    """What is known at ``now`` about a link minted at ``minted_at``.

    Args:
        subject: the subscription or invoice that the link was for, if it was for one.
    """
    found = list(_since(fold, minted_at)) if fold is not None else []
    told = tuple(sorted({told for told, _, _ in found}, key=lambda f: (f.at, f.sentence)))
    acts = _ACTS[Flow(flow)]
    acted = any(
        acts(object_type, before, after)
        for _, (object_type, object_id), (before, after) in found
        if subject is None or object_type not in _SUBJECTS or object_id == subject
    )
    if acted:
        return LinkProgress("acted", told)
    waiting = now <= minted_at + ANSWER_WITHIN
    return LinkProgress("waiting" if waiting else "no_change_seen", told)


_SUBJECTS: Final = frozenset({"subscription", "invoice"})

Change = tuple[State | None, State | None]


def _since(
    fold: CustomerFold, minted_at: int
) -> Iterator[tuple[FollowUp, tuple[str, str], Change]]:
    for folded in fold.all:
        before = folded.origin
        for step in folded.steps:
            if step.second >= minted_at:
                for sentence in happened(
                    folded.object_type, before, step.state, fold.rules.catalog, fold.rules.timezone
                ):
                    told = FollowUp(step.second, sentence, step.event_id)
                    yield told, (folded.object_type, folded.object_id), (before, step.state)
            before = step.state


def _differs(object_type: str, *keys: str) -> Callable[[str, State | None, State | None], bool]:
    def differs(seen: str, before: State | None, after: State | None) -> bool:
        if seen != object_type or before is None or after is None:
            return False
        return any(before[key] != after[key] for key in keys)

    return differs


def _new_card(seen: str, before: State | None, after: State | None) -> bool:
    card = "default_payment_method"
    return _differs("customer", card)(seen, before, after) or _differs("subscription", card)(
        seen, before, after
    )


def _ended(seen: str, before: State | None, after: State | None) -> bool:
    if seen != "subscription" or before is None or after is None:
        return False
    scheduled = winding_down(after) and not winding_down(before)
    return scheduled or (after["status"] == "canceled" != before["status"])


def _renewed(seen: str, before: State | None, after: State | None) -> bool:
    if seen != "subscription" or before is None or after is None:
        return False
    return winding_down(before) and not winding_down(after) and after["status"] != "canceled"


def _paid(seen: str, before: State | None, after: State | None) -> bool:
    was = before["status"] if before else None
    return seen == "invoice" and after is not None and after["status"] == "paid" != was


def _began(seen: str, before: State | None, after: State | None) -> bool:
    return seen == "subscription" and before is None and after is not None


def _anything(seen: str, before: State | None, after: State | None) -> bool:
    return True


_plan_changed = _differs("subscription", "items", "schedule")

_ACTS: Final[dict[Flow, Callable[[str, State | None, State | None], bool]]] = {
    Flow.HOME: _anything,
    Flow.LOGIN_PAGE: _anything,
    Flow.PAYMENT_METHOD_UPDATE: _new_card,
    Flow.SUBSCRIPTION_UPDATE: _plan_changed,
    Flow.SUBSCRIPTION_UPDATE_CONFIRM: _plan_changed,
    Flow.SUBSCRIPTION_CANCEL: _ended,
    Flow.RENEW: _renewed,
    Flow.PAY_INVOICE: _paid,
    Flow.CHECKOUT: _began,
}
