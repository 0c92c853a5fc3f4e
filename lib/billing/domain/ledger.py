"""Where the MRR of one customer stands: what its next movement is reckoned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from .values import dataclass


@dataclass(frozen=True, slots=True)
class Worth:
    """From ``at`` on a subscription counts ``minor`` a month in ``currency``."""

    at: int
    subscription_id: str
    currency: str
    minor: int
    plan: str | None
    interval: str | None
    event_id: str
    reconstructed: bool
    stays: bool = False  # worth nothing, and by the policy a customer all the same


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """Changes that later ones may still join into one movement."""

    anchor: int  # second of the first change
    last_at: int  # second of the last one
    opened: Mapping[str, Worth]  # by subscription, before the first
    reached: Mapping[str, Worth]  # after the last
    reconstructed: bool
    moved_before: bool  # a movement came before the group


@dataclass(frozen=True, slots=True)
class Ledger:
    """All that later movements depend on, for a customer who pays in one currency."""

    currency: str | None = None  # None: no subscription yet
    newest: int | None = None  # the last second of any worth
    now: Mapping[str, Worth] = field(default_factory=dict)  # by subscription
    values: Mapping[str, int] = field(default_factory=dict)  # the last that could be computed
    group: OpenGroup | None = None
    awaiting: frozenset[str] = frozenset()  # references that any step had to do without


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a fold that goes on from a standing does not carry as objects."""

    gaps: int
    last_second: int
    ledger: Ledger
    steps: Mapping[str, int]  # subscription -> how many of its steps the ledger holds


class NeedsHistory(Exception):
    """Only a fold of everything that was seen can tell."""
