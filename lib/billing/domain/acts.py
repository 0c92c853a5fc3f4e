"""What the audit keeps, in words: each action, and what became of it."""

from __future__ import annotations

from typing import Final

ACTS: Final[dict[str, tuple[str, str]]] = {
    "link.requested": ("Link", "Asked for"),
    "link.minted": ("Link", "Made"),
    "link.refused": ("Link", "Refused"),
    "link.failed": ("Link", "Failed"),
    "pricing.linked": ("Pricing link", "Made"),
    "export": ("Export", "Taken away"),
    "print": ("Document", "Printed"),
    "note.added": ("Staff note", "Added"),
    "check.requested": ("Comparison with Stripe", "Asked for"),
    "repair.requested": ("Repair", "Asked for"),
    "retry.requested": ("Retry of failed events", "Asked for"),
    "ignore.requested": ("Ignoring a failed event", "Asked for"),
    "resend.requested": ("Sending an outgoing event again", "Asked for"),
    "finding.acknowledged": ("Difference left alone", "Acknowledged"),
    "audit.checked": ("Check of the audit", "Done"),
    "portal.requested": ("Portal configuration", "Asked for"),
    "portal.applied": ("Portal configuration", "Applied"),
    "portal.refused": ("Portal configuration", "Refused"),
    "portal.failed": ("Portal configuration", "Failed"),
    "close.requested": ("Month close", "Asked for"),
    "close.done": ("Month close", "Closed"),
    "close.checked": ("Check of closed months", "Done"),
    "catalog.requested": ("Catalogue", "Asked for"),
    "catalog.applied": ("Catalogue", "Applied"),
    "catalog.refused": ("Catalogue", "Refused"),
    "catalog.failed": ("Catalogue", "Failed"),
    "sign_in": ("Sign-in", "Signed in"),
    "sign_in.refused": ("Sign-in", "Refused"),
    "sign_out": ("Sign-in", "Signed out"),
}
"""Action -> (what it is, what became of it)."""

_ENDS: Final = {"requested": "Asked for", "in": "Signed in", "out": "Signed out"}


def act_words(action: str) -> str:
    """What an action is: ``link.minted`` -> Link. An unknown one is spelled from its own name."""
    known = ACTS.get(action)
    return known[0] if known else _spelled(action.partition(".")[0])


def act_outcome(action: str) -> str:
    """What became of it: ``link.minted`` -> Made."""
    known = ACTS.get(action)
    if known:
        return known[1]
    end = action.rpartition(".")[2] if "." in action else ""
    return _ENDS.get(end, _spelled(end) if end else "Done")


def _spelled(slug: str) -> str:
    return slug.replace("_", " ").replace(".", " ").capitalize()
