"""/v1/prices."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api.fields import RECURRING, SEARCH, TAX_BEHAVIOR
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.api.search import matching, search_page
from lib.sandbox.billing import prices
from lib.sandbox.paging import listing, page

CREATE: p.Schema = {
    "active": p.boolean(),
    "billing_scheme": p.enum("per_unit", "tiered"),
    "currency": p.text(required=True, clear=False),
    "lookup_key": p.text(limit=200),
    "metadata": p.metadata(),
    "nickname": p.text(),
    "product": p.reference(),
    "product_data": p.obj(
        {
            "active": p.boolean(),
            "id": p.text(),
            "metadata": p.metadata(),
            "name": p.text(required=True, clear=False),
            "statement_descriptor": p.text(),
            "tax_code": p.text(),
            "unit_label": p.text(),
        }
    ),
    "recurring": RECURRING,
    "tax_behavior": TAX_BEHAVIOR,
    "tiers": p.array(
        {
            "flat_amount": p.integer(),
            "flat_amount_decimal": p.decimal(),
            "unit_amount": p.integer(),
            "unit_amount_decimal": p.decimal(),
            "up_to": p.integer_or("inf"),
        }
    ),
    "tiers_mode": p.enum("graduated", "volume"),
    "transfer_lookup_key": p.boolean(),
    "transform_quantity": p.obj(
        {
            "divide_by": p.integer(required=True, minimum=1),
            "round": p.enum("down", "up", required=True),
        }
    ),
    "unit_amount": p.integer(),
    "unit_amount_decimal": p.decimal(),
    **p.unsupported_all("currency_options", "custom_unit_amount"),
}
UPDATE: p.Schema = {
    "active": p.boolean(),
    "lookup_key": p.text(limit=200),
    "metadata": p.metadata(),
    "nickname": p.text(),
    "tax_behavior": TAX_BEHAVIOR,
    "transfer_lookup_key": p.boolean(),
    **p.unsupported_all("currency_options"),
}
FILTERS = listing(
    active=p.boolean(),
    created=p.created_range(),
    currency=p.text(),
    lookup_keys=p.array(p.text(), limit=10),
    product=p.reference(),
    recurring=p.obj(
        {
            "interval": p.enum("day", "month", "week", "year"),
            "meter": p.text(),
            "usage_type": p.enum("licensed", "metered"),
        }
    ),
    type=p.enum("one_time", "recurring"),
)


@endpoint("POST", "/v1/prices", CREATE)
def create(call: Call) -> Object:
    return prices.create(call.sandbox, call.params)


@endpoint("GET", "/v1/prices/{price}")
def retrieve(call: Call, price: str) -> Object:
    return call.sandbox.get("price", price)


@endpoint("POST", "/v1/prices/{price}", UPDATE)
def update(call: Call, price: str) -> Object:
    return prices.update(call.sandbox, price, call.params)


@endpoint("GET", "/v1/prices", FILTERS)
def list_(call: Call) -> Object:
    return page(
        call.sandbox, "price", "/v1/prices", call.params, keep=lambda x: _wanted(x, call.params)
    )


@endpoint(
    "GET",
    "/v1/prices/search",
    SEARCH,
)
def search(call: Call) -> Object:
    found = matching(call.sandbox, "price", call.params["query"])
    return search_page(found, "/v1/prices/search", call.params)


def _wanted(price: Object, wanted: Object) -> bool:
    plain = ("active", "currency", "product", "type")
    recurring = price["recurring"] or {}
    return (
        all(price[name] == wanted[name] for name in plain if name in wanted)
        and ("lookup_keys" not in wanted or price["lookup_key"] in wanted["lookup_keys"])
        and all(recurring.get(k) == v for k, v in wanted.get("recurring", {}).items())
    )
