"""The command `portside` as a person runs it: a process of its own, an empty folder, a database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

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


@pytest.fixture
def portside(tmp_path: Path) -> Run:
    """Run `portside` with arguments; further keywords are environment variables."""

    def run(*arguments: str, stdin: str = "", **environment: str) -> Ran:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PORTSIDE_", "STRIPE_"))}
        done = subprocess.run(
            [sys.executable, "-m", "lib.billing.cli", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            timeout=120,
            check=False,
            env=kept
            | {
                "PORTSIDE_DATABASE_URL": f"sqlite:///{tmp_path / 'portside.db'}",
                "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
                "PORTSIDE_NOW": "2023-11-20T00:00:00Z",
                "PYTHONPATH": str(ROOT),
            }
            | environment,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run
