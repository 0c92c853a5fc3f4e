"""A handful of customers with a past: one of each kind that a desk has to know."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import AbstractContextManager

from lib.sandbox.kinde.tenant import Object, Tenant
from lib.sandbox.world.names import Names

DAY = 86_400

At = Callable[[int], AbstractContextManager[None]]
"""Sets the clock for what happens inside."""


def seed(tenant: Tenant, at: At, *, now: int, shared_org: str | None = None) -> None:
    """Six customers whose stories end at ``now``; nothing where there are any already.

    ``shared_org``: an organization that is Stripe's customer too.
    """
    if tenant.customers:
        return
    names = Names(random.Random("kinde"))

    def add(org_code: str | None = None) -> Object:
        who = names.draw()
        code = org_code or f"org_{who.slug}"
        return tenant.add(org_code=code, name=who.name, email=who.email)

    steady, grown, owing = add(), add(), add()
    leaving, gone, both = add(), add(), add(shared_org)
    story: list[tuple[int, Callable[[], object]]] = [
        (200, lambda: tenant.subscribe(steady["id"], "pro")),
        (150, lambda: tenant.subscribe(grown["id"], "starter")),
        (140, lambda: tenant.subscribe(gone["id"], "starter")),
        (120, lambda: tenant.subscribe(owing["id"], "pro")),
        (100, lambda: tenant.subscribe(leaving["id"], "starter")),
        (90, lambda: tenant.subscribe(both["id"], "business")),
        (60, lambda: tenant.change(grown["id"], "pro")),
        (45, lambda: tenant.cancel(gone["id"])),
        (30, lambda: tenant.pay(steady["id"])),
        (5, lambda: tenant.fail(owing["id"])),
        (2, lambda: tenant.overdue(owing["id"])),
        (1, lambda: _leave(tenant, leaving, now)),
        # Of a shape that nobody documented: kept as failed, with the reason.
        (1, lambda: tenant.publish("customer.plan_assigned", {"plan": {"code": "pro"}})),
    ]
    for days, happen in story:
        with at(now - days * DAY):
            happen()


def _leave(tenant: Tenant, customer: Object, now: int) -> None:
    customer["agreement"]["current_period_end"] = now + 12 * DAY
    tenant.cancel(customer["id"], at_period_end=True)
