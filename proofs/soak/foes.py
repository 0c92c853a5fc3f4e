"""Strangers who send what is no delivery, too slowly, too much, or half. Each has an address of its
own, as strangers do, and a delivery beside them is to notice nothing."""

from __future__ import annotations

import contextlib
import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from lib.billing.stripe.signature import sign

Place = tuple[str, int]
NOISE: Final = frozenset({"429"})
"""What an address hears, whatever it sends wrongly, once it has done so too often."""

_EVENT: Final = json.dumps({"id": "evt_of_a_foe", "object": "event", "type": "x.y", "created": 1})


@dataclass(frozen=True)
class Here:
    """What a foe has: a way to connect, today's secret (some have seen it), and time, which is
    over when ``wait`` says True."""

    connect: Callable[[], socket.socket]
    secret: str
    wait: Callable[[float], bool]


@dataclass(frozen=True)
class Foe:
    """``does`` gives the status it was answered, or "" when the connection just ended."""

    name: str
    does: Callable[[Here], str]
    told: frozenset[str]
    pause: float  # seconds between two of them


def _posted(here: Here, body: bytes, signature: str) -> str:
    with here.connect() as line:
        head = (
            "POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Content-Length: {len(body)}\r\nStripe-Signature: {signature}\r\n\r\n"
        )
        with contextlib.suppress(ConnectionError):
            line.sendall(head.encode() + body)
        return _status(line)


def _status(line: socket.socket, seconds: float = 60) -> str:
    line.settimeout(seconds)
    found = b""
    try:
        while part := line.recv(65_536):
            found += part
    except ConnectionError:
        pass
    except TimeoutError:
        return "nothing at all"
    return found.split(b" ", 2)[1].decode() if found.startswith(b"HTTP/") else ""


def _forged(here: Here) -> str:
    body = _EVENT.encode()
    return _posted(here, body, sign(body, "whsec_of_a_foe", int(time.time())))


def _old(here: Here) -> str:
    body = _EVENT.encode()
    return _posted(here, body, sign(body, here.secret, int(time.time()) - 900))


def _unsigned(here: Here) -> str:
    return _posted(here, _EVENT.encode(), "t=1,v1=zz")


def _torn(here: Here) -> str:
    body = _EVENT.encode()[:40]
    return _posted(here, body, sign(body, here.secret, int(time.time())))


def _no_event(here: Here) -> str:
    body = random.choice([b"[]", b"null", b"{}", b'{"id": 7}', b"\xff\xfe", b'{"id": "evt_x"}'])
    return _posted(here, body, sign(body, here.secret, int(time.time())))


def _huge(here: Here) -> str:
    body = b" " * 1_500_000
    return _posted(here, body, sign(b"x", here.secret, int(time.time())))


def _half(here: Here) -> str:
    """Cut in the middle of a body that is signed rightly."""
    body = _EVENT.encode()
    with here.connect() as line:
        told = sign(body, here.secret, int(time.time()))
        head = f"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n"
        line.sendall(f"{head}Stripe-Signature: {told}\r\n\r\n".encode() + body[: len(body) // 2])
        reset = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
    return ""


def _no_http(here: Here) -> str:
    with here.connect() as line:
        line.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        return _status(line)


def _long_head(here: Here) -> str:
    with here.connect() as line:
        with contextlib.suppress(ConnectionError):
            line.sendall(b"GET /healthz HTTP/1.1\r\nX-Long: " + b"x" * 60_000 + b"\r\n\r\n")
        return _status(line)


def _endless_head(here: Here) -> str:
    return _little_by_little(here, b"X-Slow: 1\r\n", 40)


def _trickle(here: Here) -> str:
    return _little_by_little(here, b"{", 60, head=b"Content-Length: 9000\r\n\r\n")


def _little_by_little(here: Here, part: bytes, times: int, *, head: bytes = b"") -> str:
    with here.connect() as line:
        line.sendall(b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\n" + head)
        with contextlib.suppress(ConnectionError):
            for _ in range(times):
                line.sendall(part)
                if here.wait(0.5):
                    return ""
        return _status(line)


def _never_reads(here: Here) -> str:
    """Asks again and again and takes no answer, until that is enough for it."""
    with here.connect() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        line.settimeout(2)
        with contextlib.suppress(OSError):
            for _ in range(2_000):
                line.sendall(b"GET /pricing HTTP/1.1\r\nHost: x\r\n\r\n")
        here.wait(5)
    return ""


def _flood(here: Here) -> str:
    """Three hundred connections of one address that say nothing."""
    held: list[socket.socket] = []
    with contextlib.suppress(OSError):
        for _ in range(300):
            held.append(here.connect())
    here.wait(3)
    for line in held:
        line.close()
    return ""


FOES: Final = (
    Foe("forged signatures", _forged, frozenset({"400"}) | NOISE, 0.4),
    Foe("signatures of an hour ago", _old, frozenset({"400"}) | NOISE, 1.0),
    Foe("no signature", _unsigned, frozenset({"400"}) | NOISE, 1.0),
    Foe("signed, torn", _torn, frozenset({"400"}), 1.0),
    Foe("signed, no event", _no_event, frozenset({"400"}), 1.0),
    Foe("bodies too large", _huge, frozenset({"413", ""}) | NOISE, 3.0),
    Foe("cut half way", _half, frozenset({""}), 0.5),
    Foe("not HTTP", _no_http, frozenset({"400"}), 2.0),
    Foe("heads too large", _long_head, frozenset({"431", ""}), 2.0),
    Foe("heads without end", _endless_head, frozenset({"408", ""}), 1.0),
    Foe("bodies that trickle", _trickle, frozenset({"408", ""}), 1.0),
    Foe("answers never taken", _never_reads, frozenset({""}), 10.0),
    Foe("floods of 300 connections", _flood, frozenset({""}), 20.0),
)


class Foes:
    """Each in a thread of its own, at its own pace, at one receiver after the other."""

    def __init__(self, receivers: Sequence[str], secret: Callable[[], str]) -> None:
        self.counts: Counter[str] = Counter()
        self.unexpected: list[str] = []
        self._to: list[Place] = []
        for each in receivers:
            parts = urlsplit(each)
            self._to.append((str(parts.hostname), int(parts.port or 0)))
        self._secret = secret
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._foe, args=(foe, f"127.0.{n + 1}.9"))
            for n, foe in enumerate(FOES)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _foe(self, foe: Foe, address: str) -> None:
        turn = 0
        while not self._stop.is_set():
            place = self._to[turn % len(self._to)]
            turn += 1
            self._one(foe, place, address)
            self._stop.wait(foe.pause)

    def _one(self, foe: Foe, place: Place, address: str) -> None:
        def connect() -> socket.socket:
            return socket.create_connection(place, 30, source_address=(address, 0))

        try:
            told = foe.does(Here(connect, self._secret(), self._stop.wait))
        except OSError:
            self.counts["nobody there"] += 1  # its receiver is dead at the moment
            return
        self.counts[foe.name] += 1
        # A receiver that is killed under them says nothing more, one that ends that it does.
        if told not in foe.told | {"", "503"}:
            self.unexpected.append(f"{foe.name}: answered {told!r}")
