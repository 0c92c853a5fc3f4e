"""Bytes that one thread writes while another sends them, a few at a time in memory."""

from __future__ import annotations

import io
import queue
from typing import Any, Final

CHUNK: Final = 128 * 1024
AHEAD: Final = 8
"""Chunks that may wait to be sent before the writer does."""

PATIENCE: Final = 120.0
"""Seconds for which a receiver may take nothing before it counts as gone."""


class Gone(Exception):
    """Nobody takes the bytes any more."""


class Pipe(io.RawIOBase):
    """The writer's end is a file; :meth:`take` is the other.

    The last bytes stay here until :meth:`finish`: what has to happen before a file is whole in
    somebody's hands happens before that. After :meth:`fail` nobody gets a whole file.
    """

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._waiting: queue.Queue[bytes | BaseException | None] = queue.Queue(AHEAD)
        self._patience = patience
        self._kept = bytearray()
        self._gone = False
        self.sent = 0  # bytes let go of

    def writable(self) -> bool:
        return True

    def write(self, told: Any) -> int:
        """Raises Gone when nobody takes what was written before."""
        self._kept += told
        while len(self._kept) > CHUNK:
            self._let_go(CHUNK)
        return len(told)

    def finish(self) -> None:
        """Let go of the last bytes: the file is whole."""
        if self._kept:
            self._let_go(CHUNK)
        self._put(None)

    def fail(self, error: BaseException) -> None:
        """Tell the other end, unless it has gone."""
        self._kept.clear()
        try:
            self._put(error)
        except Gone:
            return

    def take(self) -> bytes | None:
        """The next bytes, None at the end. Raises what the writer failed with."""
        found = self._waiting.get()
        if isinstance(found, BaseException):
            raise found
        return found

    def abandon(self) -> None:
        """Nobody will take any more: the writer is told at its next write."""
        self._gone = True
        try:
            while True:  # makes room for a writer that waits
                self._waiting.get_nowait()
        except queue.Empty:
            return

    def _let_go(self, size: int) -> None:
        self._put(bytes(self._kept[:size]))
        self.sent += min(size, len(self._kept))
        del self._kept[:size]

    def _put(self, told: bytes | BaseException | None) -> None:
        if self._gone:
            raise Gone
        try:
            self._waiting.put(told, timeout=self._patience)
        except queue.Full:
            self._gone = True
            raise Gone from None
