"""The self-audit row by row: movements, what leaves, and the sums that are kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..domain.said import Count, said
from .audit_lines import AtFault, AuditLine, compared
from .audit_readings import Readings

MOST: Final = 25
"""Rows that one line names; more of them say no more."""
MOST_FOLDED: Final = 2_000
"""Customers that are folded anew where only a fold can tell."""


def row_lines(read: Readings, currency: str) -> Iterator[AuditLine]:
    """Movement by movement, what leaves, and the sums that are kept."""
    yield _by_movement(
        read,
        "movement_sums",
        currency,
        said("Each movement's before and change come to its after"),
        [
            _movement(
                row,
                said("Before and change do not come to after."),
                row["delta_minor"],
                row["after_minor"] - row["before_minor"],
            )
            for row in read.broken_sums
            if row["currency"] == currency
        ],
    )
    yield _by_movement(
        read,
        "movement_chain",
        currency,
        said("Each movement begins where the customer's last one ended"),
        [
            _movement(
                row,
                said("It does not begin where the one before it ended: one is missing or changed."),
                row["before_minor"],
                row["reached"],
            )
            for row in read.broken_chains
            if row["currency"] == currency
        ],
    )
    yield _committed(read, currency)
    yield _kept(read, currency)


def _by_movement(
    read: Readings, slug: str, currency: str, claim: str, broken: list[AtFault]
) -> AuditLine:
    whole = read.movements.get(currency, 0)
    return compared(
        slug,
        currency,
        claim,
        (said("Movements"), whole),
        (said("Agree"), whole - len(broken)),
        unit="count",
        rows=tuple(broken[:MOST]),
    )


def _committed(read: Readings, currency: str) -> AuditLine:
    suspects = [row for row in read.leaving if row["currency"] == currency]
    owners = {row["customer_id"] for row in suspects[:MOST_FOLDED]}
    faults = tuple(f for f in read.refolded.faults(owners) if f.kind == "runway")
    runway = read.runway.get(currency, 0)
    short = sum((f.right or 0) - (f.stored or 0) for f in faults)
    left = len(suspects) - MOST_FOLDED
    return compared(
        "committed",
        currency,
        said("MRR − committed MRR is the sum of the runway"),
        (said("What each subscription loses"), runway + short),
        (said("Sum of the runway"), runway),
        rows=faults[:MOST],
        failed=bool(faults),
        note=said("{count} more were not compared with their events.", count=Count(left))
        if left > 0
        else "",
    )


def _kept(read: Readings, currency: str) -> AuditLine:
    keys = sorted(k for k in {*read.kept, *read.counted} if k[6] == currency)
    wrong = [key for key in keys if read.kept.get(key) != read.counted.get(key)]
    return compared(
        "kept_sums",
        currency,
        said("The sums that are kept are the sums of the rows"),
        (said("Sums"), len(keys)),
        (said("Agree"), len(keys) - len(wrong)),
        unit="count",
        rows=tuple(
            AtFault(
                "kept sum",
                " ".join(part for part in (*key[:2], *key[3:5], key[7]) if part),
                None,
                said("Its rows sum to something else."),
                _minor(read.kept.get(key)),
                _minor(read.counted.get(key)),
            )
            for key in wrong[:MOST]
        ),
    )


def _movement(row: Any, words: str, stored: int, right: int) -> AtFault:
    return AtFault(
        "movement", row["movement_id"], row["customer_id"], words, int(stored), int(right)
    )


def _minor(sums: tuple[int, ...] | None) -> int:
    return sums[2] if sums else 0
