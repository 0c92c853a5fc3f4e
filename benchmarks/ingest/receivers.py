"""Real receivers: `portside serve` in processes of their own, over one database."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
SECRET = "whsec_of_the_benchmark"


@contextmanager
def serving(url: str, count: int, folder: Path) -> Iterator[list[int]]:
    """Ports of ``count`` receivers that are ready; they end with the block."""
    ports = [_free_port() for _ in range(count)]
    servers = [_started(url, port, folder) for port in ports]
    try:
        for port, server in zip(ports, servers, strict=True):
            _wait(port, server)
        yield ports
    finally:
        for server in servers:
            server.terminate()
        for server in servers:
            server.wait(20)


def _started(url: str, port: int, folder: Path) -> subprocess.Popen[bytes]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PORTSIDE_")}
    environment = {
        **kept,
        "PORTSIDE_DATABASE_URL": url,
        "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
        "STRIPE_WEBHOOK_SECRET": SECRET,
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "lib.billing.cli", "serve", "--port", str(port)]
    quiet = subprocess.DEVNULL
    return subprocess.Popen(command, env=environment, cwd=folder, stdout=quiet, stderr=quiet)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + 300
    while time.monotonic() < limit and server.poll() is None:
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("A receiver did not start.")
