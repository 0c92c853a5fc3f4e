"""Coloured words in tables: the word says it, the colour only helps to find it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

import streamlit as st

from dashboard import format as fmt
from dashboard.language import mark, tr

Colour = Literal["red", "orange", "blue", "green", "violet", "gray"]
BADGES: Final[Mapping[str, Colour]] = {
    mark("Active"): "green",
    mark("Trialing"): "blue",
    mark("Winding down"): "orange",
    mark("Past due"): "orange",
    mark("Past due, in grace"): "orange",
    mark("Past due, grace over"): "red",
    mark("Awaiting Stripe"): "gray",
    mark("Unpaid"): "red",
    mark("Canceled"): "gray",
    mark("Paused"): "gray",
    mark("Collection paused"): "gray",
    mark("No subscription"): "gray",
    mark("Incomplete"): "gray",
    mark("Incomplete expired"): "gray",
    mark("Plan unresolved"): "violet",
    mark("Paid"): "green",
    mark("Open"): "orange",
    mark("Void"): "gray",
    mark("Draft"): "gray",
    mark("Uncollectible"): "red",
    mark("Final attempt"): "red",
    mark("New"): "blue",
    mark("Expansion"): "green",
    mark("Reactivation"): "blue",
    mark("Contraction"): "orange",
    mark("Churn"): "red",
    mark("First payment"): "blue",
    mark("Began to pay"): "blue",
    mark("No change of MRR"): "gray",
    mark("Plan"): "blue",
    mark("Interval"): "violet",
    mark("Quantity"): "green",
    mark("Ends"): "red",
    mark("Downgrade"): "orange",
    mark("Price"): "gray",
    mark("Discount"): "orange",
    mark("Ended"): "orange",
    mark("Proration"): "blue",
    mark("Refunded"): "gray",
    mark("Credited"): "gray",
    mark("Disputed"): "red",
    mark("Acknowledged"): "gray",
    mark("New to you"): "orange",
    mark("Waiting"): "blue",
    mark("Done"): "green",
    mark("Failed"): "red",
    mark("Differs"): "orange",
    mark("Same"): "gray",
    mark("Time enough"): "gray",
    mark("Soon lost"): "orange",
    mark("Lost any day"): "red",
    mark("Lost"): "red",
    mark("Closed"): "green",
    mark("Not over"): "gray",
    mark("Opening"): "gray",
    mark("Late event"): "blue",
    mark("Failed event"): "orange",
    mark("Read from Stripe"): "blue",
    mark("First seen later"): "blue",
    mark("Price or coupon"): "violet",
    mark("Catalogue"): "violet",
    mark("Policy"): "violet",
    mark("Time zone"): "violet",
    mark("Portside itself"): "violet",
    mark("Cause unknown"): "red",
    mark("Reconstructed"): "gray",
    mark("Holds"): "green",
    mark("Fails"): "red",
    mark("Cannot tell"): "orange",
    mark("Up to date"): "green",
    mark("Not taking"): "red",
    mark("Gave up some"): "red",
    mark("Removed"): "gray",
    mark("As the file"): "green",
    mark("Amount differs"): "orange",
    mark("Archived"): "orange",
    mark("Not in Stripe"): "orange",
    mark("Kept only"): "gray",
    mark("Access"): "red",
    mark("Loses"): "orange",
    mark("Gains"): "green",
    mark("Limit"): "blue",
    mark("Save this week"): "red",
    mark("Saved"): "green",
    mark("Still open"): "gray",
    mark("Small sample"): "orange",
    mark("Came true"): "orange",
    mark("Date changed"): "gray",
    mark("Unforeseen"): "red",
}
"""Word → colour: a badge never says by colour alone what its word does not say."""


def badge(label: str, *, width: Any = None, help: str | None = None) -> Any:
    """A column of one coloured word, in English or in the reader's language."""
    options = _told()
    return st.column_config.MultiselectColumn(
        label, options=list(options), color=list(options.values()), width=width, help=help
    )


def colour(word: str) -> Colour:
    """The colour of a badge, by its English word or the reader's."""
    return BADGES.get(word) or _told().get(word, "gray")


def _told() -> dict[str, Colour]:
    """`BADGES` in the reader's language; two words that are one there have one colour."""
    told: dict[str, Colour] = {}
    for word, shade in BADGES.items():
        told.setdefault(tr(word), shade)
    return told


def one(slug: str | None) -> list[str]:
    """A badge cell."""
    return [fmt.words(slug)] if slug else []
