"""What was before a demo starts: years of it read at once, the last hours lived through."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import httpx

from .processes import DemoFailed

STEP_SECONDS = 300
BATCH = 4_000
PATIENCE_SECONDS = 120


def clock(sandbox_url: str) -> int:
    """The unix second that it is in the local Stripe."""
    return int(httpx.get(f"{sandbox_url}/_sandbox/clock").json()["unix"])


def bodies(sandbox_url: str, before: int, progress: Callable[[str], None]) -> Iterator[bytes]:
    """Event bodies, customer by customer, so that a batch touches few customers."""
    url = f"{sandbox_url}/_sandbox/history?before={before}"
    with httpx.stream("GET", url, timeout=120) as answer:
        for number, line in enumerate(answer.iter_lines()):
            if number % BATCH == 0:
                progress(f"Reading history: {number:,} events")
            yield line.encode()


def live(
    sandbox_url: str, since: int, until: int, check: Callable[[], None]
) -> Iterator[tuple[int, int]]:
    """The hours since then pass, and their webhooks arrive signed over HTTP as they do.

    Gives, step by step, how far time has come and how many events that made. ``check`` raises
    when a part of the demo has stopped. Raises DemoFailed when webhooks are not delivered.
    """
    made = 0
    with httpx.Client(base_url=sandbox_url, timeout=60) as sandbox:
        # What happened while the history was read found no receiver yet.
        sandbox.post("/_sandbox/deliver", json={"since": since})
        while (now := clock(sandbox_url)) < until:
            to = min(now + STEP_SECONDS, until)
            made += sandbox.post("/_sandbox/clock", json={"to": to}).json()["events"]
            _wait_for_deliveries(sandbox, check)
            yield to, made


def _wait_for_deliveries(sandbox: httpx.Client, check: Callable[[], None]) -> None:
    limit = time.monotonic() + PATIENCE_SECONDS
    while sandbox.get("/_sandbox/deliveries").json()["queued"]:
        check()
        if time.monotonic() > limit:
            raise DemoFailed("The last hours' webhooks were not delivered within two minutes.")
        time.sleep(0.05)
