"""Catalogue, customers, coupons and features."""

from __future__ import annotations

from tests.openapi.tour.traveller import Tour


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


def entitlements(tour: Tour) -> None:
    api, product = tour.api, tour.id("product")
    feature = api.post("/v1/entitlements/features", name="Single sign-on", lookup_key="sso")
    path = f"/v1/entitlements/features/{feature['id']}"
    api.post(path, metadata={"team": "identity"})
    api.get(path)
    api.get("/v1/entitlements/features", lookup_key="sso")
    held = api.post(f"/v1/products/{product}/features", entitlement_feature=feature["id"])
    api.get(f"/v1/products/{product}/features")
    api.get(f"/v1/products/{product}/features/{held['id']}")
    active = api.get("/v1/entitlements/active_entitlements", customer=tour.id("customer"))
    for entitlement in active["data"]:
        api.get(f"/v1/entitlements/active_entitlements/{entitlement['id']}")
    api.delete(f"/v1/products/{product}/features/{held['id']}")
