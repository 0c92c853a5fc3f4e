"""Parameter schemas that several resources share."""

from __future__ import annotations

from lib.sandbox import params as p

MOST_UNITS = 999_999
DISCOUNTS = p.array(
    {"coupon": p.reference(), "discount": p.reference(), "promotion_code": p.reference()},
    clear=True,
    limit=20,
)
RECURRING = p.obj(
    {
        "interval": p.enum("day", "month", "week", "year", required=True),
        "interval_count": p.integer(minimum=1),
        "meter": p.text(),
        "usage_type": p.enum("licensed", "metered"),
    }
)
TAX_BEHAVIOR = p.enum("exclusive", "inclusive", "unspecified")
PRICE_DATA = p.obj(
    {
        "currency": p.text(required=True, clear=False),
        "product": p.reference(required=True),
        "recurring": RECURRING,
        "tax_behavior": TAX_BEHAVIOR,
        "unit_amount": p.integer(minimum=0),
        "unit_amount_decimal": p.decimal(),
    }
)
PRORATION = p.enum("always_invoice", "create_prorations", "none")
PAYMENT_BEHAVIOR = p.enum("allow_incomplete", "default_incomplete", "error_if_incomplete")
CANCELLATION_DETAILS = p.obj(
    {
        "comment": p.text(),
        "feedback": p.enum(
            "customer_service",
            "low_quality",
            "missing_features",
            "other",
            "switched_service",
            "too_complex",
            "too_expensive",
            "unused",
            clear=True,
        ),
        **p.unsupported_all("feedback_option"),
    }
)
BILLING_MODE = p.obj(
    {
        "flexible": p.obj({"proration_discounts": p.enum("included", "itemized")}),
        "type": p.enum("classic", "flexible", required=True),
    }
)
NEW_ITEM: dict[str, p.Field] = {
    "discounts": DISCOUNTS,
    "metadata": p.metadata(),
    "price": p.reference(),
    "price_data": PRICE_DATA,
    "quantity": p.integer(minimum=0, maximum=MOST_UNITS),
    **p.unsupported_all("billing_thresholds", "tax_rates"),
}
CHANGED_ITEM: dict[str, p.Field] = {
    **NEW_ITEM,
    "clear_usage": p.boolean(),
    "deleted": p.boolean(),
    "id": p.reference(),
}
TRIAL_SETTINGS = p.obj(
    {
        "end_behavior": p.obj(
            {
                "missing_payment_method": p.enum(
                    "cancel", "create_invoice", "pause", required=True
                ),
                **p.unsupported_all("billing_cycle_anchor"),
            },
            required=True,
        )
    }
)
BILLING_DETAILS = p.obj(
    {
        "address": p.address(),
        "email": p.text(),
        "name": p.text(),
        "phone": p.text(),
        **p.unsupported_all("tax_id"),
    }
)
SEARCH: p.Schema = {
    "query": p.text(required=True, clear=False),
    "limit": p.integer(minimum=1, maximum=100),
    "page": p.text(),
}
