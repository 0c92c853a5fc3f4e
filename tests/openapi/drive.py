"""One tour through every endpoint of the sandbox, as an integration would call them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.openapi.calls import Api, Json

DAY = 86_400


@dataclass
class Tour:
    """The caller, the sandbox's present second, a way to move it on, and what was made so far."""

    api: Api
    now: Callable[[], int]
    advance: Callable[[int], Any]
    made: dict[str, Json]

    def id(self, name: str) -> str:
        return str(self.made[name]["id"])


def whole_tour(tour: Tour) -> None:
    """Every stop, in an order in which each finds what it needs."""
    for stop in (catalogue, customers, subscriptions, changes, invoices, discounts, portal,
                 checkout, schedules, money_back, entitlements, clocks, events):  # fmt: skip
        stop(tour)


def catalogue(tour: Tour) -> None:
    api, made = tour.api, tour.made
    made["product"] = api.post("/v1/products", name="Pro", metadata={"plan": "pro"})
    product = tour.id("product")
    api.post(f"/v1/products/{product}", description="For teams")
    api.get(f"/v1/products/{product}")
    api.get("/v1/products", limit=10, active=True)
    api.get("/v1/products/search", query="active:'true'")
    recurring = {"interval": "month"}
    plain = {"currency": "usd", "product": product, "recurring": recurring}
    made["price"] = api.post("/v1/prices", unit_amount=2900, lookup_key="pro_monthly", **plain)
    made["dearer"] = api.post("/v1/prices", unit_amount=9900, lookup_key="business", **plain)
    yearly = {**plain, "recurring": {"interval": "year"}}
    made["yearly"] = api.post("/v1/prices", unit_amount=29000, lookup_key="pro_yearly", **yearly)
    tiers = [{"up_to": 5, "unit_amount": 500}, {"up_to": "inf", "unit_amount": 300}]
    api.post("/v1/prices", billing_scheme="tiered", tiers_mode="volume", tiers=tiers, **plain)
    api.post(f"/v1/prices/{tour.id('price')}", nickname="Pro, monthly")
    api.get(f"/v1/prices/{tour.id('price')}", expand=["product", "tiers"])
    api.get("/v1/prices", lookup_keys=["pro_monthly"], expand=["data.product"])
    api.get("/v1/prices/search", query="lookup_key:'pro_monthly'")
    spare = api.post("/v1/products", name="Spare")
    api.delete(f"/v1/products/{spare['id']}")
    api.refused("GET", "/v1/products/prod_unknown", 404)


def customers(tour: Tour) -> None:
    api, made = tour.api, tour.made
    method = api.post("/v1/payment_methods", type="card", card={"token": "tok_visa"})
    api.get(f"/v1/payment_methods/{method['id']}")
    made["customer"] = api.post(
        "/v1/customers",
        name="Tarnwick Labs",
        email="hello@tarnwick.example.com",
        metadata={"org_id": "org_tarnwick"},
        preferred_locales=["de"],
        address={"line1": "Quay 1", "city": "Tarnwick", "country": "GB"},
    )
    customer = tour.id("customer")
    api.post(f"/v1/payment_methods/{method['id']}/attach", customer=customer)
    settings = {"default_payment_method": method["id"]}
    api.post(f"/v1/customers/{customer}", invoice_settings=settings)
    api.get(f"/v1/customers/{customer}", expand=["invoice_settings.default_payment_method"])
    api.get("/v1/customers", email="hello@tarnwick.example.com")
    api.get("/v1/customers/search", query="email:'hello@tarnwick.example.com'")
    api.get(f"/v1/customers/{customer}/payment_methods", type="card")
    api.get(f"/v1/customers/{customer}/payment_methods/{method['id']}")
    api.get("/v1/payment_methods", customer=customer, type="card")
    api.post(f"/v1/payment_methods/{method['id']}", billing_details={"name": "Ada"})
    made["method"] = method
    spare = api.post("/v1/payment_methods", type="card", card={"token": "tok_mastercard"})
    api.post(f"/v1/payment_methods/{spare['id']}/attach", customer=customer)
    api.post(f"/v1/payment_methods/{spare['id']}/detach")
    gone = api.post("/v1/customers", name="Leaving at once")
    api.delete(f"/v1/customers/{gone['id']}")
    api.get(f"/v1/customers/{gone['id']}")
    api.refused("GET", "/v1/customers/cus_unknown", 404)
    api.refused("POST", "/v1/customers", 400, colour="red")


