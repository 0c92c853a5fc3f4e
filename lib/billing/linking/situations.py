"""A customer's situation, read from the projection: what the choice of a link depends on."""

from __future__ import annotations

from ..domain.errors import NoCustomer
from ..domain.flow_situation import Situation
from ..domain.flow_values import Flow
from ..domain.link_life import CHECKOUT_LIFE
from ..domain.notices import user_of
from ..domain.portal_terms import groups_of
from ..domain.providers import is_stripes
from ..settings.setup import Setup
from ..store import audit, history, references
from ..store.queries import customer as stored
from ..store.queries.invoices import invoices_of
from ..store.queries.neighbours import neighbours_of
from ..store.queries.reading import Connection
from .newcomers import newcomers_situation
from .values import LinkRequest

MINTED = "link.minted"
MOST_INVOICES = 200


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


def asked_about(connection: Connection, setup: Setup, request: LinkRequest, now: int) -> Situation:
    """Whose situation a request is about: a customer's or a newcomer's. Raises NoCustomer."""
    if request.newcomer is not None:
        return newcomers_situation(connection, setup, request.newcomer)
    return situation_of(connection, setup, request.customer_id, now)


def situation_of(connection: Connection, setup: Setup, customer_id: str, now: int) -> Situation:
    """The situation as far as the projection and the audit know it. Raises NoCustomer."""
    customer = stored.customers_of(connection, [customer_id]).get(customer_id)
    if customer is None:
        raise NoCustomer.named(customer_id)
    known = references.load(connection)
    checkouts = open_checkouts(connection, customer_id, now)
    return Situation(
        customer=customer,
        subscriptions=tuple(stored.subscriptions_of(connection, customer_id)),
        invoices=tuple(invoices_of(connection, customer_id, MOST_INVOICES)),
        catalog=setup.catalog,
        configuration=None,
        timezone=setup.timezone,
        policy=setup.links,
        prices=known.prices,
        coupons=known.coupons,
        neighbours=tuple(neighbours_of(connection, customer)),
        open_checkout=checkouts[-1].at if checkouts else None,
        portal_user=None if is_stripes(customer_id) else _portal_user(connection, customer_id),
    )


def _portal_user(connection: Connection, customer_id: str) -> str | None:
    return user_of(history.of_customers(connection, [customer_id])[customer_id])


def open_checkouts(
    connection: Connection, customer_id: str | None, now: int
) -> list[audit.AuditRow]:
    """Checkout links made for a customer that may still be open, oldest first. None: those that
    were made for newcomers, whose ``detail`` tells them apart.

    Stripe ends such a session after a day; whether it was completed or closed is not asked here.
    """
    made = audit.of_flow(connection, customer_id, Flow.CHECKOUT, now - CHECKOUT_LIFE)
    return [row for row in made if row.action == MINTED and row.session_id is not None]
