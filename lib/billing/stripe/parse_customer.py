"""Customers, and the Checkout sessions that tell whose organization they are."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.observations import State
from .fields import Fields
from .parse_discount import discount_parts
from .reading import Context, Reader, Seen, belongs, organization


def _read_customer(fields: Fields, context: Context) -> Seen:
    name = fields.own_id()
    gone = context.event_type == "customer.deleted" or fields.flag("deleted")
    locales = fields.elements("preferred_locales")
    method = fields.inside("invoice_settings").ident("default_payment_method")
    state: State = {
        "org_id": organization(fields, context),
        "email": fields.text("email", 800),
        "name": fields.text("name", 800),
        "currency": fields.currency("currency"),
        "created": fields.moment("created"),
        "deleted": gone,
        "locale": Fields({"preferred_locales": locales[0]}, "customer").word("preferred_locales")
        if locales
        else None,
        "default_payment_method": method or fields.ident("default_source"),
        "balance": fields.whole("balance") or fields.whole("account_balance") or 0,
        "delinquent": fields.flag("delinquent"),
    }
    return Seen("customer", name, name, state, ended=gone)


def _customer_parts(fields: Fields, context: Context) -> Iterator[Seen]:
    yield from discount_parts(fields, fields.own_id(), context)


def _read_checkout(fields: Fields, context: Context) -> Seen:
    customer = fields.ident("customer")
    subscription = fields.ident("subscription")
    state: State = {
        "subscription": subscription,
        "client_reference_id": fields.text("client_reference_id", 500),
        "org_id": organization(fields, context),
        "mode": fields.word("mode"),
        "status": fields.word("status"),
        "payment_status": fields.word("payment_status"),
    }
    parent = belongs(customer, ("subscription", subscription))
    return Seen("checkout", fields.own_id(), customer, state, parent)


CUSTOMER = Reader("customer", _read_customer, _customer_parts)
CHECKOUT = Reader("checkout.session", _read_checkout)
