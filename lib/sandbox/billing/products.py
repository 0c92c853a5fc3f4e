"""Products: create, update, delete."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]

PLAIN = (
    "active",
    "description",
    "marketing_features",
    "name",
    "package_dimensions",
    "shippable",
    "statement_descriptor",
    "tax_code",
    "unit_label",
    "url",
)


def create(sandbox: Sandbox, params: Object) -> Object:
    """A product; ``default_price_data`` creates its default price with it."""
    from lib.sandbox.billing import prices

    id = params.get("id") or sandbox.new_id("prod")
    if sandbox.peek("product", id) is not None:
        raise SandboxError(f"Product already exists: {id}", code="resource_already_exists")
    now = sandbox.now()
    product: Object = {
        "id": id,
        "object": "product",
        "active": True,
        "created": now,
        "default_price": None,
        "description": None,
        "images": params.get("images") or [],
        "livemode": False,
        "marketing_features": [],
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "name": params["name"],
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": now,
        "url": None,
    }
    product.update({name: params[name] for name in PLAIN if name in params})
    sandbox.put(product)
    sandbox.emit("product.created", product)
    if params.get("default_price_data"):
        price = prices.create(sandbox, {**params["default_price_data"], "product": id})
        update(sandbox, id, {"default_price": price["id"]})
    return product


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    product = sandbox.get("product", id)
    before = sandbox.snapshot(product)
    if params.get("default_price"):
        price = sandbox.get("price", params["default_price"], param="default_price")
        if price["product"] != id:
            raise SandboxError(
                "The default price must belong to the product.", param="default_price"
            )
    for name in (*PLAIN, "default_price", "images"):
        if name in params:
            product[name] = params[name] if params[name] is not None or name != "images" else []
    if "metadata" in params:
        product["metadata"] = merge_metadata(product["metadata"], params["metadata"])
    if sandbox.snapshot_diff(before, product):
        product["updated"] = sandbox.now()
    sandbox.update(product, before, "product.updated")
    return product


def delete(sandbox: Sandbox, id: str) -> Object:
    """Only a product without prices can go."""
    product = sandbox.get("product", id)
    if sandbox.find("price", link=id, limit=1):
        raise SandboxError(
            "This product cannot be deleted because it has one or more user-created prices."
        )
    sandbox.delete(product)
    sandbox.put({"id": id, "object": "deleted_product", "created": sandbox.now()})
    sandbox.emit("product.deleted", product)
    return {"id": id, "object": "product", "deleted": True}
