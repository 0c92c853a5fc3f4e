"""A customer's situation, read from the projection: what the choice of a link depends on."""

from __future__ import annotations

from ..domain.errors import NoCustomer
from ..domain.flow_values import Situation
from ..settings.setup import Setup
from ..store.queries import customer as stored
from ..store.queries.invoices import invoices_of
from ..store.queries.reading import Connection

_MOST_INVOICES = 200


def situation_of(connection: Connection, setup: Setup, customer_id: str) -> Situation:
    """The situation as far as the projection knows it. Raises NoCustomer."""
    customer = stored.customers_of(connection, [customer_id]).get(customer_id)
    if customer is None:
        raise NoCustomer.named(customer_id)
    return Situation(
        customer=customer,
        subscriptions=tuple(stored.subscriptions_of(connection, customer_id)),
        invoices=tuple(invoices_of(connection, customer_id, _MOST_INVOICES)),
        catalog=setup.catalog,
        configuration=None,
        timezone=setup.timezone,
    )
