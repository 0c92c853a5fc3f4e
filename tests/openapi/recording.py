"""Judge everything that passes between a caller and the sandbox.

`JudgedApp` wraps an ASGI application: put it around the sandbox, and every request that our own
code sends and every answer that the sandbox gives is kept and can be judged afterwards.
`judging_client` is the same from the caller's side, for a server that is already running.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson

from tests.openapi.spec import judge_event, judge_request, judge_response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


@dataclass(frozen=True)
class Exchange:
    """One request and its answer; `query` and `form` are still encoded."""

    method: str
    path: str
    query: str
    form: bytes
    status: int
    body: bytes

    def response_findings(self) -> list[str]:
        """Departures of the answer, and of every event inside it."""
        return _once(
            self._judged_response, "answer", self.method, self.path, self.status, self.body
        )

    def _judged_response(self) -> list[str]:
        try:
            value = json.loads(self.body)
        except ValueError:
            return ["the answer is no JSON"] if self.status != 204 else []
        findings = judge_response(self.method, self.path, self.status, value)
        return findings + [
            text
            for event in _events(value)
            for text in _once(lambda event=event: judge_event(event), "event", orjson.dumps(event))
        ]

    def request_findings(self) -> list[str]:
        """Departures of the request's parameters."""
        given = self.form or self.query
        return _once(
            lambda: judge_request(self.method, self.path, given),
            *("request", self.method, self.path, given),
        )

    def named(self, findings: list[str]) -> list[str]:
        """The findings with the exchange in front, as a test failure shows them."""
        return [f"{self.method} {self.path} -> {self.status} {text}" for text in findings]


@dataclass
class Ledger:
    """The exchanges that were seen, in the order in which they were answered."""

    exchanges: list[Exchange] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, exchange: Exchange) -> None:
        with self._lock:
            self.exchanges.append(exchange)

    def response_findings(self) -> list[str]:
        """Every departure of every answer, named by its exchange; each distinct one once."""
        return _distinct(text for x in self.exchanges for text in x.named(x.response_findings()))

    def request_findings(self) -> list[str]:
        """Every departure of every accepted request; a refused one was meant to be wrong."""
        accepted = [x for x in self.exchanges if x.status < 400]
        return _distinct(text for x in accepted for text in x.named(x.request_findings()))


class JudgedApp:
    """ASGI wrapper that records the exchanges under `/v1/` into `ledger`."""

    def __init__(self, app: App, ledger: Ledger | None = None) -> None:
        self.app = app
        self.ledger = ledger or Ledger()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
            await self.app(scope, receive, send)
            return
        sent, answered, status = bytearray(), bytearray(), [0]

        async def listen() -> Message:
            message = await receive()
            sent.extend(message.get("body", b""))
            return message

        async def speak(message: Message) -> None:
            status[0] = message.get("status", status[0])
            answered.extend(message.get("body", b""))
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self._keep(scope, bytes(sent), status[0], bytes(answered))
            await send(message)

        await self.app(scope, listen, speak)

    def _keep(self, scope: Message, form: bytes, status: int, body: bytes) -> None:
        path = scope.get("raw_path", scope["path"].encode()).decode().split("?")[0]
        query = scope.get("query_string", b"").decode()
        self.ledger.add(Exchange(scope["method"], path, query, form, status, body))


@contextmanager
def judging_client(base_url: str, ledger: Ledger, **options: Any) -> Iterator[httpx.Client]:
    """An httpx client against `base_url` whose exchanges land in `ledger`."""

    def keep(response: httpx.Response) -> None:
        request = response.request
        url = request.url
        body = response.read()
        path, query = url.raw_path.decode().partition("?")[::2]
        form = request.read()
        ledger.add(Exchange(request.method, path, query, form, response.status_code, body))

    hooks = {"response": [keep]}
    with httpx.Client(base_url=base_url, event_hooks=hooks, **options) as client:
        yield client


def _events(value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, dict):
        return []
    if value.get("object") == "event":
        return [value]
    data = value.get("data")
    if not isinstance(data, list):
        return []
    return [x for x in data if isinstance(x, dict) and x.get("object") == "event"]


_said: dict[bytes, list[str]] = {}
"""By a hash of what was judged."""


def _once(judge: Callable[[], list[str]], *judged: str | int | bytes) -> list[str]:
    """What ``judge`` says of ``judged``, which it says again of the same: sandboxes that begin
    alike answer alike, and every test asks much of what others asked."""
    hashed = hashlib.blake2b(digest_size=20)
    for part in judged:
        told = part if isinstance(part, bytes) else str(part).encode()
        hashed.update(b"%d " % len(told) + told)
    key = hashed.digest()
    if key not in _said:
        _said[key] = judge()
    return list(_said[key])


def _distinct(findings: Iterator[str]) -> list[str]:
    return list(dict.fromkeys(findings))
