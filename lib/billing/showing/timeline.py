"""One customer's story in sentences: what Stripe told, what it changed, and what staff did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..domain.access_changes import AccessChange, access_changes
from ..domain.called import amount, outcome, plain
from ..domain.fold import CustomerFold
from ..domain.happenings import first_seen, happened
from ..domain.observations import State
from ..domain.rows import MovementRow
from ..domain.said import said
from ..domain.staff_notes import StaffNote
from ..domain.trail import ObjectFold, Step
from .customer_views import LinkSeen, TimelineEntry, TimelineKind

_KINDS: dict[str, TimelineKind] = {
    "subscription": "subscription",
    "invoice": "invoice",
    "payment": "payment",
    "refund": "payment",
    "dispute": "payment",
    "credit_note": "invoice",
    "customer": "customer",
    "schedule": "subscription",
}
_OF_ONE_SECOND = (
    "customer", "subscription", "payment", "invoice", "other", "access", "movement", "link", "note",
)  # fmt: skip
TOO_LATE = said("That payment came after the subscription had ended: it grants nothing.")
_MOVEMENTS = {
    "new": said("New"),
    "reactivation": said("Reactivation"),
    "expansion": said("Expansion"),
    "contraction": said("Contraction"),
    "churn": said("Churn"),
}


def story(fold: CustomerFold) -> list[TimelineEntry]:
    """What Stripe told of a customer, oldest first."""
    return in_order(entry for folded in fold.all for entry in _of_object(folded, fold))


def timeline(
    fold: CustomerFold,
    movements: Iterable[MovementRow],
    links: Iterable[LinkSeen],
    notes: Iterable[StaffNote],
    until: int,
) -> list[TimelineEntry]:
    """Everything that happened to a customer up to ``until``, oldest first."""
    entries = story(fold)
    entries += [_of_access(change) for change in access_changes(fold, until)]
    entries += [_of_movement(movement) for movement in movements]
    entries += [_of_link(link) for link in links]
    entries += [_of_note(note) for note in notes]
    return in_order(entries)


def in_order(entries: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """Oldest first; of one second what comes from what."""
    return sorted(entries, key=lambda e: (e.at, _OF_ONE_SECOND.index(e.kind), e.sentence))


def _of_object(folded: ObjectFold, fold: CustomerFold) -> Iterator[TimelineEntry]:
    before = folded.origin
    unheard_of = before is None and not folded.born
    told_by = (fold.rules.catalog, fold.rules.timezone)
    for step in folded.steps:
        if unheard_of and step.state is not None:
            sentences = first_seen(folded.object_type, step.state, *told_by)
        else:
            sentences = happened(folded.object_type, before, step.state, *told_by)
        for sentence in sentences:
            yield TimelineEntry(
                at=step.effective,
                kind=_KINDS.get(folded.object_type, "other"),
                sentence=sentence,
                event_id=step.event_id,
                subject=folded.object_id,
            )
        if _paid_too_late(folded, before, step, fold):
            yield TimelineEntry(
                at=step.effective,
                kind="invoice",
                sentence=TOO_LATE,
                event_id=step.event_id,
                subject=folded.object_id,
            )
        before, unheard_of = step.state, False


def _paid_too_late(
    folded: ObjectFold, before: State | None, step: Step, fold: CustomerFold
) -> bool:
    """Whether this step pays an invoice of a subscription that had ended by then."""
    if folded.object_type != "invoice" or step.state is None:
        return False
    if step.state["status"] != "paid" or (before or {}).get("status") == "paid":
        return False
    owner = fold.of("subscription").get(step.state["subscription"] or "")
    if owner is None or owner.state is None or owner.state["status"] != "canceled":
        return False
    ended = owner.state["ended_at"] or owner.steps[-1].effective
    return (step.state["paid_at"] or step.effective) > ended


def _of_movement(movement: MovementRow) -> TimelineEntry:
    told = {
        "kind": _MOVEMENTS[movement.kind],
        "before": amount(movement.before_minor, movement.currency),
        "after": amount(movement.after_minor, movement.currency),
    }
    return TimelineEntry(
        at=movement.occurred_at,
        kind="movement",
        sentence=said("{kind}: MRR from {before} to {after}, reconstructed.", **told)
        if movement.reconstructed
        else said("{kind}: MRR from {before} to {after}.", **told),
        event_id=movement.event_id,
        subject=movement.subscription_id,
        currency=movement.currency,
        before_minor=movement.before_minor,
        after_minor=movement.after_minor,
    )


def _of_access(change: AccessChange) -> TimelineEntry:
    return TimelineEntry(
        at=change.at,
        kind="access",
        sentence=change.after.sentence,
        event_id=change.event_id,
        subject=change.after.subscription_id,
    )


def _of_note(note: StaffNote) -> TimelineEntry:
    return TimelineEntry(
        at=note.created_at,
        kind="note",
        sentence=f"{note.staff}: {' '.join(note.body.split())}",
        event_id=None,
    )


def _of_link(link: LinkSeen) -> TimelineEntry:
    return TimelineEntry(
        at=link.minted_at,
        kind="link",
        sentence=said(
            "Link to {flow} for {staff}: {outcome} ({reason}).",
            flow=plain(link.flow),
            staff=link.staff,
            outcome=outcome(link.outcome),
            reason=link.reason,
        ),
        event_id=None,
    )
