"""/v1/invoiceitems."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.billing import invoice_items
from lib.sandbox.paging import listing, page

CREATE: p.Schema = {
    "amount": p.integer(),
    "currency": p.text(),
    "customer": p.reference(required=True),
    "description": p.text(),
    "invoice": p.reference(),
    "metadata": p.metadata(),
    "period": p.obj({"end": p.timestamp(required=True), "start": p.timestamp(required=True)}),
    "pricing": p.obj({"price": p.reference(required=True)}),
    "quantity": p.integer(minimum=0, maximum=999_999),
    "subscription": p.reference(),
    **p.unsupported_all(
        "customer_account",
        "discountable",
        "discounts",
        "price_data",
        "quantity_decimal",
        "tax_behavior",
        "tax_code",
        "tax_rates",
        "unit_amount_decimal",
    ),
}


@endpoint("POST", "/v1/invoiceitems", CREATE)
def create(call: Call) -> Object:
    return invoice_items.create(call.sandbox, call.params)


@endpoint("GET", "/v1/invoiceitems/{invoiceitem}")
def retrieve(call: Call, invoiceitem: str) -> Object:
    return call.sandbox.get("invoiceitem", invoiceitem)


@endpoint("DELETE", "/v1/invoiceitems/{invoiceitem}")
def delete(call: Call, invoiceitem: str) -> Object:
    return invoice_items.delete(call.sandbox, invoiceitem)


@endpoint(
    "GET",
    "/v1/invoiceitems",
    listing(
        created=p.created_range(),
        customer=p.reference(),
        invoice=p.reference(),
        pending=p.boolean(),
    ),
)
def list_(call: Call) -> Object:
    wanted = call.params
    pending = wanted.get("pending")
    return page(
        call.sandbox,
        "invoiceitem",
        "/v1/invoiceitems",
        wanted,
        customer=wanted.get("customer"),
        link=wanted.get("invoice"),
        keep=lambda item: pending in (None, item["invoice"] is None),
    )
