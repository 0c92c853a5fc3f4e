"""What changed since a moment: counts by group, and who is behind one."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from ..domain.changes import GROUPS, MOVED
from ..domain.permissions import Permission
from ..settings.setup import Setup
from ..store.queries import changes as queries
from ..store.queries.reading import Reader
from ..store.queries.spans import Span
from .change_views import Change, ChangeItem, Changes
from .views import Listing, Sum


def changes(
    reader: Reader, setup: Setup, now: int, since: int, may: Collection[Permission]
) -> Changes:
    span, totals = Span(since, now + 1), Permission.TOTALS in may
    policy = setup.policies[setup.policy]
    with reader.open() as connection:
        rows = queries.counted(connection, policy, span)
        opened, resolved = queries.differences(connection, span)
        months = queries.closed(connection, setup.policy, span) if Permission.MONEY in may else []
    found = {group.group: group for group in _groups(rows, totals=totals)}
    for name, count in (("drift", opened), ("resolved", resolved), ("closed", len(months))):
        if count:
            found[name] = Change(name, count)
    return Changes(
        since=since,
        now=now,
        groups=tuple(found[name] for name in GROUPS if name in found),
        moved=_moved(rows) if totals else (),
        months=tuple(months),
    )


def _groups(rows: Iterable[Mapping[Any, Any]], *, totals: bool) -> Iterable[Change]:
    parts: defaultdict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    for row in rows:
        parts[row["part"]].append(row)
    for part, own in parts.items():
        sums = (
            Sum(row["currency"], int(row["known"]), int(row["minor"]))
            for row in sorted(own, key=lambda row: (-int(row["count"]), row["currency"] or ""))
            if row["currency"] and row["known"]
        )
        count, known = (sum(int(row[name]) for row in own) for name in ("count", "known"))
        yield Change(part, count, tuple(sums) if totals else (), count - known)


def _moved(rows: Iterable[Mapping[Any, Any]]) -> tuple[Sum, ...]:
    minor: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for row in rows:
        if row["part"] in MOVED:
            minor[row["currency"]] += int(row["minor"])
            count[row["currency"]] += int(row["count"])
    by_use = sorted(count, key=lambda code: (-count[code], code))
    return tuple(Sum(code, count[code], minor[code]) for code in by_use)


def behind(
    reader: Reader,
    setup: Setup,
    span: Span,
    group: str,
    page: tuple[int, int],
    may: Collection[Permission],
) -> Listing[ChangeItem]:
    """One page of who is behind a group."""
    totals, policy = Permission.TOTALS in may, setup.policies[setup.policy]
    with reader.open() as connection:
        rows = queries.page(connection, policy, span, group, *page)
        counted = queries.counted(connection, policy, span, group)
    own = [each for each in _groups(counted, totals=totals) if each.group == group]
    return Listing(
        tuple(_item(row, totals=totals) for row in rows),
        sum(each.count for each in own),
        own[0].sums if own else (),
        (),
        {},
    )


def _item(row: Mapping[Any, Any], *, totals: bool) -> ChangeItem:
    told = {name: row[name] for name in ChangeItem.__dataclass_fields__}
    return ChangeItem(**(told if totals else told | {"minor": None}))
