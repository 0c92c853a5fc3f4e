"""What several databases hold together: the rows of customers, and the sums over them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from lib.billing.domain.rollups import Cell, Sums, merged
from lib.billing.store import rollups
from lib.billing.store.engine import Store
from lib.billing.store.tables import DERIVED


class Totals(NamedTuple):
    """``rows``: table -> rows; ``sums``: what the kept sums come to."""

    rows: dict[str, int]
    sums: dict[Cell, Sums]


def totals(urls: Iterable[str]) -> Totals:
    """Of all these databases together. A customer is in one of them only, so that what is summed
    or counted in each may be added."""
    rows: Counter[str] = Counter()
    sums: list[dict[Cell, Sums]] = []
    for url in urls:
        store = Store(url)
        try:
            with store.reading() as connection:
                for table in DERIVED:
                    counted = f"SELECT count(*) FROM {table.name}"
                    rows[table.name] += connection.exec_driver_sql(counted).scalar_one()
                sums.append(rollups.stored(connection))
        finally:
            store.close()
    return Totals(dict(rows), merged(*sums))
