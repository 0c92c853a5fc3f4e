"""Numbers that others have printed wrongly, and what their own definitions give."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Misprint:
    """``vector``: its id among the published numbers that the tests hold."""

    vector: str
    source: str
    printed: str
    right: str
    why: str


MISPRINTS: Final = (
    Misprint(
        "stripe-mrr-mixed-intervals",
        "Stripe Billing glossary",
        "50 × 800 ÷ 12 in the formula",
        "50 × 600 ÷ 12",
        "The yearly price of the example is 600, and only that gives the 12,500 a month which the "
        "glossary goes on to state.",
    ),
    Misprint(
        "stripe-revenue-cohort",
        "Stripe Billing glossary",
        "102.5 %",
        "97.5 %",
        "Of 1,000 a month 100 churned and 5 customers rose by 15 each: (1,000 − 100 + 75) ÷ 1,000.",
    ),
    Misprint(
        "stripe-ltv",
        "Stripe Billing glossary",
        "5,555",
        "5,500",
        "500 ÷ (10 ÷ 110) is 5,500; the glossary divides by a churn that it has rounded to 9 %.",
    ),
)
