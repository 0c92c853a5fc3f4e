"""/v1/invoices, their lines, payments and pending items."""

from __future__ import annotations

from typing import Any

from lib.sandbox import params as p
from lib.sandbox.api import fields
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.api.search import matching, search_page
from lib.sandbox.billing import invoices, paying
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.events import rendered
from lib.sandbox.expand import includable
from lib.sandbox.paging import in_range, list_object, listing, page, page_of

UPDATE: dict[str, p.Field] = {
    "auto_advance": p.boolean(),
    "automatic_tax": p.switched_off(),
    "default_payment_method": p.reference(clear=True),
    "description": p.text(),
    "due_date": p.timestamp(),
    "footer": p.text(),
    "metadata": p.metadata(),
    **p.unsupported_all(
        "account_tax_ids",
        "custom_fields",
        "default_tax_rates",
        "discounts",
        "payment_settings",
        "rendering",
    ),
}
CREATE: p.Schema = {
    **UPDATE,
    "collection_method": p.enum("charge_automatically", "send_invoice"),
    "currency": p.text(),
    "customer": p.reference(required=True),
    "days_until_due": p.integer(minimum=0),
    "pending_invoice_items_behavior": p.enum("exclude", "include"),
    **p.unsupported_all("from_invoice", "subscription"),
}
PREVIEW: p.Schema = {
    "currency": p.text(),
    "customer": p.reference(),
    "discounts": fields.DISCOUNTS,
    "invoice_items": p.array(
        {
            "amount": p.integer(),
            "currency": p.text(),
            "description": p.text(),
            "quantity": p.integer(minimum=0),
        }
    ),
    "preview_mode": p.enum("next", "recurring"),
    "subscription": p.reference(),
    "subscription_details": p.obj(
        {
            "billing_cycle_anchor": p.obj({"type": p.enum("now", "unchanged", required=True)}),
            "billing_mode": fields.BILLING_MODE,
            "cancel_at": p.integer_or("max_period_end", "min_period_end", clear=True),
            "cancel_at_period_end": p.boolean(),
            "cancel_now": p.boolean(),
            "items": p.array(fields.CHANGED_ITEM),
            "proration_behavior": fields.PRORATION,
            "proration_date": p.timestamp(),
            "trial_end": p.integer_or("now"),
            **p.unsupported_all("resume_at", "start_date"),
        }
    ),
    **p.unsupported_all("automatic_tax", "customer_details", "schedule", "schedule_details"),
}
STATUSES = ("draft", "open", "paid", "uncollectible", "void")


@endpoint("POST", "/v1/invoices", CREATE)
def create(call: Call) -> Object:
    return invoices.create(call.sandbox, call.params)


@endpoint("POST", "/v1/invoices/create_preview", PREVIEW, keeps=False)
def create_preview(call: Call) -> Object:
    return invoices.create_preview(call.sandbox, call.params)


@endpoint("GET", "/v1/invoices/{invoice}")
def retrieve(call: Call, invoice: str) -> Object:
    return call.sandbox.get("invoice", invoice)


@endpoint("POST", "/v1/invoices/{invoice}", UPDATE)
def update(call: Call, invoice: str) -> Object:
    return invoices.update(call.sandbox, invoice, call.params)


@endpoint("DELETE", "/v1/invoices/{invoice}")
def delete(call: Call, invoice: str) -> Object:
    return invoices.delete(call.sandbox, invoice)


@endpoint("POST", "/v1/invoices/{invoice}/finalize", {"auto_advance": p.boolean()})
def finalize(call: Call, invoice: str) -> Object:
    return invoices.finalize(call.sandbox, invoice, call.params)


@endpoint(
    "POST",
    "/v1/invoices/{invoice}/pay",
    {
        "forgive": p.boolean(),
        "off_session": p.boolean(),
        "paid_out_of_band": p.boolean(),
        "payment_method": p.reference(),
        **p.unsupported_all("mandate", "source"),
    },
)
def pay(call: Call, invoice: str) -> Object:
    """A declined card keeps its consequences and answers 402."""
    paid = invoices.pay(call.sandbox, invoice, call.params)
    error = paying.decline_of(call.sandbox, paid)
    if paid["status"] != "paid" and error is not None:
        intent = paying.intent_of(call.sandbox, paid) or {}
        call.refusal = SandboxError.card_declined(error, payment_intent=rendered(intent))
    return paid


