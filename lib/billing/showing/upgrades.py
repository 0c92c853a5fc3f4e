"""Upgrades for their page: one page of them, from where to where, and how they go by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from ..domain.times import period_of
from ..domain.upgrade_filters import UpgradeFilters
from ..retention.calendar import months_before
from ..settings.setup import Setup
from ..store.queries import cut_days, kept_growth, kept_upgrades, turning, upgrade_feed
from ..store.queries.cut_days import Cut
from ..store.queries.kept_upgrades import Upgrades
from ..store.queries.reading import Connection, Reader
from ..store.queries.spans import Span
from ..store.queries.upgrade_steps import Judged
from .upgrade_views import PlanPath, TrialSpan, UpgradeItem, UpgradeMonth
from .views import Bar, Listing, Sum

MONTHS: Final = 12

Cell = Mapping[Any, Any]


def upgrades(reader: Reader, setup: Setup, filters: UpgradeFilters) -> Listing[UpgradeItem]:
    """One page, newest first. Bars: by what changed, of the filtered list."""
    judged = _judged(setup)
    cells: Sequence[Cell]
    with reader.open() as connection:
        if kept_upgrades.tells(connection, judged, setup.timezone, filters):
            kept = Upgrades(connection, judged, setup.timezone, filters)
            rows, cells = kept.page(), kept.paths()
        else:
            rows = upgrade_feed.page(connection, judged, filters)
            cells = upgrade_feed.paths(connection, judged, filters)
    return Listing(
        rows=tuple(_item(row) for row in rows),
        total=sum(int(cell["count"]) for cell in cells),
        sums=tuple(
            Sum(currency, count, minor)
            for (currency,), (count, minor) in sorted(_added_up(cells, "currency").items())
        ),
        bars=tuple(_bars(cells)),
        choices={"plans": tuple(sorted({row["to_plan"] for row in cells if row["to_plan"]}))},
    )


def _judged(setup: Setup) -> Judged:
    return Judged(setup.policy, setup.catalog)


def _item(row: Cell) -> UpgradeItem:
    return UpgradeItem(**{name: row[name] for name in UpgradeItem.__dataclass_fields__})


def _bars(cells: Sequence[Cell]) -> Iterator[Bar]:
    found = _added_up(cells, "told", "currency")
    for (change, currency), (count, minor) in sorted(
        found.items(), key=lambda pair: (-pair[1][0], pair[0])
    ):
        yield Bar(change, currency, count, minor)


def _added_up(cells: Sequence[Cell], *keys: str) -> dict[tuple[Any, ...], tuple[int, int]]:
    """Key → how many, minor units."""
    found: dict[tuple[Any, ...], tuple[int, int]] = {}
    for cell in cells:
        key = tuple(cell[name] for name in keys)
        count, minor = found.get(key, (0, 0))
        found[key] = (count + int(cell["count"]), minor + int(cell["minor"]))
    return found


def paths(reader: Reader, setup: Setup, filters: UpgradeFilters) -> tuple[PlanPath, ...]:
    """Every cell of the matrix that somebody took, the most taken first."""
    judged = _judged(setup)
    cells: Sequence[Cell]
    with reader.open() as connection:
        if kept_upgrades.tells(connection, judged, setup.timezone, filters):
            cells = Upgrades(connection, judged, setup.timezone, filters).paths()
        else:
            cells = upgrade_feed.paths(connection, judged, filters)
    found = _added_up(cells, "from_plan", "to_plan")
    made = [PlanPath(was, now, count, minor) for (was, now), (count, minor) in found.items()]
    return tuple(sorted(made, key=lambda p: (-p.count, p.from_plan or "", p.to_plan or "")))


def months(reader: Reader, setup: Setup, now: int, currency: str) -> tuple[UpgradeMonth, ...]:
    """The last twelve months, the running one last."""
    over = months_before(now, MONTHS - 1, setup.timezone)
    spans = [*over, Span(over[-1].ends, now + 1)]
    with reader.open() as connection:
        cells = _by_span(connection, setup, spans, currency)
        tried = trial_spans(connection, setup, spans, currency)
    kinds: defaultdict[int, dict[str, tuple[int, int]]] = defaultdict(dict)
    for cell in cells:
        kinds[int(cell["n"])][cell["kind"]] = (int(cell["count"]), int(cell["minor"]))
    return tuple(
        UpgradeMonth(
            name=period_of(span.starts, "month", setup.timezone),
            running=n == len(spans) - 1,
            kinds=kinds[n],
            trials=tried[n],
        )
        for n, span in enumerate(spans)
    )


def _by_span(
    connection: Connection, setup: Setup, spans: Sequence[Span], currency: str
) -> Sequence[Cell]:
    judged = _judged(setup)
    if not cut_days.ready(connection, setup.policy, setup.timezone):
        return upgrade_feed.by_span(connection, judged, spans, currency)
    cut = Cut(connection, setup.policy, setup.timezone, spans)
    return kept_growth.upgrades(connection, cut, judged, currency)


def trial_spans(
    connection: Connection, setup: Setup, spans: Sequence[Span], currency: str
) -> list[TrialSpan]:
    """Of each span: trials that began in it, that ended in it, and of those that became active."""
    told = turning.of(connection, setup.policy, setup.timezone, currency, kept=True)
    ended = {int(row["n"]): row for row in told.trials(spans)}
    started = told.trials_started(spans)
    return [
        TrialSpan(
            span.starts,
            span.ends,
            started.get(n, 0),
            int(ended[n]["ended"]) if n in ended else 0,
            int(ended[n]["active"]) if n in ended else 0,
        )
        for n, span in enumerate(spans)
    ]
