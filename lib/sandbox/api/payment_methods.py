"""/v1/payment_methods, and a customer's own."""

from __future__ import annotations

from datetime import UTC, datetime

from lib.sandbox import params as p
from lib.sandbox.api import fields
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.billing import payments
from lib.sandbox.errors import SandboxError
from lib.sandbox.paging import listing, page

TYPES = ("card",)


@endpoint(
    "POST",
    "/v1/payment_methods",
    {
        "billing_details": fields.BILLING_DETAILS,
        "card": p.obj(
            {
                "cvc": p.text(),
                "exp_month": p.integer(minimum=1, maximum=12),
                "exp_year": p.integer(minimum=2000, maximum=2100),
                "number": p.text(),
                "token": p.text(),
            }
        ),
        "metadata": p.metadata(),
        "type": p.enum(*TYPES, required=True),
        "allow_redisplay": p.enum("always", "limited", "unspecified"),
        **p.unsupported_all("customer", "payment_method"),
    },
)
def create(call: Call) -> Object:
    card = call.params.get("card") or {}
    number = card.get("number") or card.get("token")
    if not number:
        raise SandboxError.missing_parameter("card")
    _check_expiry(call, card)
    return payments.create_method(
        call.sandbox,
        number,
        exp_month=card.get("exp_month"),
        exp_year=card.get("exp_year"),
        billing_details=call.params.get("billing_details"),
        metadata=call.params.get("metadata"),
        param="card[number]" if card.get("number") else "card[token]",
    )


def _check_expiry(call: Call, card: Object) -> None:
    today = datetime.fromtimestamp(call.sandbox.now(), UTC)
    year, month = card.get("exp_year") or today.year, card.get("exp_month") or today.month
    if (year, month) < (today.year, today.month):
        part = "year" if year < today.year else "month"
        raise SandboxError(
            f"Your card's expiration {part} is invalid.",
            status=402,
            type="card_error",
            code=f"invalid_expiry_{part}",
            param=f"card[exp_{part}]",
        )


@endpoint("GET", "/v1/payment_methods/{payment_method}")
def retrieve(call: Call, payment_method: str) -> Object:
    return call.sandbox.get("payment_method", payment_method)


@endpoint(
    "POST",
    "/v1/payment_methods/{payment_method}",
    {
        "allow_redisplay": p.enum("always", "limited", "unspecified"),
        "billing_details": fields.BILLING_DETAILS,
        "card": p.obj(
            {
                "exp_month": p.integer(minimum=1, maximum=12),
                "exp_year": p.integer(minimum=2000, maximum=2100),
            }
        ),
        "metadata": p.metadata(),
    },
)
def update(call: Call, payment_method: str) -> Object:
    return payments.update_method(call.sandbox, payment_method, call.params)


@endpoint(
    "POST",
    "/v1/payment_methods/{payment_method}/attach",
    {"customer": p.reference(required=True)},
)
def attach(call: Call, payment_method: str) -> Object:
    return payments.attach(call.sandbox, payment_method, call.params["customer"], verify=True)


@endpoint("POST", "/v1/payment_methods/{payment_method}/detach")
def detach(call: Call, payment_method: str) -> Object:
    return payments.detach(call.sandbox, payment_method)


@endpoint(
    "GET",
    "/v1/payment_methods",
    listing(
        customer=p.reference(),
        type=p.enum(*TYPES),
        allow_redisplay=p.enum("always", "limited", "unspecified"),
    ),
)
def list_(call: Call) -> Object:
    customer = call.params.get("customer")
    return _page(call, "/v1/payment_methods", customer)


@endpoint("GET", "/v1/customers/{customer}/payment_methods", listing(type=p.enum(*TYPES)))
def list_of_customer(call: Call, customer: str) -> Object:
    call.sandbox.get("customer", customer)
    return _page(call, f"/v1/customers/{customer}/payment_methods", customer)


@endpoint("GET", "/v1/customers/{customer}/payment_methods/{payment_method}")
def retrieve_of_customer(call: Call, customer: str, payment_method: str) -> Object:
    method = call.sandbox.get("payment_method", payment_method)
    if method["customer"] != customer:
        raise SandboxError.missing_resource("payment_method", payment_method)
    return method


def _page(call: Call, url: str, customer: str | None) -> Object:
    return page(
        call.sandbox,
        "payment_method",
        url,
        call.params,
        customer=customer,
        keep=lambda method: customer is not None and method["customer"] == customer,
    )
