"""What asking the gate costs over HTTP, beside the bare route of the same server.

A `portside serve` in a process of its own answers one connection after another (latency), then
several at once (requests a second), for customers and organizations all over the table.
"""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from lib.billing.signing import write_new_key
from lib.billing.store import migrate
from lib.billing.store.engine import Store

from .bulk.world import World

ROOT = Path(__file__).parent.parent
SECRET = "a-secret-of-the-benchmark"
ASKED = 2_000
AT_ONCE = 8
BARE = "the bare route (/healthz)"
NEEDED = ("customers", "plan_entitlements")


@dataclass(frozen=True, slots=True)
class Line:
    """Milliseconds, one after another; requests a second, several at once."""

    what: str
    usual: float
    p99: float
    rate: float


def in_database(url: str, customers: int, folder: Path) -> list[Line]:
    """Of a world of ``customers``; an empty database is filled with what the gate reads."""
    world = World(customers)
    store = Store(url)
    try:
        migrate.upgrade(store)
        with store.reading() as connection:
            empty = connection.exec_driver_sql("SELECT 1 FROM customers LIMIT 1").first() is None
        if empty:
            world.fill(store, without=_unneeded())
    finally:
        store.close()
    with _serving(url, folder) as port:
        return asyncio.run(_measured(port, world))


def _unneeded() -> list[str]:
    from .bulk.stamping import TABLES

    return [table.name for table in TABLES if table.name not in NEEDED]


async def _measured(port: int, world: World) -> list[Line]:
    step = max(1, world.customers // ASKED)
    people = [world.someone((number * step * 7 + 1) % world.customers) for number in range(ASKED)]
    customers = [f"/v1/entitlements/cus_{person.token}" for person in people]
    ways: dict[str, list[str]] = {
        BARE: ["/healthz"],
        "a customer's entitlements": customers,
        "an organization's": [f"/v1/entitlements/{quote(p.org, safe='')}" for p in people],
        "one flag": [f"{path}/features/advanced_analytics" for path in customers],
        "nobody": [f"/v1/entitlements/cus_nobody{number}" for number in range(ASKED)],
        "a signed plan": [f"{path}/token" for path in customers],
    }
    lines = []
    for what, paths in ways.items():
        await _asked(port, paths[: ASKED // 10])
        taken = sorted(await _asked(port, [paths[n % len(paths)] for n in range(ASKED)]))
        started = time.perf_counter()
        shares = [
            [paths[n % len(paths)] for n in range(share, ASKED, AT_ONCE)]
            for share in range(AT_ONCE)
        ]
        await asyncio.gather(*(_asked(port, share) for share in shares))
        rate = ASKED / (time.perf_counter() - started)
        lines.append(Line(what, taken[len(taken) // 2], taken[int(len(taken) * 0.99)], rate))
    return lines


async def _asked(port: int, paths: Sequence[str]) -> list[float]:
    """Milliseconds of each, over one connection that is kept open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    taken = []
    for path in paths:
        started = time.perf_counter()
        writer.write(
            f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SECRET}\r\n\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in head.lower().split(b"\r\n")
            if line.startswith(b"content-length:")
        )
        await reader.readexactly(length)
        taken.append(1_000 * (time.perf_counter() - started))
        if head[9:12] not in (b"200", b"404"):
            raise RuntimeError(f"{path} was answered {head[9:12].decode()}")
    writer.close()
    await writer.wait_closed()
    return taken


@contextmanager
def _serving(url: str, folder: Path) -> Iterator[int]:
    key = folder / "plan.pem"
    key.unlink(missing_ok=True)
    write_new_key(key)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    environment = {
        **os.environ,
        "PORTSIDE_DATABASE_URL": url,
        "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
        "PORTSIDE_API_TOKEN": f"bench/read:entitlements={SECRET}",
        "PORTSIDE_CLAIM_KEYS": str(key),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "lib.billing.cli", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.DEVNULL)
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 60
    while time.monotonic() < limit and server.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("The server did not start.")
