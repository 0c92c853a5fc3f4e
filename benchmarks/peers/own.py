"""Ours, fed the same signed bodies as the peers are, in process."""

from __future__ import annotations

import time
from collections.abc import Sequence

from ..ingest.feeding import opened
from .deliveries import SECRET, Delivery


def delivered(url: str, deliveries: Sequence[Delivery], batch: int) -> float:
    """Events a second: signature, inbox, fold and projection, ``batch`` of them a commit."""
    installation = opened(url)
    ingest = installation.ingest
    try:
        started = time.perf_counter()
        applied = 0
        for first in range(0, len(deliveries), batch):
            part = deliveries[first : first + batch]
            arrivals = [ingest.receive(body, header, [SECRET]) for body, header in part]
            fates = ingest.commit(arrivals, "webhook")
            applied += sum(outcome.fate in ("applied", "stale") for outcome in fates)
        seconds = time.perf_counter() - started
    finally:
        installation.close()
    if applied != len(deliveries):
        raise RuntimeError(f"{len(deliveries) - applied} of {len(deliveries)} were not applied.")
    return len(deliveries) / seconds