@endpoint("POST", "/v1/invoices/{invoice}/send")
def send(call: Call, invoice: str) -> Object:
    return invoices.send(call.sandbox, invoice)


@endpoint("POST", "/v1/invoices/{invoice}/void")
def void(call: Call, invoice: str) -> Object:
    return invoices.void(call.sandbox, invoice)


@endpoint("POST", "/v1/invoices/{invoice}/mark_uncollectible")
def mark_uncollectible(call: Call, invoice: str) -> Object:
    return invoices.mark_uncollectible(call.sandbox, invoice)


@endpoint("GET", "/v1/invoices/{invoice}/lines", listing())
def list_lines(call: Call, invoice: str) -> Object:
    lines = call.sandbox.get("invoice", invoice)["lines"]
    return page_of(lines["data"], lines["url"], call.params, "line_item")


@endpoint(
    "GET",
    "/v1/invoices",
    listing(
        collection_method=p.enum("charge_automatically", "send_invoice"),
        created=p.created_range(),
        customer=p.reference(),
        due_date=p.created_range(),
        status=p.enum(*STATUSES),
        subscription=p.reference(),
        **p.unsupported_all("customer_account"),
    ),
)
def list_(call: Call) -> Object:
    wanted = call.params
    status, created = wanted.get("status"), wanted.get("created")
    customer, subscription = wanted.get("customer"), wanted.get("subscription")
    method = wanted.get("collection_method")
    if subscription is not None:
        call.sandbox.get("subscription", subscription, param="subscription")

    def keep(invoice: Object) -> bool:
        return bool(
            method in (None, invoice["collection_method"])
            and in_range(invoice["due_date"], wanted.get("due_date"))
            and (customer or subscription or invoice["test_clock"] is None)
        )

    return page(
        call.sandbox,
        "invoice",
        "/v1/invoices",
        wanted,
        customer=customer,
        link=subscription,
        keep=keep,
        row_filter=lambda row: status in (None, row.status) and in_range(row.key[0], created),
    )


@endpoint("GET", "/v1/invoices/search", fields.SEARCH)
def search(call: Call) -> Object:
    found = matching(call.sandbox, "invoice", call.params["query"])
    return search_page(found, "/v1/invoices/search", call.params)


@endpoint(
    "GET",
    "/v1/invoice_payments",
    listing(
        created=p.created_range(),
        invoice=p.reference(),
        payment=p.obj(
            {
                "payment_intent": p.reference(),
                "payment_record": p.reference(),
                "type": p.enum("payment_intent", "payment_record", required=True),
            }
        ),
        status=p.enum("canceled", "open", "paid"),
    ),
)
def list_payments(call: Call) -> Object:
    wanted = call.params
    payment: dict[str, Any] = wanted.get("payment") or {}
    link = wanted.get("invoice")
    if link is not None:
        call.sandbox.get("invoice", link, param="invoice")
    intent = payment.get("payment_intent")
    if link is None and intent is not None:
        found = call.sandbox.get("payment_intent", intent, param="payment[payment_intent]")
        link = found["_"].get("invoice") or "none"
    return page(
        call.sandbox,
        "invoice_payment",
        "/v1/invoice_payments",
        wanted,
        link=link,
        keep=lambda x: (
            wanted.get("status") in (None, x["status"])
            and all(x["payment"].get(name) == value for name, value in payment.items())
        ),
    )


@endpoint("GET", "/v1/invoice_payments/{invoice_payment}")
def retrieve_payment(call: Call, invoice_payment: str) -> Object:
    return call.sandbox.get("invoice_payment", invoice_payment)


@includable("invoice", "payments")
def _payments(sandbox: Sandbox, invoice: Object) -> Object:
    found = sandbox.find("invoice_payment", link=invoice["id"])
    return list_object(found[:10], f"/v1/invoice_payments?invoice={invoice['id']}")


@includable("invoice", "confirmation_secret")
def _confirmation_secret(sandbox: Sandbox, invoice: Object) -> Object | None:
    intent = paying.intent_of(sandbox, invoice)
    if intent is None or invoice["status"] != "open":
        return None
    return {"client_secret": intent["client_secret"], "type": "payment_intent"}
