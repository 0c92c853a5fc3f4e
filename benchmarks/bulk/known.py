"""Somebody of a filled world whose story is there too: the others have rows alone."""

from __future__ import annotations

from lib.billing.ingest import Ingest
from lib.billing.store.engine import Store

from .people import Person
from .world import RULES, World


def somebody(store: Store) -> Person:
    """A customer with an active subscription from the middle of the world, whose events are taken
    in now; that they give the rows that are there already is what a test of the world says.

    Raises LookupError when nobody is like that.
    """
    with store.reading() as connection:
        people = int(connection.exec_driver_sql("SELECT count(*) FROM customers").scalar_one())
    world = World(people)
    for number in range(people // 2, people):
        someone = world.someone(number)
        if _pays(store, someone):
            life = (number * 7_919 + world.seed) % world.lives
            told = world.life(life, someone).events
            Ingest(store, RULES, clock=lambda: 0).apply(told)
            return someone
    raise LookupError("Nobody of this world pays: is it one of `python -m benchmarks.bulk`?")


def _pays(store: Store, someone: Person) -> bool:
    with store.reading() as connection:
        found = connection.exec_driver_sql(
            f"SELECT 1 FROM subscriptions WHERE customer_id = 'cus_{someone.token}' "
            "AND status = 'active' AND mrr_minor > 0 AND NOT winding_down"
        ).first()
    return found is not None
