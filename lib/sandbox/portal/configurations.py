"""Portal configurations: what a customer may do in the portal, and Stripe's rules for it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata
from lib.sandbox.portal import feature_rules

KIND = "billing_portal.configuration"

DEFAULT_REASONS = ["too_expensive", "missing_features", "switched_service", "unused", "other"]


def create(sandbox: Sandbox, params: dict[str, Any], *, is_default: bool = False) -> dict[str, Any]:
    """A new configuration from validated parameters; raises SandboxError (400).

    ``is_default`` stands for the account's dashboard, the only place where it can be set.
    """
    now = sandbox.now()
    configuration: dict[str, Any] = {
        "id": sandbox.new_id("bpc"),
        "object": KIND,
        "active": True,
        "application": None,
        "business_profile": {
            "headline": None,
            "privacy_policy_url": None,
            "terms_of_service_url": None,
        },
        "created": now,
        "default_return_url": None,
        "features": _blank_features(),
        "is_default": is_default,
        "livemode": False,
        "login_page": {"enabled": False, "url": None},
        "metadata": {},
        "name": None,
        "updated": now,
    }
    _apply(sandbox, configuration, params)
    sandbox.put(configuration)
    sandbox.emit("billing_portal.configuration.created", configuration)
    return configuration


def update(sandbox: Sandbox, id: str, params: dict[str, Any]) -> dict[str, Any]:
    """Change what is given, arrays as a whole; raises SandboxError (400, 404)."""
    configuration = sandbox.get(KIND, id)
    if params.get("active") is False and configuration["is_default"]:
        raise SandboxError(
            "The default portal configuration cannot be deactivated.", param="active"
        )
    changed = deepcopy(configuration)
    _apply(sandbox, changed, params)
    if "active" in params:
        changed["active"] = params["active"]
    changed["updated"] = sandbox.now()
    sandbox.update(changed, configuration, "billing_portal.configuration.updated")
    return changed


def default_of(sandbox: Sandbox) -> dict[str, Any]:
    """The account's default configuration; raises SandboxError (400) when there is none."""
    for configuration in sandbox.find(KIND, is_default=True):
        return configuration
    raise SandboxError(
        "No configuration provided and your test mode default configuration has not been "
        "created. Provide a configuration or create your default by saving your customer portal "
        "settings in test mode at https://dashboard.stripe.com/test/settings/billing/portal."
    )


def by_login_slug(sandbox: Sandbox, slug: str) -> dict[str, Any] | None:
    """The active configuration whose login page ends in ``slug``."""
    for configuration in sandbox.find(KIND):
        url = configuration["login_page"]["url"]
        if configuration["active"] and url and url.rsplit("/", 1)[-1] == slug:
            return configuration
    return None


def _blank_features() -> dict[str, Any]:
    return {
        "customer_update": {"allowed_updates": [], "enabled": False},
        "invoice_history": {"enabled": False},
        "payment_method_update": {"enabled": False, "payment_method_configuration": None},
        "subscription_cancel": {
            "cancellation_reason": {
                "enabled": False,
                "feedback_options": [],
                "options": list(DEFAULT_REASONS),
            },
            "enabled": False,
            "mode": "at_period_end",
            "proration_behavior": "none",
        },
        "subscription_pause": {
            "duration": {
                "interval_options": [{"interval": "month", "interval_count": 1}],
                "type": "interval_options",
            },
            "enabled": False,
        },
        "subscription_update": {
            "billing_cycle_anchor": "unchanged",
            "default_allowed_updates": [],
            "enabled": False,
            "products": [],
            "proration_behavior": "none",
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": "end_trial",
        },
    }


def _apply(sandbox: Sandbox, configuration: dict[str, Any], params: dict[str, Any]) -> None:
    """Merge ``params`` into ``configuration`` and check the result as a whole."""
    configuration["business_profile"].update(params.get("business_profile", {}))
    for name in ("default_return_url", "name"):
        if name in params:
            configuration[name] = params[name]
    if "metadata" in params:
        configuration["metadata"] = merge_metadata(configuration["metadata"], params["metadata"])
    features = configuration["features"]
    for name, change in params.get("features", {}).items():
        merge_feature(features[name], change)
    feature_rules.check(sandbox, features)
    if "login_page" in params:
        configuration["login_page"] = _login_page(sandbox, configuration, params["login_page"])


def merge_feature(feature: dict[str, Any], change: dict[str, Any]) -> None:
    """Objects merge key by key, arrays are replaced, an unset array is empty."""
    for name, value in change.items():
        if isinstance(value, dict) and isinstance(feature.get(name), dict):
            merge_feature(feature[name], value)
        elif value is None and isinstance(feature.get(name), list):
            feature[name] = []
        elif name == "products":
            feature[name] = [_product(product) for product in value]
        elif name == "interval_options":
            feature[name] = [{"interval_count": 1, **option} for option in value]
        else:
            feature[name] = value


def _product(given: dict[str, Any]) -> dict[str, Any]:
    quantity = {"enabled": False, "maximum": None, "minimum": 1}
    quantity.update(given.get("adjustable_quantity", {}))
    return {"adjustable_quantity": quantity, "prices": given["prices"], "product": given["product"]}


def _login_page(
    sandbox: Sandbox, configuration: dict[str, Any], wanted: dict[str, Any]
) -> dict[str, Any]:
    """A switched-off page loses its address for good; a new one gets a new address."""
    current: dict[str, Any] = configuration["login_page"]
    if wanted["enabled"] == current["enabled"]:
        return current
    if not wanted["enabled"]:
        return {"enabled": False, "url": None}
    slug = f"test_{sandbox.new_id('login').split('_', 1)[1]}"
    return {"enabled": True, "url": f"{sandbox.settings.public_url}/p/login/{slug}"}
