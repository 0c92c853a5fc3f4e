"""Why a closed month is something else today: one cause a restatement, in a slug and in words.

late_event     an event of the month, or of before, that was received after the close
failed_event   one that was received before it and could be applied only after it
read           something that was read from Stripe after the close (backfill, reconcile)
first_seen     a later event that tells of a subscription which began in the month
reference      a price or coupon of Stripe that became known, or another one, after the close
catalogue · policy · timezone · definitions
               rules that were changed since, by which everybody was folded anew
unknown        none of these: somebody should look
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from .said import Count, Day, said

RULES: Final = {
    "catalogue": said("The catalogue was changed after the close, and everybody was folded anew."),
    "policy": said("The MRR policy was changed after the close, and everybody was folded anew."),
    "timezone": said(
        "The time zone of the business was changed after the close: days begin elsewhere."
    ),
    "definitions": said("Portside itself folds or defines something else than at the close."),
}
UNKNOWN: Final = said(
    "No event, read or changed definition since the close explains this. Compare the database with "
    "a backup, or run portside reconcile."
)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something stored after the close that can move MRR. Times are unix seconds."""

    event_id: str
    type: str  # of the event; read.subscription for an object that was read
    object_id: str
    effective: int
    created_at: int
    received_at: int
    source: str
    attempts: int

    @property
    def is_read(self) -> bool:
        return self.event_id.startswith("read:")


@dataclass(frozen=True, slots=True)
class Cause:
    """``others``: how many more sightings of the same customer came after the close."""

    slug: str
    event_id: str | None = None
    type: str | None = None
    created_at: int | None = None
    received_at: int | None = None
    source: str | None = None
    others: int = 0


def cause_of(
    sightings: Sequence[Sighting],
    *,
    own: Collection[str],
    starts: int,
    ends: int,
    closed_at: int,
    reference: Sighting | None,
    changed: Sequence[str],
) -> Cause:
    """The cause of one restatement of the month ``starts <= second < ends``.

    ``sightings``: of the customer, since the close. ``own``: events behind the month's movements
    as they are now. ``changed``: the parts of the definitions that are others today.
    """
    told = [s for s in sightings if s.effective < ends and not s.is_read]
    reads = [s for s in sightings if s.is_read]
    later = [s for s in sightings if s.event_id in own and not s.is_read]
    for found in (told, reads, later):
        if not found:
            continue
        # The one behind a movement of the month tells more than one beside it, and one of the
        # month itself more than one of before; of equals the last one to take effect.
        best = max(
            found, key=lambda s: (s.event_id in own, s.effective >= starts, s.effective, s.event_id)
        )
        slug = "first_seen" if found is later else _slug(best, closed_at)
        names = {s.event_id for s in found}
        return _named(slug, best, len(names) - 1)
    if reference is not None:
        return _named("reference", reference, 0)
    for part in ("catalogue", "policy", "timezone"):
        if part in changed:
            return Cause(part)
    # Other words for a metric move no amount; another manner of folding may.
    return Cause("definitions" if "manner" in changed else "unknown")


def _slug(found: Sighting, closed_at: int) -> str:
    if found.is_read:
        return "read"
    failed_first = found.attempts > 1 and found.received_at <= closed_at
    return "failed_event" if failed_first else "late_event"


def _named(slug: str, found: Sighting, others: int) -> Cause:
    return Cause(
        slug,
        found.event_id,
        found.type,
        found.created_at,
        found.received_at,
        found.source,
        others,
    )


def in_words(cause: Cause, timezone: str) -> str:
    """The cause as a person reads it. Types and ids are Stripe's."""
    if cause.slug in RULES:
        return RULES[cause.slug]
    if cause.created_at is None or cause.received_at is None:
        return UNKNOWN
    values = {
        "type": cause.type,
        "of": Day(cause.created_at, timezone),
        "received": Day(cause.received_at, timezone),
        "source": cause.source,
        "more": said(", and {count} more of this customer", count=Count(cause.others))
        if cause.others
        else "",
    }
    match cause.slug:
        case "late_event":
            return said(
                "{type} of {of} was received on {received}, after the close{more}.", **values
            )
        case "failed_event":
            return said(
                "{type} of {of} was received on {received} and could be applied only after the "
                "close{more}.",
                **values,
            )
        case "read":
            return said(
                "Read from Stripe on {received} ({source}), after the close{more}.", **values
            )
        case "first_seen":
            return said(
                "{type} of {of}, after the month, told of a subscription that began earlier{more}.",
                **values,
            )
    return said("A price or coupon became known on {received}, after the close ({type}).", **values)
