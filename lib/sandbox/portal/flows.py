"""Deep-link flows: what Stripe refuses when a portal session is asked to start in one."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.portal import permissions

SUBSCRIPTION_FLOWS = (
    "subscription_cancel",
    "subscription_pause",
    "subscription_update",
    "subscription_update_confirm",
)
_DETAILS = (*SUBSCRIPTION_FLOWS, "customer_update")
_FEATURES = {
    "payment_method_update": "payment method update",
    "customer_update": "customer update",
}


def check(
    sandbox: Sandbox, customer: str, configuration: dict[str, Any], flow: dict[str, Any]
) -> None:
    """Raises SandboxError (400) when the flow cannot be started for ``customer``."""
    kind = flow["type"]
    _check_details(flow)
    _check_completion(flow.get("after_completion"))
    if kind in _FEATURES:
        if not configuration["features"][kind]["enabled"]:
            raise SandboxError(
                f"The {_FEATURES[kind]} feature in the portal configuration is disabled.",
                param="flow_data[type]",
            )
        return
    subscription = _subscription_of(sandbox, customer, flow)
    refusal = {
        "subscription_cancel": permissions.cancel_refusal,
        "subscription_pause": permissions.pause_refusal,
        "subscription_update": permissions.update_refusal,
        "subscription_update_confirm": permissions.update_refusal,
    }[kind](sandbox, subscription, configuration)
    if refusal is not None:
        raise SandboxError(refusal, param=f"flow_data[{kind}][subscription]")
    if kind == "subscription_cancel":
        _check_retention(sandbox, flow[kind].get("retention"))
    if kind == "subscription_update_confirm":
        _check_confirm(sandbox, subscription, configuration, flow[kind])


def rendered(flow: dict[str, Any] | None) -> dict[str, Any] | None:
    """The session's ``flow`` attribute: every key present, what was not given is null."""
    if flow is None:
        return None
    completion = flow.get("after_completion") or {"type": "portal_homepage"}
    kind = completion["type"]
    confirmation = {"custom_message": None, **(completion.get("hosted_confirmation") or {})}
    shown: dict[str, Any] = {
        "type": flow["type"],
        "after_completion": {
            "type": kind,
            "hosted_confirmation": confirmation if kind == "hosted_confirmation" else None,
            "redirect": completion.get("redirect") if kind == "redirect" else None,
        },
        **dict.fromkeys(_DETAILS),
    }
    if flow["type"] == "customer_update":
        shown["customer_update"] = {}
    elif flow["type"] in SUBSCRIPTION_FLOWS:
        shown[flow["type"]] = _rendered_details(flow["type"], flow[flow["type"]])
    return shown


def _rendered_details(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    if kind == "subscription_cancel":
        return {"retention": given.get("retention"), "subscription": given["subscription"]}
    if kind != "subscription_update_confirm":
        return {"subscription": given["subscription"]}
    return {
        "discounts": [
            {"coupon": None, "promotion_code": None, **discount}
            for discount in given.get("discounts", [])
        ],
        "items": [{"price": None, **item} for item in given["items"]],
        "subscription": given["subscription"],
    }


def _check_details(flow: dict[str, Any]) -> None:
    """The object of the flow's own type must be there, objects of other types must not."""
    kind = flow["type"]
    if kind in SUBSCRIPTION_FLOWS and kind not in flow:
        raise SandboxError.missing_parameter(f"flow_data[{kind}]")
    for name in _DETAILS:
        if name != kind and name in flow:
            raise SandboxError(
                f"You may only specify `flow_data[{name}]` when `flow_data[type]` is `{name}`.",
                param=f"flow_data[{name}]",
            )


def _check_completion(completion: dict[str, Any] | None) -> None:
    if completion is None:
        return
    kind = completion["type"]
    if kind == "redirect" and "redirect" not in completion:
        raise SandboxError.missing_parameter("flow_data[after_completion][redirect]")
    for name in ("hosted_confirmation", "redirect"):
        if name != kind and name in completion:
            raise SandboxError(
                f"You may only specify `flow_data[after_completion][{name}]` when "
                f"`flow_data[after_completion][type]` is `{name}`.",
                param=f"flow_data[after_completion][{name}]",
            )


def _subscription_of(sandbox: Sandbox, customer: str, flow: dict[str, Any]) -> dict[str, Any]:
    kind = flow["type"]
    param = f"flow_data[{kind}][subscription]"
    id = flow[kind]["subscription"]
    subscription = sandbox.get("subscription", id, param=param)
    if subscription["customer"] != customer:
        raise SandboxError(
            f"The subscription '{id}' does not belong to the customer '{customer}'.", param=param
        )
    if subscription["status"] in permissions.ENDED:
        raise SandboxError(
            f"The subscription '{id}' has already ended: its status is {subscription['status']}.",
            param=param,
        )
    return subscription


def _check_retention(sandbox: Sandbox, retention: dict[str, Any] | None) -> None:
    if retention is None:
        return
    param = "flow_data[subscription_cancel][retention][coupon_offer][coupon]"
    coupon = sandbox.get("coupon", retention["coupon_offer"]["coupon"], param=param)
    if not coupon["valid"]:
        raise SandboxError(f"Coupon {coupon['id']} is expired and cannot be applied.", param=param)


def _check_confirm(
    sandbox: Sandbox,
    subscription: dict[str, Any],
    configuration: dict[str, Any],
    wanted: dict[str, Any],
) -> None:
    param = "flow_data[subscription_update_confirm]"
    if len(wanted["items"]) != 1:
        raise SandboxError(
            "Exactly one subscription item must be given for the subscription_update_confirm flow.",
            param=f"{param}[items]",
        )
    change, item = wanted["items"][0], subscription["items"]["data"][0]
    if change["id"] != item["id"]:
        raise SandboxError(
            f"No such subscription_item: '{change['id']}' in the subscription "
            f"'{subscription['id']}'",
            code="resource_missing",
            param=f"{param}[items][0][id]",
        )
    price = sandbox.get(
        "price", change.get("price", item["price"]["id"]), param=f"{param}[items][0][price]"
    )
    _check_discounts(sandbox, wanted.get("discounts", []), f"{param}[discounts]")
    same_price = price["id"] == item["price"]["id"]
    same_quantity = change.get("quantity", item["quantity"]) == item["quantity"]
    if same_price and same_quantity and not wanted.get("discounts"):
        raise SandboxError(
            "Cannot update the subscription because there are no changes to confirm.",
            param=f"{param}[items]",
        )
    if not same_price:
        refusal = permissions.may_switch_to(subscription, price, configuration)
        if refusal is not None:
            raise SandboxError(refusal, param=f"{param}[items][0][price]")


def _check_discounts(sandbox: Sandbox, discounts: list[dict[str, Any]], param: str) -> None:
    if len(discounts) > 1:
        raise SandboxError("At most one discount can be given.", param=param)
    for discount in discounts:
        if len(discount) != 1:
            raise SandboxError(
                "Give either a coupon or a promotion code for a discount.", param=f"{param}[0]"
            )
        if "coupon" in discount:
            sandbox.get("coupon", discount["coupon"], param=f"{param}[0][coupon]")
        else:
            sandbox.get(
                "promotion_code", discount["promotion_code"], param=f"{param}[0][promotion_code]"
            )
