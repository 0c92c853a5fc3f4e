"""What Stripe sells now, and who holds it, as far as a catalogue is compared with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Final

from .amounts import spoken_amount
from .observations import State

MANAGER: Final = "portside"
"""What ``metadata.managed_by`` of our products, prices and features says."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What applying a plan leaves on its product, so that no later catalogue changes it silently.

    All None on a product that no catalogue was ever applied to.
    """

    plan: str | None = None
    audience: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Attached:
    """One feature on a product. ``id``: of the attachment itself."""

    id: str
    feature_id: str
    lookup_key: str


@dataclass(frozen=True, slots=True)
class LiveProduct:
    """``attached`` is None where nobody asked. ``updated``: unix seconds."""

    id: str
    name: str | None
    active: bool
    marks: Marks = Marks()
    attached: tuple[Attached, ...] | None = None
    updated: int = 0


@dataclass(frozen=True, slots=True)
class LivePrice:
    """``state`` as in `observations.STATE_SHAPES`. ``version_of``: the lookup key it was made for,
    of a price that Portside made."""

    id: str
    state: State
    version_of: str | None = None

    @property
    def terms(self) -> str:
        """``29.00 USD a month``, for people."""
        return terms_of(self.state)


@dataclass(frozen=True, slots=True)
class LiveFeature:
    id: str
    lookup_key: str
    name: str
    managed: bool = False


@dataclass(frozen=True)
class LiveCatalog:
    """Products and prices by id, features that are not archived by lookup key."""

    products: Mapping[str, LiveProduct] = field(default_factory=dict)
    prices: Mapping[str, LivePrice] = field(default_factory=dict)
    features: Mapping[str, LiveFeature] = field(default_factory=dict)

    @cached_property
    def by_lookup_key(self) -> dict[str, LivePrice]:
        return {
            price.state["lookup_key"]: price
            for price in self.prices.values()
            if price.state["lookup_key"]
        }


@dataclass(frozen=True, slots=True)
class Held:
    """Who has one price on a live subscription. ``customers``: ids, sorted.

    ``mrr``: minor units a month by currency, of what counts in MRR. ``unvalued``: subscriptions
    whose value is not known; they are in no sum.
    """

    customers: tuple[str, ...] = ()
    subscriptions: int = 0
    mrr: Mapping[str, int] = field(default_factory=dict)
    unvalued: int = 0

    def spoken(self) -> str:
        """``41 customers, MRR 1189.00 USD``."""
        count = len(self.customers)
        said = f"{count:,} customer{'' if count == 1 else 's'}"
        sums = " + ".join(spoken_amount(minor, cur) for cur, minor in sorted(self.mrr.items()))
        said += f", MRR {sums}" if sums else ", no MRR"
        return f"{said}, {self.unvalued:,} of unknown value" if self.unvalued else said


def same_amount(state: State, amount: int) -> bool:
    """Whether a price costs ``amount`` minor units a unit."""
    told = state["unit_amount_decimal"]
    return told is not None and Fraction(told) == amount


def terms_of(state: State) -> str:
    told, currency = state["unit_amount_decimal"], state["currency"]
    if told is None:
        amount = "a tiered amount"
    elif Fraction(told).denominator == 1:
        amount = spoken_amount(int(Fraction(told)), currency)
    else:
        amount = f"{told} minor units {str(currency).upper()}"
    count, interval = state["interval_count"] or 1, state["interval"]
    if interval is None:
        return amount
    every = f"a {interval}" if count == 1 else f"every {count} {interval}s"
    return f"{amount} {every}"
