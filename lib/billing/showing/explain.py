"""One customer's story in sentences, and why it has or lacks access."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from ..domain.amounts import spoken_amount
from ..domain.fold import CustomerFold
from ..domain.grants import Access
from ..domain.happenings import RENEWAL, first_seen, happened
from ..domain.observations import State
from ..domain.rows import MovementRow
from ..domain.times import iso
from ..domain.trail import ObjectFold, Step
from .views import Explanation, LinkSeen, TimelineEntry, TimelineKind

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
_OF_ONE_SECOND = ("customer", "subscription", "payment", "invoice", "other", "movement", "link")
TOO_LATE = "That payment came after the subscription had ended: it grants nothing."
_ABOUT_PAYMENT = frozenset({"past_due_in_grace", "past_due_expired", "unpaid"})


def timeline(
    fold: CustomerFold, movements: Iterable[MovementRow], links: Iterable[LinkSeen]
) -> list[TimelineEntry]:
    """Everything that happened to a customer, oldest first."""
    entries = [entry for folded in fold.all for entry in _of_object(folded, fold)]
    entries += [_of_movement(movement) for movement in movements]
    entries += [_of_link(link) for link in links]
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
    before = spoken_amount(movement.before_minor, movement.currency)
    after = spoken_amount(movement.after_minor, movement.currency)
    note = ", reconstructed" if movement.reconstructed else ""
    return TimelineEntry(
        at=movement.occurred_at,
        kind="movement",
        sentence=f"{movement.kind.capitalize()}: MRR from {before} to {after}{note}.",
        event_id=movement.event_id,
        subject=movement.subscription_id,
        currency=movement.currency,
        before_minor=movement.before_minor,
        after_minor=movement.after_minor,
    )


def _of_link(link: LinkSeen) -> TimelineEntry:
    flow = link.flow.replace("_", " ")
    return TimelineEntry(
        at=link.minted_at,
        kind="link",
        sentence=f"Link to {flow} for {link.staff}: {link.outcome} ({link.reason}).",
        event_id=None,
    )


def explanation(access: Access, fold: CustomerFold, at: int) -> Explanation:
    """Why, what would change it, and the events that led there, oldest first."""
    told = timeline(fold, (), ())
    subjects = {access.subscription_id}
    if access.rule in _ABOUT_PAYMENT:
        subjects |= _failed_invoices(fold, access.subscription_id)
    return Explanation(
        customer_id=access.customer_id,
        org_id=access.org_id,
        at=at,
        sentence=access.sentence,
        rule=access.rule,
        plan=access.plan,
        access=access.access,
        what_would_change=access.what_would_change,
        event_id=access.event_id,
        chain=tuple(_telling(entry for entry in told if entry.subject in subjects)),
    )


def _telling(entries: Iterable[TimelineEntry]) -> list[TimelineEntry]:
    """Without renewals but the last: years of them explain nothing."""
    chain = list(entries)
    renewals = [entry for entry in chain if entry.sentence.startswith(RENEWAL)]
    return [entry for entry in chain if entry not in renewals[:-1]]


def _failed_invoices(fold: CustomerFold, subscription_id: str | None) -> set[str | None]:
    return {
        invoice_id
        for invoice_id, state in fold.states("invoice").items()
        if state["subscription"] == subscription_id and state["payment_failed"]
    }


def as_text(explained: Explanation) -> str:
    """The explanation as lines for a terminal."""
    who = explained.customer_id + (f" ({explained.org_id})" if explained.org_id else "")
    lines = [
        who,
        explained.sentence,
        f"Rule {explained.rule}, access {'yes' if explained.access else 'no'}, plan "
        f"{explained.plan}, at {iso(explained.at)}, event {explained.event_id or 'none'}.",
        f"What would change it: {explained.what_would_change}",
    ]
    lines += [
        f"  {iso(entry.at)}  {entry.sentence}  {entry.event_id or ''}".rstrip()
        for entry in explained.chain
    ]
    return "\n".join("".join(c if c.isprintable() else " " for c in line) for line in lines)


def as_dict(explained: Explanation) -> dict[str, Any]:
    """The explanation as plain values; times are ISO 8601 UTC."""
    chain = [
        {"at": iso(e.at), "sentence": e.sentence, "event_id": e.event_id, "subject": e.subject}
        for e in explained.chain
    ]
    return {field.name: getattr(explained, field.name) for field in fields(explained)} | {
        "at": iso(explained.at),
        "chain": chain,
    }
