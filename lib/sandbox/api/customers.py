"""/v1/customers."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api.fields import SEARCH
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.api.search import matching, search_page
from lib.sandbox.billing import customers
from lib.sandbox.core import Sandbox
from lib.sandbox.expand import includable
from lib.sandbox.paging import list_object, listing, page

SHIPPING = p.obj(
    {
        "address": p.address(clear=False),
        "name": p.text(required=True),
        "phone": p.text(),
    },
    clear=True,
)
FIELDS: dict[str, p.Field] = {
    "address": p.address(),
    "balance": p.integer(),
    "business_name": p.text(limit=150),
    "description": p.text(),
    "email": p.text(limit=512),
    "individual_name": p.text(limit=150),
    "invoice_prefix": p.text(limit=12),
    "invoice_settings": p.obj(
        {
            "custom_fields": p.array({"name": p.text(), "value": p.text()}, clear=True),
            "default_payment_method": p.reference(clear=True),
            "footer": p.text(),
            **p.unsupported_all("rendering_options"),
        }
    ),
    "metadata": p.metadata(),
    "name": p.text(limit=256),
    "next_invoice_sequence": p.integer(minimum=1),
    "phone": p.text(limit=20),
    "preferred_locales": p.array(p.text(), clear=True),
    "shipping": SHIPPING,
    "tax_exempt": p.enum("none", "exempt", "reverse", clear=True),
    **p.unsupported_all("cash_balance", "source", "tax"),
}
CREATE: p.Schema = {
    **FIELDS,
    "payment_method": p.reference(),
    "test_clock": p.reference(),
    **p.unsupported_all("tax_id_data"),
}
UPDATE: p.Schema = {**FIELDS, **p.unsupported_all("default_source")}


@endpoint("POST", "/v1/customers", CREATE)
def create(call: Call) -> Object:
    return customers.create(call.sandbox, call.params, verify=True)


@endpoint("GET", "/v1/customers/{customer}")
def retrieve(call: Call, customer: str) -> Object:
    if call.sandbox.peek("deleted_customer", customer):
        return {"id": customer, "object": "customer", "deleted": True}
    return call.sandbox.get("customer", customer)


@endpoint("POST", "/v1/customers/{customer}", UPDATE)
def update(call: Call, customer: str) -> Object:
    return customers.update(call.sandbox, customer, call.params)


@endpoint("DELETE", "/v1/customers/{customer}")
def delete(call: Call, customer: str) -> Object:
    return customers.delete(call.sandbox, customer)


@endpoint(
    "GET",
    "/v1/customers",
    listing(created=p.created_range(), email=p.text(), test_clock=p.reference()),
)
def list_(call: Call) -> Object:
    """Customers on test clocks show only when the clock is named; e-mail is case-sensitive."""
    email, clock = call.params.get("email"), call.params.get("test_clock")
    return page(
        call.sandbox,
        "customer",
        "/v1/customers",
        call.params,
        keep=lambda c: c["test_clock"] == clock and email in (None, c["email"]),
    )


@endpoint(
    "GET",
    "/v1/customers/search",
    SEARCH,
)
def search(call: Call) -> Object:
    found = matching(call.sandbox, "customer", call.params["query"])
    return search_page(found, "/v1/customers/search", call.params)


@includable("customer", "subscriptions")
def _subscriptions(sandbox: Sandbox, customer: Object) -> Object:
    url = f"/v1/customers/{customer['id']}/subscriptions"
    found = [
        s
        for s in sandbox.find("subscription", customer=customer["id"])
        if s["status"] not in ("canceled", "incomplete_expired")
    ]
    return list_object(found[:10], url, has_more=len(found) > 10)


@includable("customer", "sources")
def _sources(sandbox: Sandbox, customer: Object) -> Object:
    return list_object([], f"/v1/customers/{customer['id']}/sources")


@includable("customer", "tax_ids")
def _tax_ids(sandbox: Sandbox, customer: Object) -> Object:
    return list_object([], f"/v1/customers/{customer['id']}/tax_ids")
