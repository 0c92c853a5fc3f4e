"""One tour through every endpoint of the sandbox, as an integration would call them."""

from __future__ import annotations

from tests.openapi.tour import collecting, selling, subscribing, visiting
from tests.openapi.tour.traveller import Tour

STOPS = (
    selling.catalogue,
    selling.customers,
    subscribing.subscriptions,
    subscribing.changes,
    collecting.invoices,
    collecting.payments,
    selling.discounts,
    visiting.portal,
    visiting.checkout,
    subscribing.schedules,
    collecting.money_back,
    selling.entitlements,
    subscribing.clocks,
    visiting.events,
)
"""In an order in which each stop finds what it needs."""


def whole_tour(tour: Tour) -> None:
    """Every stop."""
    for stop in STOPS:
        stop(tour)
