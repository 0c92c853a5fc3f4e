"""/v1/subscription_schedules."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api import fields
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.billing import schedules
from lib.sandbox.paging import listing, page

PHASES = p.array(
    {
        "discounts": fields.DISCOUNTS,
        "duration": p.obj(
            {
                "interval": p.enum("day", "month", "week", "year", required=True),
                "interval_count": p.integer(minimum=1),
            }
        ),
        "end_date": p.integer_or("now"),
        "items": p.array(
            {
                "metadata": p.metadata(),
                "price": p.reference(),
                "price_data": fields.PRICE_DATA,
                "quantity": p.integer(minimum=0),
                **p.unsupported_all("billing_thresholds", "discounts", "tax_rates"),
            },
            required=True,
        ),
        "metadata": p.metadata(),
        "proration_behavior": fields.PRORATION,
        "start_date": p.integer_or("now"),
        **p.unsupported_all(
            "add_invoice_items",
            "application_fee_percent",
            "automatic_tax",
            "billing_cycle_anchor",
            "billing_thresholds",
            "collection_method",
            "currency",
            "default_payment_method",
            "default_tax_rates",
            "description",
            "invoice_settings",
            "on_behalf_of",
            "transfer_data",
            "trial",
            "trial_end",
        ),
    }
)
END_BEHAVIOR = p.enum("cancel", "release")


@endpoint(
    "POST",
    "/v1/subscription_schedules",
    {
        "billing_mode": fields.BILLING_MODE,
        "customer": p.reference(),
        "end_behavior": END_BEHAVIOR,
        "from_subscription": p.reference(),
        "metadata": p.metadata(),
        "phases": PHASES,
        "start_date": p.integer_or("now"),
        **p.unsupported_all("customer_account", "default_settings"),
    },
)
def create(call: Call) -> Object:
    return schedules.create(call.sandbox, call.params)


@endpoint("GET", "/v1/subscription_schedules/{schedule}")
def retrieve(call: Call, schedule: str) -> Object:
    return call.sandbox.get("subscription_schedule", schedule)


@endpoint(
    "POST",
    "/v1/subscription_schedules/{schedule}",
    {
        "end_behavior": END_BEHAVIOR,
        "metadata": p.metadata(),
        "phases": PHASES,
        "proration_behavior": fields.PRORATION,
        **p.unsupported_all("default_settings"),
    },
)
def update(call: Call, schedule: str) -> Object:
    return schedules.update(call.sandbox, schedule, call.params)


@endpoint(
    "POST",
    "/v1/subscription_schedules/{schedule}/release",
    {"preserve_cancel_date": p.boolean()},
)
def release(call: Call, schedule: str) -> Object:
    return schedules.release(call.sandbox, schedule, call.params)


@endpoint(
    "POST",
    "/v1/subscription_schedules/{schedule}/cancel",
    {"invoice_now": p.boolean(), "prorate": p.boolean()},
)
def cancel(call: Call, schedule: str) -> Object:
    return schedules.cancel(call.sandbox, schedule, call.params)


@endpoint(
    "GET",
    "/v1/subscription_schedules",
    listing(
        canceled_at=p.created_range(),
        completed_at=p.created_range(),
        created=p.created_range(),
        customer=p.reference(),
        released_at=p.created_range(),
        scheduled=p.boolean(),
    ),
)
def list_(call: Call) -> Object:
    wanted = call.params
    return page(
        call.sandbox,
        "subscription_schedule",
        "/v1/subscription_schedules",
        wanted,
        customer=wanted.get("customer"),
        keep=lambda s: not wanted.get("scheduled") or s["status"] == "not_started",
    )
