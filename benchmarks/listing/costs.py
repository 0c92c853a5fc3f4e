"""What opening our pages by listing from Stripe would cost: requests, and seconds at its limits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final, NamedTuple

PAGE: Final = 100
"""Objects that Stripe gives at a time."""

PER_ENDPOINT: Final = 25
"""Requests a second that Stripe documents for each endpoint, in live mode too."""

IN_ALL: Final = 100
"""Requests a second that Stripe documents for an account in live mode."""

ALLOWANCE: Final = 10_000
"""Reads in thirty days that everybody has, beside 500 a transaction."""


class List(NamedTuple):
    """One list that is read to its end. ``of``: what is counted to know how long it is."""

    endpoint: str
    of: str


SUBSCRIPTIONS: Final = List("subscriptions", "subscriptions")
LIVE: Final = List("subscriptions", "live subscriptions")
INVOICES: Final = List("invoices", "invoices")
OPEN: Final = List("invoices", "open invoices")
ONE: Final = "one customer's"


class Need(NamedTuple):
    """``lacks``: what no list gives, however long it is read."""

    page: str
    lists: tuple[List, ...]
    lacks: str = ""


# A list gives its customers with it where it is asked to: they are no list of their own.
NEEDS: Final = (
    Need(
        "Customer",
        tuple(
            List(name, ONE)
            for name in ("customers", "subscriptions", "invoices", "payment_methods", "events")
        ),
        "what happened more than thirty days ago",
    ),
    Need("Winding down", (LIVE,)),
    Need("Failed payments", (OPEN,), "why, without four levels of expansion"),
    Need("Plan mix", (LIVE,), "the mix of any earlier day"),
    Need("Invoices, with their sums", (INVOICES,)),
    Need("Ageing", (OPEN,)),
    Need("MRR", (SUBSCRIPTIONS, INVOICES), "expansion and contraction: an object has no history"),
    Need("Churn", (SUBSCRIPTIONS,), "what was paid before it ended"),
    Need("Overview", (SUBSCRIPTIONS, OPEN), "all movements"),
)


class Cost(NamedTuple):
    """``seconds``: at the limits, with every endpoint asked side by side."""

    requests: int
    seconds: float


def cost(lists: tuple[List, ...], counts: Mapping[str, int]) -> Cost:
    """Lists to their ends; two of one endpoint share its limit."""
    by_endpoint: dict[str, int] = {}
    for endpoint, of in lists:
        pages = 1 if of == ONE else max(1, math.ceil(counts[of] / PAGE))
        by_endpoint[endpoint] = by_endpoint.get(endpoint, 0) + pages
    requests = sum(by_endpoint.values())
    longest = max(pages / PER_ENDPOINT for pages in by_endpoint.values())
    return Cost(requests, max(longest, requests / IN_ALL))


def scaled(counts: Mapping[str, int], subscriptions: int) -> dict[str, int]:
    """The same company with so many subscriptions."""
    have = counts["subscriptions"]
    return {name: round(count * subscriptions / have) for name, count in counts.items()}
