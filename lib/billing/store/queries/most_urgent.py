"""What the most urgent failed payments are worth at least, so that not every one is weighed.

Urgency is what is lost divided by the days that are left to keep it, and by no less than one: a
payment is at most as urgent as it is worth. Some of the dearest subscriptions tell how urgent the
last one shown is at least; nothing that is worth less comes before it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, literal
from sqlalchemy.sql.util import ClauseAdapter

from ..tables import subscriptions as s
from .columns import among

WEIGHT: Final = 1_000
"""What is divided by whole days, so that their parts tell two payments apart."""
DEAREST: Final = 200
"""Subscriptions that are looked at to know."""
_TOLD: Final = (
    s.c.subscription_id,
    s.c.customer_id,
    s.c.currency,
    s.c.status,
    s.c.live,
    s.c.value_minor,
    s.c.past_due_since,
    s.c.winding_down,
    s.c.ends_at,
    s.c.plan,
    s.c.interval,
    s.c.interval_count,
)


def urgency(worth: ColumnElement[int], days_left: ColumnElement[int]) -> ColumnElement[int]:
    return worth * WEIGHT // (days_left + 1)


def least_worth(
    connection: Connection,
    queue: Select[Any],
    urgency: ColumnElement[int],
    due: Select[Any],
    currencies: Collection[str],
    wanted: int,
) -> int | None:
    """Minor units below which no subscription has one of the first ``wanted`` of ``queue``.

    ``queue``: narrowed, of subscriptions joined with their invoices. ``due``: the subscriptions in
    it, and maybe more. ``currencies``: in which those who are looked at are subscribed, as they are
    mostly billed. None where that cannot be told: some are worth nobody knows what, or too few of
    the dearest are in it.
    """
    valued = s.c.value_minor.is_not(None)
    dearest = among(due.with_only_columns(*_TOLD).where(valued), (s.c.currency, currencies))
    top = dearest.order_by(s.c.value_minor.desc()).limit(DEAREST).subquery()
    asked = queue.with_only_columns(urgency, maintain_column_froms=False)
    asked = asked.order_by(urgency.desc()).limit(1).offset(wanted - 1)
    last = connection.execute(ClauseAdapter(top).traverse(asked)).scalar()
    if not isinstance(last, int) or last <= 0:  # beyond 64 bits SQLite rounds
        return None
    unvalued = due.with_only_columns(literal(1)).where(~valued).limit(1)
    return None if connection.execute(unvalued).first() else -(-last // WEIGHT)
