"""One listing of a local Stripe to its ends, beside the table of what more would cost."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx

from lib.billing.store import migrate
from lib.billing.store.engine import Store

from ..bulk.world import World
from .costs import INVOICES, SUBSCRIPTIONS, Cost, cost
from .world import Recorder, counts, local_stripe

SMALL: Final = 300
"""Customers of the local Stripe."""


@dataclass(frozen=True)
class Run:
    """``counts``: of the world that the table scales. ``reckoned`` beside what the listing of the
    local Stripe, of ``listed`` objects, took: ``requests`` and ``seconds``."""

    counts: dict[str, int]
    customers: int
    listed: dict[str, int]
    reckoned: Cost
    requests: int
    seconds: float


def measure(url: str | None, customers: int, say: Callable[[str], None]) -> Run:
    """Counts of the filled database ``url``, or of a world of ``customers``."""
    with tempfile.TemporaryDirectory(prefix="portside-") as folder:
        found = _counts(url or f"sqlite:///{Path(folder)}/portside.db", None if url else customers)
    say(", ".join(f"{count:,} {name}" for name, count in found.items()))
    recorder = Recorder()
    with local_stripe(SMALL, recorder) as running:
        started = time.perf_counter()
        listed = {kind: _listed(running.url, kind) for kind in ("subscriptions", "invoices")}
        seconds = time.perf_counter() - started
    say(f"{len(recorder.answers)} requests, {seconds:.1f} s")
    reckoned = cost((SUBSCRIPTIONS, INVOICES), listed)
    return Run(found, SMALL, listed, reckoned, len(recorder.answers), seconds)


def _counts(url: str, customers: int | None) -> dict[str, int]:
    store = Store(url)
    try:
        if customers is not None:
            migrate.upgrade(store)
            World(customers).fill(store)
        return counts(store)
    finally:
        store.close()


def _listed(url: str, kind: str) -> int:
    """Objects of a list that is read to its end, each page after the last."""
    asked: dict[str, Any] = {"limit": 100} | ({"status": "all"} if kind == "subscriptions" else {})
    found = 0
    with httpx.Client(base_url=url, headers={"Authorization": "Bearer sk_test_x"}) as client:
        while True:
            answer = client.get(f"/v1/{kind}", params=asked, timeout=60)
            answer.raise_for_status()
            page = answer.json()
            found += len(page["data"])
            if not page["has_more"]:
                return found
            asked["starting_after"] = page["data"][-1]["id"]
