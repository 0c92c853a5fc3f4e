"""Portal configurations as states, and the parameters that make one what a state says."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from ..domain.observations import State
from .fields import Fields
from .reading import Context, Reader, Seen

Params = dict[str, Any]

_MANAGED_BY: Final = "managed_by"
_PLAN_GROUP: Final = "plan_group"


def configuration_state(fields: Fields) -> State:
    """One configuration in our words. A list is empty when what it belongs to is switched off;
    ``products`` is None when Stripe did not tell, which is not "none"."""
    features, profile = fields.inside("features"), fields.inside("business_profile")
    metadata = fields.inside("metadata")
    customer = features.inside("customer_update")
    cancel, update = features.inside("subscription_cancel"), features.inside("subscription_update")
    reasons = cancel.inside("cancellation_reason")
    return {
        "active": fields.flag("active"),
        "name": fields.text("name"),
        "is_default": fields.flag("is_default"),
        "created": fields.moment("created"),
        "managed_by": metadata.text(_MANAGED_BY),
        "plan_group": metadata.text(_PLAN_GROUP),
        "headline": profile.text("headline"),
        "privacy_policy_url": profile.text("privacy_policy_url"),
        "terms_of_service_url": profile.text("terms_of_service_url"),
        "return_url": fields.text("default_return_url"),
        "login_page": fields.inside("login_page").flag("enabled"),
        "invoice_history": features.inside("invoice_history").flag("enabled"),
        "payment_methods": features.inside("payment_method_update").flag("enabled"),
        "customer_update": _words(customer, "allowed_updates") if customer.flag("enabled") else [],
        "cancellation": cancel.flag("enabled"),
        "cancel_mode": cancel.word("mode"),
        "cancel_proration": cancel.word("proration_behavior"),
        "cancellation_reasons": _words(reasons, "options") if reasons.flag("enabled") else [],
        "plan_changes": update.flag("enabled"),
        "allowed_changes": _words(update, "default_allowed_updates"),
        "proration": update.word("proration_behavior"),
        "trial_change": update.word("trial_update_behavior"),
        "downgrade_conditions": sorted(
            condition.word("type") or ""
            for condition in update.inside("schedule_at_period_end").children("conditions")
        ),
        "products": None if update.raw.get("products") is None else _products(update),
    }


def configuration_params(state: State, fields: Collection[str] | None = None) -> Params:
    """The parameters for these ``fields`` of a state; None is all of them, to create one.

    Lists are always sent whole: Stripe replaces them. Prices are sent only when they changed, so
    that what customers may not see here (limits of a quantity) stays as it is found.
    """
    creating = fields is None
    sent = set(state) if fields is None else set(fields) & set(state)
    params: Params = {}
    if "name" in sent:
        params["name"] = state["name"]
    if "active" in sent and not creating:
        params["active"] = state["active"]
    metadata = {key: state[key] for key in (_MANAGED_BY, _PLAN_GROUP) if key in sent}
    profile = {
        key: _clearable(state[key], creating)
        for key in ("headline", "privacy_policy_url", "terms_of_service_url")
        if key in sent
    }
    if "return_url" in sent:
        params["default_return_url"] = _clearable(state["return_url"], creating)
    if "login_page" in sent:
        params["login_page"] = {"enabled": state["login_page"]}
    params |= {"metadata": metadata} if metadata else {}
    params |= {"business_profile": profile} if profile else {}
    features = _features(state, sent, creating)
    return params | ({"features": features} if features else {})


def _features(state: State, sent: Collection[str], creating: bool) -> Params:
    made: Params = {}
    if "customer_update" in sent:
        given = state["customer_update"]
        made["customer_update"] = {"enabled": bool(given), "allowed_updates": given or ""}
    if "invoice_history" in sent:
        made["invoice_history"] = {"enabled": state["invoice_history"]}
    if "payment_methods" in sent:
        made["payment_method_update"] = {"enabled": state["payment_methods"]}
    cancel = {"cancellation", "cancel_mode", "cancel_proration", "cancellation_reasons"}
    if not cancel.isdisjoint(sent):
        reasons = state["cancellation_reasons"]
        made["subscription_cancel"] = {
            "enabled": state["cancellation"],
            "mode": state["cancel_mode"],
            "proration_behavior": state["cancel_proration"],
            "cancellation_reason": {"enabled": bool(reasons), "options": reasons or ""},
        }
    changes = {
        "plan_changes", "allowed_changes", "proration", "trial_change", "downgrade_conditions",
        "products",
    }  # fmt: skip
    if not changes.isdisjoint(sent):
        made["subscription_update"] = _update_feature(state, sent, creating)
    return made


def _update_feature(state: State, sent: Collection[str], creating: bool) -> Params:
    conditions = [{"type": kind} for kind in state["downgrade_conditions"]]
    made: Params = {
        "enabled": state["plan_changes"],
        "default_allowed_updates": state["allowed_changes"] or "",
        "proration_behavior": state["proration"],
        "trial_update_behavior": state["trial_change"],
    }
    if conditions or not creating:  # a new one has none, and Stripe takes no empty text for them
        made["schedule_at_period_end"] = {"conditions": conditions or ""}
    if "products" in sent or "plan_changes" in sent:
        made["products"] = [
            {
                "product": offer["product"],
                "prices": offer["prices"],
                "adjustable_quantity": {"enabled": offer["quantity"]},
            }
            for offer in state["products"]
        ] or ""
    return made


def _clearable(value: str | None, creating: bool) -> str | None:
    """Stripe takes a value away for an empty text; a new object has none to take away."""
    return value if value is not None or creating else ""


def _products(update: Fields) -> list[State]:
    found = [
        {
            "product": product.ident("product"),
            "prices": sorted(str(price) for price in product.elements("prices")),
            "quantity": product.inside("adjustable_quantity").flag("enabled"),
        }
        for product in update.children("products")
    ]
    return sorted(found, key=lambda offer: str(offer["product"]))


def _words(fields: Fields, key: str) -> list[str]:
    return sorted(str(word) for word in fields.elements(key))


def _read(fields: Fields, _context: Context) -> Seen:
    return Seen("portal_configuration", fields.own_id(), None, configuration_state(fields))


CONFIGURATION = Reader("billing_portal.configuration", _read)
