"""Movements written by hand, and a company whose events are ingested."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import insert

from lib.billing.desk import Portside
from lib.billing.domain.rates import Rates, gathered
from lib.billing.domain.times import parse_iso
from lib.billing.settings.setup import Setup
from lib.billing.store import rollups, turnover
from lib.billing.store.engine import Store
from lib.billing.store.tables import movements
from tests.remembered import once
from tests.store.company import CATALOG, DAY, company, ingest_into

RATES = gathered(
    "eur",
    {
        "usd": {
            date(2026, 1, 1): (Decimal("0.90"), Decimal(1)),
            date(2026, 1, 16): (Decimal("0.80"), Decimal(1)),
            date(2026, 2, 2): (Decimal("0.85"), Decimal(1)),
        },
        "jpy": {date(2026, 1, 1): (Decimal("0.006"), Decimal(1))},
        "kwd": {date(2026, 1, 1): (Decimal(3), Decimal(1))},
    },
)


def moved(
    when: str, customer: str, currency: str, kind: str, delta: int, before: int = 0, **over: Any
) -> dict[str, Any]:
    """A row of the movements' table."""
    at = parse_iso(when)
    return {
        "movement_id": f"{customer}:{currency}:{at}",
        "policy": "portside",
        "customer_id": customer,
        "currency": currency,
        "occurred_at": at,
        "kind": kind,
        "delta_minor": delta,
        "before_minor": before,
        "after_minor": before + delta,
        "reconstructed": False,
        "switched": False,
    } | over


def over_rows(
    store: Store, rows: Iterable[dict[str, Any]], now: str, rates: Rates | None = RATES, **over: Any
) -> Portside:
    """A Portside over nothing but these movements."""
    names = [column.name for column in movements.columns]
    filled = [dict.fromkeys(names) | row for row in rows]
    if filled:
        with store.writing() as connection:
            connection.execute(insert(movements), filled)
            rollups.rebuild(connection, over.get("timezone", "UTC"))
            turnover.rebuild(connection, over.get("timezone", "UTC"))
    setup = Setup(catalog=CATALOG, rates=rates, **over)
    return Portside(store=store, clock=lambda: parse_iso(now), setup=setup)


def over_company(store: Store, seed: int, rates: Rates | None = None) -> Portside:
    """A Portside over a seeded company, a month after its last event."""
    events = company(seed)
    once(store, ("company", seed), lambda: ingest_into(store).apply(events))
    now = max(event["created"] for event in events) + 30 * DAY
    return Portside(store=store, clock=lambda: now, setup=Setup(catalog=CATALOG, rates=rates))
