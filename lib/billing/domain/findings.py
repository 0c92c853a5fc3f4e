"""What reconcile found, as values: a difference from first sight to resolution, and who left it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from .errors import WrongUsage
from .filters import MAX_PAGE, clean
from .times import DAY

Kind = Literal["drift", "gap"]
Resolution = Literal["repaired", "gone"]

LONGEST_REST: Final = 90 * DAY
"""How long a finding may be left alone at most; then somebody has to look again."""

LONGEST_REASON: Final = 500


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has looked at a finding and means to leave it until ``expires_at``."""

    staff: str
    reason: str
    at: int
    expires_at: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference, or one event that never came. Times are unix seconds.

    ``projected`` and ``stripe`` are JSON objects of the fields that differ, by name; null where one
    side has nothing at all. ``acknowledged`` is the acknowledgement in force, if any.
    """

    finding_id: int
    subject: str
    kind: Kind
    customer_id: str | None
    object_type: str | None
    object_id: str | None
    field: str  # "subscription sub_1: cancel_at, status"
    projected: str | None
    stripe: str | None
    cause: str  # a slug of `lib.billing.domain.causes.CAUSES`
    event_id: str | None
    lost_after: int | None  # when Stripe's event list forgets the event
    first_seen_at: int
    last_seen_at: int
    times: int  # runs that saw it
    resolved_at: int | None
    resolution: Resolution | None
    acknowledged: Acknowledgement | None = None

    def age(self, now: int) -> int:
        """Seconds since it was first seen, to its resolution or to ``now``."""
        return max(0, (self.resolved_at or now) - self.first_seen_at)

    @property
    def lost(self) -> bool:
        """Whether it ended because Stripe's list forgot the event before anybody fetched it."""
        if self.kind != "gap" or self.lost_after is None or self.resolution != "gone":
            return False
        return self.resolved_at is not None and self.resolved_at >= self.lost_after


@dataclass(frozen=True, slots=True)
class FindingFilters:
    """Which open findings to list. Empty means no narrowing.

    ``acknowledged``: True only those left alone now, False only the others, None both.
    ``sort``: first_seen_at, last_seen_at, times, cause, customer, lost_after; "" is the board's own
    order: what needs somebody first, and of that the oldest.
    """

    text: str = ""  # part of customer id, e-mail, name, object or event
    causes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    customer_id: str | None = None
    acknowledged: bool | None = None
    sort: str = ""
    descending: bool = False
    limit: int = 50
    offset: int = 0

    @property
    def page(self) -> tuple[int, int]:
        """``(limit, offset)``, kept within what a page may ask for."""
        return min(max(self.limit, 1), MAX_PAGE), max(self.offset, 0)

    def cleaned(self) -> FindingFilters:
        """The same without anything that no database takes."""
        return replace(
            self,
            text=clean(self.text),
            causes=tuple(map(clean, self.causes)),
            kinds=tuple(map(clean, self.kinds)),
            customer_id=None if self.customer_id is None else clean(self.customer_id),
        )


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How many findings are open for one cause, and how many of them are left alone now."""

    cause: str
    kind: Kind
    open: int
    acknowledged: int
    oldest: int  # first_seen_at of the oldest


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """One comparison with Stripe. ``scope`` is a customer, or "" for everyone.

    ``problem``: why it did not come to its end; ``ended_at`` is then when that was. ``left_out``:
    what Stripe would not let us read, by name; of that nothing is known.
    """

    run_id: int
    started_at: int
    ended_at: int | None
    applied: bool
    scope: str
    customers: int
    requests: int
    findings: int
    repaired: int
    problem: str | None
    left_out: str | None = None


def checked_acknowledgement(
    staff: str, reason: str, *, at: int, expires_at: int
) -> Acknowledgement:
    """An acknowledgement fit to be kept. Raises WrongUsage with a sentence."""
    reason = clean(reason)
    if not reason:
        raise WrongUsage("Say why this finding may stay: the reason is empty.", code="no_reason")
    if len(reason) > LONGEST_REASON:
        raise WrongUsage(f"Keep the reason within {LONGEST_REASON} characters.", code="no_reason")
    if expires_at <= at:
        raise WrongUsage("The acknowledgement must end in the future.", code="bad_expiry")
    if expires_at - at > LONGEST_REST:
        days = LONGEST_REST // DAY
        raise WrongUsage(
            f"A finding can be left alone for {days} days at most: choose an earlier end.",
            code="bad_expiry",
        )
    return Acknowledgement(staff, reason, at, expires_at)


def finding_of(values: dict[str, Any], acknowledged: Acknowledgement | None) -> Finding:
    """A finding from its stored columns."""
    return Finding(**values, acknowledged=acknowledged)
