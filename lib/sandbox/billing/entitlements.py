"""Stripe Entitlements: features, the products that carry them, and who has them."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.paging import list_object
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]
GRANTING = ("active", "trialing", "past_due")
_KNOWN = "known_entitlements"


def create_feature(sandbox: Sandbox, params: Object) -> Object:
    key = params["lookup_key"]
    if sandbox.find("entitlements.feature", lookup_key=key, active=True, limit=1):
        raise SandboxError(
            f"An active feature with the lookup key '{key}' already exists.", param="lookup_key"
        )
    feature: Object = {
        "id": sandbox.new_id("feat"),
        "object": "entitlements.feature",
        "active": True,
        "livemode": False,
        "lookup_key": key,
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "name": params["name"],
    }
    sandbox.put(feature)
    return feature


def update_feature(sandbox: Sandbox, id: str, params: Object) -> Object:
    feature = sandbox.get("entitlements.feature", id)
    if params.get("active") is True and not feature["active"]:
        raise SandboxError("An archived feature can not be made active again.", param="active")
    for name in ("active", "name"):
        if params.get(name) is not None:
            feature[name] = params[name]
    if "metadata" in params:
        feature["metadata"] = merge_metadata(feature["metadata"], params["metadata"])
    sandbox.put(feature)
    return feature


def attach_feature(sandbox: Sandbox, product_id: str, feature_id: str) -> Object:
    sandbox.get("product", product_id)
    feature = sandbox.get("entitlements.feature", feature_id, param="entitlement_feature")
    for held in sandbox.find("product_feature", link=product_id):
        if held["entitlement_feature"]["id"] == feature_id:
            raise SandboxError("This feature is already attached to the product.")
    attached: Object = {
        "id": sandbox.new_id("prodft"),
        "object": "product_feature",
        "entitlement_feature": sandbox.snapshot(feature),
        "livemode": False,
        "_": {"link": product_id},
    }
    sandbox.put(attached)
    return attached


def active_entitlements(sandbox: Sandbox, customer: str) -> list[Object]:
    """What the customer's live subscriptions grant, each feature once."""
    granted: dict[str, Object] = {}
    for subscription in sandbox.find("subscription", customer=customer):
        if subscription["status"] not in GRANTING:
            continue
        for item in subscription["items"]["data"]:
            for held in sandbox.find("product_feature", link=item["price"]["product"]):
                feature = held["entitlement_feature"]
                granted[feature["id"]] = feature
    return [
        {
            "id": f"ent_{feature['id'].removeprefix('feat_')}{customer[-4:]}",
            "object": "entitlements.active_entitlement",
            "feature": feature["id"],
            "livemode": False,
            "lookup_key": feature["lookup_key"],
        }
        for feature in granted.values()
    ]


def refresh(sandbox: Sandbox, customer: str) -> None:
    """Emit entitlements.active_entitlement_summary.updated when what is granted has changed."""
    if sandbox.storage.count("product_feature") == 0:
        return
    granted = active_entitlements(sandbox, customer)
    known = sandbox.peek(_KNOWN, customer)
    before = known["entitlements"] if known else []
    if granted == before:
        return
    now = sandbox.now()
    sandbox.put({"id": customer, "object": _KNOWN, "created": now, "entitlements": granted})
    summary: Object = {
        "object": "entitlements.active_entitlement_summary",
        "customer": customer,
        "entitlements": list_object(
            granted[:10], f"/v1/customer/{customer}/entitlements", has_more=len(granted) > 10
        ),
        "livemode": False,
    }
    sandbox.emit(
        "entitlements.active_entitlement_summary.updated",
        summary,
        {"entitlements": {"data": before}},
    )
