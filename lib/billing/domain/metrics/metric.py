"""What a metric is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Unit = Literal["money", "count", "days", "seconds", "share", "ratio"]
Direction = Literal["up", "down", "neither"]


@dataclass(frozen=True, slots=True)
class Metric:
    """``good`` is the direction in which a change of it is good news.

    ``flags``: the fields of `domain.policy.Policy` that change it. ``function``: what computes it
    from its parts, for metrics that are a formula; the others are sums over rows.
    """

    slug: str
    label: str
    unit: Unit
    good: Direction
    definition: str  # one sentence
    source: str
    flags: tuple[str, ...] = ()
    function: Callable[..., Any] | None = None
