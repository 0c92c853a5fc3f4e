"""Import: a file of stored events, however long, through the webhook's own path.

lines -> shelves by customer -> read by other processes -> the writer's transactions

Broken off, it has stored whole batches; once more with the same file is harmless, and goes on.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from pathlib import Path
from threading import current_thread, main_thread
from typing import Final, TypeVar

from .domain.errors import BillingError
from .importing.readers import read, read_beside
from .importing.room import room
from .importing.shelves import Numbered, Portion, lay_out
from .ingest import IMPORT_BATCH, Ingest
from .intake.summary import Summary

T = TypeVar("T")

TOLD_EVERY: Final = 1_000
PROCESSES: Final = 1 if (os.cpu_count() or 2) < 4 else 2
"""That read beside the writer. Writer and database mostly wait for each other and so fill one core;
one that reads fills another, and two are faster than any writer."""

ENDING: Final = (signal.SIGTERM, signal.SIGHUP)
"""Requests to end: also that of a terminal that was closed, unless `nohup` has it ignored."""


def import_file(
    ingest: Ingest,
    lines: Iterable[bytes],
    *,
    source: str = "import",
    batch: int = IMPORT_BATCH,
    processes: int = PROCESSES,
    scratch: Path | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Summary:
    """Apply stored event bodies, one a line, customer by customer; every line is accounted for.

    What fits into one ``batch`` is taken as it comes. More is first laid out in a folder that is
    made in ``scratch`` and removed at the end, and takes as much room there. Raises BillingError
    where there is none, DatabaseUnavailable; what was committed before stays, and repeating is
    harmless.
    """
    numbered = iter(enumerate(lines, 1))
    few = list(islice(numbered, batch + 1))
    if len(few) <= batch:
        return ingest.take(read(few, ingest.manner), source=source, batch=batch)
    with _ended_orderly(), _room(scratch) as folder:
        every = _told(chain(few, numbered), "read", progress)
        portions = _laid_out(every, folder)
        arrivals = read_beside(portions, ingest.manner, processes)
        return ingest.take(_told(arrivals, "taken in", progress), source=source, batch=batch)


def _laid_out(numbered: Iterable[Numbered], folder: Path) -> list[Portion]:
    try:
        return lay_out(numbered, folder)
    except OSError as error:
        raise _no_room(folder, error) from None


@contextmanager
def _ended_orderly() -> Iterator[None]:
    """A request to end unwinds: customers' data must not stay behind where it was laid out."""
    if current_thread() is not main_thread():
        yield
        return
    heard = [number for number in ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = [(number, signal.signal(number, _unwind)) for number in heard]
    try:
        yield
    finally:
        for number, usual in before:
            signal.signal(number, usual)


def _unwind(number: int, _frame: object) -> None:
    sys.exit(128 + number)


@contextmanager
def _room(scratch: Path | None) -> Iterator[Path]:
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(room(scratch))
        except OSError as error:
            raise _no_room(scratch, error) from None
        yield folder


def _no_room(folder: Path | None, error: OSError) -> BillingError:
    return BillingError(
        f"The file cannot be laid out by customer in {folder}: {error.strerror}. It needs as much "
        "room there as it has itself; --scratch names another place.",
        code="no_room",
    )


def _told(each: Iterable[T], what: str, progress: Callable[[str], None]) -> Iterator[T]:
    """The same; every so often ``progress`` hears how many there were."""
    for number, one in enumerate(each, 1):
        if number % TOLD_EVERY == 0:
            progress(f"{number:,} lines {what}")
        yield one
