"""Subscriptions, their items, schedules and test clocks."""

from __future__ import annotations

from tests.openapi.tour.traveller import DAY, Tour


def subscriptions(tour: Tour) -> None:
    api, made, customer = tour.api, tour.made, tour.id("customer")
    made["subscription"] = api.post(
        "/v1/subscriptions",
        customer=customer,
        items=[{"price": tour.id("price"), "quantity": 2}],
        metadata={"source": "tour"},
        expand=["latest_invoice.payments.data.payment", "customer"],
    )
    path = f"/v1/subscriptions/{tour.id('subscription')}"
    api.get(path, expand=["items.data.price.product", "default_payment_method"])
    api.get("/v1/subscriptions", status="all", customer=customer, expand=["data.customer"])
    api.get("/v1/subscriptions/search", query="status:'active'")
    api.post(path, cancel_at="max_period_end", cancellation_details={"feedback": "unused"})
    api.post(path, cancel_at="")
    api.post(path, cancel_at_period_end=True)
    api.post(path, cancel_at_period_end=False)
    api.post(path, pause_collection={"behavior": "void"})
    api.post(path, pause_collection="")
    api.refused("POST", path, 400, items=[{"price": "price_unknown"}])
    made["classic"] = api.post(
        "/v1/subscriptions",
        customer=customer,
        items=[{"price": tour.id("price")}],
        billing_mode={"type": "classic"},
        trial_period_days=7,
        trial_settings={"end_behavior": {"missing_payment_method": "pause"}},
    )
    api.post(f"/v1/subscriptions/{tour.id('classic')}", cancel_at_period_end=True)
    api.post(f"/v1/subscriptions/{tour.id('classic')}/migrate", billing_mode={"type": "flexible"})
    owed = api.post(
        "/v1/subscriptions",
        customer=customer,
        items=[{"price": tour.id("yearly")}],
        collection_method="send_invoice",
        days_until_due=30,
    )
    made["owed"] = owed


def changes(tour: Tour) -> None:
    api, made = tour.api, tour.made
    subscription = tour.id("subscription")
    item = made["subscription"]["items"]["data"][0]["id"]
    api.get("/v1/subscription_items", subscription=subscription)
    api.get(f"/v1/subscription_items/{item}")
    api.post(f"/v1/subscription_items/{item}", quantity=3)
    added = api.post(
        "/v1/subscription_items", subscription=subscription, price=tour.id("dearer"), quantity=1
    )
    api.delete(f"/v1/subscription_items/{added['id']}", proration_behavior="none")
    path = f"/v1/subscriptions/{subscription}"
    wanted = [{"id": item, "price": tour.id("dearer"), "quantity": 1}]
    details = {"items": wanted, "proration_behavior": "always_invoice"}
    api.post("/v1/invoices/create_preview", subscription=subscription, subscription_details=details)
    api.post(path, items=wanted, proration_behavior="always_invoice")
    api.post(path, billing_cycle_anchor={"type": "now"}, proration_behavior="none")
    api.post(f"{path}/pause", type="subscription")
    api.post(f"{path}/resume", billing_cycle_anchor={"type": "now"})
    other = api.post(
        "/v1/subscriptions", customer=tour.id("customer"), items=[{"price": tour.id("price")}]
    )
    details = {"feedback": "too_complex", "comment": "Where are the reports?"}
    api.delete(f"/v1/subscriptions/{other['id']}", cancellation_details=details)
    tour.advance(35 * DAY)


def schedules(tour: Tour) -> None:
    api = tour.api
    one = api.post(
        "/v1/subscriptions", customer=tour.id("customer"), items=[{"price": tour.id("dearer")}]
    )
    made = api.post("/v1/subscription_schedules", from_subscription=one["id"])
    path = f"/v1/subscription_schedules/{made['id']}"
    phase = made["phases"][0]
    kept = {
        "start_date": phase["start_date"],
        "end_date": phase["end_date"],
        "items": [{"price": tour.id("dearer"), "quantity": 1}],
    }
    cheaper = {"items": [{"price": tour.id("price"), "quantity": 1}]}
    api.post(path, phases=[kept, cheaper], end_behavior="release")
    api.get(path, expand=["subscription"])
    api.get("/v1/subscription_schedules", customer=tour.id("customer"))
    api.post(f"{path}/release")
    again = api.post("/v1/subscription_schedules", from_subscription=one["id"])
    api.post(f"/v1/subscription_schedules/{again['id']}/cancel")


def clocks(tour: Tour) -> None:
    api, now = tour.api, tour.now()
    clock = api.post("/v1/test_helpers/test_clocks", frozen_time=now, name="A year ahead")
    path = f"/v1/test_helpers/test_clocks/{clock['id']}"
    customer = api.post(
        "/v1/customers",
        test_clock=clock["id"],
        payment_method="pm_card_visa",
        invoice_settings={"default_payment_method": "pm_card_visa"},
    )
    api.post("/v1/subscriptions", customer=customer["id"], items=[{"price": tour.id("price")}])
    api.post(f"{path}/advance", frozen_time=now + 32 * DAY)
    api.get(path)
    api.get("/v1/test_helpers/test_clocks")
    api.delete(path)
