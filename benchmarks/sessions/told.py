"""The section of `docs/performance.md` that a run of sessions writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import book
from .measuring import PAGES, Run

MOST = 400
"""Megabytes that a dashboard may take."""


def write(runs: Sequence[Run]) -> None:
    book.put("Sessions", text(runs))


def text(runs: Sequence[Run]) -> str:
    load = ", ".join(f"{run.load:.1f}" for run in runs)
    head = f"""One `portside dashboard` and sessions that speak Streamlit's own messages over
websockets, from a process on the same cores: each opens {len(PAGES)} pages in turn, the next
when the last has ended, for twenty seconds; {book.machine()}, load {load} when it
began. What is read is kept until something is written, so that the first session reads
each page and the others share it. So it is the most that is asked of it, not what people ask: at
a page every twenty seconds a hundred people are five reruns a second. `make bench
ARGS="sessions"` measures it again, `--database URL` a filled one."""
    return "\n\n".join([head, *("\n".join(_of(run)) for run in runs)])


def _of(run: Run) -> Iterator[str]:
    yield f"### {run.subscriptions:,} subscriptions, {run.database}"
    yield ""
    yield (
        "| sessions | all have their first page after, s | reruns/s | median, s | p95, s | "
        "kB a rerun | cores busy | memory, MB |"
    )
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|"
    for line in run.lines:
        yield (
            f"| {line.sessions} | {line.opened:.1f} | {line.rate:.1f} | {line.usual:.2f} | "
            f"{line.percentile(0.95):.2f} | {line.kilobytes:,.0f} | {line.busy:.0%} | "
            f"{line.memory:,.0f} |"
        )
    yield ""
    most = max(line.memory for line in run.lines)
    verdict = "met" if most < MOST else "missed"
    yield f"Before anybody came it held {run.alone:,.0f} MB. Under {MOST} MB: {verdict}."
