"""What the self-audit says: one line a claim and currency, with the rows that break it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class AtFault:
    """A row that breaks a line, or that a line names.

    ``stored`` is what it says and ``right`` what it should say, in minor units of the line's
    currency; None where there is no row, or no number for it.
    """

    kind: Literal["customer", "subscription", "movement", "runway", "kept sum", "period"]
    row: str  # its id
    customer_id: str | None
    words: str  # what is wrong, in a sentence
    stored: int | None = None
    right: int | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """A claim in one currency with both of its sides. ``ok`` None: it cannot be told, see ``note``.

    ``rows`` are at fault where it fails; else they are what the line speaks of.
    """

    slug: str
    currency: str
    claim: str
    left_name: str
    left: int | None
    right_name: str
    right: int | None
    unit: Literal["money", "count"]
    ok: bool | None
    rows: tuple[AtFault, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class SelfAudit:
    """``lines`` by currency, in the order of the page. ``checked_at``: the second of what was kept;
    None of one that was made when it was asked for. ``waits``: none was made yet."""

    lines: tuple[AuditLine, ...]
    checked_at: int | None = None
    waits: bool = False

    @property
    def failed(self) -> tuple[AuditLine, ...]:
        return tuple(line for line in self.lines if line.ok is False)

    @property
    def ok(self) -> bool:
        return not self.failed


def compared(
    slug: str,
    currency: str,
    claim: str,
    left: tuple[str, int],
    right: tuple[str, int],
    *,
    unit: Literal["money", "count"] = "money",
    rows: tuple[AtFault, ...] = (),
    failed: bool = False,
    note: str = "",
) -> AuditLine:
    """A line that holds when both sides, each (what it is, how much), are the same."""
    ok = left[1] == right[1] and not failed
    return AuditLine(
        slug, currency, claim, *left, *right, unit, ok, rows=() if ok else rows, note=note
    )
