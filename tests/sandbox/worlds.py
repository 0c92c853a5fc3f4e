"""Small seeded worlds for tests: few customers, every standing all the same."""

from __future__ import annotations

import atexit
import hashlib
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from lib.sandbox.core import Sandbox
from lib.sandbox.world.seed import WorldSummary, build

NOW = 1_795_230_000  # 2026-11-21, a Saturday
CUSTOMERS = 150
MONTHS = 14


def small_world(*, seed: int = 7) -> tuple[Sandbox, WorldSummary]:
    """A frozen sandbox with the smallest world that still has every role: a copy of one's own.

    A process builds it once; that takes seconds, and a copy a fiftieth of them.
    """
    folder, summary = _kept(seed)
    copy = _folder()
    shutil.copytree(folder, copy, dirs_exist_ok=True)
    return Sandbox(copy, now=NOW, seed=seed, frozen=True), summary


def built_world(directory: Path | None = None, *, seed: int = 7) -> tuple[Sandbox, WorldSummary]:
    """The same, lived through anew."""
    sandbox = Sandbox(directory, now=NOW, seed=seed, frozen=True)
    return sandbox, build(sandbox, customers=CUSTOMERS, months=MONTHS, seed=seed, now=NOW)


@cache
def _kept(seed: int) -> tuple[Path, WorldSummary]:
    folder = _folder()
    sandbox, summary = built_world(folder, seed=seed)
    sandbox.close()
    return folder, summary


def _folder() -> Path:
    """A folder that goes when the process does."""
    made = tempfile.TemporaryDirectory(prefix="portside-world-", ignore_cleanup_errors=True)
    atexit.register(made.cleanup)
    return Path(made.name)


def every_event(sandbox: Sandbox) -> list[dict[str, Any]]:
    """All stored events, oldest first."""
    rows = sandbox.storage.event_rows("1 = 1", (), "seq")
    return [orjson.loads(body) for body in sandbox.storage.event_bodies([row[0] for row in rows])]


def every_object(sandbox: Sandbox) -> list[dict[str, Any]]:
    """All stored objects with the sandbox's own part, by kind and creation."""
    storage = sandbox.storage
    return [sandbox.get(kind, id) for kind in storage.kinds() for id, _ in storage.rows(kind)]


def fingerprint(values: list[dict[str, Any]]) -> str:
    """One hash over the exact bytes of many values."""
    digest = hashlib.sha256()
    for value in values:
        digest.update(orjson.dumps(value))
    return digest.hexdigest()
