"""What a subscription grants, and what it comes to for its customer at one time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from .values import dataclass

INCOMPLETE: Final = frozenset({"incomplete", "incomplete_expired"})


@dataclass(frozen=True, slots=True)
class Grant:
    """What one subscription gives, before the clock. ``until`` None = as long as it renews."""

    subscription_id: str
    status: str
    rule: str
    granting: bool
    until: int | None
    plan: str | None  # None: no price of it was ever in the catalogue
    unmapped: bool  # none of its prices is in the catalogue now
    rank: int
    created: int
    past_due_since: int | None
    cancel_at_period_end: bool
    cancel_at: int | None
    ends_at: int | None
    current_period_end: int | None
    requested_at: int | None
    ended_at: int | None
    features: Sequence[str]
    limits: Mapping[str, int]
    event_id: str
    resolved: bool = True  # the catalogue knows every price of it

    def gives_at(self, now: int) -> bool:
        return self.granting and (self.until is None or now < self.until)

    def rule_at(self, now: int) -> str:
        """The rule's id as readers see it, with the clock applied."""
        gives = self.gives_at(now)
        if gives and self.unmapped:
            return "plan_unresolved"
        if self.rule == "past_due":
            return "past_due_in_grace" if gives else "past_due_expired"
        return self.rule


@dataclass(frozen=True, slots=True)
class Access:
    """An entitlement judged at one time, with the sentence that an agent reads out."""

    customer_id: str
    org_id: str | None
    plan: str
    rule: str
    access: bool
    access_until: int | None
    status: str | None
    cancel_at_period_end: bool
    cancel_at: int | None
    current_period_end: int | None
    features: tuple[str, ...]
    limits: Mapping[str, int]
    subscription_id: str | None
    event_id: str | None
    sentence: str
    what_would_change: str
    plan_resolved: bool = True  # the catalogue knows every price of the deciding subscription
