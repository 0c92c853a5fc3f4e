"""What became of events, one by one and in sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

Fate = Literal["applied", "stale", "ignored", "repeated", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """``error``: why it was ignored or failed."""

    event_id: str
    fate: Fate
    error: str | None = None


@dataclass(slots=True)
class Summary:
    """Counts that add up to ``lines``: how many were offered.

    ``stale``: folded into history, current rows unchanged. ``rejected``: (line, reason) of what is
    no Stripe event at all; lines count from 1.
    """

    lines: int = 0
    applied: int = 0
    stale: int = 0
    ignored: int = 0
    repeated: int = 0
    failed: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    failures: list[tuple[str, str]] = field(default_factory=list)  # (event id, error)

    def add(self, outcomes: Iterable[Outcome]) -> None:
        seen = list(outcomes)
        counts = Counter(outcome.fate for outcome in seen)
        self.applied += counts["applied"]
        self.stale += counts["stale"]
        self.ignored += counts["ignored"]
        self.repeated += counts["repeated"]
        self.failed += counts["failed"]
        self.failures += [(o.event_id, o.error or "") for o in seen if o.fate == "failed"]

    def __iadd__(self, other: Summary) -> Summary:
        """Add another file's or batch's counts; its rejected lines follow on from these."""
        self.rejected += [(self.lines + line, reason) for line, reason in other.rejected]
        self.lines += other.lines
        self.applied += other.applied
        self.stale += other.stale
        self.ignored += other.ignored
        self.repeated += other.repeated
        self.failed += other.failed
        self.failures += other.failures
        return self

    @property
    def total(self) -> int:
        return self.lines

    @property
    def clean(self) -> bool:
        """Nothing was rejected and nothing failed."""
        return not self.rejected and not self.failed
