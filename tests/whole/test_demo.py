"""`portside demo`: starts, fills, is reused, and ends whole."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PARTS = {"dashboard": "/_stcore/health", "sandbox": "/_sandbox/health", "receiver": "/readyz"}


NAMES = {"Dashboard": "dashboard", "Local Stripe": "sandbox", "Receiver": "receiver"}


@contextmanager
def demo(directory: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, str]]]:
    """A running demo and the addresses that it printed."""
    log = directory / "demo.out"
    command = [sys.executable, "-m", "lib.billing.cli", "demo", "--no-open", "--port", "0"]
    command += ["--customers", "40", "--months", "6", "--dir", str(directory)]
    with log.open("wb") as out:
        running = subprocess.Popen(command, stderr=out, stdout=out, cwd=ROOT)
        try:
            deadline = time.monotonic() + 120
            while "Ctrl-C ends all." not in log.read_text():
                assert running.poll() is None, log.read_text()
                assert time.monotonic() < deadline, log.read_text()
                time.sleep(0.1)
            told = re.findall(r"^  (.+?)  +(http://127\.0\.0\.1:\d+)", log.read_text(), re.M)
            yield running, {NAMES.get(name, name): url for name, url in told}
        finally:
            if running.poll() is None:
                running.send_signal(signal.SIGINT)
                running.wait(30)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


def processes_of(*words: str) -> list[int]:
    """Ids of the processes whose command line has all of ``words``."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if all(word in line for word in words) and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


@pytest.mark.xdist_group("demo")
def test_the_demo_starts_ends_whole_is_reused_and_ends_with_any_of_its_parts(tmp_path):
    with demo(tmp_path) as (running, addresses):
        assert "Pricing page" in addresses
        assert answers(addresses["Pricing page"] + "/pricing")
        assert answers(addresses["Local Kinde"] + "/_kinde/")
        assert {
            part: answers(addresses[part] + path) for part, path in PARTS.items()
        } == dict.fromkeys(PARTS, True)
        running.send_signal(signal.SIGINT)
        assert running.wait(30) == 0
    assert [part for part, path in PARTS.items() if answers(addresses[part] + path)] == []
    projection = tmp_path / "portside.db"
    assert projection.stat().st_size > 100_000

    with demo(tmp_path) as (running, again):
        # Stored invoice pages point at the local Stripe, so it keeps its address.
        assert again["sandbox"] == addresses["sandbox"]
        for pid in processes_of("lib.sandbox", str(tmp_path)):
            os.kill(pid, signal.SIGKILL)
        assert running.wait(30) == 1
    assert "portside: sandbox stopped" in (tmp_path / "demo.out").read_text()
    assert [part for part, path in PARTS.items() if answers(again[part] + path)] == []
    logs = "".join(log.read_text() for log in tmp_path.glob("*.log"))
    assert "Traceback" not in logs
