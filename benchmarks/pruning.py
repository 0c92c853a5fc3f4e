"""How an inbox of a year is kept small: bodies dropped by windows of keys, or months dropped as
partitions. `python -m benchmarks.pruning postgresql://…/maintenance_database [rows]`.

The catch of partitions by time is that an event's id has to be unique over all of them, and a
unique index of a partitioned table holds the key of the partitions: the ids need a table of their
own, which every delivery writes to as well. What this prints is in docs/decisions/0031.
"""

from __future__ import annotations

import random
import statistics
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from lib.billing.domain.times import DAY
from lib.billing.prune import prune
from lib.billing.store import migrate
from lib.billing.store.engine import Store

DATABASE = "portside_pruning"
START = 1_760_000_000
DAYS = 360
BODY = 4_000
"""Bytes of an event's body; a quarter of it is left by zlib."""

COLUMNS = (
    "event_id, type, created_at, received_at, source, state, error, attempts, api_version, "
    "livemode, payload, size, next_attempt_at"
)
PARTED = """
CREATE TABLE parted (LIKE inbox) PARTITION BY RANGE (received_at);
CREATE TABLE parted_ids (event_id text PRIMARY KEY, received_at bigint NOT NULL);
CREATE INDEX ON parted (received_at);
CREATE INDEX ON parted (created_at);
CREATE INDEX ON parted (state, received_at);
CREATE INDEX ON parted (event_id);
"""
BATCH = 50


