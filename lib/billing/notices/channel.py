"""What takes a letter to somebody."""

from __future__ import annotations

from typing import Protocol

from ..digest.letter import Letter


class Channel(Protocol):
    """``once``: the same for every attempt at one notice to one recipient."""

    def send(self, letter: Letter, recipient: str, once: str) -> None:
        """Return when the other side has taken it over. Raises NoticeNotSent."""
        ...

    def check(self) -> str:
        """Try the way without sending anything; a sentence about it. Raises NoticeNotSent."""
        ...
