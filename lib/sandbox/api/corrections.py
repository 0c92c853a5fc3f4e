"""/v1/credit_notes, /v1/refunds and /v1/disputes."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.billing import credit_notes, disputes, refunds
from lib.sandbox.paging import listing, page, page_of

NOTE: p.Schema = {
    "amount": p.integer(minimum=1),
    "credit_amount": p.integer(minimum=0),
    "invoice": p.reference(required=True),
    "lines": p.array(
        {
            "amount": p.integer(minimum=0),
            "description": p.text(),
            "invoice_line_item": p.reference(),
            "quantity": p.integer(minimum=1),
            "type": p.enum("custom_line_item", "invoice_line_item", required=True),
            "unit_amount": p.integer(),
        }
    ),
    "memo": p.text(),
    "metadata": p.metadata(),
    "out_of_band_amount": p.integer(minimum=0),
    "reason": p.enum("duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
    "refund_amount": p.integer(minimum=0),
    **p.unsupported_all("effective_at", "email_type", "refunds", "shipping_cost"),
}


@endpoint("POST", "/v1/credit_notes", NOTE)
def create_note(call: Call) -> Object:
    return credit_notes.create(call.sandbox, call.params)


@endpoint("GET", "/v1/credit_notes/{credit_note}")
def retrieve_note(call: Call, credit_note: str) -> Object:
    return call.sandbox.get("credit_note", credit_note)


@endpoint("POST", "/v1/credit_notes/{credit_note}", {"memo": p.text(), "metadata": p.metadata()})
def update_note(call: Call, credit_note: str) -> Object:
    return credit_notes.update(call.sandbox, credit_note, call.params)


@endpoint("POST", "/v1/credit_notes/{credit_note}/void")
def void_note(call: Call, credit_note: str) -> Object:
    return credit_notes.void(call.sandbox, credit_note)


@endpoint("GET", "/v1/credit_notes/{credit_note}/lines", listing())
def note_lines(call: Call, credit_note: str) -> Object:
    lines = call.sandbox.get("credit_note", credit_note)["lines"]
    return page_of(lines["data"], lines["url"], call.params, "credit_note_line_item")


@endpoint(
    "GET",
    "/v1/credit_notes",
    listing(created=p.created_range(), customer=p.reference(), invoice=p.reference()),
)
def list_notes(call: Call) -> Object:
    wanted = call.params
    return page(
        call.sandbox,
        "credit_note",
        "/v1/credit_notes",
        wanted,
        customer=wanted.get("customer"),
        link=wanted.get("invoice"),
    )


@endpoint(
    "POST",
    "/v1/refunds",
    {
        "amount": p.integer(minimum=1),
        "charge": p.reference(),
        "metadata": p.metadata(),
        "payment_intent": p.reference(),
        "reason": p.enum("duplicate", "fraudulent", "requested_by_customer"),
    },
)
def create_refund(call: Call) -> Object:
    return refunds.create(call.sandbox, call.params)


@endpoint("GET", "/v1/refunds/{refund}")
def retrieve_refund(call: Call, refund: str) -> Object:
    return call.sandbox.get("refund", refund)


@endpoint("POST", "/v1/refunds/{refund}", {"metadata": p.metadata()})
def update_refund(call: Call, refund: str) -> Object:
    return refunds.update(call.sandbox, refund, call.params)


@endpoint(
    "GET",
    "/v1/refunds",
    listing(charge=p.reference(), created=p.created_range(), payment_intent=p.reference()),
)
def list_refunds(call: Call) -> Object:
    wanted = call.params
    intent = wanted.get("payment_intent")
    return page(
        call.sandbox,
        "refund",
        "/v1/refunds",
        wanted,
        link=wanted.get("charge"),
        keep=lambda refund: intent in (None, refund["payment_intent"]),
    )


@endpoint("GET", "/v1/disputes/{dispute}")
def retrieve_dispute(call: Call, dispute: str) -> Object:
    return call.sandbox.get("dispute", dispute)


@endpoint("POST", "/v1/disputes/{dispute}/close")
def close_dispute(call: Call, dispute: str) -> Object:
    return disputes.close(call.sandbox, dispute)


@endpoint(
    "GET",
    "/v1/disputes",
    listing(charge=p.reference(), created=p.created_range(), payment_intent=p.reference()),
)
def list_disputes(call: Call) -> Object:
    wanted = call.params
    intent = wanted.get("payment_intent")
    return page(
        call.sandbox,
        "dispute",
        "/v1/disputes",
        wanted,
        link=wanted.get("charge"),
        keep=lambda dispute: intent in (None, dispute["payment_intent"]),
    )
