"""Why Stripe and the projection differ, in a sentence that says what to do about it."""

from __future__ import annotations

from typing import Final

SENTENCES: Final = {
    "missed_event": "An event was never delivered. Repair reads the object again.",
    "unmapped_price": "The price is not in the catalogue. Add it there; repairing changes nothing.",
    "hand_edited_row": "A row was changed by hand. Repair derives it anew from what was observed.",
    "deleted_customer": "The customer was deleted in Stripe, and the event never came.",
    "other_mode": "The object belongs to the other mode (test or live) and is not kept here.",
    "not_yet_delivered": "The change is minutes old: its event may still be under way.",
    "failed_event": "An event about it could not be applied. See the failed events.",
    "gap": "Something before a known change is missing from the history.",
}


def cause_sentence(cause: str) -> str:
    """``cause`` in words; one that is not known here is named as it is."""
    return SENTENCES.get(cause, f"The cause is called {cause.replace('_', ' ')}.")
