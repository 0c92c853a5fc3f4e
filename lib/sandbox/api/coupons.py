"""/v1/coupons and /v1/promotion_codes."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.billing import coupons
from lib.sandbox.paging import listing, page

CREATE: p.Schema = {
    "amount_off": p.integer(minimum=1),
    "currency": p.text(),
    "duration": p.enum("forever", "once", "repeating"),
    "duration_in_months": p.integer(minimum=1),
    "id": p.text(),
    "max_redemptions": p.integer(minimum=1),
    "metadata": p.metadata(),
    "name": p.text(limit=40),
    "percent_off": p.decimal(),
    "redeem_by": p.timestamp(),
    **p.unsupported_all("applies_to", "currency_options"),
}
CODE: p.Schema = {
    "active": p.boolean(),
    "code": p.text(),
    "customer": p.reference(),
    "expires_at": p.timestamp(),
    "max_redemptions": p.integer(minimum=1),
    "metadata": p.metadata(),
    "promotion": p.obj(
        {
            "coupon": p.reference(required=True),
            "type": p.enum("coupon", required=True),
        },
        required=True,
    ),
    "restrictions": p.obj(
        {
            "first_time_transaction": p.boolean(),
            "minimum_amount": p.integer(),
            "minimum_amount_currency": p.text(),
        }
    ),
}


@endpoint("POST", "/v1/coupons", CREATE)
def create(call: Call) -> Object:
    return coupons.create(call.sandbox, call.params)


@endpoint("GET", "/v1/coupons/{coupon}")
def retrieve(call: Call, coupon: str) -> Object:
    return call.sandbox.get("coupon", coupon)


@endpoint("POST", "/v1/coupons/{coupon}", {"metadata": p.metadata(), "name": p.text(limit=40)})
def update(call: Call, coupon: str) -> Object:
    return coupons.update(call.sandbox, coupon, call.params)


@endpoint("DELETE", "/v1/coupons/{coupon}")
def delete(call: Call, coupon: str) -> Object:
    return coupons.delete(call.sandbox, coupon)


@endpoint("GET", "/v1/coupons", listing(created=p.created_range()))
def list_(call: Call) -> Object:
    return page(call.sandbox, "coupon", "/v1/coupons", call.params)


@endpoint("POST", "/v1/promotion_codes", CODE)
def create_code(call: Call) -> Object:
    return coupons.create_code(call.sandbox, call.params)


@endpoint("GET", "/v1/promotion_codes/{promotion_code}")
def retrieve_code(call: Call, promotion_code: str) -> Object:
    return call.sandbox.get("promotion_code", promotion_code)


@endpoint(
    "POST",
    "/v1/promotion_codes/{promotion_code}",
    {"active": p.boolean(), "metadata": p.metadata(), **p.unsupported_all("restrictions")},
)
def update_code(call: Call, promotion_code: str) -> Object:
    return coupons.update_code(call.sandbox, promotion_code, call.params)


@endpoint(
    "GET",
    "/v1/promotion_codes",
    listing(
        active=p.boolean(),
        code=p.text(),
        coupon=p.reference(),
        created=p.created_range(),
        customer=p.reference(),
    ),
)
def list_codes(call: Call) -> Object:
    wanted = call.params
    return page(
        call.sandbox,
        "promotion_code",
        "/v1/promotion_codes",
        wanted,
        keep=lambda code: (
            all(code[n] == wanted[n] for n in ("active", "code", "customer") if n in wanted)
            and wanted.get("coupon") in (None, code["promotion"]["coupon"])
        ),
    )
