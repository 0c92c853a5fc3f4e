"""What Stripe added after 2026-05-27.dahlia, the release that the judged document describes.

The only place where the judge may be widened. Every entry stands under the release that brought it
(read from the type annotations of stripe-python 16.1.0). A place is written `resource#dotted.path`
for objects and `METHOD /path#dotted.path` for parameters; arrays and unions are stepped through.
"""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

WITHHELD = "withheld from the document"

TEXT: Schema = {"type": "string", "maxLength": 5000}
FLAG: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
TIME: Schema = {"type": "integer", "format": "unix-time"}


def _nullable(schema: Schema) -> Schema:
    return {**schema, "nullable": True}


def _enum(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _object(required: tuple[str, ...] = (), **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _expandable(resource: str) -> Schema:
    return {"anyOf": [TEXT, {"$ref": f"#/components/schemas/{resource}"}], "nullable": True}


def _operation(returns: str, **properties: Schema) -> Schema:
    answer = {"application/json": {"schema": {"$ref": f"#/components/schemas/{returns}"}}}
    refusal = {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}
    body = _object(**properties, expand=_list(TEXT))
    return {
        "parameters": [],
        "requestBody": {"content": {"application/x-www-form-urlencoded": {"schema": body}}},
        "responses": {"200": {"content": answer}, "default": {"content": refusal}},
    }


_INVOICE_TEXTS = {
    "custom_fields": _nullable(_list(_object(("name", "value"), name=TEXT, value=TEXT))),
    "description": _nullable(TEXT),
    "footer": _nullable(TEXT),
}
_PAUSE_TYPES = (
    "final_payment_failure",
    "first_payment_failure",
    "pause_requested",
    "system",
    "trial_end_without_payment_method",
)
_INTERVAL = _enum("day", "week", "month", "year")
_INTERVAL_OPTION = _object(("interval",), interval=_INTERVAL, interval_count=WHOLE)
_ANCHOR = _object(("type",), type=_enum("now", "unchanged"))
_PAUSE_DURATION = _object(
    ("type",),
    type=_enum("indefinite", "interval_options"),
    interval_options=_list(_INTERVAL_OPTION),
)
_UNCOLLECTIBLE_REASONS = (
    "max_payment_attempts",
    "payment_not_received",
    "subscription_canceled",
    "subscription_paused",
    "user_forgiven",
)

SCHEMAS: dict[str, dict[str, Schema]] = {
    # Only ever inside an event; stripe-python declares it, the public document leaves it out.
    WITHHELD: {
        "entitlements.active_entitlement_summary": _object(
            ("object", "customer", "entitlements", "livemode"),
            object=_enum("entitlements.active_entitlement_summary"),
            customer=TEXT,
            entitlements=_object(
                ("object", "data", "has_more", "url"),
                object=_enum("list"),
                data=_list({"$ref": "#/components/schemas/entitlements.active_entitlement"}),
                has_more=FLAG,
                url=TEXT,
            ),
            livemode=FLAG,
        ),
    },
}

PROPERTIES: dict[str, dict[str, dict[str, Schema]]] = {
    # Sent by the API and declared by stripe-python, but left out of the public document.
    WITHHELD: {
        "product#": {"type": _enum("good", "service")},
        "price#recurring": {"trial_period_days": _nullable(WHOLE)},
        "subscription_item#": {"plan": _nullable(_object())},
    },
    "2026-06-24.dahlia": {
        "subscription#invoice_settings": _INVOICE_TEXTS,
        "subscription_schedule#default_settings.invoice_settings": _INVOICE_TEXTS,
        "subscription_schedule#phases.invoice_settings": _INVOICE_TEXTS,
    },
    "2026-07-29.dahlia": {
        "refund#": {
            "customer": _expandable("customer"),
            "customer_account": _nullable(TEXT),
            "payment_method": _expandable("payment_method"),
        },
    },
    "2026-08-26.dahlia": {
        "subscription#cancellation_details": {"feedback_option": _nullable(TEXT)},
        "billing_portal.session#flow": {"customer_update": _nullable(_object())},
        "billing_portal.configuration#features.subscription_cancel.cancellation_reason": {
            "feedback_options": _nullable(_list(TEXT)),
        },
    },
    "2026-09-30.endive": {
        "subscription#": {
            "status_details": _nullable(
                _object(
                    paused=_nullable(
                        _object(
                            ("subscription", "transitioned_at", "type"),
                            subscription=_object(("type",), type=_enum(*_PAUSE_TYPES)),
                            transitioned_at=TIME,
                            type=_enum("subscription"),
                        )
                    )
                )
            ),
        },
        "subscription#pending_update": {"cancel_at_period_end": _nullable(FLAG)},
        "subscription#trial_settings.end_behavior": {
            "billing_cycle_anchor": _nullable(_enum("now", "unchanged")),
        },
        "subscription_item#": {
            "current_trial": _nullable(
                _object(
                    ("end_date", "start_date", "trial_offer"),
                    end_date=TIME,
                    start_date=TIME,
                    trial_offer=TEXT,
                )
            ),
        },
        "invoice#": {
            "status_details": _nullable(
                _object(
                    uncollectible=_nullable(
                        _object(reason=_nullable(_enum(*_UNCOLLECTIBLE_REASONS)))
                    )
                )
            ),
        },
        "subscription_schedule#": {"pause_schedules": _list(_object())},
        "payment_intent#": {"allowed_payment_method_types": _nullable(_list(TEXT))},
        "setup_intent#": {"allowed_payment_method_types": _nullable(_list(TEXT))},
        "checkout.session#": {"allowed_payment_method_types": _nullable(_list(TEXT))},
    },
    "2026-10-28.endive": {
        "billing_portal.session#": {
            "after_expiration": _nullable(
                _object(
                    ("type",),
                    type=_enum("customer_login"),
                    customer_login=_nullable(_object(expires_at=_nullable(TIME))),
                )
            ),
        },
        "billing_portal.session#flow": {
            "subscription_pause": _nullable(_object(("subscription",), subscription=TEXT)),
        },
        "billing_portal.configuration#features": {
            "subscription_pause": _object(
                ("duration", "enabled"), duration=_PAUSE_DURATION, enabled=FLAG
            ),
        },
    },
}

ENUM_VALUES: dict[str, dict[str, list[str]]] = {
    "2026-08-26.dahlia": {"billing_portal.session#flow.type": ["customer_update"]},
    "2026-10-28.endive": {
        "billing_portal.session#flow.type": ["subscription_pause"],
        "dispute#status": ["appeal_needs_response", "appeal_under_review"],
    },
}

OPERATIONS: dict[str, dict[str, Schema]] = {
    "2026-09-30.endive": {
        "POST /v1/subscriptions/{subscription}/pause": _operation(
            "subscription",
            type=_enum("subscription"),
            invoicing_behavior=_enum("invoice", "pending_invoice_item"),
            bill_for=_object(
                outstanding_usage_through=_object(("type",), type=_enum("none", "now")),
                unused_time_from=_object(
                    ("type",), type=_enum("item_current_period_start", "none", "now")
                ),
            ),
        ),
    },
}

_FLOW_TYPES = _enum(
    "customer_update",
    "payment_method_update",
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
    "subscription_update_confirm",
)
_PAUSE_FEATURE = {"subscription_pause": _object(enabled=FLAG, duration=_PAUSE_DURATION)}

PARAMETERS: dict[str, dict[str, dict[str, Schema]]] = {
    "2026-06-24.dahlia": {
        "POST /v1/subscriptions#invoice_settings": _INVOICE_TEXTS,
        "POST /v1/subscriptions/{subscription_exposed_id}#invoice_settings": _INVOICE_TEXTS,
    },
    "2026-08-26.dahlia": {
        "POST /v1/subscriptions/{subscription_exposed_id}#cancellation_details": {
            "feedback_option": TEXT,
        },
    },
    "2026-09-30.endive": {
        "POST /v1/subscriptions/{subscription_exposed_id}#": {"billing_cycle_anchor": _ANCHOR},
        "POST /v1/subscriptions/{subscription}/resume#": {
            "billing_cycle_anchor": _ANCHOR,
            "payment_behavior": _enum("resume_on_payment_attempt", "resume_on_payment_success"),
        },
        "POST /v1/invoices/create_preview#subscription_details": {
            "billing_cycle_anchor": _object(
                ("type",), type=_enum("now", "timestamp", "unchanged"), timestamp=TIME
            ),
        },
        "POST /v1/checkout/sessions#": {"allowed_payment_method_types": _list(TEXT)},
    },
    "2026-10-28.endive": {
        "POST /v1/billing_portal/sessions#": {
            "after_expiration": _object(
                ("type",), type=_enum("customer_login"), customer_login=_object(expires_at=TIME)
            ),
        },
        "POST /v1/billing_portal/sessions#flow_data": {
            "type": _FLOW_TYPES,
            "subscription_pause": _object(("subscription",), subscription=TEXT),
        },
        "POST /v1/billing_portal/configurations#features": _PAUSE_FEATURE,
        "POST /v1/billing_portal/configurations/{configuration}#features": _PAUSE_FEATURE,
    },
}
