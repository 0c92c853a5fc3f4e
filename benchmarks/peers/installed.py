"""The peers, installed by package name into a folder of their own, once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

NODE_PACKAGES: Final = {"@supabase/stripe-sync-engine": "0.48.5", "stripe": "23.1.0"}
PYTHON_PACKAGES: Final = {
    "dj-stripe": "2.11.0",
    "django": "5.2.19",
    "psycopg[binary]": "3.3.9",
}
SECONDS: Final = 240.0
"""Longer than either took; a network that is not there must not hold everything up."""


class NotInstalled(Exception):
    """Why a peer is not here, in one sentence."""


def folder() -> Path:
    """Where they are kept between runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "portside-bench"


def sync_engine(base: Path | None = None) -> Path:
    """The folder whose `node_modules` has it. Raises NotInstalled."""
    node, npm = _program("node"), _program("npm")
    place = _place("node", NODE_PACKAGES, base)
    if not _whole(place):
        place.mkdir(parents=True, exist_ok=True)
        (place / "package.json").write_text('{"private": true}\n')
        wanted = [f"{name}@{version}" for name, version in NODE_PACKAGES.items()]
        _run([npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *wanted], place)
        _run([node, "-e", "require('@supabase/stripe-sync-engine')"], place)
        _mark(place)
    return place


def dj_stripe(base: Path | None = None) -> Path:
    """The Python that has it. Raises NotInstalled."""
    place = _place("python", PYTHON_PACKAGES, base)
    interpreter = place / "bin" / "python"
    if not _whole(place):
        place.parent.mkdir(parents=True, exist_ok=True)
        _run([sys.executable, "-m", "venv", "--clear", str(place)], place.parent)
        wanted = [f"{name}=={version}" for name, version in PYTHON_PACKAGES.items()]
        quiet = ["-q", "--disable-pip-version-check", "--only-binary", ":all:"]
        _run([str(interpreter), "-m", "pip", "install", *quiet, *wanted], place)
        _run([str(interpreter), "-c", "import djstripe, psycopg"], place)
        _mark(place)
    return interpreter


def _place(kind: str, packages: Mapping[str, str], base: Path | None) -> Path:
    versions = "-".join(packages.values())
    return (base or folder()) / f"{kind}-{versions}"


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotInstalled(f"{name} is not on this machine")
    return found


def _whole(place: Path) -> bool:
    return (place / "whole").exists()


def _mark(place: Path) -> None:
    (place / "whole").touch()


def _run(command: Sequence[str], place: Path) -> None:
    try:
        done = subprocess.run(
            command, cwd=place, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        raise NotInstalled(f"{Path(command[0]).name} took over {SECONDS:.0f} seconds") from None
    except OSError as error:
        raise NotInstalled(f"{Path(command[0]).name} could not be started ({error})") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines() or ["nothing"]
        raise NotInstalled(f"{Path(command[0]).name} failed and said: {said[-1][:160]}")
