"""Processes of `portside` that can be killed."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


@cache
def nursery() -> Nursery:
    """The one of this process; it ends with it."""
    made = Nursery()
    atexit.register(made.close)
    return made


class Nursery:
    """Starts processes in no time; see `proofs.nursery`."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "proofs.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )

    def close(self) -> None:
        self._parent.communicate()

    def start(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        *,
        program: str = "portside",
    ) -> Process:
        """``program ARGUMENTS``; what it prints goes to ``log`` with the ending ``.out``."""
        asked, answered = self._parent.stdin, self._parent.stdout
        if asked is None or answered is None:
            raise AssertionError("both are pipes")
        output = log.with_suffix(".out")
        told = {"program": program, "arguments": arguments, "environment": environment}
        asked.write(json.dumps(told | {"log": str(log), "output": str(output)}) + "\n")
        asked.flush()
        return Process(int(answered.readline()), log, output)


@dataclass(frozen=True)
class Process:
    pid: int
    log: Path
    output: Path

    @property
    def alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def end(self, how: signal.Signals) -> None:
        """Send a signal and wait until the process is gone."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, how)
        self.wait(60)

    def wait(self, seconds: float) -> bool:
        """True once it is gone, False when it still runs after ``seconds``."""
        deadline = time.monotonic() + seconds
        while self.alive:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True
