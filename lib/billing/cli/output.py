"""Rows out: JSON and CSV go to standard output alone, everything else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text


class Format(StrEnum):
    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def write(text: str) -> None:
    """``text`` and one line feed to standard output, as UTF-8 whatever the locale says."""
    sys.stdout.buffer.write(text.encode() + (b"" if text.endswith("\n") else b"\n"))
    sys.stdout.buffer.flush()


def say(sentence: str) -> None:
    """A sentence for the person at the terminal."""
    Console(stderr=True, soft_wrap=True, highlight=False).print(Text(sentence))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Aligned columns for people, never folded: a wide report scrolls, or goes into `less -S`."""
    lines = [header, *rows]
    widths = [max(cell_len(line[i]) for line in lines) for i in range(len(header))]
    console = Console(soft_wrap=True, highlight=False)
    for number, line in enumerate(lines):
        cells = (set_cell_size(cell, width) for cell, width in zip(line, widths, strict=True))
        console.print(Text("  ".join(cells).rstrip(), style="bold" if number == 0 else ""))


@contextmanager
def progress(first: str) -> Iterator[Status]:
    """A moving line on a terminal, nothing elsewhere."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield Status(None)
        return
    with console.status(Text(first)) as status:
        yield Status(status.update)


class Status:
    """Takes sentences about what is going on."""

    def __init__(self, update: object | None) -> None:
        self._update = update

    def __call__(self, sentence: str) -> None:
        if callable(self._update):
            self._update(Text(sentence))
