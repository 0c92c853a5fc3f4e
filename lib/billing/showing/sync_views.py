"""What the facade hands to the Sync page: frozen values. Times are unix seconds UTC.

Text in them may come from Stripe or a customer: whoever shows it escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..domain.findings import Finding, Reconciliation


@dataclass(frozen=True, slots=True)
class Lag:
    """How long webhooks were under way, from Stripe's ``created`` to their arrival, in seconds."""

    since: int
    deliveries: int
    p50: int | None  # None without a delivery
    p95: int | None
    late: int  # under way for over an hour


@dataclass(frozen=True, slots=True)
class DeliveryDay:
    """One UTC day of webhooks by what became of them."""

    day: int  # its first second
    fates: Mapping[str, int]  # applied · stale · ignored · repeated · failed


@dataclass(frozen=True, slots=True)
class Deliveries:
    """How webhooks arrived and what became of them."""

    day: Lag
    week: Lag
    days: tuple[DeliveryDay, ...]  # oldest first, every day of the last two weeks

    @property
    def today(self) -> Mapping[str, int]:
        """What became of the webhooks of this UTC day."""
        return self.days[-1].fates if self.days else {}


@dataclass(frozen=True, slots=True)
class SyncHealth:
    """What stands between the projection and Stripe."""

    now: int
    failed: int
    waiting: int  # failed events that are tried again by themselves
    next_retry_at: int | None
    drift: int  # open
    drift_acknowledged: int  # of those
    gaps: int
    gaps_acknowledged: int
    nearest_loss: int | None  # when Stripe forgets the first of them that is not acknowledged
    needing_reread: int  # customers
    last_run: Reconciliation | None
    compares_every: int  # seconds; 0 = never by itself
    dead_letters: int = 0  # outgoing events that an endpoint did not take
    untold_since: int | None = None  # when the oldest outgoing event tried in vain was made


@dataclass(frozen=True, slots=True)
class FailedEvent:
    event_id: str
    type: str
    created_at: int
    received_at: int
    source: str
    error: str | None
    attempts: int
    next_attempt_at: int | None  # None = not by itself


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field; None where that side has no such object or field."""

    field: str
    projected: str | None
    stripe: str | None


@dataclass(frozen=True, slots=True)
class FindingItem:
    """One finding as the board shows it: whose it is, field by field, and its cause in words."""

    finding: Finding
    name: str | None  # of the customer
    email: str | None
    means: str  # the cause in a sentence
    remedy: str  # what to do, in a sentence
    repairable: bool  # a repair mends it
    differences: tuple[FieldDifference, ...]


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """What somebody asked of the one writer; `portside serve` carries it out."""

    request_id: int
    at: int
    staff: str
    action: str  # check · repair · retry · ignore · close · resend
    subject: str  # a customer, an event, a month, a delivery; "" is everyone
    reason: str | None
    state: str  # waiting · done · failed
    outcome: str | None  # one sentence
    done_at: int | None


@dataclass(frozen=True, slots=True)
class HappenedToFinding:
    at: int
    sentence: str


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding with what happened to it, newest first."""

    item: FindingItem
    history: tuple[HappenedToFinding, ...]
