"""A file that is there whole or not at all."""

from __future__ import annotations

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from ..domain.errors import WrongUsage


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """Write beside ``path``, and take its place when the block has ended well.

    After anything else, also an interruption or a termination of the process, nothing is left of
    it, and what was at ``path`` before is still there. Raises WrongUsage when there is no such
    folder, or no writing in it.
    """
    try:
        number, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written: {error.strerror or error}.") from None
    part = Path(name)
    try:
        with _termination_raises(), os.fdopen(number, "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        part.chmod(0o666 & ~_umask())
        _replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _replace(part: Path, path: Path) -> None:
    try:
        part.replace(path)
    except OSError as error:
        raise WrongUsage(f"{path} cannot be written: {error.strerror or error}.") from None


@contextmanager
def _termination_raises() -> Iterator[None]:
    """Let SIGTERM unwind the stack, as an interruption from the keyboard does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _umask() -> int:
    """This process's: asking means setting it for a moment."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
