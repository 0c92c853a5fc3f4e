"""PostgreSQL that ended a connection while nobody used it, as a restart does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from sqlalchemy import Connection
from sqlalchemy.engine import make_url

from lib.billing.domain.errors import DatabaseUnavailable
from lib.billing.store.drivers import TRUSTED
from lib.billing.store.engine import Store

pytestmark = pytest.mark.postgres

Way = Callable[[Store], AbstractContextManager[Connection]]
ASKING: dict[str, Way] = {
    "a writer": lambda store: store.writing(),
    "a reader": lambda store: store.reading(),
    "a glance": lambda store: store.glancing(),
}
TRUSTING: dict[str, Way] = {
    "a page": lambda store: store.reading(trusts=True),
    "a page's glance": lambda store: store.glancing(trusts=True),
}


def ways(named: dict[str, Way]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("way", named.values(), ids=named.keys())


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    """Whose only connection was used just now, and ended since."""
    store = Store(postgres_url)
    with store.reading() as connection:
        mine = _process(connection)
    _end(postgres_url, mine)
    yield store
    store.close()


def _process(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())


def _end(url: str, *processes: int) -> None:
    other = Store(url)
    with other.writing() as connection:
        for process in processes:
            ended = "SELECT pg_terminate_backend(%s, 5000)"
            assert connection.exec_driver_sql(ended, (process,)).scalar_one()
    other.close()


def _one(store: Store, way: Way) -> int:
    with way(store) as connection:
        return int(connection.exec_driver_sql("SELECT 1").scalar_one())


@ways(ASKING)
def test_who_asks_goes_on_at_once(store: Store, way: Way) -> None:
    assert _one(store, way) == 1


@ways(TRUSTING)
def test_who_trusts_hears_of_it_and_goes_on_the_next_time(store: Store, way: Way) -> None:
    with pytest.raises(DatabaseUnavailable):
        _one(store, way)
    assert _one(store, way) == 1


@ways(TRUSTING)
def test_who_trusts_goes_on_after_a_second(store: Store, way: Way) -> None:
    time.sleep(TRUSTED + 0.05)
    assert _one(store, way) == 1


def test_what_one_has_noticed_nobody_else_hears_of(postgres_url: str) -> None:
    store = Store(postgres_url)
    with store.reading() as one, store.reading() as other:
        both = _process(one), _process(other)
    _end(postgres_url, *both)
    with store.writing() as noticed:
        _process(noticed)
        assert _one(store, TRUSTING["a page"]) == 1
    store.close()


class Pooler:
    """Lets anybody in; without its ``server`` it ends a connection at the first question."""

    def __init__(self, server: str) -> None:
        self.has_server = True
        self._server = server
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._open, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _open(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(self._server)
            back = threading.Thread(target=_pass_on, args=(server, client), daemon=True)
            back.start()
            _pass_on(client, server, self._may)
            server.shutdown(socket.SHUT_RDWR)
            back.join()

    def _may(self, message: bytes) -> bool:
        return self.has_server or message[:1] not in (b"Q", b"P", b"B")


def _pass_on(
    source: socket.socket, target: socket.socket, may: Callable[[bytes], bool] = lambda _: True
) -> None:
    try:
        while (message := source.recv(1 << 16)) and may(message):
            target.sendall(message)
    except OSError:
        pass


@contextmanager
def behind_a_pooler(url: str) -> Iterator[tuple[Pooler, str]]:
    """The pooler, and the URL of the same database through it."""
    direct = make_url(url)
    pooler = Pooler(f"{direct.query['host']}/.s.PGSQL.5432")
    through = direct.set(host="127.0.0.1", port=pooler.port, query={})
    yield pooler, through.render_as_string(hide_password=False)
    pooler.close()


@ways(ASKING | TRUSTING)
def test_a_pooler_that_lost_its_server_is_said_in_a_sentence(postgres_url: str, way: Way) -> None:
    with behind_a_pooler(postgres_url) as (pooler, url):
        store = Store(url)
        assert _one(store, way) == 1
        pooler.has_server = False
        store.engine.dispose()  # each connection is new from now on
        for _ in range(2):
            with pytest.raises(DatabaseUnavailable, match="away"):
                _one(store, way)
        pooler.has_server = True
        assert _one(store, way) == 1
        store.close()
