"""Hostile clients over real sockets: whatever they do, the delivery beside them gets its 200.

They come from addresses of their own, as strangers do; the delivery comes from a proxy's.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import httpx
import pytest

from lib.billing.serving.doorstep import NOISY, NOISY_BODY
from lib.billing.serving.limits import USUAL
from lib.billing.store.engine import Store
from tests.store.company import inbox_states
from tests.stripe import shapes

from .serving import PATH, Sender, receiver

FOE = "127.0.0.66"
QUICK = replace(
    USUAL,
    head_seconds=0.4,
    body_seconds=0.6,
    linger_seconds=0.3,
    connections=24,
    connections_per_address=8,
)
HEAD = b"POST /webhooks/stripe HTTP/1.1\r\nHost: x\r\n"


def event(number: int) -> dict[str, object]:
    return shapes.event("customer.created", shapes.customer(id=f"cus_{number}"), id=f"evt_{number}")


def connected(sender: Sender, source: str = FOE) -> socket.socket:
    to = urlsplit(str(sender.client.base_url))
    return socket.create_connection((to.hostname, to.port or 80), 10, source_address=(source, 0))


def all_of(connection: socket.socket) -> bytes:
    """Everything until the other end closes, or breaks off."""
    found = b""
    with contextlib.suppress(ConnectionError):
        while part := connection.recv(65_536):
            found += part
    return found


def broken_off(connection: socket.socket, again: bytes) -> bool:
    """Whether the other end breaks off within half a minute of being sent the same."""
    with contextlib.suppress(ConnectionError):
        for _ in range(1_500):
            connection.sendall(again)
            time.sleep(0.02)
        return False
    return True


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


@contextmanager
def beside(attack: threading.Thread) -> Iterator[None]:
    attack.start()
    try:
        yield
    finally:
        attack.join()


def test_who_never_ends_a_head_is_sent_away(sqlite_store: Store) -> None:
    with receiver(sqlite_store, limits=QUICK) as sender, connected(sender) as slow:
        slow.sendall(HEAD)
        assert sender.deliver(event(1)).status_code == 200
        answer = all_of(slow)
    assert (status(answer), b"too_slow" in answer) == (408, True)


def test_a_header_a_moment_does_not_buy_more_time(sqlite_store: Store) -> None:
    with receiver(sqlite_store, limits=QUICK) as sender, connected(sender) as slow:
        slow.sendall(HEAD)
        assert broken_off(slow, b"X-Slow: 1\r\n")


def test_who_says_nothing_is_sent_away(sqlite_store: Store) -> None:
    with receiver(sqlite_store, limits=QUICK) as sender, connected(sender) as quiet:
        assert all_of(quiet).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_trickles_is_given_up(sqlite_store: Store) -> None:
    with receiver(sqlite_store, limits=QUICK) as sender, connected(sender) as slow:
        slow.sendall(HEAD + b"Content-Length: 1000\r\n\r\n{")
        assert sender.deliver(event(1)).status_code == 200
        assert status(all_of(slow)) == 408
    assert inbox_states(sqlite_store) == {"evt_1": "applied"}


def test_the_next_request_of_a_kept_connection_has_its_time_too(sqlite_store: Store) -> None:
    with receiver(sqlite_store, limits=QUICK) as sender, connected(sender) as slow:
        slow.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\n")
        answers = all_of(slow)
    assert answers.startswith(b"HTTP/1.1 200 ")
    assert answers.count(b"HTTP/1.1 408 ") == 1


def test_an_idle_connection_outlives_the_time_of_a_head(sqlite_store: Store) -> None:
    with receiver(sqlite_store, limits=QUICK) as sender, connected(sender) as idle:
        for _ in range(2):
            idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            assert idle.recv(65_536).startswith(b"HTTP/1.1 200 ")
            time.sleep(2 * QUICK.head_seconds)


BOMBS = {
    "a header without end": b"X-Bomb: " + b"x" * 2_000_000,
    "a line without end": b"GET /" + b"x" * 2_000_000,
    "many headers": b"".join(b"X-%d: 1\r\n" % n for n in range(1_000)) + b"\r\n",
    "one long header": b"X-Bomb: " + b"x" * 40_000 + b"\r\n\r\n",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_a_head_that_is_too_large_is_refused_at_once(sqlite_store: Store, bomb: bytes) -> None:
    with receiver(sqlite_store) as sender, connected(sender) as foe:
        with contextlib.suppress(OSError):
            foe.sendall(bomb if bomb.startswith(b"GET") else HEAD + bomb)
        answer = all_of(foe)
        assert sender.deliver(event(1)).status_code == 200
    assert answer == b"" or (status(answer), b"head_too_large" in answer) == (431, True)
    if len(bomb) < 100_000:  # small enough to have been taken whole, so the answer is not lost
        assert status(answer) == 431


def test_what_is_no_http_is_a_400_in_our_own_words(sqlite_store: Store) -> None:
    with receiver(sqlite_store) as sender, connected(sender) as foe:
        foe.sendall(b"\x16\x03\x01 hello\r\n\r\n")
        answer = all_of(foe)
    assert status(answer) == 400
    assert b"content-security-policy: default-src 'none'" in answer
    assert b'"code": "request_invalid"' in answer


def test_a_hundred_megabytes_in_chunks_are_not_read(sqlite_store: Store) -> None:
    chunk = b"%x\r\n" % 65_536 + b"x" * 65_536 + b"\r\n"
    with receiver(sqlite_store, limits=QUICK) as sender, connected(sender) as foe:
        foe.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
        sent = 0
        with contextlib.suppress(OSError):
            for _ in range(1_600):
                foe.sendall(chunk)
                sent += len(chunk)
        assert sender.deliver(event(1)).status_code == 200
    assert sent < 50_000_000


def test_who_hears_of_a_413_and_stops_has_read_it(sqlite_store: Store) -> None:
    with receiver(sqlite_store) as sender:
        for _ in range(2):
            answer = sender.client.post(PATH, content=iter([b"x" * 700_000] * 4))
            assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_many_connections_that_wait_make_room_for_one_that_speaks(sqlite_store: Store) -> None:
    patient = replace(QUICK, head_seconds=30.0)
    with receiver(sqlite_store, limits=patient) as sender, contextlib.ExitStack() as held:
        for number in range(100):
            foe = held.enter_context(connected(sender, f"127.0.1.{number}"))
            with contextlib.suppress(OSError):
                foe.sendall(HEAD)
        for number in range(5):
            with httpx.Client(base_url=sender.client.base_url) as fresh:
                assert Sender(fresh).deliver(event(number)).status_code == 200


def test_an_address_has_its_share_of_connections(sqlite_store: Store) -> None:
    patient = replace(QUICK, head_seconds=30.0)
    with receiver(sqlite_store, limits=patient) as sender, contextlib.ExitStack() as held:
        foes = [held.enter_context(connected(sender)) for _ in range(20)]
        friend = held.enter_context(connected(sender, "127.0.0.77"))
        friend.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        time.sleep(0.3)
        friend.sendall(b"\r\n")
        assert friend.recv(100).startswith(b"HTTP/1.1 200 ")
        ended = 0
        for foe in foes:
            foe.settimeout(0.05)
            with contextlib.suppress(TimeoutError):
                ended += all_of(foe) == b""
    assert ended == 20 - QUICK.connections_per_address


def test_a_flood_of_wrong_signatures_is_told_to_wait_and_a_right_one_is_taken(
    sqlite_store: Store,
) -> None:
    found: list[int] = []

    def flood() -> None:
        for _ in range(NOISY + 40):
            found.append(sender.deliver(event(0), secret="whsec_wrong").status_code)

    with receiver(sqlite_store) as sender:
        with beside(threading.Thread(target=flood)):
            for number in range(1, 6):
                with httpx.Client(base_url=sender.client.base_url) as own:
                    assert Sender(own).deliver(event(number)).status_code == 200
        # All of them come from one address, as through a proxy.
        told = sender.deliver(event(0), secret="whsec_wrong")
        large = sender.deliver(b" " * NOISY_BODY + json.dumps(event(7)).encode())
        assert sender.deliver(event(6)).status_code == 200
    assert (found.count(400), found.count(429)) == (NOISY, 40)
    assert (told.status_code, told.json()["code"]) == (429, "too_many_refused")
    assert told.headers["connection"] == "close"
    assert 1 <= int(told.headers["retry-after"]) <= 60
    assert large.status_code == 429
    assert len(inbox_states(sqlite_store)) == 6


def test_who_takes_no_answers_is_let_go(sqlite_store: Store) -> None:
    with receiver(sqlite_store, limits=replace(QUICK, answer_seconds=0.5)) as sender:
        foe = socket.socket()
        foe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
        to = urlsplit(str(sender.client.base_url))
        foe.connect((to.hostname, to.port))
        foe.settimeout(20)
        with foe:
            assert broken_off(foe, b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 200)
        assert sender.deliver(event(1)).status_code == 200


ANSWERS = {
    "a delivery": ("POST", PATH, 400),
    "liveliness": ("GET", "/healthz", 200),
    "readiness": ("GET", "/readyz", 200),
    "metrics": ("GET", "/metrics", 200),
    "the return page": ("GET", "/return", 200),
    "the pricing page": ("GET", "/pricing", None),
    "the API": ("GET", "/v1/entitlements/x", 404),
    "nothing": ("GET", "/nothing", 404),
    "another method": ("DELETE", "/healthz", 405),
}


@pytest.mark.parametrize("asked", ANSWERS.values(), ids=ANSWERS.keys())
def test_every_answer_says_what_a_browser_may_do_with_it(
    sqlite_store: Store, asked: tuple[str, str, int | None]
) -> None:
    method, path, expected = asked
    with receiver(sqlite_store) as sender:
        answer = sender.client.request(method, path)
    told = answer.headers
    assert expected in (None, answer.status_code)
    assert told["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in told["content-security-policy"]
    assert "frame-ancestors" in told["content-security-policy"]
    assert told["referrer-policy"] in ("no-referrer", "same-origin")
    assert "permissions-policy" in told
    assert "cache-control" in told
    assert "server" not in told
    assert "strict-transport-security" not in told


def test_over_https_an_answer_says_to_stay_there(sqlite_store: Store) -> None:
    with receiver(sqlite_store) as sender:
        answer = sender.client.get("/healthz", headers={"X-Forwarded-Proto": "https"})
        stranger = connected(sender)
        with stranger:
            stranger.sendall(
                b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: https\r\n"
                b"Connection: close\r\n\r\n"
            )
            said = all_of(stranger)
    assert answer.headers["strict-transport-security"] == "max-age=31536000"
    assert b"strict-transport" not in said
