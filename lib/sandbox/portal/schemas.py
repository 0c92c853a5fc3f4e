"""Request schemas of ``/v1/billing_portal``: every parameter Stripe knows, strictly nested."""

from __future__ import annotations

from lib.sandbox.params import (
    Field,
    Schema,
    array,
    boolean,
    enum,
    integer,
    metadata,
    obj,
    reference,
    text,
    timestamp,
    unsupported,
)
from lib.sandbox.portal.urls import web_address

CANCELLATION_REASONS = (
    "customer_service",
    "low_quality",
    "missing_features",
    "other",
    "switched_service",
    "too_complex",
    "too_expensive",
    "unused",
)
LOCALES = tuple(
    "auto bg cs da de el en en-AU en-CA en-GB en-IE en-IN en-NZ en-SG es es-419 et fi fil fr fr-CA "
    "hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW".split()
)
FLOW_TYPES = (
    "customer_update",
    "payment_method_update",
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
    "subscription_update_confirm",
)


def configuration_schema(*, creating: bool) -> Schema:
    """Parameters of creating or of changing a configuration."""
    common: dict[str, Field] = {
        "business_profile": obj(
            {
                "headline": text(limit=60),
                "privacy_policy_url": web_address(clear=not creating),
                "terms_of_service_url": web_address(clear=not creating),
            }
        ),
        "default_return_url": web_address(clear=True),
        "features": obj(_features(creating), required=creating),
        "login_page": obj({"enabled": boolean(required=True)}),
        "metadata": metadata(),
        "name": text(limit=256),
    }
    return common if creating else {**common, "active": boolean()}


def _features(creating: bool) -> Schema:
    return {
        "customer_update": obj(
            {
                "allowed_updates": array(
                    enum("address", "email", "name", "phone", "shipping", "tax_id"), clear=True
                ),
                "enabled": boolean(required=creating),
            }
        ),
        "invoice_history": obj({"enabled": boolean(required=True)}),
        "payment_method_update": obj(
            {"enabled": boolean(required=True), "payment_method_configuration": text()}
        ),
        "subscription_cancel": obj(_cancel_feature(creating)),
        "subscription_pause": obj(_pause_feature()),
        "subscription_update": obj(_update_feature(creating)),
    }


def _cancel_feature(creating: bool) -> Schema:
    return {
        "cancellation_reason": obj(
            {
                "enabled": boolean(required=True),
                "feedback_options": array(reference(), clear=True),
                "options": array(enum(*CANCELLATION_REASONS), required=creating, clear=True),
            }
        ),
        "enabled": boolean(required=creating),
        "mode": enum("at_period_end", "immediately"),
        "proration_behavior": enum("always_invoice", "create_prorations", "none"),
    }


def _pause_feature() -> Schema:
    option = {
        "interval": enum("day", "month", "week", "year", required=True),
        "interval_count": integer(minimum=1, maximum=1095),
    }
    return {
        "duration": obj(
            {
                "interval_options": array(option, clear=True),
                "type": enum("indefinite", "interval_options", required=True),
            }
        ),
        "enabled": boolean(),
    }


def _update_feature(creating: bool) -> Schema:
    product = {
        "adjustable_quantity": obj(
            {
                "enabled": boolean(required=True),
                "maximum": integer(minimum=1, maximum=999999),
                "minimum": integer(minimum=0, maximum=999999),
            }
        ),
        "prices": array(reference(), required=True),
        "product": reference(required=True),
    }
    condition = {"type": enum("decreasing_item_amount", "shortening_interval", required=True)}
    return {
        "billing_cycle_anchor": enum("now", "unchanged"),
        "default_allowed_updates": array(enum("price", "promotion_code", "quantity"), clear=True),
        "enabled": boolean(required=creating),
        "products": array(product, clear=True, limit=10),
        "proration_behavior": enum("always_invoice", "create_prorations", "none"),
        "schedule_at_period_end": obj({"conditions": array(condition, clear=True)}),
        "trial_update_behavior": enum("continue_trial", "end_trial"),
    }


_SUBSCRIPTION: Schema = {"subscription": reference(required=True)}

_FLOW: Schema = {
    "type": enum(*FLOW_TYPES, required=True),
    "after_completion": obj(
        {
            "type": enum("hosted_confirmation", "portal_homepage", "redirect", required=True),
            "hosted_confirmation": obj({"custom_message": text(clear=False, limit=500)}),
            "redirect": obj({"return_url": web_address(required=True)}),
        }
    ),
    "customer_update": obj({}),
    "subscription_cancel": obj(
        {
            **_SUBSCRIPTION,
            "retention": obj(
                {
                    "type": enum("coupon_offer", required=True),
                    "coupon_offer": obj({"coupon": reference(required=True)}, required=True),
                }
            ),
        }
    ),
    "subscription_pause": obj(_SUBSCRIPTION),
    "subscription_update": obj(_SUBSCRIPTION),
    "subscription_update_confirm": obj(
        {
            **_SUBSCRIPTION,
            "discounts": array({"coupon": reference(), "promotion_code": reference()}),
            "items": array(
                {
                    "id": reference(required=True),
                    "price": reference(),
                    "quantity": integer(minimum=0),
                },
                required=True,
            ),
        }
    ),
}

SESSION_CREATE: Schema = {
    "after_expiration": obj(
        {
            "type": enum("customer_login", required=True),
            "customer_login": obj({"expires_at": timestamp()}),
        }
    ),
    "configuration": reference(),
    "customer": reference(),
    "customer_account": unsupported(),
    "flow_data": obj(_FLOW),
    "locale": enum(*LOCALES),
    "on_behalf_of": unsupported(),
    "return_url": web_address(),
}

CONFIGURATION_CREATE = configuration_schema(creating=True)
CONFIGURATION_UPDATE = configuration_schema(creating=False)
