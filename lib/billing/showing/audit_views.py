"""What the facade hands to the Audit page. Text may be hostile; no session's address is in it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One row: who, when, what, for whom, why, and what became of it."""

    audit_id: int
    at: int
    staff: str
    action: str  # link.minted · export · note.added …
    what: str  # the action in words: Link · Export · Staff note …
    outcome: str  # in words; a refusal with its sentence
    flow: str | None  # of a link
    customer_id: str | None
    name: str | None
    email: str | None
    reason: str | None
    ticket: str | None
    about: str | None  # the subscription, invoice, event or file that it was about
    code: str | None


@dataclass(frozen=True, slots=True)
class ChainState:
    """How far the audit's chain is known to hold.

    ``broken`` is the number of the first row that does not continue it: from there on nothing is
    sure. ``hash`` seals the row ``upto``; written down elsewhere, it proves later that all of it
    still stands.
    """

    upto: int  # the number of the last row that was followed
    rows: int  # how many were followed
    total: int
    hash: str
    broken: int | None

    @property
    def whole(self) -> bool:
        """Every row was followed, and holds."""
        return self.broken is None and self.rows >= self.total
