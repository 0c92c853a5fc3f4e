"""The section of `docs/performance.md` that a run of reports writes."""

from __future__ import annotations

from collections.abc import Sequence

from .. import book
from .measuring import PATIENCE, Line, Measured


def write(found: Sequence[Measured]) -> None:
    book.put("Reports", section(found))


def section(found: Sequence[Measured]) -> str:
    """A table for each kind of database, the largest database last in it."""
    ordered = sorted(found, key=lambda each: (each.kind, each.subscriptions))
    kinds = sorted({each.kind for each in ordered})
    tables = [_of([each for each in ordered if each.kind == kind]) for kind in kinds]
    return "\n\n".join([_head(ordered), *tables])


def _head(found: Sequence[Measured]) -> str:
    load = ", ".join(f"{each.load:.1f}" for each in found)
    return f"""Every report whole, once, without any cache of ours: all its rows, then its totals,
as `portside report` and every file read them, before they are written out. A report reads all
that it lists, so that it grows with its own rows; no page waits for one. Of what has no rows the
filled world has none (differences, outgoing webhooks, links, closes, audit): those times say
nothing; nor does `bridge`, which makes a projection of the stored history, which that world has of
one customer.
{book.machine()}, load {load} when each database was begun.
Milliseconds. *First*: until its first row leaves, in the largest database. *A row*: microseconds
for each row it has, there. *Touched*: rows read from tables and indices there, as PostgreSQL's
EXPLAIN ANALYZE counts them. A statement is given up after {PATIENCE:,.0f} seconds.
`make bench ARGS="reports --database URL --database URL"` measures filled ones again."""


def _of(found: Sequence[Measured]) -> str:
    by_name = [{line.report: line for line in each.lines} for each in found]
    largest = by_name[-1]
    sizes = "".join(f" {each.subscriptions:,}, ms |" for each in found)
    lines = [
        f"### {found[-1].kind}: every report",
        "",
        f"| report |{sizes} first | rows | a row | touched |",
        "|---|" + "--:|" * (len(found) + 4),
    ]
    for name in sorted(largest, key=lambda name: -largest[name].whole):
        lines.append(_row(name, [each.get(name) for each in by_name], largest[name]))
    return "\n".join(lines)


def _row(name: str, each: Sequence[Line | None], line: Line) -> str:
    cells = [f"`{name}`", *(_time(one) for one in each)]
    cells += [f"{line.first:,.0f}", f"{line.rows:,}"]
    cells.append(f"{1_000 * line.whole / line.rows:,.0f}" if line.rows else "–")
    cells.append("–" if line.touched is None else f"{line.touched:,}")
    return f"| {' | '.join(cells)} |"


def _time(line: Line | None) -> str:
    if line is None:
        return "–"
    return f"> {line.whole:,.0f}" if line.given_up else f"{line.whole:,.0f}"