def subscriptions(tour: Tour) -> None:
    api, made, customer = tour.api, tour.made, tour.id("customer")
    made["subscription"] = api.post(
        "/v1/subscriptions",
        customer=customer,
        items=[{"price": tour.id("price"), "quantity": 2}],
        metadata={"source": "tour"},
        expand=["latest_invoice.payments.data.payment.payment_intent", "customer"],
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


def invoices(tour: Tour) -> None:
    api, customer = tour.api, tour.id("customer")
    page = api.get("/v1/invoices", customer=customer, limit=2, expand=["data.payments"])
    invoice = page["data"][0]["id"]
    deep = ["payments.data.payment.payment_intent", "parent.subscription_details.subscription"]
    api.get(f"/v1/invoices/{invoice}", expand=deep)
    api.get(f"/v1/invoices/{invoice}/lines")
    api.get("/v1/invoices/search", query="status:'paid' AND total>0")
    payments = api.get("/v1/invoice_payments", invoice=invoice)["data"]
    if payments:
        api.get(f"/v1/invoice_payments/{payments[0]['id']}")
    intents = api.get("/v1/payment_intents", customer=customer)["data"]
    api.get(f"/v1/payment_intents/{intents[0]['id']}", expand=["latest_charge"])
    charges = api.get("/v1/charges", customer=customer)["data"]
    api.get(f"/v1/charges/{charges[0]['id']}")
    api.get("/v1/charges/search", query=f"customer:'{customer}'")
    api.get("/v1/payment_intents/search", query=f"customer:'{customer}'")
    one_off = {"customer": customer, "currency": "usd", "amount": 1500, "description": "Training"}
    item = api.post("/v1/invoiceitems", **one_off)
    api.get(f"/v1/invoiceitems/{item['id']}")
    api.get("/v1/invoiceitems", customer=customer)
    spare = api.post("/v1/invoiceitems", **one_off)
    api.post(f"/v1/invoiceitems/{spare['id']}", amount=1600)
    api.delete(f"/v1/invoiceitems/{spare['id']}")
    for ending in ("pay", "void", "mark_uncollectible"):
        api.post("/v1/invoiceitems", **one_off)
        draft = api.post(
            "/v1/invoices",
            customer=customer,
            collection_method="send_invoice",
            days_until_due=14,
            pending_invoice_items_behavior="include",
        )
        path = f"/v1/invoices/{draft['id']}"
        api.post(path, description="A day of training")
        api.post(f"{path}/finalize")
        api.post(f"{path}/send")
        api.post(f"{path}/{ending}")
    draft = api.post("/v1/invoices", customer=customer)
    api.delete(f"/v1/invoices/{draft['id']}")
    api.refused("GET", "/v1/invoices/in_unknown", 404)


def discounts(tour: Tour) -> None:
    api = tour.api
    coupon = api.post("/v1/coupons", percent_off=25, duration="repeating", duration_in_months=3)
    tour.made["coupon"] = coupon
    api.post(f"/v1/coupons/{coupon['id']}", name="Welcome")
    api.get(f"/v1/coupons/{coupon['id']}")
    api.get("/v1/coupons")
    promotion = {"type": "coupon", "coupon": coupon["id"]}
    code = api.post("/v1/promotion_codes", promotion=promotion, code="WELCOME")
    api.get(f"/v1/promotion_codes/{code['id']}")
    api.post(f"/v1/promotion_codes/{code['id']}", active=False)
    api.get("/v1/promotion_codes", code="WELCOME")
    path = f"/v1/subscriptions/{tour.id('subscription')}"
    api.post(path, discounts=[{"coupon": coupon["id"]}], expand=["discounts"])
    api.delete(f"{path}/discount")
    spare = api.post("/v1/coupons", amount_off=500, currency="usd", duration="once")
    api.delete(f"/v1/coupons/{spare['id']}")


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
    api.post("/v1/billing_portal/sessions", **plain)
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


def money_back(tour: Tour) -> None:
    api, customer = tour.api, tour.id("customer")
    paid = api.get("/v1/invoices", customer=customer, status="paid")["data"]
    invoice = next(entry for entry in paid if entry["amount_paid"] > 2000)
    note = api.post(
        "/v1/credit_notes", invoice=invoice["id"], amount=500, credit_amount=500, memo="Outage"
    )
    api.get(f"/v1/credit_notes/{note['id']}")
    api.get("/v1/credit_notes", invoice=invoice["id"])
    charge = api.get("/v1/charges", customer=customer)["data"][0]
    refund = api.post("/v1/refunds", charge=charge["id"], amount=100)
    api.get(f"/v1/refunds/{refund['id']}")
    api.get("/v1/refunds", charge=charge["id"])
    api.get("/v1/disputes")


def entitlements(tour: Tour) -> None:
    api = tour.api
    intent = api.post("/v1/setup_intents", customer=tour.id("customer"))
    api.get(f"/v1/setup_intents/{intent['id']}")
    api.get("/v1/setup_intents", customer=tour.id("customer"))


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


def events(tour: Tour) -> None:
    api = tour.api
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
