"""/v1/subscription_items: the items of one subscription, addressed by themselves."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api import fields
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.billing import subscriptions
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.paging import listing, page_of

CHANGE: dict[str, p.Field] = {
    **fields.NEW_ITEM,
    "off_session": p.boolean(),
    "payment_behavior": fields.PAYMENT_BEHAVIOR,
    "proration_behavior": fields.PRORATION,
    "proration_date": p.timestamp(),
}
OF_SUBSCRIPTION = ("payment_behavior", "proration_behavior", "proration_date")
REMOVE: p.Schema = {
    "clear_usage": p.boolean(),
    "payment_behavior": fields.PAYMENT_BEHAVIOR,
    "proration_behavior": fields.PRORATION,
    "proration_date": p.timestamp(),
}


@endpoint("POST", "/v1/subscription_items", {**CHANGE, "subscription": p.reference(required=True)})
def create(call: Call) -> Object:
    subscription_id = call.params.pop("subscription")
    held = call.sandbox.get("subscription", subscription_id, param="subscription")
    known = {item["id"] for item in held["items"]["data"]}
    changed = _change(call, subscription_id, {})
    return next(item for item in changed["items"]["data"] if item["id"] not in known)


@endpoint("GET", "/v1/subscription_items/{item}")
def retrieve(call: Call, item: str) -> Object:
    return _held(_owner(call.sandbox, item), item)


@endpoint("POST", "/v1/subscription_items/{item}", CHANGE)
def update(call: Call, item: str) -> Object:
    owner = _owner(call.sandbox, item)
    return _held(_change(call, owner["id"], {"id": item}), item)


@endpoint("DELETE", "/v1/subscription_items/{item}", REMOVE)
def delete(call: Call, item: str) -> Object:
    owner = _owner(call.sandbox, item)
    _change(call, owner["id"], {"id": item, "deleted": True})
    return {"id": item, "object": "subscription_item", "deleted": True}


@endpoint("GET", "/v1/subscription_items", listing(subscription=p.reference(required=True)))
def list_(call: Call) -> Object:
    id = call.params["subscription"]
    subscription = call.sandbox.get("subscription", id, param="subscription")
    items = subscription["items"]["data"]
    return page_of(items, "/v1/subscription_items", call.params, "subscription_item")


def _change(call: Call, subscription_id: str, entry: Object) -> Object:
    given = {k: v for k, v in call.params.items() if k not in OF_SUBSCRIPTION}
    rest = {k: v for k, v in call.params.items() if k in OF_SUBSCRIPTION}
    given.pop("off_session", None)
    params = {**rest, "items": [{**given, **entry}]}
    return subscriptions.update(call.sandbox, subscription_id, params)


def _owner(sandbox: Sandbox, item_id: str) -> Object:
    """The subscription that holds the item."""
    for subscription in sandbox.each("subscription"):
        if any(item["id"] == item_id for item in subscription["items"]["data"]):
            return subscription
    raise SandboxError.missing_resource("subscription_item", item_id)


def _held(subscription: Object, item_id: str) -> Object:
    found: Object = next(i for i in subscription["items"]["data"] if i["id"] == item_id)
    return found
