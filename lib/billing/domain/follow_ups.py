"""What followed a link: *followed by*, never *caused by*. A redirect proves nothing, events do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Literal

from .flow_values import Flow
from .fold import CustomerFold
from .happenings import happened
from .link_life import FOLLOWED_FOR, life
from .observations import State
from .policy import winding_down
from .trail import ObjectFold, Step

Outcome = Literal["waiting", "acted", "no_change_seen", "refused", "failed"]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Something that Stripe told after a link was minted. ``at`` is the event's own time."""

    at: int
    sentence: str
    event_id: str


@dataclass(frozen=True, slots=True)
class LinkProgress:
    """``acted``: what the link was for happened while it could be used; see `_ACTS`.

    ``dead_at``: the last second at which it can be acted on; None when it was never minted.
    """

    outcome: Outcome
    followed_by: tuple[FollowUp, ...] = ()
    dead_at: int | None = None

    def matured(self, now: int) -> bool:
        """Whether the outcome is final. One that was acted on early is not counted earlier."""
        return self.dead_at is not None and now > self.dead_at


def progress(
    fold: CustomerFold | None, flow: str, *, minted_at: int, now: int, subject: str | None = None
) -> LinkProgress:
    """What is known at ``now`` about a link minted at ``minted_at``.

    Args:
        subject: the subscription or invoice that the link was for, if it was for one.
    """
    wanted = Flow(flow)
    dead_at = minted_at + life(wanted)
    changes = list(_between(fold, minted_at, minted_at + FOLLOWED_FOR)) if fold else []
    told = tuple(sorted(_told(fold, changes), key=lambda each: (each.at, each.sentence)))
    acts = _ACTS[wanted]
    acted = any(
        acts(folded.object_type, before, step.state)
        for folded, before, step in changes
        if step.second <= dead_at
        and (subject is None or folded.object_type not in _SUBJECTS or folded.object_id == subject)
    )
    if acted:
        return LinkProgress("acted", told, dead_at)
    return LinkProgress("waiting" if now <= dead_at else "no_change_seen", told, dead_at)


_SUBJECTS: Final = frozenset({"subscription", "invoice"})

Change = tuple[ObjectFold, State | None, Step]


def _between(fold: CustomerFold, first: int, last: int) -> Iterator[Change]:
    for folded in fold.all:
        before = folded.origin
        for step in folded.steps:
            if first <= step.second <= last:
                yield folded, before, step
            before = step.state


def _told(fold: CustomerFold | None, changes: list[Change]) -> set[FollowUp]:
    if fold is None:
        return set()
    catalog, timezone = fold.rules.catalog, fold.rules.timezone
    return {
        FollowUp(step.second, sentence, step.event_id)
        for folded, before, step in changes
        for sentence in happened(folded.object_type, before, step.state, catalog, timezone)
    }


def _new_card(seen: str, before: State | None, after: State | None) -> bool:
    if seen not in ("customer", "subscription") or before is None or after is None:
        return False
    return bool(before["default_payment_method"] != after["default_payment_method"])


def _details_changed(seen: str, before: State | None, after: State | None) -> bool:
    """Of what a customer may change about themselves, the address and tax ids are not kept."""
    if seen != "customer" or before is None or after is None:
        return False
    return any(before[key] != after[key] for key in ("email", "name"))


def _paused(seen: str, before: State | None, after: State | None) -> bool:
    if seen != "subscription" or before is None or after is None:
        return False
    return bool(after["status"] == "paused" != before["status"])


def _plan_changed(seen: str, before: State | None, after: State | None) -> bool:
    if seen != "subscription" or before is None or after is None:
        return False
    return _sold(before) != _sold(after) or (
        after["schedule"] is not None and before["schedule"] != after["schedule"]
    )


def _sold(state: State) -> list[tuple[str, int | None]]:
    """What a renewal leaves as it is."""
    return [(item["price"]["id"], item["quantity"]) for item in state["items"]]


def _ended(seen: str, before: State | None, after: State | None) -> bool:
    if seen != "subscription" or before is None or after is None:
        return False
    scheduled = winding_down(after) and not winding_down(before)
    return scheduled or (after["status"] == "canceled" != before["status"])


def _left_or_stayed(seen: str, before: State | None, after: State | None) -> bool:
    """A link for cancelling may offer a coupon: taking it is an answer too."""
    if _ended(seen, before, after):
        return True
    if seen != "subscription" or before is None or after is None:
        return False
    return bool(set(after["discounts"]) - set(before["discounts"]))


def _renewed(seen: str, before: State | None, after: State | None) -> bool:
    if seen != "subscription" or before is None or after is None:
        return False
    return winding_down(before) and not winding_down(after) and after["status"] != "canceled"


def _paid(seen: str, before: State | None, after: State | None) -> bool:
    if seen != "invoice" or after is None:
        return False
    was = before["status"] if before else None
    return bool(after["status"] == "paid" != was)


def _began(seen: str, before: State | None, after: State | None) -> bool:
    return seen == "subscription" and before is None and after is not None


def _anything(seen: str, before: State | None, after: State | None) -> bool:
    """What only a person does: a renewal and its payment come by themselves."""
    if _paid(seen, before, after):
        return before is not None and bool(before["payment_failed"])
    return any(act(seen, before, after) for act in _BY_A_PERSON)


def _paused_on_purpose(seen: str, before: State | None, after: State | None) -> bool:
    """A trial without a card pauses by itself."""
    return _paused(seen, before, after) and (before or {}).get("status") != "trialing"


_BY_A_PERSON: Final = (
    _new_card,
    _details_changed,
    _plan_changed,
    _paused_on_purpose,
    _ended,
    _renewed,
)


_ACTS: Final[dict[Flow, Callable[[str, State | None, State | None], bool]]] = {
    Flow.HOME: _anything,
    Flow.LOGIN_PAGE: _anything,
    Flow.PAYMENT_METHOD_UPDATE: _new_card,
    Flow.CUSTOMER_UPDATE: _details_changed,
    Flow.SUBSCRIPTION_UPDATE: _plan_changed,
    Flow.SUBSCRIPTION_UPDATE_CONFIRM: _plan_changed,
    Flow.SUBSCRIPTION_PAUSE: _paused,
    Flow.SUBSCRIPTION_CANCEL: _left_or_stayed,
    Flow.RENEW: _renewed,
    Flow.PAY_INVOICE: _paid,
    Flow.CHECKOUT: _began,
}
