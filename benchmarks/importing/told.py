"""The section of `docs/performance.md` that a long import writes."""

from __future__ import annotations

from collections.abc import Iterator

from .. import book
from .measuring import Run, Taken

TITLE = "Import and replay"
WANTED = 10.0
"""Times the sync engine's rate, one at a time."""

WHY = """What was missed: reader, writer and PostgreSQL share two cores, and all of them are busy.
What was tried stands [above](#ingest-beside-its-peers)."""


def write(run: Run) -> None:
    book.put(TITLE, text(run))


def text(run: Run) -> str:
    """The whole section but its title."""
    table = "\n".join(_table(run))
    return "\n\n".join([_head(run), table, *([WHY] if "missed" in table else [])])


def _head(run: Run) -> str:
    engine = run.engine if isinstance(run.engine, str) else f"{run.engine:,.0f} events a second"
    return f"""A file of {run.events:,} subscription events ({run.size / 1e9:.1f} GB) of
{run.customers:,} customers in order of time, so that each customer comes back every month: taken in
as `portside ingest` does, then everybody folded again as `portside replay` does, each by a process
of its own. PostgreSQL {run.version} as `initdb` configures it, {run.stored / 1e9:.1f} GB
afterwards; {book.machine()}, load {run.load:.1f} when it began. *First* and *last*: of the tenth
of the file or of the customers that is taken in first, once the file is laid out, and last.
*Memory*: the most that the writing process held, and the largest of those that read beside it. The
sync engine, one at a time, same server, in the same run: {engine}; the target is {WANTED:g} times
that.
`make bench ARGS="import --events {run.events}"` measures it again."""


def _table(run: Run) -> Iterator[str]:
    yield (
        "| what | seconds | events/s | first | last | its own processor time | memory | readers "
        "| ratio to the sync engine | |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|---|"
    for what, taken in {"import of a file": run.imported, "replay": run.replayed}.items():
        yield f"| {what} | {' | '.join(_cells(run, taken))} |"


def _cells(run: Run, taken: Taken) -> Iterator[str]:
    rate, tenth = run.events / taken.seconds, run.events / 10
    yield f"{taken.seconds:,.0f}"
    yield f"{rate:,.0f}"
    yield from (f"{tenth / seconds:,.0f}" for seconds in (taken.first, taken.last))
    yield f"{taken.cpu / taken.seconds:.0%}"
    yield f"{taken.peak / 1024:,.0f} MB"
    yield f"{taken.readers / 1024:,.0f} MB" if taken.readers else ""
    if isinstance(run.engine, str):
        yield from ("–", "not measured")
        return
    ratio = rate / run.engine
    yield f"{ratio:.1f} ×"
    yield "met" if ratio >= WANTED else "missed"
