"""Hosted pages, webhooks and events."""

from __future__ import annotations

from tests.openapi.calls import Json
from tests.openapi.tour.traveller import Tour


def portal(tour: Tour) -> None:
    api, customer = tour.api, tour.id("customer")
    prices = [tour.id("price"), tour.id("dearer")]
    cancel = {
        "enabled": True,
        "mode": "at_period_end",
        "cancellation_reason": {"enabled": True, "options": ["unused", "other"]},
    }
    update = {
        "enabled": True,
        "default_allowed_updates": ["price", "quantity"],
        "products": [{"product": tour.id("product"), "prices": prices[:1]}],
    }
    features = {
        "customer_update": {"enabled": True, "allowed_updates": ["email"]},
        "invoice_history": {"enabled": True},
        "payment_method_update": {"enabled": True},
        "subscription_cancel": cancel,
        "subscription_update": update,
    }
    configuration = api.post(
        "/v1/billing_portal/configurations",
        features=features,
        business_profile={"headline": "Portside"},
        default_return_url="https://app.example.com/billing",
        login_page={"enabled": True},
    )
    path = f"/v1/billing_portal/configurations/{configuration['id']}"
    api.post(path, name="support")
    api.get(path)
    api.get("/v1/billing_portal/configurations", active=True)
    plain = {"customer": customer, "return_url": "https://app.example.com/"}
    api.post("/v1/billing_portal/sessions", configuration=configuration["id"], **plain)
    target = {"subscription": tour.id("subscription")}
    done = {"type": "redirect", "redirect": {"return_url": "https://app.example.com/done"}}
    flows: list[Json] = [
        {"type": "payment_method_update"},
        {"type": "customer_update"},
        {"type": "subscription_cancel", "subscription_cancel": target, "after_completion": done},
        {"type": "subscription_update", "subscription_update": target},
    ]
    for flow in flows:
        made = api.post(
            "/v1/billing_portal/sessions",
            configuration=configuration["id"],
            flow_data=flow,
            expand=["configuration"],
            **plain,
        )
        assert made["flow"]["type"] == flow["type"]
    api.refused("POST", "/v1/billing_portal/sessions", 400, customer="cus_unknown")


def checkout(tour: Tour) -> None:
    api = tour.api
    made = api.post(
        "/v1/checkout/sessions",
        mode="subscription",
        line_items=[{"price": tour.id("price"), "quantity": 1}],
        customer_email="new@tarnwick.example.com",
        client_reference_id="org_new",
        success_url="https://app.example.com/ok?session_id={CHECKOUT_SESSION_ID}",
        cancel_url="https://app.example.com/plans",
    )
    path = f"/v1/checkout/sessions/{made['id']}"
    api.get(path, expand=["line_items"])
    api.get(f"{path}/line_items")
    api.get("/v1/checkout/sessions", limit=5)
    api.post(path, metadata={"asked_by": "support"})
    api.post(f"{path}/expire")


def events(tour: Tour) -> None:
    api = tour.api
    account = api.get("/v1/account")
    api.get(f"/v1/accounts/{account['id']}")
    made = api.post(
        "/v1/webhook_endpoints", url="https://app.example.com/hook", enabled_events=["*"]
    )
    path = f"/v1/webhook_endpoints/{made['id']}"
    api.post(path, description="The dashboard")
    api.get(path)
    api.get("/v1/webhook_endpoints")
    api.delete(path)
    page = api.get("/v1/events", limit=100)
    api.get(f"/v1/events/{page['data'][0]['id']}")
    api.get("/v1/events", types=["customer.created", "invoice.paid"], created={"gte": 0})
    while page["has_more"]:
        page = api.get("/v1/events", limit=100, starting_after=page["data"][-1]["id"])
