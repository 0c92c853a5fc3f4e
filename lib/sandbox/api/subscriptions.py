"""/v1/subscriptions."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api import fields
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.api.search import matching, search_page
from lib.sandbox.billing import subscriptions
from lib.sandbox.errors import SandboxError
from lib.sandbox.paging import in_range, listing, page

SHARED: dict[str, p.Field] = {
    "automatic_tax": p.switched_off(),
    "cancel_at_period_end": p.boolean(),
    "collection_method": p.enum("charge_automatically", "send_invoice"),
    "days_until_due": p.integer(minimum=0),
    "default_payment_method": p.reference(),
    "description": p.text(limit=500),
    "discounts": fields.DISCOUNTS,
    "metadata": p.metadata(),
    "off_session": p.boolean(),
    "payment_behavior": fields.PAYMENT_BEHAVIOR,
    "payment_settings": p.obj(
        {
            "save_default_payment_method": p.enum("off", "on_subscription"),
            **p.unsupported_all("payment_method_options", "payment_method_types"),
        }
    ),
    "proration_behavior": fields.PRORATION,
    "trial_end": p.integer_or("now"),
    "trial_settings": fields.TRIAL_SETTINGS,
    **p.unsupported_all(
        "add_invoice_items",
        "application_fee_percent",
        "billing_schedules",
        "billing_thresholds",
        "default_source",
        "default_tax_rates",
        "invoice_settings",
        "on_behalf_of",
        "pending_invoice_item_interval",
        "transfer_data",
        "trial_from_plan",
    ),
}
CREATE: p.Schema = {
    **SHARED,
    "billing_cycle_anchor": p.timestamp(),
    "billing_mode": fields.BILLING_MODE,
    "cancel_at": p.integer_or("max_billed_until", "max_period_end", "min_period_end"),
    "currency": p.text(),
    "customer": p.reference(required=True),
    "items": p.array(fields.NEW_ITEM, required=True, limit=20),
    "trial_period_days": p.integer(minimum=0, maximum=730),
    **p.unsupported_all("backdate_start_date", "billing_cycle_anchor_config", "customer_account"),
}
UPDATE: p.Schema = {
    **SHARED,
    "billing_cycle_anchor": p.obj({"type": p.enum("now", "unchanged", required=True)}),
    "cancel_at": p.integer_or("max_billed_until", "max_period_end", "min_period_end", clear=True),
    "cancellation_details": fields.CANCELLATION_DETAILS,
    "default_payment_method": p.reference(clear=True),
    "items": p.array(fields.CHANGED_ITEM, limit=40),
    "pause_collection": p.obj(
        {
            "behavior": p.enum("keep_as_draft", "mark_uncollectible", "void", required=True),
            "resumes_at": p.timestamp(),
        },
        clear=True,
    ),
    "proration_date": p.timestamp(),
}
CANCEL: p.Schema = {
    "cancellation_details": fields.CANCELLATION_DETAILS,
    "invoice_now": p.boolean(),
    "prorate": p.boolean(),
}
PAUSE: p.Schema = {
    "type": p.enum("subscription"),
    "invoicing_behavior": p.enum("invoice", "pending_invoice_item"),
    **p.unsupported_all("bill_for"),
}
RESUME: p.Schema = {
    "billing_cycle_anchor": p.obj({"type": p.enum("now", "unchanged", required=True)}),
    "payment_behavior": p.enum("resume_on_payment_attempt", "resume_on_payment_success"),
    "proration_behavior": fields.PRORATION,
    "proration_date": p.timestamp(),
}
STATUSES = (
    "active",
    "canceled",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
)
FILTERS = listing(
    collection_method=p.enum("charge_automatically", "send_invoice"),
    created=p.created_range(),
    current_period_end=p.created_range(),
    current_period_start=p.created_range(),
    customer=p.reference(),
    price=p.reference(),
    status=p.enum(*STATUSES, "all", "ended"),
    test_clock=p.reference(),
    **p.unsupported_all("automatic_tax", "customer_account"),
)


@endpoint("POST", "/v1/subscriptions", CREATE)
def create(call: Call) -> Object:
    return subscriptions.create(call.sandbox, call.params)


@endpoint("GET", "/v1/subscriptions/{subscription}")
def retrieve(call: Call, subscription: str) -> Object:
    return call.sandbox.get("subscription", subscription)


@endpoint("POST", "/v1/subscriptions/{subscription}", UPDATE)
def update(call: Call, subscription: str) -> Object:
    return subscriptions.update(call.sandbox, subscription, call.params)


@endpoint("DELETE", "/v1/subscriptions/{subscription}", CANCEL)
def cancel(call: Call, subscription: str) -> Object:
    return subscriptions.cancel(call.sandbox, subscription, call.params)


@endpoint("DELETE", "/v1/subscriptions/{subscription}/discount")
def delete_discount(call: Call, subscription: str) -> Object:
    """Remove the subscription's discounts; the answer is the last one, as on Stripe."""
    held = call.sandbox.get("subscription", subscription)["discounts"]
    if not held:
        raise SandboxError("No active discount for subscription: " + subscription, status=404)
    discount = call.sandbox.get("discount", held[-1])
    subscriptions.update(call.sandbox, subscription, {"discounts": None})
    kept = {name: value for name, value in discount.items() if name != "end"}
    return {**kept, "deleted": True}


