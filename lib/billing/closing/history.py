"""The closed months in their order, each beside what it is today."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from ..domain.close import definitions_of
from ..settings.setup import Setup
from ..store import closes
from ..store.closes import Link
from ..store.queries import closing, restatements
from ..store.queries.reading import Connection
from ..store.spelling import read
from .checklist import rules_of


@dataclass(frozen=True, slots=True)
class ClosedMoney:
    """One currency of a closed month. ``restated_minor``: of its own sums, not of earlier ones."""

    currency: str
    opening_minor: int
    closing_minor: int
    restated_minor: int
    restatements: int
    customers: int  # whose sums are others today
    closing_now_minor: int


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """``changed``: the parts of the definitions that are others today."""

    link: Link
    money: tuple[ClosedMoney, ...]
    changed: tuple[str, ...]


def closed_months(connection: Connection, setup: Setup) -> list[ClosedMonth]:
    """Those of the configured policy, the earliest first."""
    links = list(closes.chain(connection, setup.policy))
    if not links:
        return []  # what is compared below reads every movement
    now = definitions_of(rules_of(setup))
    sums: defaultdict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
    for row in restatements.sums(connection, setup.policy):
        sums[row["month"]][row["currency"]] = row
    found = []
    today: dict[str, int] | None = None
    for link in links:
        figures, month = read(link.close.figures), link.close
        if today is None:
            today = closing.balances(connection, setup.policy, month.starts, setup.timezone)
        for currency, kinds in closing.flows(
            connection, setup.policy, month.starts, month.ends
        ).items():
            today[currency] = today.get(currency, 0) + sum(kinds.values())
        money = _money(figures["reports"]["mrr"], sums[month.month], today)
        found.append(ClosedMonth(link, money, now.changed_since(figures["definitions"])))
    return found


def closed_month(connection: Connection, setup: Setup, link: Link) -> ClosedMonth:
    """One of them, at the cost of one."""
    month, figures = link.close, read(link.close.figures)
    sums = {
        row["currency"]: row for row in restatements.sums(connection, setup.policy, month.month)
    }
    today = closing.balances(connection, setup.policy, month.ends, setup.timezone)
    changed = definitions_of(rules_of(setup)).changed_since(figures["definitions"])
    return ClosedMonth(link, _money(figures["reports"]["mrr"], sums, today), changed)


def _money(
    frozen: list[dict[str, Any]], sums: dict[str, dict[str, Any]], today: dict[str, int]
) -> tuple[ClosedMoney, ...]:
    rows = {row["currency"]: row for row in frozen}
    nothing = {"delta_minor": 0, "rows": 0, "customers": 0}
    return tuple(
        ClosedMoney(
            currency=currency,
            opening_minor=rows[currency]["opening_minor"] if currency in rows else 0,
            closing_minor=rows[currency]["closing_minor"] if currency in rows else 0,
            restated_minor=sums.get(currency, nothing)["delta_minor"],
            restatements=sums.get(currency, nothing)["rows"],
            customers=sums.get(currency, nothing)["customers"],
            closing_now_minor=today.get(currency, 0),
        )
        for currency in sorted(rows.keys() | sums.keys())
    )
