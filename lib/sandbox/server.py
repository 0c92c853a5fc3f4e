"""What runs beside the HTTP server: the ticking of due work and the delivery of webhooks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from lib.sandbox.billing import lifecycle
from lib.sandbox.core import Sandbox

TICK_SECONDS = 1.0


@contextmanager
def background(sandbox: Sandbox) -> Iterator[None]:
    """Deliver events and do due work as time passes, until the block ends."""
    stop = threading.Event()
    ticker = threading.Thread(target=_tick, args=(sandbox, stop), name="ticker", daemon=True)
    sandbox.deliverer.start()
    ticker.start()
    try:
        yield
    finally:
        stop.set()
        sandbox.deliverer.stop()
        ticker.join(5)


def _tick(sandbox: Sandbox, stop: threading.Event) -> None:
    while not stop.wait(TICK_SECONDS):
        lifecycle.catch_up(sandbox)
