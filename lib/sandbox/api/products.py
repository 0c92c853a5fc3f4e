"""/v1/products and the entitlement features attached to them."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api.fields import RECURRING, SEARCH
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.api.search import matching, search_page
from lib.sandbox.billing import products
from lib.sandbox.paging import listing, page

FIELDS: dict[str, p.Field] = {
    "active": p.boolean(),
    "description": p.text(limit=40000),
    "images": p.array(p.text(), limit=8, clear=True),
    "marketing_features": p.array({"name": p.text(required=True)}, limit=15, clear=True),
    "metadata": p.metadata(),
    "package_dimensions": p.obj(
        {name: p.decimal(required=True) for name in ("height", "length", "weight", "width")},
        clear=True,
    ),
    "shippable": p.boolean(),
    "statement_descriptor": p.text(limit=22),
    "tax_code": p.text(),
    "unit_label": p.text(limit=12),
    "url": p.text(),
}
CREATE: p.Schema = {
    **FIELDS,
    "id": p.text(clear=False),
    "name": p.text(required=True, clear=False),
    "default_price_data": p.obj(
        {
            "currency": p.text(required=True, clear=False),
            "metadata": p.metadata(),
            "recurring": RECURRING,
            "tax_behavior": p.enum("exclusive", "inclusive", "unspecified"),
            "unit_amount": p.integer(minimum=0),
            "unit_amount_decimal": p.decimal(),
            **p.unsupported_all("currency_options", "custom_unit_amount"),
        }
    ),
}
UPDATE: p.Schema = {**FIELDS, "name": p.text(clear=False), "default_price": p.reference()}


@endpoint("POST", "/v1/products", CREATE)
def create(call: Call) -> Object:
    return products.create(call.sandbox, call.params)


@endpoint("GET", "/v1/products/{product}")
def retrieve(call: Call, product: str) -> Object:
    if call.sandbox.peek("deleted_product", product):
        return {"id": product, "object": "product", "deleted": True}
    return call.sandbox.get("product", product)


@endpoint("POST", "/v1/products/{product}", UPDATE)
def update(call: Call, product: str) -> Object:
    return products.update(call.sandbox, product, call.params)


@endpoint("DELETE", "/v1/products/{product}")
def delete(call: Call, product: str) -> Object:
    return products.delete(call.sandbox, product)


@endpoint(
    "GET",
    "/v1/products",
    listing(
        active=p.boolean(),
        created=p.created_range(),
        ids=p.array(p.text()),
        shippable=p.boolean(),
        url=p.text(),
    ),
)
def list_(call: Call) -> Object:
    wanted = call.params
    ids = wanted.get("ids")
    return page(
        call.sandbox,
        "product",
        "/v1/products",
        wanted,
        keep=lambda product: (
            all(product[n] == wanted[n] for n in ("active", "shippable", "url") if n in wanted)
            and (ids is None or product["id"] in ids)
        ),
    )


@endpoint(
    "GET",
    "/v1/products/search",
    SEARCH,
)
def search(call: Call) -> Object:
    found = matching(call.sandbox, "product", call.params["query"])
    return search_page(found, "/v1/products/search", call.params)
