"""Replay: every derived row anew from what was observed, in place, while everything goes on.

Needed when the rules have changed (catalogue, policy, time zone) or rows were tampered with. With
nothing changed it writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .ingest import Ingest
from .store import history

AT_ONCE = 500
"""Customers a transaction: their webhooks wait that long."""


@dataclass(frozen=True, slots=True)
class ReplaySummary:
    """``batches_changed``: transactions in which a row differed from what it now is."""

    customers: int
    batches_changed: int


def replay(
    ingest: Ingest, *, progress: Callable[[str], None] = lambda _: None, at_once: int = AT_ONCE
) -> ReplaySummary:
    """Fold every customer again. Raises DatabaseUnavailable; running it again is harmless."""
    last, customers, changed = "", 0, int(ingest.refold_references())
    while True:
        with ingest.store.reading() as connection:
            batch = history.customer_ids(connection, last, at_once)
        if not batch:
            ingest.sign()
            return ReplaySummary(customers, changed)
        changed += ingest.refold(batch)
        customers += len(batch)
        last = batch[-1]
        progress(f"Folded {customers:,} customers")