def main() -> None:
    server, rows = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 400_000
    with psycopg.connect(server, autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        owner.execute(f"CREATE DATABASE {DATABASE}")
    info = psycopg.conninfo.conninfo_to_dict(server) | {"dbname": DATABASE}
    address = psycopg.conninfo.make_conninfo(**info)
    url = f"postgresql+psycopg://{info.get('user', 'postgres')}@/{DATABASE}?host={info['host']}"
    url += f"&port={info['port']}" if "port" in info else ""
    store = Store(url)
    try:
        migrate.upgrade(store)
        with psycopg.connect(address, autocommit=True) as connection:
            _measure(connection, store, address, rows)
    finally:
        store.close()
        with psycopg.connect(server, autocommit=True) as owner:
            owner.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")


def _measure(connection: Any, store: Store, address: str, rows: int) -> None:
    _fill(connection, "inbox", rows)
    connection.execute("VACUUM ANALYZE inbox")
    tell("rows", f"{rows:,}")
    tell("a row with its body, bytes", _size(connection, "inbox") // rows)
    plain = _written(address, _plain, 4.0)
    tell("writer alone, commits a second, p99 ms", plain)
    for size in (200, 500, 2_000, 10_000):
        _restore(connection)
        with writing(address, _plain) as beside:
            began, wal = time.monotonic(), _wal(connection)
            found = prune(store, now=START + DAYS * DAY, days=DAYS - 40, at_once=size, resume=False)
            seconds = time.monotonic() - began
        told = f"{found.bodies / seconds:,.0f} bodies a second, {_wal(connection, wal):.0f} MB WAL"
        tell(f"pruning by {size}", f"{told}; writer: {beside()}")
    connection.execute("VACUUM inbox")
    began = time.monotonic()
    prune(store, now=START + DAYS * DAY, days=DAYS - 40, resume=True)
    tell("a round with nothing to do, ms", f"{(time.monotonic() - began) * 1_000:.0f}")
    began = time.monotonic()
    prune(store, now=START + DAYS * DAY, days=DAYS - 40)
    tell("the weekly sweep, seconds", f"{time.monotonic() - began:.1f}")
    left = "SELECT sum(pg_column_size(inbox.*)) / count(*) FROM inbox WHERE payload IS NULL"
    tell("a row without its body, bytes", connection.execute(left).fetchone()[0])
    tell("indices a row, bytes", _one(connection, "SELECT pg_indexes_size('inbox')") // rows)
    _partitions(connection, address, rows)


def _partitions(connection: Any, address: str, rows: int) -> None:
    connection.execute(PARTED)
    for month in range(14):
        begin, end = START + month * 30 * DAY, START + (month + 1) * 30 * DAY
        connection.execute(
            f"CREATE TABLE parted_{month} PARTITION OF parted FOR VALUES FROM ({begin}) TO ({end})"
        )
    connection.execute(f"INSERT INTO parted SELECT {COLUMNS} FROM inbox WHERE payload IS NOT NULL")
    connection.execute("INSERT INTO parted_ids SELECT event_id, received_at FROM inbox")
    connection.execute("VACUUM ANALYZE parted")
    rates: list[tuple[float, float]] = []
    for _ in range(7):
        rates.append((_rate(address, _plain), _rate(address, _parted)))
    shares = sorted(parted / plain for plain, parted in rates)
    told = f"{shares[3]:.2f} ({shares[0]:.2f} to {shares[-1]:.2f}) of one into the plain table"
    tell("writer into partitions and ids, in turn", told)
    with writing(address, _parted) as beside:
        time.sleep(1)
        began = time.monotonic()
        connection.execute("DROP TABLE parted_11")
        took = time.monotonic() - began
        time.sleep(1)
    tell("dropping a month", f"{took * 1_000:.0f} ms; writer: {beside()}")


def _plain(connection: Any, batch: list[tuple[Any, ...]]) -> None:
    signs = ", ".join(["%s"] * 13)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO inbox ({COLUMNS}) VALUES ({signs}) ON CONFLICT DO NOTHING", batch
        )


def _parted(connection: Any, batch: list[tuple[Any, ...]]) -> None:
    signs = ", ".join(["%s"] * 13)
    with connection.transaction(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO parted_ids VALUES (%s, %s) ON CONFLICT DO NOTHING",
            [(row[0], row[3]) for row in batch],
        )
        cursor.executemany(f"INSERT INTO parted ({COLUMNS}) VALUES ({signs})", batch)


Writes = Callable[[Any, list[tuple[Any, ...]]], None]


@contextmanager
def writing(address: str, writes: Writes) -> Iterator[Callable[[], str]]:
    """A writer beside what is done meanwhile; says afterwards how it fared."""
    stop, took = threading.Event(), list[float]()

    def works() -> None:
        rng = random.Random(9)
        with psycopg.connect(address) as connection:
            while not stop.is_set():
                batch = [_row(rng, START + (DAYS + 5) * DAY) for _ in range(BATCH)]
                began = time.monotonic()
                writes(connection, batch)
                took.append(time.monotonic() - began)

    thread = threading.Thread(target=works)
    began = time.monotonic()
    thread.start()
    try:
        yield lambda: _told(took, seconds)
    finally:
        stop.set()
        thread.join()
        seconds = time.monotonic() - began


def _written(address: str, writes: Writes, seconds: float) -> str:
    with writing(address, writes) as beside:
        time.sleep(seconds)
    return beside()


def _rate(address: str, writes: Writes) -> float:
    """Rows a second over two seconds."""
    with writing(address, writes) as beside:
        time.sleep(2)
    return float(beside().split(" ")[0].replace(",", ""))


def _told(took: list[float], seconds: float) -> str:
    p99 = statistics.quantiles(took, n=100)[98] if len(took) > 10 else max(took)
    rate = len(took) * BATCH / seconds
    return f"{rate:,.0f} rows a second, p99 {p99 * 1_000:.0f} ms, worst {max(took) * 1_000:.0f} ms"


def _fill(connection: Any, table: str, rows: int) -> None:
    rng = random.Random(7)
    with connection.cursor().copy(f"COPY {table} ({COLUMNS}) FROM STDIN") as copy:
        for number in range(rows):
            copy.write_row(_row(rng, START + number * DAYS * DAY // rows))


def _row(rng: random.Random, at: int) -> tuple[Any, ...]:
    name = f"evt_{rng.getrandbits(96):024x}"
    body = rng.choice(_BODIES)
    kinds = ("customer.subscription.updated", at, at, "webhook", "applied", None, 0, "2026-05-27")
    return (name, *kinds, False, body, BODY, None)


_BODIES = [
    zlib.compress(random.Random(seed).randbytes(BODY // 8).hex().encode() * 4, 1)
    for seed in range(50)
]
"""Of about a kilobyte each."""


def _restore(connection: Any) -> None:
    """Give the rows that were pruned a body again."""
    connection.execute(
        "UPDATE inbox SET payload = (SELECT payload FROM inbox WHERE payload IS NOT NULL LIMIT 1) "
        "WHERE payload IS NULL"
    )
    connection.execute("VACUUM inbox")


def _size(connection: Any, table: str) -> int:
    return _one(connection, f"SELECT pg_total_relation_size('{table}')")


def _wal(connection: Any, since: int = 0) -> float:
    found = _one(connection, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
    return (found - since) / 1e6 if since else found


def _one(connection: Any, statement: str) -> int:
    return int(connection.execute(statement).fetchone()[0])


def tell(name: str, value: object) -> None:
    sys.stdout.write(f"{name}: {value}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
