"""What customers say when they leave: Stripe's feedback values, with invented comments."""

from __future__ import annotations

import random

FEEDBACK: dict[str, float] = {
    "too_expensive": 26,
    "missing_features": 17,
    "unused": 15,
    "switched_service": 14,
    "other": 9,
    "too_complex": 8,
    "low_quality": 6,
    "customer_service": 5,
}
_COMMENTS: dict[str, tuple[str, ...]] = {
    "too_expensive": (
        "We are five people, the price per seat no longer fits.",
        "Budget cut for next quarter. Might be back.",
        "Zu teuer für ein kleines Team.",
    ),
    "missing_features": (
        "No export to our ERP.",
        "We need SSO on the Pro plan.",
        "Il manque la gestion multi-entités.",
    ),
    "unused": ("Project ended.", "Nobody has signed in since spring."),
    "switched_service": ("Moved to an in-house tool.", "Our parent company standardised."),
    "other": ("Company is closing.", "Bought twice by mistake :)", "=1+1"),
    "too_complex": ("My colleagues could not find the reports.",),
    "low_quality": ("Too many outages in October.",),
    "customer_service": ("Waited four days for an answer.", "<b>Nobody</b> answered my ticket"),
}


def draw_reason(source: random.Random, *, talkative: bool = False) -> dict[str, str]:
    """`cancellation_details` of a customer who leaves: feedback mostly, a comment now and then."""
    if not talkative and source.random() < 0.12:
        return {}
    feedback = source.choices(list(FEEDBACK), weights=list(FEEDBACK.values()))[0]
    details = {"feedback": feedback}
    if talkative or source.random() < 0.4:
        details["comment"] = source.choice(_COMMENTS[feedback])
    return details
