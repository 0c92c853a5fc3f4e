"""Child processes that end when the demo ends, whichever way it ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess  # nosec B404 - our own programs, no shell
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx

from ..domain.errors import BillingError

GRACE_SECONDS = 5.0


class DemoFailed(BillingError):
    """A part of the demo did not start, or stopped by itself."""

    code = "demo_failed"


@dataclass
class Child:
    """One process in a group of its own, its output in a log file."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    _stream: IO[bytes]

    @classmethod
    def start(
        cls, name: str, command: Sequence[str], log: Path, environment: Mapping[str, str]
    ) -> Child:
        """Start ``command``; its group is its own, so that Ctrl-C reaches only the parent."""
        stream = log.open("wb")
        process = subprocess.Popen(  # noqa: S603 - our own modules, no shell, no input
            list(command),
            stdout=stream,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **environment},
            start_new_session=True,
        )
        return cls(name, process, log, stream)

    def check(self) -> None:
        """Raise :class:`DemoFailed` with the last lines of its log when it has stopped."""
        code = self.process.poll()
        if code is None:
            return
        lines = self.log.read_text(errors="replace").strip().splitlines()[-3:]
        said = " / ".join(lines) or "nothing"
        raise DemoFailed(f"{self.name} stopped with exit code {code}; it said: {said}")

    def stop(self) -> None:
        """End the whole group: politely, then for sure."""
        if self.process.poll() is None:
            _signal(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(GRACE_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        _signal(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._stream.close()


def _signal(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def python(*arguments: str) -> list[str]:
    return [sys.executable, *arguments]


def free_port(preferred: int) -> int:
    """``preferred`` when nobody listens there, else any free one; 0 prefers none."""
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise DemoFailed("No free port on 127.0.0.1. Close something that listens and try again.")


def wait_for(url: str, child: Child, *, seconds: float) -> None:
    """Until ``url`` answers 200. Raises DemoFailed when ``child`` stops or time runs out."""
    end = time.monotonic() + seconds
    # One client for all questions: making it takes longer than they do.
    with httpx.Client(timeout=2.0) as client:
        while time.monotonic() < end:
            child.check()
            try:
                if client.get(url).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
    raise DemoFailed(f"{child.name} did not answer at {url} within {seconds:.0f} seconds.")
