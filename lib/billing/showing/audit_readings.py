"""What the self-audit compares: every sum of every currency, read once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from ..domain.filters import EVERYTHING
from ..settings.setup import Setup
from ..store.queries import plan_mix, runway
from ..store.queries import roll_forward as rolling
from ..store.queries import self_audit as found
from ..store.queries.reading import Connection
from .refolding import Refolded

Amounts = dict[str, int]


class Readings:
    """Amounts by currency, and the rows that do not fit."""

    def __init__(self, connection: Connection, setup: Setup) -> None:
        policy = setup.policy
        self.refolded = Refolded(connection, setup)
        totals = plan_mix.currency_totals(connection)
        self.mrr: Amounts = {row["currency"] or "": int(row["mrr_minor"]) for row in totals}
        self.plans = _added(plan_mix.cells(connection, EVERYTHING))
        self.subscriptions = found.of_subscriptions(connection)
        self.customers = found.of_customers(connection)
        self.trend = found.moved(connection, policy)
        self.movers = found.customers(connection, policy)
        self.movements = found.movement_count(connection, policy)
        self.runway = runway.leaving_mrr(connection)
        self.unlike = found.unlike_customers(connection, policy)
        self.unvalued = found.unvalued(connection)
        self.below_zero = found.below_zero(connection)
        self.broken_sums = found.broken_sums(connection, policy)
        self.broken_chains = found.broken_chains(connection, policy)
        self.leaving = found.leaving_unlike(connection)
        extent = rolling.extent(connection, policy)
        within = (extent[0], extent[1] + 1) if extent else None
        self.kept = _of_policy(found.tallied(connection), policy)
        self.counted = _of_policy(found.counted(connection, setup.timezone, within), policy)

    @property
    def currencies(self) -> list[str]:
        return sorted({*self.mrr, *self.trend, *self.runway, *self.subscriptions} - {""})


def _added(cells: Iterable[Any]) -> Amounts:
    found_: defaultdict[str, int] = defaultdict(int)
    for cell in cells:
        found_[cell["currency"] or ""] += int(cell["mrr_minor"])
    return dict(found_)


def _of_policy(sums: dict[tuple[str, ...], Any], policy: str) -> dict[tuple[str, ...], Any]:
    return {key: value for key, value in sums.items() if key[2] in ("", policy)}
