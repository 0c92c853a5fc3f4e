"""Movements of made-up customers, written straight into the tables."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

from sqlalchemy import delete, insert

from lib.billing.store import rollups, turnover
from lib.billing.store.engine import Store
from lib.billing.store.tables import movements, subscriptions
from tests.reports.ledger import at
from tests.reports.second_count import Move

HOUR, DAY = 3_600, 86_400
CURRENCIES = ("usd", "jpy", "kwd")
CAUSES = (
    ("cancellation_requested", "too_expensive"),
    ("cancellation_requested", None),
    ("payment_failed", None),
    ("payment_disputed", None),
    (None, None),
    ("of_tomorrow", "unused"),
)
EDGES = tuple(
    at(text)
    for text in (
        "2025-12-31T22:59:59",
        "2025-12-31T23:00",
        "2026-01-01",
        "2026-01-31T23:00",
        "2026-02-28T23:00",
        "2026-03-01",
        "2026-03-29T01:00",  # Berlin loses an hour
        "2026-03-30T22:00",
        "2026-03-31T22:00",
        "2026-04-01",
        "2026-05-01",
        "2026-10-25T00:30",  # and gets it back
        "2026-10-25T01:30",
        "2026-10-31T23:00",
    )
)
"""Borders of days and months in UTC and in Berlin."""

Life = Sequence[tuple[int, int]]
"""(second, MRR from then on); by second."""


def moves_of(customer: str, currency: str, life: Life, causes: Sequence[int]) -> list[Move]:
    """The movements of one customer; net zero is none."""
    found: list[Move] = []
    worth = 0
    for n, (second, minor) in enumerate(life):
        if minor == worth:
            continue
        if not found:
            kind = "new"
        elif worth == 0:
            kind = "reactivation"
        elif minor == 0:
            kind = "churn"
        else:
            kind = "expansion" if minor > worth else "contraction"
        cause = CAUSES[causes[n % len(causes)] % len(CAUSES)] if kind == "churn" else (None, None)
        found.append(Move(second, customer, currency, kind, minor - worth, *cause))
        worth = minor
    return found


def random_world(seed: int, *, customers: int = 30) -> list[Move]:
    """Lives that crowd around borders, some in two currencies."""
    choice = random.Random(seed)
    found: list[Move] = []
    for n in range(customers):
        for currency in choice.sample(CURRENCIES, choice.choice([1, 1, 1, 2])):
            seconds = {
                choice.choice(EDGES) + choice.choice([-HOUR, -1, 0, 1, HOUR, 9 * DAY, 20 * DAY])
                for _ in range(choice.randrange(1, 9))
            }
            life = [(second, choice.choice([0, 0, 900, 2900, 9900])) for second in sorted(seconds)]
            causes = [choice.randrange(len(CAUSES)) for _ in range(3)]
            found += moves_of(f"cus_{n:03}", currency, life, causes)
    return found


def write(store: Store, moves: Iterable[Move], policy: str) -> None:
    """Replace whatever the store holds; each movement has a subscription of its own."""
    rows, held = [], []
    worth: dict[tuple[str, str], int] = {}
    for n, move in enumerate(sorted(moves, key=lambda m: m.at)):
        before = worth.get((move.customer, move.currency), 0)
        worth[move.customer, move.currency] = before + move.delta
        rows.append(
            {
                "movement_id": f"{move.customer}:{move.currency}:{move.at}",
                "policy": policy,
                "customer_id": move.customer,
                "currency": move.currency,
                "occurred_at": move.at,
                "kind": move.kind,
                "delta_minor": move.delta,
                "before_minor": before,
                "after_minor": before + move.delta,
                "from_plan": "pro" if before else None,
                "to_plan": "pro" if before + move.delta else None,
                "from_interval": "month" if before else None,
                "to_interval": "month" if before + move.delta else None,
                "subscription_id": f"sub_{n}",
                "event_id": f"evt_{n}",
                "reconstructed": False,
                "switched": False,
            }
        )
        held.append(_subscription(f"sub_{n}", move))
    with store.writing() as connection:
        connection.execute(delete(movements))
        connection.execute(delete(subscriptions))
        if rows:
            connection.execute(insert(movements), rows)
            connection.execute(insert(subscriptions), held)
        rollups.rebuild(connection, "UTC")
        turnover.rebuild(connection, "UTC")


def _subscription(subscription_id: str, move: Move) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(column.name for column in subscriptions.columns)
    return row | {
        "subscription_id": subscription_id,
        "customer_id": move.customer,
        "status": "canceled",
        "live": False,
        "plan_rank": 0,
        "plan_resolved": True,
        "item_count": 1,
        "metered": False,
        "items": "[]",
        "currency": move.currency,
        "cancel_at_period_end": False,
        "winding_down": False,
        "reason": move.cause,
        "feedback": move.feedback,
        "event_id": "evt",
        "last_second": move.at,
        "certainty": "proven",
    }
