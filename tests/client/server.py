"""A server that answers what a test says, on a port that it can leave and come back to."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, dict[str, str], bytes]


def entitled(**over: Any) -> dict[str, Any]:
    return {
        "plan": "pro",
        "plan_name": "Pro",
        "access": True,
        "access_until": None,
        "changes_at": None,
        "rule": "active",
        "features": ["api"],
        "limits": {"seats": 10},
        "customer_id": "cus_1",
        "org_id": "org_1",
    } | over


def reply(body: Any, status: int = 200, **headers: str) -> Reply:
    told = {
        "Cache-Control": "private, max-age=30",
        "ETag": '"one"',
        "Portside-Time": "2026-01-01T00:00:00Z",
    }
    return status, told | headers, json.dumps(body).encode()


@dataclass
class Server:
    """``answers``: what the next requests get; the last one stays. ``asked``: what came."""

    answers: list[Reply | Callable[[], Reply]] = field(default_factory=lambda: [reply(entitled())])
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0
    _running: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        owner = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                size = int(self.headers.get("content-length") or 0)
                body = self.rfile.read(size)
                headers = {name.lower(): value for name, value in self.headers.items()}
                owner.asked.append((self.command, self.path, headers, body))
                found = owner.answers.pop(0) if len(owner.answers) > 1 else owner.answers[0]
                status, told, content = found() if callable(found) else found
                self.send_response(status)
                for name, value in told.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_POST = do_GET

            def log_message(self, *_: Any) -> None:
                pass

        self._running = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._running.server_address[1]
        threading.Thread(target=self._running.serve_forever, args=(0.01,)).start()

    def stop(self) -> None:
        if self._running is not None:
            self._running.shutdown()
            self._running.server_close()
            self._running = None


def slow(seconds: float) -> Reply:
    time.sleep(seconds)
    return reply(entitled())
