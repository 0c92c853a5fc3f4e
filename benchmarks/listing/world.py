"""The company whose pages are opened: as a projection has it, and as a local Stripe has it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from lib.billing.store.engine import Store
from lib.sandbox.core import Sandbox
from lib.sandbox.testing import RunningSandbox, running_sandbox
from lib.sandbox.world.seed import build

NOW: Final = 1_795_000_000
MONTHS: Final = 4

_COUNTED: Final = {
    "customers": "SELECT count(*) FROM customers",
    "subscriptions": "SELECT count(*) FROM subscriptions",
    "live subscriptions": "SELECT count(*) FROM subscriptions WHERE live",
    "ended subscriptions": "SELECT count(*) FROM subscriptions WHERE ended_at IS NOT NULL",
    "invoices": "SELECT count(*) FROM invoices",
    "open invoices": "SELECT count(*) FROM invoices WHERE status = 'open'",
}


def counts(store: Store) -> dict[str, int]:
    """How long each list of `costs` would be."""
    with store.reading() as connection:
        return {
            name: int(connection.exec_driver_sql(query).scalar_one())
            for name, query in _COUNTED.items()
        }


class Recorder:
    """An ASGI application around the sandbox's that keeps what it answered to `GET /v1/…`."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[bytes, bytes]] = {}
        self.seconds = 0.0

    def around(self, app: Any) -> Any:
        async def recording(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http" or scope["method"] != "GET":
                await app(scope, receive, send)
                return
            parts: list[bytes] = []
            dates: list[bytes] = []

            async def kept(message: Any) -> None:
                if message["type"] == "http.response.start":
                    dates.extend(v for k, v in message["headers"] if k.lower() == b"date")
                parts.append(message.get("body", b""))
                await send(message)

            began = time.perf_counter()
            await app(scope, receive, kept)
            self.seconds += time.perf_counter() - began
            asked = f"{scope['path']}?{scope['query_string'].decode()}"
            self.answers[asked] = b"".join(parts), dates[0] if dates else b""

        return recording


@contextmanager
def local_stripe(customers: int, recorder: Recorder) -> Iterator[RunningSandbox]:
    """A seeded company of so many customers, served over HTTP by this process."""
    sandbox = Sandbox(now=NOW, seed=7, frozen=True)
    build(sandbox, customers=customers, months=MONTHS, seed=7, now=NOW, full_days=1)
    try:
        with running_sandbox(sandbox=sandbox, wrap=recorder.around) as running:
            yield running
    finally:
        sandbox.close()
