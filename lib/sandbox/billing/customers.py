"""Customers: create, update, delete."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]

PLAIN = (
    "description",
    "email",
    "name",
    "phone",
    "shipping",
    "preferred_locales",
    "tax_exempt",
    "balance",
    "business_name",
    "individual_name",
    "next_invoice_sequence",
    "invoice_prefix",
)
ADDRESS = ("city", "country", "line1", "line2", "postal_code", "state")


def create(sandbox: Sandbox, params: Object, *, verify: bool = False) -> Object:
    """A customer from Stripe's parameters; ``payment_method`` (an id) is attached as well.

    ``verify`` refuses (402) a card that Stripe would not save: see ``payments.attach``.
    """
    from lib.sandbox.billing import payments

    customer: Object = {
        "id": sandbox.new_id("cus"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": sandbox.now(),
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "invoice_prefix": sandbox.ids.token(6).upper()[:8],
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": merge_metadata({}, params.get("metadata", {})),
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    clock_id = params.get("test_clock")
    if clock_id:
        clock = sandbox.get("test_helpers.test_clock", clock_id, param="test_clock")
        customer["test_clock"] = clock_id
        customer["created"] = clock["frozen_time"]
    method = _first_method(sandbox, params, verify=verify)
    _apply(customer, params)
    settings = customer["invoice_settings"]
    if method is not None and settings["default_payment_method"] == params["payment_method"]:
        settings["default_payment_method"] = method["id"]
    elif settings["default_payment_method"] is not None:
        _check_default(sandbox, customer)
    sandbox.put(customer)
    sandbox.emit("customer.created", customer)
    if method is not None:
        payments.attach(sandbox, method["id"], customer["id"], param="payment_method")
    return customer


def update(sandbox: Sandbox, id: str, params: Object) -> Object:
    """Set the given fields; a None unsets, metadata merges."""
    customer = sandbox.get("customer", id)
    before = sandbox.snapshot(customer)
    _apply(customer, params)
    if (params.get("invoice_settings") or {}).get("default_payment_method"):
        _check_default(sandbox, customer)
    if "metadata" in params:
        customer["metadata"] = merge_metadata(customer["metadata"], params["metadata"])
    sandbox.update(customer, before, "customer.updated")
    return customer


def delete(sandbox: Sandbox, id: str) -> Object:
    """Cancel its subscriptions at once and leave a stub; returns ``{"deleted": true}``."""
    from lib.sandbox.billing import subscriptions

    customer = sandbox.get("customer", id)
    for subscription in sandbox.find("subscription", customer=id):
        if subscription["status"] not in ("canceled", "incomplete_expired"):
            subscriptions.cancel(sandbox, subscription["id"], {})
    for method in sandbox.find("payment_method", customer=id):
        method["customer"] = None
        sandbox.put(method)
    sandbox.delete(customer)
    sandbox.put({"id": id, "object": "deleted_customer", "created": sandbox.now()})
    sandbox.emit("customer.deleted", customer)
    return {"id": id, "object": "customer", "deleted": True}


def live(sandbox: Sandbox, id: str, *, param: str = "customer") -> Object:
    """The customer. Raises SandboxError for an unknown or deleted one."""
    return sandbox.get("customer", id, param=param)


def default_payment_method(sandbox: Sandbox, customer_id: str) -> str | None:
    """The id in ``invoice_settings.default_payment_method``."""
    customer = sandbox.peek("customer", customer_id)
    if customer is None:
        return None
    method: str | None = customer["invoice_settings"]["default_payment_method"]
    return method


def set_currency(sandbox: Sandbox, id: str, currency: str) -> None:
    """The first charge fixes a customer's currency, as on Stripe."""
    customer = sandbox.peek("customer", id)
    if customer is not None and customer["currency"] is None:
        before = sandbox.snapshot(customer)
        customer["currency"] = currency
        sandbox.update(customer, before, "customer.updated")


def set_delinquent(sandbox: Sandbox, id: str, delinquent: bool) -> None:
    """Whether the latest automatic charge of an invoice failed."""
    customer = sandbox.peek("customer", id)
    if customer is not None and customer["delinquent"] != delinquent:
        before = sandbox.snapshot(customer)
        customer["delinquent"] = delinquent
        sandbox.update(customer, before, "customer.updated")


def set_default_payment_method(sandbox: Sandbox, id: str, method_id: str | None) -> Object:
    """Make ``method_id`` the card that invoices are charged to."""
    return update(sandbox, id, {"invoice_settings": {"default_payment_method": method_id}})


def _apply(customer: Object, params: Object) -> None:
    for name in PLAIN:
        if name in params:
            value = params[name]
            if name == "tax_exempt" and value is None:
                value = "none"
            if name == "preferred_locales" and value is None:
                value = []
            customer[name] = value
    if "address" in params:
        customer["address"] = full_address(params["address"])
    if params.get("invoice_settings"):
        customer["invoice_settings"] = {
            **customer["invoice_settings"],
            **params["invoice_settings"],
        }
    for name in ("business_name", "individual_name"):
        if name in customer and customer[name] is None:
            del customer[name]


def full_address(given: Object | None) -> Object | None:
    """All six fields of an address, absent ones null."""
    return None if given is None else {name: given.get(name) for name in ADDRESS}


def _first_method(sandbox: Sandbox, params: Object, *, verify: bool) -> Object | None:
    """The payment method that a new customer brings along, checked but not attached yet."""
    from lib.sandbox.billing import payments

    if not params.get("payment_method"):
        return None
    method = payments.resolve(sandbox, params["payment_method"])
    if verify:
        payments.check(method)
    return method


def _check_default(sandbox: Sandbox, customer: Object) -> None:
    param = "invoice_settings[default_payment_method]"
    id = customer["invoice_settings"]["default_payment_method"]
    method = sandbox.get("payment_method", id, param=param)
    if method["customer"] != customer["id"]:
        raise SandboxError(
            f"The customer does not have a payment method with the ID {id}. The payment "
            "method must be attached to the customer.",
            code="resource_missing",
            param=param,
        )
