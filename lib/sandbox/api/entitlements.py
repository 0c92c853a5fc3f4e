"""/v1/entitlements and the features of products."""

from __future__ import annotations

from lib.sandbox import params as p
from lib.sandbox.api.routing import Call, Object, endpoint
from lib.sandbox.billing import entitlements
from lib.sandbox.errors import SandboxError
from lib.sandbox.paging import listing, page, page_of

FEATURES = "/v1/entitlements/features"


@endpoint(
    "POST",
    FEATURES,
    {
        "lookup_key": p.text(required=True, clear=False, limit=80),
        "metadata": p.metadata(),
        "name": p.text(required=True, clear=False, limit=80),
    },
)
def create(call: Call) -> Object:
    return entitlements.create_feature(call.sandbox, call.params)


@endpoint("GET", FEATURES + "/{feature}")
def retrieve(call: Call, feature: str) -> Object:
    return call.sandbox.get("entitlements.feature", feature)


@endpoint(
    "POST",
    FEATURES + "/{feature}",
    {"active": p.boolean(), "metadata": p.metadata(), "name": p.text(clear=False, limit=80)},
)
def update(call: Call, feature: str) -> Object:
    return entitlements.update_feature(call.sandbox, feature, call.params)


@endpoint("GET", FEATURES, listing(archived=p.boolean(), lookup_key=p.text()))
def list_(call: Call) -> Object:
    wanted = call.params
    return page(
        call.sandbox,
        "entitlements.feature",
        FEATURES,
        wanted,
        keep=lambda f: (
            wanted.get("archived") in (None, not f["active"])
            and wanted.get("lookup_key") in (None, f["lookup_key"])
        ),
    )


@endpoint(
    "POST", "/v1/products/{product}/features", {"entitlement_feature": p.reference(required=True)}
)
def attach(call: Call, product: str) -> Object:
    return entitlements.attach_feature(call.sandbox, product, call.params["entitlement_feature"])


@endpoint("GET", "/v1/products/{product}/features", listing())
def list_attached(call: Call, product: str) -> Object:
    url = f"/v1/products/{product}/features"
    return page(call.sandbox, "product_feature", url, call.params, link=product)


@endpoint("GET", "/v1/products/{product}/features/{feature}")
def retrieve_attached(call: Call, product: str, feature: str) -> Object:
    return call.sandbox.get("product_feature", feature)


@endpoint("DELETE", "/v1/products/{product}/features/{feature}")
def detach(call: Call, product: str, feature: str) -> Object:
    call.sandbox.delete(call.sandbox.get("product_feature", feature))
    return {"id": feature, "object": "product_feature", "deleted": True}


@endpoint(
    "GET", "/v1/entitlements/active_entitlements", listing(customer=p.reference(required=True))
)
def list_active(call: Call) -> Object:
    customer = call.params["customer"]
    call.sandbox.get("customer", customer, param="customer")
    held = entitlements.active_entitlements(call.sandbox, customer)
    url = "/v1/entitlements/active_entitlements"
    return page_of(held, url, call.params, "entitlements.active_entitlement")


@endpoint("GET", "/v1/entitlements/active_entitlements/{entitlement}")
def retrieve_active(call: Call, entitlement: str) -> Object:
    for customer in call.sandbox.each("customer"):
        for held in entitlements.active_entitlements(call.sandbox, customer["id"]):
            if held["id"] == entitlement:
                return held
    raise SandboxError.missing_resource("entitlements.active_entitlement", entitlement)
