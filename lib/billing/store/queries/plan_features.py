"""How many pay for what several plans have in common, counted by the database."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, case, func, select

from ..tables import subscriptions as s


def holders(
    connection: Connection, currency: str, plans_of: Mapping[str, Collection[str]]
) -> dict[str, int]:
    """Name → customers with a subscription that counts in MRR, of any of its plans, each once."""
    names = sorted(name for name, plans in plans_of.items() if plans)
    if not names:
        return {}
    counts = [
        func.count(case((s.c.plan.in_(sorted(plans_of[name])), s.c.customer_id)).distinct())
        for name in names
    ]
    query = select(*counts).where(s.c.mrr_minor > 0, s.c.currency == currency)
    found = connection.execute(query).one()
    return {name: int(count) for name, count in zip(names, found, strict=True)}
