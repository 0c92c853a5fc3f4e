"""Where a file is laid out: a folder of one import alone, which outlives that for no longer than to
the next.

It is locked for as long as its import runs. What cannot be caught (SIGKILL, a power cut) leaves it
behind without its lock, and the next import beside it takes it away.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

PREFIX: Final = "portside-import-"


@contextmanager
def room(scratch: Path | None) -> Iterator[Path]:
    """A folder in ``scratch``, or wherever the system has such, removed at the end.

    Raises OSError where there is none.
    """
    inside = Path(tempfile.gettempdir() if scratch is None else scratch)
    _clear(inside)
    folder, lock = _made(inside)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _made(inside: Path) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=inside))
        with suppress(FileNotFoundError, BlockingIOError):
            lock = _locked(folder)
            if folder.exists():
                return folder, lock
            os.close(lock)
        # Another import took it away, between its making and its lock.


def _locked(folder: Path) -> int:
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BaseException:
        os.close(lock)
        raise
    return lock


def _clear(inside: Path) -> None:
    """Take away what imports of ours left that are no more."""
    for folder in inside.glob(f"{PREFIX}*"):
        with suppress(OSError):  # somebody else's, or one that runs
            if folder.lstat().st_uid != os.geteuid():
                continue
            lock = _locked(folder)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)
