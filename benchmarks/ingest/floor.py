"""What stands below any receiver: one insertion and a commit, and the check of a signature.

Nobody can be faster than these on the same machine who does the same with the body.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from typing import Any

import orjson
import psycopg

from lib.billing.stripe.signature import sign, verify

from .receivers import SECRET

_TABLE = "CREATE TABLE bare_inbox (event_id text PRIMARY KEY, body {kind})"


def bare(url: str, events: Sequence[dict[str, Any]], together: int) -> float:
    """Events a second, inserted into one table and committed ``together`` at a time."""
    rows = [(event["id"], orjson.dumps(event)) for event in events]
    groups = [rows[at : at + together] for at in range(0, len(rows), together)]
    insert = _in_sqlite if url.startswith("sqlite") else _in_postgresql
    return len(rows) / insert(url, groups)


def _in_sqlite(url: str, groups: list[list[tuple[str, bytes]]]) -> float:
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(_TABLE.format(kind="blob"))
    started = time.perf_counter()
    for group in groups:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO bare_inbox VALUES (?, ?)", group)
        connection.execute("COMMIT")
    seconds = time.perf_counter() - started
    connection.close()
    return seconds


def _in_postgresql(url: str, groups: list[list[tuple[str, bytes]]]) -> float:
    address = url.replace("postgresql+psycopg://", "postgresql://", 1)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_TABLE.format(kind="bytea"))
        cursor = connection.cursor()
        started = time.perf_counter()
        for group in groups:
            with connection.transaction():
                cursor.executemany("INSERT INTO bare_inbox VALUES (%s, %s)", group)
        return time.perf_counter() - started


def signatures(events: Sequence[dict[str, Any]]) -> float:
    """Deliveries a second whose signature is checked and whose JSON is read, and nothing else."""
    bodies = [orjson.dumps(event) for event in events]
    signed = [(body, sign(body, SECRET, int(time.time()))) for body in bodies]
    started = time.perf_counter()
    for body, header in signed:
        verify(body, header, [SECRET])
    return len(signed) / (time.perf_counter() - started)
