"""What a proof is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Figures = dict[str, int | str]
"""What was counted, in the order in which it is told."""


class Disproved(Exception):
    """What was claimed does not hold; the message says where it broke and how to see it again."""


@dataclass(frozen=True)
class Proof:
    """``run`` takes the scale, gives figures, and raises Disproved.

    ``claim``: what holds. ``how``: what is done to show it. ``unit``: what the scale counts.
    ``long``: the scale of `make prove`. ``notes``: what the figures do not say by themselves.
    """

    name: str
    claim: str
    how: str
    unit: str
    long: int
    run: Callable[[int], Figures]
    notes: str = ""


def holds(condition: bool, otherwise: str) -> None:
    """Raise Disproved with the reason unless ``condition``."""
    if not condition:
        raise Disproved(otherwise)
