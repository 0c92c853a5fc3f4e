"""A customer's situation, read from the projection: what the choice of a link depends on."""

from __future__ import annotations

from ..domain.errors import NoCustomer
from ..domain.flow_values import Situation
from ..domain.portal_terms import groups_of
from ..settings.setup import Setup
from ..store.queries import customer as stored
from ..store.queries.invoices import invoices_of
from ..store.queries.reading import Connection

_MOST_INVOICES = 200


def plan_group(situation: Situation) -> str:
    """Whose portal configuration this customer gets: the group of the highest plan that is live,
    else of the last one they had, else the default plan's, else the first that is sold."""
    catalog = situation.catalog
    ranked = sorted(
        (row for row in situation.subscriptions if row.plan is not None),
        key=lambda row: (not row.live, -row.plan_rank, row.subscription_id),
    )
    group = catalog.plan(ranked[0].plan or "").group if ranked else catalog.default.group
    sold = groups_of(catalog)
    return group if group in sold or not sold else next(iter(sold))


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
