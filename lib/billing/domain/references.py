"""Objects that belong to no customer but that a customer's numbers need."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .observations import State


@dataclass(frozen=True, slots=True)
class References:
    """Newest states by Stripe id: prices (for their tiers) and coupons (for their terms)."""

    prices: Mapping[str, State] = field(default_factory=dict)
    coupons: Mapping[str, State] = field(default_factory=dict)
