"""The rules that bind a configuration's features to one another and to the catalog."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

MAX_PRODUCTS = 10
_UPDATE = "features[subscription_update]"
_CANCEL = "features[subscription_cancel]"
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def check(sandbox: Sandbox, features: dict[str, Any]) -> None:
    """Raises SandboxError (400) for a combination that Stripe refuses."""
    update = features["subscription_update"]
    if update["enabled"] and not features["payment_method_update"]["enabled"]:
        raise SandboxError(
            "Cannot enable subscription updates while payment method update is disabled.",
            param=f"{_UPDATE}[enabled]",
        )
    methods = features["payment_method_update"]["payment_method_configuration"]
    if methods is not None:
        param = "features[payment_method_update][payment_method_configuration]"
        sandbox.get("payment_method_configuration", methods, param=param)
    _check_cancel(sandbox, features["subscription_cancel"])
    _check_pause(features["subscription_pause"])
    _check_products(sandbox, update["products"])


def _check_cancel(sandbox: Sandbox, cancel: dict[str, Any]) -> None:
    behavior = cancel["proration_behavior"]
    if behavior == "always_invoice":
        raise SandboxError(
            "The subscription_cancel feature does not support a proration_behavior of "
            "always_invoice. Use none or create_prorations.",
            param=f"{_CANCEL}[proration_behavior]",
        )
    if behavior == "create_prorations" and cancel["mode"] == "at_period_end":
        raise SandboxError(
            "A proration_behavior of create_prorations is only compatible with a mode of "
            "immediately.",
            param=f"{_CANCEL}[proration_behavior]",
        )
    reason = cancel["cancellation_reason"]
    for place, id in enumerate(reason["feedback_options"]):
        param = f"{_CANCEL}[cancellation_reason][feedback_options][{place}]"
        sandbox.get("billing.feedback_option", id, param=param)
    if len(set(reason["options"])) != len(reason["options"]):
        raise SandboxError(
            "Each cancellation reason can be given once.",
            param=f"{_CANCEL}[cancellation_reason][options]",
        )
    if reason["enabled"] and not (reason["options"] or reason["feedback_options"]):
        raise SandboxError(
            "Cancellation reasons need at least one option.",
            param=f"{_CANCEL}[cancellation_reason][options]",
        )


def _check_pause(pause: dict[str, Any]) -> None:
    param = "features[subscription_pause][duration][interval_options]"
    duration = pause["duration"]
    if duration["type"] == "indefinite":
        duration["interval_options"] = []
        return
    if not duration["interval_options"]:
        raise SandboxError.missing_parameter(param)
    for option in duration["interval_options"]:
        if _DAYS[option["interval"]] * option["interval_count"] > 3 * 366:
            raise SandboxError("The maximum pause duration is three years.", param=param)


def _check_products(sandbox: Sandbox, products: list[dict[str, Any]]) -> None:
    if len(products) > MAX_PRODUCTS:
        raise SandboxError(
            f"A portal configuration can offer at most {MAX_PRODUCTS} products.",
            param=f"{_UPDATE}[products]",
        )
    seen: set[str] = set()
    for place, product in enumerate(products):
        param = f"{_UPDATE}[products][{place}]"
        if product["product"] in seen:
            raise SandboxError("Each product can be given once.", param=f"{param}[product]")
        seen.add(product["product"])
        sandbox.get("product", product["product"], param=f"{param}[product]")
        _check_quantity(product["adjustable_quantity"], param)
        _check_prices(sandbox, product, f"{param}[prices]")


def _check_quantity(quantity: dict[str, Any], param: str) -> None:
    maximum = quantity["maximum"]
    if maximum is not None and maximum < quantity["minimum"]:
        raise SandboxError(
            "The maximum quantity must not be below the minimum quantity.",
            param=f"{param}[adjustable_quantity][maximum]",
        )


def _check_prices(sandbox: Sandbox, product: dict[str, Any], param: str) -> None:
    if not product["prices"]:
        raise SandboxError("Give at least one price for each product.", param=param)
    intervals: set[tuple[Any, ...]] = set()
    for place, id in enumerate(product["prices"]):
        price = sandbox.get("price", id, param=f"{param}[{place}]")
        where = f"{param}[{place}]"
        if price["product"] != product["product"]:
            raise SandboxError(
                f"The price '{id}' does not belong to the product '{product['product']}'.",
                param=where,
            )
        if not price["recurring"]:
            raise SandboxError(f"The price '{id}' is not a recurring price.", param=where)
        if price["recurring"]["usage_type"] != "licensed":
            raise SandboxError(f"The price '{id}' is metered.", param=where)
        recurring = price["recurring"]
        interval = (price["currency"], recurring["interval"], recurring["interval_count"])
        if interval in intervals:
            raise SandboxError(
                "A product cannot offer two prices with the same recurring interval.", param=where
            )
        intervals.add(interval)
