"""/v1/webhook_endpoints."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.billing import webhook_endpoints
from lib.sandbox.paging import listing, page

EVENTS = p.array(p.text(clear=False), limit=500)


@endpoint(
    "POST",
    "/v1/webhook_endpoints",
    {
        "api_version": p.text(),
        "description": p.text(),
        "enabled_events": p.array(p.text(clear=False), required=True, limit=500),
        "metadata": p.metadata(),
        "url": p.text(required=True, clear=False),
        **p.unsupported_all("connect"),
    },
)
def create(call: Call) -> Object:
    return webhook_endpoints.create(call.sandbox, call.params)


@endpoint("GET", "/v1/webhook_endpoints/{webhook_endpoint}")
def retrieve(call: Call, webhook_endpoint: str) -> Object:
    return call.sandbox.get("webhook_endpoint", webhook_endpoint)


@endpoint(
    "POST",
    "/v1/webhook_endpoints/{webhook_endpoint}",
    {
        "description": p.text(),
        "disabled": p.boolean(),
        "enabled_events": EVENTS,
        "metadata": p.metadata(),
        "url": p.text(clear=False),
    },
)
def update(call: Call, webhook_endpoint: str) -> Object:
    return webhook_endpoints.update(call.sandbox, webhook_endpoint, call.params)


@endpoint("DELETE", "/v1/webhook_endpoints/{webhook_endpoint}")
def delete(call: Call, webhook_endpoint: str) -> Object:
    return webhook_endpoints.delete(call.sandbox, webhook_endpoint)


@endpoint("GET", "/v1/webhook_endpoints", listing())
def list_(call: Call) -> Object:
    return page(call.sandbox, "webhook_endpoint", "/v1/webhook_endpoints", call.params)
