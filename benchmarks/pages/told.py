"""The section of `docs/performance.md` that a run of pages writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .. import book
from .measuring import How, Line, Measured

MOST = 300
"""Milliseconds that a question of a page may take."""
GROWTH = 1.5
"""How much longer it may take among ten times as many."""
NOISE = 25
"""Milliseconds below which nobody can tell: growth begins there."""
MILLION = 1_000_000
SHOWN = 10
"""Of those within both, the slowest."""

WHY = """What is beyond 300 ms. *Moves between plans* hold each customer of a period against itself,
at two days that anybody may choose, so that no sum by day tells them: the rows of whoever moved are
sorted once (tried before: joins of the same, four times as long on PostgreSQL, and of the square of
it on SQLite). *Names* that one in a hundred has are found in the index of the search, and the rows
of eleven thousand customers are then looked at; of a list they are counted only as far as is shown,
of upgrades and of those who left they are all added up. *Failed payments* that failed latest or go
by customer: no index has both who is due and that order, so that all who are due are sorted.

What grows by more than 1.5 and stays within 300 ms are lists and numbers of what grows with the
company: who is due, what winds down, who left in a period. They are read from an index alone, some
hundred thousand short rows, and nothing is kept of them by every filter. Tried: further columns in
three of these indices (a tenth to a third less, not worth a migration)."""
"""Of a million subscriptions."""

Key = tuple[str, str, str, int]


def write(found: Sequence[Measured], how: How) -> None:
    """The largest database last; of several kinds, each by itself."""
    ordered = sorted(found, key=lambda each: (each.kind, each.subscriptions))
    kinds = sorted({each.kind for each in ordered})
    tables = [_of([each for each in ordered if each.kind == kind]) for kind in kinds]
    why = [WHY] if any(each.subscriptions >= MILLION for each in ordered) else []
    book.put("Pages", "\n\n".join([_head(ordered, how), *why, *tables]))


def _head(found: Sequence[Measured], how: How) -> str:
    load = ", ".join(f"{each.load:.1f}" for each in found)
    return f"""Every question that a page puts to its desk when it opens and with each of its
filters, caught from the page itself and put to the database again, without any cache.
{book.machine()}, load {load} when each database was begun.
Milliseconds, median of {how.times} (of one above two seconds); given up after
{how.patience:,.0f} seconds. *Rows*: read from tables and indices, as PostgreSQL's EXPLAIN ANALYZE
counts them. *Growth*: from the second largest database to the largest, times below {NOISE} ms
taken as {NOISE} ms. The targets: {MOST} ms, and no more than {GROWTH} times as long for lists and
key numbers. `make bench ARGS="pages --database URL --database URL"` measures filled ones again."""


def _of(found: Sequence[Measured]) -> str:
    elsewhere = sorted({line.verb for each in found for line in each.lines if line.asks_stripe})
    by_key = [dict(_keyed(each.lines)) for each in found]
    largest = by_key[-1]
    keys = sorted(largest, key=lambda key: -largest[key].usual)
    slow = [key for key in keys if largest[key].usual > MOST]
    grown = [key for key in keys if (_growth(by_key, key) or 0) > GROWTH]
    beyond = [key for key in keys if key in {*slow, *grown}]
    within = [key for key in keys if key not in {*beyond}]
    said = (
        f"Of {len(keys)} questions among {found[-1].subscriptions:,} subscriptions in "
        f"{found[-1].kind}, {len(keys) - len(slow)} are answered within {MOST} ms"
    )
    if len(found) > 1:
        said += f" and {len(keys) - len(grown)} grow by no more than {GROWTH}"
    parts = [f"### {found[-1].kind}", f"{said}."]
    if elsewhere:
        named = ", ".join(f"`{verb}`" for verb in elsewhere)
        parts.append(f"Not counted, because they ask Stripe, which is nowhere here: {named}.")
    if beyond:
        parts += [f"Beyond a target, {len(beyond)}:", _table(found, by_key, beyond)]
    if within:
        parts += ["Within both, the slowest:", _table(found, by_key, within[:SHOWN])]
    if rest := within[SHOWN:]:
        parts.append(_collapsed(_table(found, by_key, rest), len(rest)))
    return "\n\n".join(parts)


def _table(found: Sequence[Measured], by_key: Sequence[dict[Key, Line]], keys: list[Key]) -> str:
    sizes = "".join(f" {each.subscriptions:,}, ms |" for each in found)
    return "\n".join(
        [
            f"| page | address | asks |{sizes} growth | rows |",
            "|---|---|---|" + "--:|" * (len(found) + 2),
            *(_row(by_key, key) for key in keys),
        ]
    )


def _collapsed(table: str, count: int) -> str:
    return f"<details><summary>The other {count}</summary>\n\n{table}\n\n</details>"


def _keyed(lines: Iterable[Line]) -> Iterator[tuple[Key, Line]]:
    counts: dict[tuple[str, str, str], int] = {}
    for line in lines:
        if line.asks_stripe:
            continue
        name = line.page, line.what, line.verb
        counts[name] = counts.get(name, 0) + 1
        yield (*name, counts[name]), line


def _growth(by_key: Sequence[dict[Key, Line]], key: Key) -> float | None:
    if len(by_key) < 2 or key not in by_key[-2]:
        return None
    return max(by_key[-1][key].usual, NOISE) / max(by_key[-2][key].usual, NOISE)


def _row(by_key: Sequence[dict[Key, Line]], key: Key) -> str:
    page, what, verb, _ = key
    times = [_time(each.get(key)) for each in by_key]
    growth, rows = _growth(by_key, key), by_key[-1][key].rows
    cells = [page, what, f"`{verb}`", *times]
    cells += ["–" if growth is None else f"{growth:.1f}", "–" if rows is None else f"{rows:,}"]
    return f"| {' | '.join(cells)} |"


def _time(line: Line | None) -> str:
    if line is None:
        return "–"
    return f"> {line.usual:,.0f}" if line.given_up else f"{line.usual:,.0f}"
