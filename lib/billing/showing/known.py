"""What is known of one customer, now or at an earlier time, before anybody puts it into words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..domain.errors import NoCustomer
from ..domain.flow_values import spoken_reason
from ..domain.fold import CustomerFold, fold_customer
from ..domain.observations import Observation
from ..domain.project import project
from ..domain.rows import CustomerRow, EntitlementRow, InvoiceRow, MovementRow, SubscriptionRow
from ..domain.times import iso
from ..linking.outcomes import handed_out
from ..settings.rules import current_rules
from ..settings.setup import Setup
from ..store import history
from ..store.queries import customer as stored
from ..store.queries import invoices
from ..store.queries.entitlements import entitlements_of
from ..store.queries.links import link_rows
from ..store.queries.reading import Connection
from .customer_views import LinkSeen

MOST_INVOICES = 200
MOST_LINKS = 50


@dataclass(frozen=True, slots=True)
class KnownRows:
    """One customer's rows: those that are kept, or those made for an earlier time."""

    customer: CustomerRow
    entitlement: EntitlementRow
    subscriptions: Sequence[SubscriptionRow]
    invoices: Sequence[InvoiceRow]
    movements: Sequence[MovementRow]
    balances: dict[str, int]


def seen_of(connection: Connection, customer_id: str) -> list[Observation]:
    """All that was seen of a customer. Raises NoCustomer."""
    seen = history.of_customers(connection, [customer_id])[customer_id]
    if not seen:
        raise NoCustomer.named(customer_id)
    return seen


def fold_until(
    connection: Connection,
    setup: Setup,
    customer_id: str,
    seen: Sequence[Observation],
    at: int | None,
) -> CustomerFold:
    known = [o for o in seen if at is None or o.effective <= at]
    if not known:
        raise NoCustomer(f"Nothing of {customer_id} was known at {iso(at)}: choose a later time.")
    return fold_customer(customer_id, known, current_rules(connection, setup))


def kept(connection: Connection, setup: Setup, customer_id: str) -> KnownRows:
    customer = stored.customers_of(connection, [customer_id]).get(customer_id)
    entitlement = entitlements_of(connection, [customer_id]).get(customer_id)
    if customer is None or entitlement is None:
        raise NoCustomer.named(customer_id)
    return KnownRows(
        customer,
        entitlement,
        stored.subscriptions_of(connection, customer_id),
        invoices.invoices_of(connection, customer_id, MOST_INVOICES),
        stored.movements_of(connection, customer_id, setup.policy),
        invoices.open_balances(connection, customer_id),
    )


def made(fold: CustomerFold) -> KnownRows:
    rows = project(fold)
    balances: dict[str, int] = {}
    for invoice in rows.invoices:
        if invoice.status == "open" and invoice.currency:
            owed = balances.get(invoice.currency, 0) + invoice.amount_remaining_minor
            balances[invoice.currency] = owed
    by_newest = sorted(rows.invoices, key=lambda i: (-(i.created_at or 0), i.invoice_id))
    by_live = sorted(
        rows.subscriptions, key=lambda s: (not s.live, -(s.created_at or 0), s.subscription_id)
    )
    return KnownRows(
        rows.customer,
        rows.entitlement,
        by_live,
        by_newest[:MOST_INVOICES],
        rows.movements,
        balances,
    )


def links_of(
    connection: Connection, fold: CustomerFold, moment: int, at: int | None
) -> list[LinkSeen]:
    """What was handed out, newest first."""
    ends = None if at is None else at + 1
    rows = link_rows(connection, customer_id=fold.customer_id, ends=ends)
    links = handed_out(connection, rows, fold.rules, now=moment, until=at)
    return [
        LinkSeen(
            minted_at=link.minted_at,
            staff=link.staff,
            flow=link.flow,
            reason=spoken_reason(link.reason),
            ticket=link.ticket,
            outcome=link.progress.outcome,
        )
        for link in reversed(links)
    ][:MOST_LINKS]
