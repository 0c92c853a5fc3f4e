"""What a comparison with Stripe came to."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..domain.findings import CauseCount


@dataclass(slots=True)
class ReconcileSummary:
    """``open``: what is open afterwards, by cause. ``customers``: how many were compared.

    ``found``: findings seen in this run, ``new``: for the first time. ``resolved``: closed because
    they are no more; ``repaired``: because this run mended them. ``gaps``: events that never came
    and explain no other finding. ``left_out``: what could not be read, and why.
    """

    applied: bool = False
    customers: int = 0
    requests: int = 0
    found: int = 0
    new: int = 0
    resolved: int = 0
    repaired: int = 0
    gaps: int = 0
    open: list[CauseCount] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)

    @property
    def unanswered(self) -> int:
        """Open findings that nobody has acknowledged."""
        return sum(count.open - count.acknowledged for count in self.open)
