"""The product at the other end: a real HTTP server that verifies, and may be down."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OLDER = "whsec_" + "C2FVsBQIhrscChlQIMV+b5sSYspob7oD"


@dataclass
class Product:
    """``answers``: what the next requests are answered with; then ``status``."""

    status: int = 204
    secret: str = SECRET
    headers: dict[str, str] = field(default_factory=dict)
    attempts: list[tuple[str, int]] = field(default_factory=list)
    taken: list[dict[str, Any]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)
    url: str = ""
    refused: set[str] = field(default_factory=set)
    """Customers whose events are answered 500."""
    _lock: Any = field(default_factory=threading.Lock)

    def answer(self, headers: dict[str, str], body: bytes) -> int:
        with self._lock:
            event = Webhook(self.secret).verify(body, headers)
            customer = event["data"]["customer_id"]
            status = 500 if customer in self.refused else self.status
            self.requests.append({name.lower(): value for name, value in headers.items()})
            self.attempts.append((headers["webhook-id"], status))
            if status < 300:
                self.taken.append(event)
                self.ids.append(headers["webhook-id"])
            return status

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.taken]

    def repeated(self) -> list[str]:
        """Ids that were taken more than once."""
        return [name for name, times in Counter(self.ids).items() if times > 1]

    def sequences(self) -> dict[str, list[int]]:
        """Of each customer the numbers of its events, as they were taken."""
        found: dict[str, list[int]] = defaultdict(list)
        for event in self.taken:
            found[event["data"]["customer_id"]].append(event["data"]["sequence"])
        return found


@contextmanager
def product(**over: Any) -> Iterator[Product]:
    """Serve a product on a real port until the block ends."""
    served = Product(**over)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            status = served.answer(
                {k.lower(): v for k, v in self.headers.items()}, self.rfile.read(length)
            )
            self.send_response(status)
            for name, value in served.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing on the terminal."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    served.url = f"http://127.0.0.1:{server.server_port}/billing/events?token=hush"
    try:
        yield served
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
