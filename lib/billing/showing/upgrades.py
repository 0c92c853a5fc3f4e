"""Upgrades for their page: one page of them, from where to where, and how they go by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from ..domain.times import period_of
from ..domain.upgrade_filters import UpgradeFilters
from ..retention.calendar import months_before
from ..settings.setup import Setup
from ..store.queries import churn as churning
from ..store.queries import outlook, upgrade_feed
from ..store.queries.reading import Connection, Reader
from ..store.queries.spans import Span
from ..store.queries.upgrade_feed import Judged
from .upgrade_views import PlanPath, TrialSpan, UpgradeItem, UpgradeMonth
from .views import Bar, Listing, Sum

MONTHS: Final = 12


def upgrades(reader: Reader, setup: Setup, filters: UpgradeFilters) -> Listing[UpgradeItem]:
    """One page, newest first. Bars: by what changed, of the filtered list."""
    judged = _judged(setup)
    with reader.open() as connection:
        rows = upgrade_feed.page(connection, judged, filters)
        sums = upgrade_feed.sums(connection, judged, filters)
        cells = upgrade_feed.paths(connection, judged, filters)
    currency = filters.currencies[0] if len(filters.currencies) == 1 else ""
    return Listing(
        rows=tuple(_item(row) for row in rows),
        total=sum(int(row["count"]) for row in sums),
        sums=tuple(
            Sum(row["currency"], int(row["count"]), int(row["amount_minor"] or 0))
            for row in sorted(sums, key=lambda row: str(row["currency"]))
        ),
        bars=tuple(_bars(cells, currency)),
        choices={"plans": tuple(sorted({row["to_plan"] for row in cells if row["to_plan"]}))},
    )


def _judged(setup: Setup) -> Judged:
    return Judged(setup.policy, setup.catalog)


def _item(row: Mapping[Any, Any]) -> UpgradeItem:
    return UpgradeItem(**{name: row[name] for name in UpgradeItem.__dataclass_fields__})


def _bars(cells: Iterable[Mapping[Any, Any]], currency: str) -> Iterable[Bar]:
    found: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for cell in cells:
        found[cell["change"]][0] += int(cell["count"])
        found[cell["change"]][1] += int(cell["minor"])
    for change, (count, minor) in sorted(found.items(), key=lambda pair: (-pair[1][0], pair[0])):
        yield Bar(change, currency, count, minor)


def paths(reader: Reader, setup: Setup, filters: UpgradeFilters) -> tuple[PlanPath, ...]:
    """Every cell of the matrix that somebody took, the most taken first."""
    with reader.open() as connection:
        cells = upgrade_feed.paths(connection, _judged(setup), filters)
    found: defaultdict[tuple[str | None, str | None], list[int]] = defaultdict(lambda: [0, 0])
    for cell in cells:
        counted = found[cell["from_plan"], cell["to_plan"]]
        counted[0] += int(cell["count"])
        counted[1] += int(cell["minor"])
    made = [PlanPath(*path, count, minor) for path, (count, minor) in found.items()]
    return tuple(sorted(made, key=lambda p: (-p.count, p.from_plan or "", p.to_plan or "")))


def months(reader: Reader, setup: Setup, now: int, currency: str) -> tuple[UpgradeMonth, ...]:
    """The last twelve months, the running one last."""
    over = months_before(now, MONTHS - 1, setup.timezone)
    spans = [*over, Span(over[-1].ends, now + 1)]
    with reader.open() as connection:
        cells = upgrade_feed.by_span(connection, _judged(setup), spans, currency)
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


def trial_spans(
    connection: Connection, setup: Setup, spans: Sequence[Span], currency: str
) -> list[TrialSpan]:
    """Of each span: trials that began in it, that ended in it, and of those that became active."""
    ended = {
        int(row["n"]): row for row in churning.trials(connection, setup.policy, spans, currency)
    }
    started = outlook.trials_started(connection, spans, currency)
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
