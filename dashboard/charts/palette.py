"""Colours: they mean the same on every page and are safe for colour-blind eyes."""

from __future__ import annotations

from typing import Final

from dashboard.language import mark

# One cool family for what grows, one warm family for what shrinks; both readable on either theme.
NEW: Final = "#2F7FC1"
EXPANSION: Final = "#2A9D8F"
REACTIVATION: Final = "#7DA9D6"
CONTRACTION: Final = "#E0995E"
CHURN: Final = "#C1602F"
AT_RISK: Final = "#D9A021"
FAILED: Final = "#C8453B"
NEUTRAL: Final = "#8A94A0"
PLAN_SCALE: Final = ("#2F7FC1", "#2A9D8F", "#8E7CC3", "#7DA9D6", "#8A94A0", "#B59A5B")

LEAVING_SCALE: Final = ("#C1602F", "#2F7FC1", "#E0995E", "#8E7CC3", "#2A9D8F", "#B59A5B")
"""Parts of what leaves. Side by side in a stack, neighbours differ in light as well."""

KIND_COLOURS: Final = {
    "new": NEW,
    "expansion": EXPANSION,
    "reactivation": REACTIVATION,
    "contraction": CONTRACTION,
    "churn": CHURN,
}

FATES: Final = {
    "applied": (mark("Applied"), NEW),
    "stale": (mark("Into history"), REACTIVATION),
    "repeated": (mark("Duplicate"), EXPANSION),
    "ignored": (mark("Ignored"), NEUTRAL),
    "failed": (mark("Failed"), FAILED),
}
"""What became of a webhook → what it is called and its colour."""

AGES: Final = (NEUTRAL, AT_RISK, CONTRACTION, "#D2733F", CHURN, FAILED)
"""The older a debt, the warmer."""

SAVED: Final = {"saved": EXPANSION, "lost": CHURN, "open": NEUTRAL}
"""What became of a scheduled end."""

FATES_OF_ENDS: Final = {
    "came_true": CHURN,
    "saved": EXPANSION,
    "moved": NEUTRAL,
    "unforeseen": CONTRACTION,
}
"""What became of what a runway had said, and what it had not."""

OUTCOMES: Final = {"recovered": EXPANSION, "in_progress": NEUTRAL, "lost": FAILED}
