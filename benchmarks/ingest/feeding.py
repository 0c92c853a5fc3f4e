"""The same events fed to the product in each of the ways that they come: events a second.

Every function takes the URL of an empty database, or of one that never had these events.
"""

from __future__ import annotations

import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from lib.billing.config import Settings
from lib.billing.import_file import import_file
from lib.billing.replay import replay
from lib.billing.store import migrate
from lib.billing.store.engine import Store
from lib.billing.stripe.signature import sign
from lib.billing.wiring import Installation, open_installation

from .receivers import ROOT, SECRET, serving

Event = dict[str, Any]


def in_process(url: str, events: Sequence[Event], batch: int) -> float:
    """Through `Ingest.apply`, as webhook events, a commit for every ``batch``."""
    installation = opened(url)
    try:
        started = time.perf_counter()
        summary = installation.ingest.apply(events, "webhook", batch=batch)
        seconds = time.perf_counter() - started
    finally:
        installation.close()
    if summary.applied + summary.stale != len(events):
        raise RuntimeError(f"Not everything was applied: {summary}")
    return len(events) / seconds


def imported(url: str, events: Sequence[Event]) -> float:
    """As the lines of a file, which `portside ingest` reads."""
    lines = [orjson.dumps(event) for event in events]
    installation = opened(url)
    try:
        started = time.perf_counter()
        summary = import_file(installation.ingest, lines)
        seconds = time.perf_counter() - started
    finally:
        installation.close()
    if summary.applied + summary.stale != len(events):
        raise RuntimeError(f"Not everything was imported: {summary}")
    return len(events) / seconds


def replayed(url: str, events: int) -> float:
    """Every customer of a filled database folded again, which changes nothing."""
    installation = opened(url)
    try:
        started = time.perf_counter()
        found = replay(installation.ingest)
        seconds = time.perf_counter() - started
    finally:
        installation.close()
    if found.batches_changed:
        raise RuntimeError("A replay changed something.")
    return events / seconds


def over_http(url: str, events: Sequence[Event], concurrency: int, receivers: int) -> float:
    """As signed deliveries to ``receivers`` processes, ``concurrency`` of them under way at once.

    They are signed beforehand and sent by a process of its own.
    """
    ready(url)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        deliveries = folder / "deliveries"
        deliveries.write_bytes(b"".join(_request(event) for event in events))
        with serving(url, receivers, folder) as ports:
            told = subprocess.run(
                [
                    *(sys.executable, "-m", "benchmarks.ingest.client"),
                    *(str(deliveries), str(concurrency), *map(str, ports)),
                ],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
    if told.returncode:
        raise RuntimeError(told.stderr.strip())
    return len(events) / float(told.stdout)


def ready(url: str) -> None:
    """Make the tables, where there are none."""
    store = Store(url)
    try:
        migrate.upgrade(store)
    finally:
        store.close()


def opened(url: str) -> Installation:
    """An installation over a migrated database, with the project's own catalogue."""
    ready(url)
    return open_installation(
        Settings.load(
            {"PORTSIDE_DATABASE_URL": url, "PORTSIDE_CATALOG": str(ROOT / "catalog.toml")}
        )
    )


def _request(event: Event) -> bytes:
    body = orjson.dumps(event)
    head = (
        "POST /webhooks/stripe HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/json; charset=utf-8\r\nUser-Agent: Stripe/1.0\r\n"
        f"Stripe-Signature: {sign(body, SECRET, int(time.time()))}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    request = head.encode() + body
    return struct.pack(">I", len(request)) + request
