"""Why a customer has or lacks access, with the events that led there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from typing import Any

from ..domain.fold import CustomerFold
from ..domain.grants import Access
from ..domain.happenings import RENEWAL
from ..domain.times import iso
from .customer_views import Explanation, TimelineEntry
from .timeline import story

_ABOUT_PAYMENT = frozenset({"past_due_in_grace", "past_due_expired", "unpaid"})


def explanation(access: Access, fold: CustomerFold, at: int) -> Explanation:
    """Why, what would change it, and the events that led there, oldest first."""
    told = story(fold)
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
