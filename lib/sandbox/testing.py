"""A real sandbox over HTTP for tests and demos, in this process, on a free port.

Example::

    with running_sandbox(now=1_790_000_000, frozen=True) as running:
        client = stripe.StripeClient("sk_test_x", base_addresses={"api": running.url})
        running.control("POST", "/_sandbox/clock", {"advance": 3600})
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from lib.sandbox.app import build_app
from lib.sandbox.billing import lifecycle
from lib.sandbox.core import Sandbox
from lib.sandbox.server import background

wrappers: list[Callable[[Any], Any]] = []
"""ASGI applications put around every sandbox that is served here, e.g. one that judges it."""


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that is being served at ``url``."""

    url: str
    sandbox: Sandbox

    def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """A call of the control surface; its JSON. Raises httpx.HTTPStatusError on a refusal."""
        answer = httpx.request(method, self.url + path, json=body, timeout=60)
        answer.raise_for_status()
        return answer.json()

    def advance(self, seconds: int) -> int:
        """Move the clock on, with everything that falls due; the new time."""
        return self.move_to(self.sandbox.now() + seconds)

    def move_to(self, unix: int) -> int:
        lifecycle.run_until(self.sandbox, unix)
        return unix


@contextmanager
def running_sandbox(
    directory: Path | None = None,
    *,
    sandbox: Sandbox | None = None,
    wrap: Callable[[Any], Any] | None = None,
    **options: Any,
) -> Iterator[RunningSandbox]:
    """Serve a new Sandbox (``options`` as its constructor takes them) or the given one.

    ``wrap`` may put another ASGI application around it, for example one that records.
    """
    world = Sandbox(directory, **options) if sandbox is None else sandbox
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        world.settings.public_url = url
        app: Any = build_app(world)
        for put_around in (*wrappers, *([] if wrap is None else [wrap])):
            app = put_around(app)
        config = uvicorn.Config(
            app,
            log_level="error",
            lifespan="off",
            ws="none",
            access_log=False,
            date_header=False,  # the sandbox sends its own clock's
        )
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        with background(world):
            thread.start()
            _wait_until_started(server)
            try:
                yield RunningSandbox(url, world)
            finally:
                server.should_exit = True
                thread.join(10)
    if sandbox is None:
        world.close()


def _wait_until_started(server: uvicorn.Server) -> None:
    deadline = time.monotonic() + 10
    while not server.started:
        if time.monotonic() > deadline:
            raise RuntimeError("The sandbox did not start within ten seconds.")
        time.sleep(0.005)
