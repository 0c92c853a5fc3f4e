"""Whose upgrades a text names: few of them looked up before anything is judged, of many the rest.

Judging a movement reads the states behind it, so whoever is not meant is left out before.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, or_, select

from ..tables import customers as c
from ..tables import movements as m
from ..tables import subscriptions as s
from .named import Named, like

Condition = ColumnElement[bool]

CALLED = (c.c.email, c.c.name, c.c.org_id)


def of_few(connection: Connection, found: Named) -> Condition:
    """Movements of those who were ``found``, all of whom are known."""
    sold = found.ids.get("subscription_id", ())
    owners = select(s.c.customer_id).where(s.c.subscription_id.in_(sold)).distinct()
    also = tuple(connection.execute(owners).scalars()) if sold else ()
    # By customer first: movements have no index by subscription.
    whose = {*found.ids.get("customer_id", ()), *also}
    theirs = Named({"customer_id": tuple(sorted(whose))}, True, found.sqlite)
    return theirs.among(m.c.customer_id) & found.among(m.c.customer_id, m.c.subscription_id)


def of_many(text: str) -> Condition:
    """Movements of everybody whom ``text`` names, in one pass over the customers."""
    called = select(c.c.customer_id).where(like(text, *CALLED, c.c.customer_id))
    return or_(m.c.customer_id.in_(called), like(text, m.c.subscription_id))


def one_by_one(text: str) -> Condition:
    """The same where few movements are looked at."""
    called = select(like(text, *CALLED)).where(c.c.customer_id == m.c.customer_id)
    return or_(like(text, m.c.customer_id, m.c.subscription_id), called.scalar_subquery())
