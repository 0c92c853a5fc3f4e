"""The peers, each fed by a driver in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lib.billing.demo.processes import Child, free_port, wait_for

from . import installed
from .deliveries import SECRET, Delivery, write

HERE: Final = Path(__file__).parent
ROOT: Final = HERE.parents[1]
SECONDS: Final = 600.0


class Unmeasured(Exception):
    """Why a peer could not be fed, in one sentence."""


@dataclass(frozen=True, slots=True)
class Fed:
    """``rows``: subscriptions that it has afterwards. ``cpu``: seconds of its own process."""

    events: int
    seconds: float
    rows: int
    cpu: float

    @property
    def rate(self) -> float:
        return self.events / self.seconds


def sync_engine(address: str, deliveries: Sequence[Delivery], at_once: int, folder: Path) -> Fed:
    """``at_once`` deliveries under way in one node. Raises NotInstalled, Unmeasured."""
    packages = installed.sync_engine()
    file = folder / "deliveries.jsonl"
    write(deliveries, file)
    script = str(HERE / "sync_engine_driver.mjs")
    return _fed(["node", script, str(packages), address, str(file), SECRET, str(at_once)])


def dj_stripe(address: str, deliveries: Sequence[Delivery], folder: Path) -> Fed:
    """One delivery after another through its view; what it reads again of Stripe is answered by a
    process on this machine. Raises NotInstalled, Unmeasured."""
    interpreter = installed.dj_stripe()
    file = folder / "deliveries.jsonl"
    write(deliveries, file)
    port = free_port(0)
    command = [sys.executable, "-m", "benchmarks.peers.stub", str(file), str(port)]
    stripe = Child.start("stripe", command, folder / "stripe.log", {"PYTHONPATH": str(ROOT)})
    try:
        wait_for(f"http://127.0.0.1:{port}/v1/account", stripe, seconds=60)
        script = str(HERE / "dj_stripe_driver.py")
        at = f"http://127.0.0.1:{port}"
        return _fed([str(interpreter), "-W", "ignore", script, address, str(file), SECRET, at])
    finally:
        stripe.stop()


def _fed(command: list[str]) -> Fed:
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise Unmeasured(f"it took over {SECONDS:.0f} seconds") from None
    if told.returncode:
        said = told.stderr.strip().splitlines() or ["nothing"]
        raise Unmeasured(f"it failed and said: {said[-1][:160]}")
    return Fed(**json.loads(told.stdout.strip().splitlines()[-1]))
