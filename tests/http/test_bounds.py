"""What bounds a process: room for bodies, requests at once, a caller's allowance, noise."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from starlette.types import Message, Receive, Scope, Send

from lib.billing.serving.allowance import Allowance
from lib.billing.serving.at_once import AtOnce
from lib.billing.serving.config import speaks_for_others
from lib.billing.serving.house import House
from lib.billing.serving.limits import USUAL
from lib.billing.serving.noise import WINDOW, Noise
from lib.billing.serving.room import Room


class Ticks:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_small_bodies_are_always_read_and_large_ones_share_what_there_is() -> None:
    room = Room(replace(USUAL, free_body=100, kept_bodies=50))
    assert room.took(0, 100)
    assert room.took(100, 130)
    assert not room.took(0, 121)
    assert room.took(0, 120)
    assert not room.took(120, 121)
    room.done(130)
    assert room.took(120, 150)
    room.done(150)
    assert room.took(0, 150)


def test_a_caller_has_its_rate_and_a_little_ahead() -> None:
    ticks = Ticks()
    allowance = Allowance(10, ticks=ticks)
    assert [allowance.wait("shop") for _ in range(20)] == [0.0] * 20
    assert allowance.wait("shop") == pytest.approx(0.1)
    assert allowance.wait("other") == 0.0
    ticks.now += 0.5
    assert [bool(allowance.wait("shop")) for _ in range(6)] == [False] * 5 + [True]


def test_noise_is_forgotten_after_its_minute_and_kept_by_household() -> None:
    ticks = Ticks()
    noise = Noise(2, ticks=ticks)
    assert [noise.count("2001:db8::1"), noise.count("2001:db8::2")] == [1, 2]
    assert noise.wait("2001:db8::3") == WINDOW
    assert noise.wait("192.0.2.1") == 0
    ticks.now += WINDOW
    assert noise.wait("2001:db8::1") == 0
    assert noise.count("2001:db8::1") == 1


class Guest:
    def __init__(self, address: str, *, waits: bool = True) -> None:
        self.address = address
        self.waits = waits
        self.left = False

    def leave(self) -> None:
        self.left = True


def test_a_full_house_ends_the_oldest_of_whoever_has_most_waiting() -> None:
    house = House(replace(USUAL, connections=4, connections_per_address=3))
    alone, busy = Guest("a"), Guest("b", waits=False)
    first, second = Guest("b"), Guest("b")
    assert all(house.enter(guest) for guest in (alone, busy, first, second))
    assert house.enter(Guest("c"))
    assert (alone.left, busy.left, first.left, second.left) == (False, False, True, False)


def test_nobody_is_let_in_where_everybody_is_being_answered() -> None:
    house = House(replace(USUAL, connections=2, connections_per_address=9))
    guests = [Guest("a", waits=False), Guest("b", waits=False)]
    assert all(house.enter(guest) for guest in guests)
    late = Guest("c")
    assert not house.enter(late)
    house.part(guests[0])
    assert house.enter(late)
    assert len(house) == 2


def test_a_proxy_may_have_as_many_connections_as_there_are() -> None:
    house = House(
        replace(USUAL, connections=9, connections_per_address=2), speaks_for_others("10.0.0.1")
    )
    proxied = [Guest("10.0.0.1", waits=False) for _ in range(6)]
    assert all(house.enter(guest) for guest in proxied)
    own = [Guest("192.0.2.1", waits=False) for _ in range(3)]
    assert [house.enter(guest) for guest in own] == [True, True, False]


PROXIES = {
    "an address": ("10.0.0.1", "10.0.0.1", True),
    "another": ("10.0.0.1", "10.0.0.2", False),
    "one of a network": ("192.0.2.1, 172.30.0.0/24", "172.30.0.10", True),
    "everybody": ("*", "192.0.2.9", True),
    "nobody": ("", "127.0.0.1", False),
    "no address": ("10.0.0.0/8", "", False),
}


@pytest.mark.parametrize(("proxies", "address", "found"), PROXIES.values(), ids=PROXIES.keys())
def test_who_speaks_for_others(proxies: str, address: str, found: bool) -> None:
    assert speaks_for_others(proxies)(address) is found


async def _asked(app: AtOnce, path: str) -> int:
    found: list[int] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            found.append(message["status"])

    await app({"type": "http", "path": path, "method": "GET", "headers": []}, receive, send)
    return found[0]


def test_pages_beyond_those_under_way_are_told_to_come_back_and_deliveries_are_not() -> None:
    async def story() -> list[int]:
        gate = asyncio.Event()

        async def slow(scope: Scope, _receive: Receive, send: Send) -> None:
            await gate.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        app = AtOnce(slow, most=2)
        paths = ("/pricing", "/v1/entitlements/x", "/return", "/webhooks/stripe", "/healthz")
        under_way = [asyncio.create_task(_asked(app, path)) for path in paths]
        await asyncio.sleep(0)
        gate.set()
        answers = await asyncio.gather(*under_way)
        return [*answers, await _asked(app, "/return")]

    assert asyncio.run(story()) == [200, 200, 503, 200, 200, 200]
