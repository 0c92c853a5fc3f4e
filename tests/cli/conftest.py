"""The command `portside` as a person runs it: a process of its own, an empty folder, a database.

The process is a fork of one that has imported everything; `tests/whole` starts it from nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.fresh import template

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]


class Warm:
    """Runs commands in forks of one process; see `tests.cli.warm`."""

    def __init__(self) -> None:
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.cli.warm"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(
        self, arguments: Sequence[str], stdin: str, folder: Path, environment: dict[str, str]
    ) -> Ran:
        streams = {name: folder / f".{name}" for name in ("stdin", "stdout", "stderr")}
        for name, path in streams.items():
            path.write_text(stdin if name == "stdin" else "", encoding="utf-8")
        told = {name: str(path) for name, path in streams.items()}
        told |= {"folder": str(folder)}
        request = json.dumps(told | {"arguments": arguments, "environment": environment})
        assert self._parent.stdin is not None
        assert self._parent.stdout is not None
        self._parent.stdin.write(request + "\n")
        self._parent.stdin.flush()
        code = int(self._parent.stdout.readline())
        out, err = (streams[name].read_bytes().decode() for name in ("stdout", "stderr"))
        return Ran(code, out, err)

    def close(self) -> None:
        with self._parent:  # its input ends, and with it the process
            pass


@pytest.fixture(scope="session")
def warm() -> Iterator[Warm]:
    process = Warm()
    yield process
    process.close()


@pytest.fixture
def portside(tmp_path: Path, warm: Warm) -> Run:
    """Run `portside` with arguments; further keywords are environment variables.

    There is an empty database, which a command would otherwise make first.
    """
    shutil.copyfile(template(), tmp_path / "portside.db")

    def run(*arguments: str, stdin: str = "", **environment: str) -> Ran:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTSIDE_", "STRIPE_"))}
        given = {
            "PORTSIDE_DATABASE_URL": f"sqlite:///{tmp_path / 'portside.db'}",
            "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
            "PORTSIDE_NOW": "2023-11-20T00:00:00Z",
        }
        return warm.run(arguments, stdin, tmp_path, kept | given | environment)

    return run
