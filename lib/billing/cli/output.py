"""Rows out: JSON and CSV go to standard output alone, everything else to standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from enum import StrEnum

from rich.console import Console
from rich.table import Table
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
    """A table for people; text of customers is shown as it is, never as markup."""
    shown = Table(box=None, header_style="bold", pad_edge=False)
    for title in header:
        shown.add_column(title, overflow="fold")
    for row in rows:
        shown.add_row(*(Text(cell) for cell in row))
    Console(soft_wrap=not sys.stdout.isatty()).print(shown)


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
