"""Ours, fed the same signed bodies as the peers are, in process."""

from __future__ import annotations

import time
from collections.abc import Sequence

from lib.billing.stripe.signature import verify

from ..ingest.feeding import opened
from .deliveries import SECRET, Delivery


def delivered(url: str, deliveries: Sequence[Delivery], batch: int) -> float:
    """Events a second: signature, inbox, fold and projection, ``batch`` of them a commit."""
    installation = opened(url)
    try:
        started = time.perf_counter()
        events = (verify(body, header, [SECRET]) for body, header in deliveries)
        summary = installation.ingest.apply(events, "webhook", batch=batch)
        seconds = time.perf_counter() - started
    finally:
        installation.close()
    applied = summary.applied + summary.stale
    if applied != len(deliveries):
        raise RuntimeError(f"{len(deliveries) - applied} of {len(deliveries)} were not applied.")
    return len(deliveries) / seconds
