"""The three servers of one run: ours, the naive pages over the same database, bare Streamlit."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lib.billing.demo.processes import Child, free_port, python, wait_for
from lib.billing.demo.stack import API_KEY
from lib.billing.domain.times import iso

ROOT: Final = Path(__file__).parents[2]
MEMORY: Final = 8 << 30
"""Bytes that the naive pages may take: they read whole tables."""


@dataclass(frozen=True)
class Servers:
    """Addresses, and the process of ours."""

    ours: str
    naive: str
    bare: str
    process: int


def environment(url: str, now: int) -> dict[str, str]:
    """Of a dashboard over a filled database, its clock standing at ``now``."""
    return {
        "PORTSIDE_DATABASE_URL": url,
        "PORTSIDE_NOW": str(iso(now)),
        "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
        "PORTSIDE_RETURN_URL": "http://127.0.0.1:9/return",
        "PORTSIDE_STRIPE_API_BASE": "http://127.0.0.1:9",
        "PORTSIDE_DEMO_SIGN_IN": "1",
        "STRIPE_API_KEY": "rk_test_of_nobody",
    }


@contextmanager
def serving(folder: Path, url: str, now: int, given: Mapping[str, str]) -> Iterator[Servers]:
    """``given``: what ours is configured with."""
    with ExitStack() as running:
        ours = free_port(0)
        child = Child.start(
            "ours",
            python("-m", "lib.billing.cli", "dashboard", "--port", str(ours)),
            folder / "ours.log",
            given,
        )
        running.callback(child.stop)
        wait_for(f"http://127.0.0.1:{ours}/_stcore/health", child, seconds=180)
        naive = {"NAIVE_DATABASE_URL": url, "NAIVE_NOW": str(now)}
        yield Servers(
            f"http://127.0.0.1:{ours}",
            _streamlit(running, folder, ROOT / "benchmarks/naive/app.py", naive),
            _streamlit(running, folder, ROOT / "benchmarks/clicks/bare.py", {}),
            child.process.pid,
        )


@contextmanager
def stripe_at(folder: Path, now: int) -> Iterator[dict[str, str]]:
    """What names a local Stripe that answers, though it knows none of the customers of a filled
    database: without one, the first look at a customer in a minute waits for it in vain."""
    port = free_port(0)
    command = python("-m", "lib.sandbox", "--port", str(port), "--dir", str(folder / "stripe"))
    command += ["--customers", "1", "--months", "1", "--now", str(iso(now)), "--frozen"]
    child = Child.start("stripe", command, folder / "stripe.log", {})
    try:
        wait_for(f"http://127.0.0.1:{port}/_sandbox/health", child, seconds=120)
        yield {
            "PORTSIDE_STRIPE_API_BASE": f"http://127.0.0.1:{port}",
            "STRIPE_API_KEY": API_KEY,
        }
    finally:
        child.stop()


def _streamlit(running: ExitStack, folder: Path, script: Path, given: Mapping[str, str]) -> str:
    port = free_port(0)
    command = python("-m", "streamlit", "run", str(script), "--server.port", str(port))
    command += ["--server.headless", "true", "--browser.gatherUsageStats", "false"]
    command += ["--server.address", "127.0.0.1"]
    limited = [sys.executable, "-c", _LIMITED, str(MEMORY), *command]
    child = Child.start(script.stem, limited, folder / f"{script.stem}.log", given)
    running.callback(child.stop)
    wait_for(f"http://127.0.0.1:{port}/_stcore/health", child, seconds=180)
    return f"http://127.0.0.1:{port}"


_LIMITED: Final = (
    "import os, resource, sys; most = int(sys.argv[1]); "
    "resource.setrlimit(resource.RLIMIT_AS, (most, most)); os.execv(sys.argv[2], sys.argv[2:])"
)


def memory(process: int) -> float:
    """Resident megabytes of ``process`` and of what it has started."""
    return sum(_resident(each) for each in (process, *_below(process)))


def _below(process: int) -> Iterator[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    for child in map(int, children.split()):
        yield child
        yield from _below(child)


def _resident(process: int) -> float:
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