@endpoint("POST", "/v1/subscriptions/{subscription}/pause", PAUSE)
def pause(call: Call, subscription: str) -> Object:
    return subscriptions.pause(call.sandbox, subscription, call.params)


@endpoint("POST", "/v1/subscriptions/{subscription}/resume", RESUME)
def resume(call: Call, subscription: str) -> Object:
    return subscriptions.resume(call.sandbox, subscription, call.params)


@endpoint(
    "POST",
    "/v1/subscriptions/{subscription}/migrate",
    {
        "billing_mode": p.obj(
            {
                "flexible": p.obj({"proration_discounts": p.enum("included", "itemized")}),
                "type": p.enum("flexible", required=True),
            },
            required=True,
        )
    },
)
def migrate(call: Call, subscription: str) -> Object:
    return subscriptions.migrate(call.sandbox, subscription, call.params)


@endpoint("GET", "/v1/subscriptions", FILTERS)
def list_(call: Call) -> Object:
    """Everything but canceled ones, unless ``status`` says otherwise."""
    wanted = call.params
    customer = wanted.get("customer")
    if "price" in wanted:
        call.sandbox.get("price", wanted["price"], param="price")
    return page(
        call.sandbox,
        "subscription",
        "/v1/subscriptions",
        wanted,
        customer=customer,
        keep=lambda s: _wanted(s, wanted, hidden_clock=customer is None),
    )


@endpoint("GET", "/v1/subscriptions/search", fields.SEARCH)
def search(call: Call) -> Object:
    found = matching(call.sandbox, "subscription", call.params["query"])
    return search_page(found, "/v1/subscriptions/search", call.params)


def _wanted(subscription: Object, wanted: Object, *, hidden_clock: bool) -> bool:
    items = subscription["items"]["data"]
    status, state = wanted.get("status"), subscription["status"]
    if status is None and state == "canceled":
        return False
    if status == "ended" and state not in ("canceled", "incomplete_expired"):
        return False
    if status not in (None, "all", "ended", state):
        return False
    if (hidden_clock or "test_clock" in wanted) and subscription["test_clock"] != wanted.get(
        "test_clock"
    ):
        return False
    method = wanted.get("collection_method")
    if method not in (None, subscription["collection_method"]):
        return False
    if "price" in wanted and all(i["price"]["id"] != wanted["price"] for i in items):
        return False
    ends = min(item["current_period_end"] for item in items)
    starts = max(item["current_period_start"] for item in items)
    return in_range(ends, wanted.get("current_period_end")) and in_range(
        starts, wanted.get("current_period_start")
    )
