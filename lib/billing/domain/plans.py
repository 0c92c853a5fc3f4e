"""What a catalogue is made of: plans, their prices, features, policies, pricing tables.

Fields left out of a representation change no row: what rows are folded by is marked by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

INTERVALS: Final = ("day", "week", "month", "year")
AUDIENCES: Final = ("organizations", "users")
USAGES: Final = ("licensed", "metered")
TAX_BEHAVIORS: Final = ("exclusive", "inclusive", "unspecified")


@dataclass(frozen=True)
class Price:
    """``meter``: the id of Stripe's meter, of a metered price alone."""

    lookup_key: str | None
    price_ids: tuple[str, ...]
    interval: str | None
    interval_count: int
    amount: int | None  # minor units
    currency: str
    usage: str = field(default="licensed", repr=False)
    meter: str | None = field(default=None, repr=False)
    tax_behavior: str | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.lookup_key or "/".join(self.price_ids)


@dataclass(frozen=True)
class Plan:
    """``published`` false: a draft, which Stripe never hears of and no pricing table shows.
    ``kinde_keys``: what Kinde calls the plan, beside its slug."""

    slug: str
    name: str
    group: str = "core"
    audience: str = "organizations"
    rank: int = 0
    features: tuple[str, ...] = ()
    limits: Mapping[str, int] = field(default_factory=dict)
    prices: tuple[Price, ...] = ()
    products: tuple[str, ...] = ()
    highlight: str | None = None
    cta: str | None = None
    bullets: tuple[str, ...] = ()
    published: bool = field(default=True, repr=False)
    kinde_keys: tuple[str, ...] = ()

    @property
    def own_product(self) -> str:
        """The id of the product that Portside makes for it where the file names none."""
        return f"portside_{self.slug}"


@dataclass(frozen=True)
class Feature:
    slug: str
    name: str


@dataclass(frozen=True)
class Policies:
    upgrade: str = "immediately"
    downgrade: str = "period_end"
    cancel: str = "period_end"
    past_due_grace_days: int = 14
    collection_paused: str = "access"  # or "default_plan"


@dataclass(frozen=True)
class PricingTable:
    """What customers are shown: the published plans of one group, lowest rank first."""

    key: str
    group: str
    state: Literal["draft", "live"] = "draft"
    default: bool = False
    hidden_at_sign_up: bool = False
    features_heading: str | None = None


Path = tuple[str | int, ...]
"""Where something stands in the file, as ("plans", "pro", "prices", 0, "amount")."""


@dataclass(frozen=True)
class Origin:
    """The file that a catalogue was read from. ``unknown``: keys that mean nothing. ``mark``:
    differs where what is written there does; comments, blanks and order do not count."""

    source: str = "catalog.toml"
    lines: Mapping[Path, int] = field(default_factory=dict)
    unknown: tuple[Path, ...] = ()
    mark: str = ""

    def line(self, *path: str | int) -> int | None:
        """The line of ``path``, else of the nearest thing around it that has one."""
        for length in range(len(path), 0, -1):
            found = self.lines.get(path[:length])
            if found is not None:
                return found
        return None
