"""The section of `docs/performance.md` that a run of shards writes."""

from __future__ import annotations

import os
from collections.abc import Iterator

from .. import book
from .measuring import BATCH, Layout, Run
from .sizes import KEPT, Sizes

CORES = os.cpu_count() or 1
FULL = 0.8
"""Of all cores, by the run alone: from here on it is they that nothing more comes out of."""


def write(run: Run) -> None:
    book.put("Shards", text(run))


def text(run: Run) -> str:
    return "\n\n".join([_head(run), "\n".join(_table(run)), _verdict(run), _sizes(run.sizes)])


def _head(run: Run) -> str:
    return f"""{run.events:,} subscription events, {BATCH} a commit, spread by a hash of the
customer over one, two and four databases of one PostgreSQL {run.version}, an ingest process for
each; {book.machine()}, load {run.load:.1f} when it began. Rows and sums over all
shards were the same as of one database. Processor seconds are of the ingest processes and of
PostgreSQL's, for a thousand events.
`make bench ARGS="shards"` measures it again; docs/scale.md says what follows from it."""


def _table(run: Run) -> Iterator[str]:
    yield (
        "| databases | ingest processes | events/s | ratio to one | Python, s per 1,000 | "
        "PostgreSQL, s per 1,000 | cores busy | by the run |"
    )
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|"
    first = run.layouts[0].usual("rate")
    for each in run.layouts:
        rate = each.usual("rate")
        yield (
            f"| {each.databases} | {each.processes} | {rate:,.0f} | {rate / first:.2f} | "
            f"{_cost(each, 'python', run):.2f} | {_cost(each, 'postgres', run):.2f} | "
            f"{each.usual('busy'):.0%} | {_own(each, run):.0%} |"
        )


def _cost(layout: Layout, name: str, run: Run) -> float:
    return 1_000 * layout.usual(name) / run.events


def _own(layout: Layout, run: Run) -> float:
    """The share of all cores that the ingest processes and PostgreSQL took."""
    used = layout.usual("python") + layout.usual("postgres")
    return used * layout.usual("rate") / run.events / CORES


def _verdict(run: Run) -> str:
    return f"{_bottleneck(run)} {_carried(run)}"


def _bottleneck(run: Run) -> str:
    full = next((layout for layout in run.layouts if _own(layout, run) >= FULL), None)
    if full is None:
        return (
            "No layout took all that the cores have: what is waited for is the flush of each "
            "commit, or others on the machine. More processes, or more events a commit, would "
            "still gain."
        )
    where = _named(full.databases, "database")
    return (
        f"The first bottleneck is the cores: {_named(full.processes, 'ingest process')} over "
        f"{where} take {_own(full, run):.0%} of the {CORES}, and further databases on the same "
        "machine only share them."
    )


def _carried(run: Run) -> str:
    """What a thousand events cost, which hardly depends on who else is on the machine."""
    each = [_cost(layout, "python", run) + _cost(layout, "postgres", run) for layout in run.layouts]
    least, most = min(each), max(each)
    return (
        f"A thousand events cost {least:.2f} to {most:.2f} seconds of a core in all, so that a "
        f"core carries {1_000 / most:,.0f} to {1_000 / least:,.0f} events a second wherever it "
        "stands."
    )


def _named(count: int, what: str) -> str:
    plural = "es" if what.endswith("s") else "s"
    return f"{count} {what}{plural if count > 1 else ''}"


def _sizes(sizes: Sizes) -> str:
    parts = ", ".join(f"{name} {sizes.an_event([name]):,.0f}" for name in KEPT)
    return (
        f"On disk, indices with it, each of {sizes.events:,} events of whole lives left "
        f"{sizes.an_event():,.0f} bytes ({parts}), and each of {sizes.subscriptions:,} "
        f"subscriptions {sizes.a_subscription():,.0f} in the derived tables, with "
        f"{sizes.events / sizes.subscriptions:.0f} events a subscription."
    )
