"""An endpoint that is down, slow, gone or particular: what is tried, when, and in which order."""

from __future__ import annotations

import logging
import socketserver
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from structlog.testing import capture_logs

from lib.billing.outgoing.delivering import Deliverer
from lib.billing.outgoing.sending import Reply, Sender
from lib.billing.prune import prune
from lib.billing.replay import replay
from lib.billing.settings.outgoing import Endpoint
from lib.billing.store import deliveries
from lib.billing.store.deliveries import Delivery
from lib.billing.store.engine import Store

from .product import SECRET, Product, product
from .scene import (
    DAY,
    HOUR,
    MINUTE,
    SHOP,
    Scene,
    failed,
    newcomer,
    paid,
    subscribed,
    to,
)

PEOPLE = [f"cus_{number}" for number in range(6)]


@pytest.fixture
def shop() -> Iterator[Product]:
    with product() as served:
        yield served


def lives(customers: list[str] = PEOPLE) -> list[object]:
    """Six events and more of each customer, mixed."""
    told: list[object] = []
    for second, make in enumerate((newcomer, subscribed)):
        told += [make(customer, second) for customer in customers]
    for customer in customers:
        told.append(failed(20, customer=customer, name=f"in_{customer}"))
    for customer in customers:
        told.append(paid(30, customer=customer, name=f"in_{customer}"))
    return told


def test_down_for_an_hour_then_up_each_event_is_taken_once_and_in_order(
    store: Store, shop: Product
) -> None:
    scene = to(shop, store)
    events = lives()
    shop.status = 503
    for _minute in range(60):
        if events:
            scene.take(events.pop(0))
        scene.deliverer.round()
        scene.clock.move(MINUTE)
    scene.each(events)
    assert (shop.taken, bool(shop.attempts)) == ([], True)

    shop.status = 204
    for _ in range(6):
        scene.clock.move(HOUR)
        scene.deliverer.round()
    told = scene.told()
    assert len(shop.taken) == len(told) == 5 * len(PEOPLE)
    assert shop.repeated() == []
    assert shop.sequences() == {customer: [1, 2, 3, 4, 5] for customer in PEOPLE}
    assert {state for _, state, _, _ in scene.deliveries()} == {"delivered"}

    assert replay(scene.ingest).batches_changed == 0
    scene.each(lives())
    scene.notices.round()
    scene.deliverer.round()
    assert (len(scene.told()), len(shop.taken)) == (len(told), len(told))


def test_every_attempt_has_the_same_id(store: Store, shop: Product) -> None:
    scene = to(shop, store)
    scene.take(newcomer())
    shop.status = 500
    for _ in range(3):
        scene.deliverer.round()
        scene.clock.move(HOUR)
    assert len(shop.attempts) == 3
    assert len({name for name, _ in shop.attempts}) == 1


def test_a_later_event_waits_for_the_earlier_of_its_customer_alone(
    store: Store, shop: Product
) -> None:
    scene = to(shop, store)
    shop.refused = {"cus_0"}
    scene.each(lives(["cus_0", "cus_1"]))
    scene.deliverer.round()
    assert shop.sequences() == {"cus_1": [1, 2, 3, 4, 5]}
    assert [state for _, state, attempts, _ in scene.deliveries() if attempts] == [
        "waiting",
        *["delivered"] * 5,
    ]
    shop.refused = set()
    scene.clock.move(5)
    scene.deliverer.round()
    assert shop.sequences()["cus_0"] == [1, 2, 3, 4, 5]


def test_after_ten_attempts_it_is_dead_and_blocks_nobody(store: Store, shop: Product) -> None:
    scene = to(shop, store)
    scene.each([newcomer(), subscribed()])
    shop.status = 500
    for _ in range(80):
        scene.deliverer.round()
        scene.clock.move(HOUR)
    assert scene.deliveries()[0] == (1, "dead", 10, "http_500")
    shop.status = 200
    for _ in range(30):
        scene.deliverer.round()
        scene.clock.move(HOUR)
    assert shop.sequences() == {"cus_1": [2, 3]}


def test_one_that_is_gone_is_dead_at_once(store: Store, shop: Product) -> None:
    scene = to(shop, store)
    scene.take(newcomer())
    shop.status = 410
    scene.deliverer.round()
    assert scene.deliveries() == [(1, "dead", 1, "gone")]


