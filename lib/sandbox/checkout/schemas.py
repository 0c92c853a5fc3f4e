"""Request schemas of ``/v1/checkout/sessions``."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.paging import listing
from lib.sandbox.portal.schemas import LOCALES
from lib.sandbox.portal.urls import web_address

MODES = ("payment", "setup", "subscription")

_RECURRING: p.Schema = {
    "interval": p.enum("day", "month", "week", "year", required=True),
    "interval_count": p.integer(minimum=1),
}
_PRICE_DATA: p.Schema = {
    "currency": p.text(required=True, clear=False),
    "product": p.reference(),
    "product_data": p.obj(
        {
            "name": p.text(required=True, clear=False),
            "description": p.text(),
            "metadata": p.metadata(),
            **p.unsupported_all("images", "tax_code", "unit_label"),
        }
    ),
    "recurring": p.obj(_RECURRING),
    "tax_behavior": p.enum("exclusive", "inclusive", "unspecified"),
    "unit_amount": p.integer(minimum=0),
    "unit_amount_decimal": p.decimal(),
}
_LINE_ITEM: p.Schema = {
    "price": p.reference(),
    "price_data": p.obj(_PRICE_DATA),
    "quantity": p.integer(minimum=0, maximum=999999),
    "metadata": p.metadata(),
    **p.unsupported_all("adjustable_quantity", "dynamic_tax_rates", "tax_rates"),
}
_SUBSCRIPTION_DATA: p.Schema = {
    "billing_cycle_anchor": p.timestamp(),
    "billing_mode": p.obj({"type": p.enum("classic", "flexible", required=True)}),
    "description": p.text(limit=500),
    "metadata": p.metadata(),
    "proration_behavior": p.enum("create_prorations", "none"),
    "trial_end": p.timestamp(),
    "trial_period_days": p.integer(minimum=1, maximum=730),
    "trial_settings": p.obj(
        {
            "end_behavior": p.obj(
                {
                    "missing_payment_method": p.enum(
                        "cancel", "create_invoice", "pause", required=True
                    )
                },
                required=True,
            )
        }
    ),
    **p.unsupported_all(
        "application_fee_percent",
        "default_tax_rates",
        "invoice_settings",
        "on_behalf_of",
        "pending_invoice_item_interval",
        "transfer_data",
    ),
}
_PLAIN_DATA: p.Schema = {"description": p.text(limit=1000), "metadata": p.metadata()}

CREATE: p.Schema = {
    "allow_promotion_codes": p.boolean(),
    "allowed_payment_method_types": p.array(p.enum("card", "link")),
    "automatic_tax": p.obj({"enabled": p.boolean(required=True)}),
    "billing_address_collection": p.enum("auto", "required"),
    "cancel_url": web_address(),
    "client_reference_id": p.text(clear=False, limit=200),
    "currency": p.text(clear=False),
    "customer": p.reference(),
    "customer_creation": p.enum("always", "if_required"),
    "customer_email": p.text(clear=False),
    "customer_update": p.obj(
        {name: p.enum("auto", "never") for name in ("address", "name", "shipping")}
    ),
    "discounts": p.array({"coupon": p.reference(), "promotion_code": p.reference()}),
    "expires_at": p.timestamp(),
    "line_items": p.array(_LINE_ITEM, limit=100),
    "locale": p.enum(*LOCALES),
    "metadata": p.metadata(),
    "mode": p.enum(*MODES, required=True),
    "payment_intent_data": p.obj(_PLAIN_DATA),
    "payment_method_collection": p.enum("always", "if_required"),
    "phone_number_collection": p.obj({"enabled": p.boolean(required=True)}),
    "setup_intent_data": p.obj(_PLAIN_DATA),
    "submit_type": p.enum("auto", "book", "donate", "pay", "subscribe"),
    "subscription_data": p.obj(_SUBSCRIPTION_DATA),
    "success_url": web_address(),
    "tax_id_collection": p.obj(
        {"enabled": p.boolean(required=True), "required": p.enum("if_supported", "never")}
    ),
    "ui_mode": p.enum("elements", "embedded_page", "form", "hosted_page"),
    **p.unsupported_all(
        "adaptive_pricing",
        "after_expiration",
        "branding_settings",
        "consent_collection",
        "custom_fields",
        "custom_text",
        "customer_account",
        "excluded_payment_method_types",
        "integration_identifier",
        "invoice_creation",
        "managed_payments",
        "name_collection",
        "optional_items",
        "origin_context",
        "payment_method_configuration",
        "payment_method_data",
        "payment_method_options",
        "permissions",
        "redirect_on_completion",
        "return_url",
        "saved_payment_method_options",
        "shipping_address_collection",
        "shipping_options",
        "wallet_options",
    ),
}

UPDATE: p.Schema = {
    "metadata": p.metadata(),
    **p.unsupported_all("collected_information", "line_items", "shipping_options"),
}

LIST = listing(
    created=p.created_range(),
    customer=p.reference(),
    customer_details=p.obj({"email": p.text(required=True, clear=False)}),
    payment_intent=p.reference(),
    payment_link=p.reference(),
    status=p.enum("complete", "expired", "open"),
    subscription=p.reference(),
)
