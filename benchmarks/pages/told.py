"""The section of `docs/performance.md` that a run of pages writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import book
from .measuring import Line, Measured

MOST = 300
"""Milliseconds that a question of a page may take."""
GROWTH = 1.5
"""How much longer it may take among ten times as many."""

Key = tuple[str, str, str, int]


def write(found: Sequence[Measured]) -> None:
    """The largest database last; of several kinds, each by itself."""
    ordered = sorted(found, key=lambda each: (each.kind, each.subscriptions))
    kinds = sorted({each.kind for each in ordered})
    tables = [_of([each for each in ordered if each.kind == kind]) for kind in kinds]
    book.put("Pages", "\n\n".join([_head(ordered), *tables]))


def _head(found: Sequence[Measured]) -> str:
    load = ", ".join(f"{each.load:.1f}" for each in found)
    return f"""Every question that a page puts to its desk when it opens and with each of its
filters, caught from the page itself and put to the database again, without any cache,
{book.machine()}, load {load} when it began.
Milliseconds, median of five; *rows*: read from tables and indices, as PostgreSQL's EXPLAIN
ANALYZE counts them; *growth*: from the second largest database to the largest. The slowest first.
`make bench ARGS="pages --database URL --database URL"` measures filled ones again."""


def _of(found: Sequence[Measured]) -> str:
    by_key = [dict(_keyed(each.lines)) for each in found]
    largest = by_key[-1]
    keys = sorted(largest, key=lambda key: -largest[key].usual)
    slow = [key for key in keys if largest[key].usual > MOST]
    grown = [key for key in keys if (_growth(by_key, key) or 0) > GROWTH]
    sizes = "".join(f" {each.subscriptions:,}, ms |" for each in found)
    rows = [
        f"| page | address | asks |{sizes} growth | rows |",
        "|---|---|---|" + "--:|" * (len(found) + 2),
        *(_row(by_key, key) for key in keys),
    ]
    said = (
        f"Of {len(keys)} questions among {found[-1].subscriptions:,} subscriptions in "
        f"{found[-1].kind}, {len(keys) - len(slow)} are answered within {MOST} ms"
    )
    if len(found) > 1:
        said += f" and {len(keys) - len(grown)} grow by no more than {GROWTH}"
    return "\n".join([f"### {found[-1].kind}", "", f"{said}.", "", *rows])


def _keyed(lines: Sequence[Line]) -> Iterator[tuple[Key, Line]]:
    counts: dict[tuple[str, str, str], int] = {}
    for line in lines:
        name = line.page, line.what, line.verb
        counts[name] = counts.get(name, 0) + 1
        yield (*name, counts[name]), line


def _growth(by_key: Sequence[dict[Key, Line]], key: Key) -> float | None:
    if len(by_key) < 2 or key not in by_key[-2]:
        return None
    return by_key[-1][key].usual / max(by_key[-2][key].usual, 0.1)


def _row(by_key: Sequence[dict[Key, Line]], key: Key) -> str:
    page, what, verb, _ = key
    times = [f"{each[key].usual:,.0f}" if key in each else "–" for each in by_key]
    growth, rows = _growth(by_key, key), by_key[-1][key].rows
    cells = [page, what, f"`{verb}`", *times]
    cells += ["–" if growth is None else f"{growth:.1f}", "–" if rows is None else f"{rows:,}"]
    return f"| {' | '.join(cells)} |"