def test_a_redirect_is_not_followed(store: Store, shop: Product) -> None:
    with product() as elsewhere:
        scene = to(shop, store)
        scene.take(newcomer())
        shop.status, shop.headers = 307, {"location": elsewhere.url}
        scene.deliverer.round()
        assert elsewhere.attempts == []
    assert scene.deliveries() == [(1, "waiting", 1, "redirect")]


def test_nobody_there_is_said(store: Store) -> None:
    scene = Scene(store, [Endpoint("shop", "http://127.0.0.1:9/")])
    scene.take(newcomer())
    scene.deliverer.round()
    assert scene.deliveries() == [(1, "waiting", 1, "unreachable")]


def test_an_endpoint_may_ask_for_time(store: Store, shop: Product) -> None:
    scene = to(shop, store)
    scene.take(newcomer())
    shop.status, shop.headers = 429, {"retry-after": "600"}
    scene.deliverer.round()
    shop.status = 200
    for moved, taken in ((599, 0), (1, 1)):
        scene.clock.move(moved)
        scene.deliverer.round()
        assert len(shop.taken) == taken


def test_an_endpoint_that_is_down_is_left_alone_for_the_round(store: Store, shop: Product) -> None:
    scene = to(shop, store)
    scene.take(*(newcomer(f"cus_{number}") for number in range(100)))
    shop.status = 500
    scene.deliverer.round()
    assert 4 <= len(shop.attempts) <= 12
    shop.status = 200
    scene.deliverer.round()
    assert len(shop.taken) == 100 - len({name for name, status in shop.attempts if status == 500})


