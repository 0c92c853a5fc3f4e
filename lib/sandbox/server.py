"""Serving a sandbox: the HTTP server, and beside it the ticking of due work and deliveries."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from lib.sandbox.app import build_app
from lib.sandbox.billing import lifecycle
from lib.sandbox.core import Sandbox

LOG = logging.getLogger(__name__)
TICK_SECONDS = 1.0
GRACE_SECONDS = 1


class _Server(uvicorn.Server):
    """Tells when it has started."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def serve(sandbox: Sandbox, listener: socket.socket, ready: Callable[[], None]) -> None:
    """Answer requests on ``listener`` until SIGTERM or Ctrl-C; ``ready`` is called once."""
    config = uvicorn.Config(
        build_app(sandbox),
        log_level="warning",
        lifespan="off",
        ws="none",
        access_log=False,
        date_header=False,  # the sandbox sends its own clock's
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    with background(sandbox):
        _Server(config, ready).run([listener])


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
        try:
            lifecycle.catch_up(sandbox)
        except Exception:
            LOG.exception("Due work failed; it is tried again.")