@contextmanager
def speaking(parts: Sequence[bytes], pause: float = 0.0) -> Iterator[str]:
    """An endpoint that says this and nothing else, piece by piece; its address."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.recv(65_536)
            with suppress(OSError):
                for part in parts:
                    self.request.sendall(part)
                    ended.wait(pause)

    ended = threading.Event()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/"
        finally:
            ended.set()
            server.shutdown()
            thread.join()


GARBAGE = {
    "no HTTP": [b"\x00\xff\x16\x03\x01 hello\r\n\r\n"],
    "nothing at all": [],
    "half an answer": [b"HTTP/1.1 20"],
    "no end of headers": [b"HTTP/1.1 200 OK\r\n", *[b"x: " + b"y" * 9_000 + b"\r\n"] * 40],
    "a status of its own": [b"HTTP/1.1 999 What\r\nretry-after: soon\r\n\r\n"],
    "a cookie and a strange length": [
        b"HTTP/1.1 503 No\r\nset-cookie: \xff=\xfe; expires=never\r\ncontent-length: 9\r\n\r\n"
    ],
}


@pytest.mark.parametrize("parts", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_is_an_attempt_that_failed(sqlite_store: Store, parts: list[bytes]) -> None:
    with speaking(parts) as url:
        scene = Scene(sqlite_store, [Endpoint("shop", url)])
        scene.take(newcomer())
        assert scene.deliverer.round() == 0
    ((_, state, attempts, reason),) = scene.deliveries()
    assert (state, attempts) == ("waiting", 1)
    assert reason in ("unreachable", "http_999", "busy")


def test_an_attempt_ends_however_slowly_it_is_answered() -> None:
    answer = b"HTTP/1.1 204 No Content\r\nx: " + b"y" * 400 + b"\r\n\r\n"
    endless = [b"HTTP/1.1 103 Early Hints\r\n\r\n"] * 400
    delivery = Delivery("msg_1", "shop", "cus_1", 1, 0, "{}")
    for parts in ([bytes([byte]) for byte in answer], endless):
        with speaking(parts, pause=0.01) as url:
            sender = Sender({"shop": (SECRET,)}, longest=0.3)
            reply = sender.send(Endpoint("shop", url), delivery)
        assert (reply.taken, reply.reason) == (False, "timeout")


def test_a_fault_of_one_event_loses_nothing_of_the_others(store: Store) -> None:
    scene = Scene(store)
    scene.take(*(newcomer(customer) for customer in PEOPLE))

    class Faulty:
        def send(self, endpoint: Endpoint, delivery: Delivery) -> Reply:
            if delivery.customer_id == PEOPLE[0]:
                raise RuntimeError("a mistake of ours")
            return Reply(True, 200)

    faulty = Deliverer(store, [SHOP], Faulty(), scene.clock)
    assert faulty.round() == len(PEOPLE) - 1
    states = [(state, attempts, reason) for _, state, attempts, reason in scene.deliveries()]
    assert states.count(("delivered", 1, None)) == len(PEOPLE) - 1
    assert states.count(("waiting", 1, "fault")) == 1


class Watching:
    """A sender that notes who is under way, and takes its time."""

    def __init__(self) -> None:
        self.sent: list[Delivery] = []
        self.crossed: list[str] = []
        self._under_way: set[str] = set()
        self._lock = threading.Lock()
        self._pause = threading.Event()

    def send(self, endpoint: Endpoint, delivery: Delivery) -> Reply:
        with self._lock:
            if delivery.customer_id in self._under_way:
                self.crossed.append(delivery.customer_id)
            self._under_way.add(delivery.customer_id)
        self._pause.wait(0.005)
        with self._lock:
            self.sent.append(delivery)
            self._under_way.discard(delivery.customer_id)
        return Reply(True, 200)


@pytest.mark.postgres
def test_two_deliverers_keep_the_order_and_send_nothing_twice(postgres_store: Store) -> None:
    scene = Scene(postgres_store)
    scene.each(lives())
    watching = Watching()
    both = [Deliverer(postgres_store, [SHOP], watching, scene.clock) for _ in range(2)]
    with ThreadPoolExecutor(2) as threads:
        while len(watching.sent) < len(scene.told()):
            list(threads.map(lambda each: each.round(), both))
    names = [delivery.event_id for delivery in watching.sent]
    assert (len(set(names)), watching.crossed) == (len(names), [])
    for customer in PEOPLE:
        of_one = [d.sequence for d in watching.sent if d.customer_id == customer]
        assert of_one == sorted(of_one)


class Killed(BaseException):
    """The end of the process."""


def test_who_is_killed_after_sending_has_it_sent_again_under_the_same_id(
    store: Store, shop: Product
) -> None:
    scene = to(shop, store)
    scene.take(newcomer())
    sender = Sender({"shop": (SECRET,)})

    class Mortal:
        def send(self, endpoint: Endpoint, delivery: Delivery) -> Reply:
            sender.send(endpoint, delivery)
            raise Killed

    moment = [1_000]
    dying = Deliverer(store, scene.endpoints, Mortal(), scene.clock, system=lambda: moment[0])
    with pytest.raises(Killed):
        dying.round()
    living = Deliverer(store, scene.endpoints, sender, scene.clock, system=lambda: moment[0])
    assert living.round() == 0, "it may still be under way"
    moment[0] += deliveries.LEASE
    assert living.round() == 1
    assert (len(shop.ids), len(set(shop.ids))) == (2, 1)


def test_what_every_endpoint_took_is_forgotten_with_the_bodies(store: Store, shop: Product) -> None:
    scene = to(shop, store)
    scene.take(newcomer("cus_1"))
    scene.deliverer.round()
    shop.status = 410
    scene.take(newcomer("cus_2"))
    scene.deliverer.round()
    scene.clock.move(40 * DAY)
    scene.take(newcomer("cus_3"))
    prune(store, now=scene.clock(), days=30)
    assert [e["data"]["customer_id"] for e in scene.told()] == ["cus_2", "cus_3"]
    assert [state for _, state, _, _ in scene.deliveries()] == ["dead", "waiting"]
    scene.take(subscribed("cus_1"))
    assert [e["data"]["sequence"] for e in scene.told()][:2] == [2, 3]


def test_what_an_endpoints_address_holds_is_in_no_log(
    sqlite_store: Store, shop: Product, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert "token=hush" in shop.url
    scene = to(shop, sqlite_store)
    scene.take(newcomer())
    with capture_logs() as told:
        for shop.status in (410, 200):
            scene.deliverer.round()
    assert [each["event"] for each in told] == ["outgoing_dead"]
    assert "hush" not in caplog.text + str(told)
    assert SECRET not in caplog.text + str(told)
