"""Choosing another plan, seeing what it costs, and confirming it."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted import wording
from lib.sandbox.hosted.portal_subscription import described, product_name
from lib.sandbox.hosted.portal_visit import PortalVisit, portal_route
from lib.sandbox.portal import permissions, plan_changes
from lib.sandbox.portal.plan_changes import Change

CHOOSE = ("subscription_update",)
CONFIRM = ("subscription_update", "subscription_update_confirm")


def choose(portal: PortalVisit) -> Response:
    sandbox, subscription = portal.visit.sandbox, portal.subscription()
    refused = _refused(portal, subscription)
    if refused is not None:
        return refused
    item = subscription["items"]["data"][0]
    prices = plan_changes.offered_prices(sandbox, subscription, portal.configuration)
    rule = plan_changes.quantity_rule(portal.configuration, item["price"])
    allowed = portal.feature("subscription_update")["default_allowed_updates"]
    return portal.page(
        "portal_update.html",
        title="Update your subscription",
        sub=described(sandbox, subscription),
        offers=[_offer(sandbox, price, item) for price in prices],
        quantity={**rule, "current": item["quantity"]} if rule else None,
        ask_promotion="promotion_code" in allowed,
    )


def confirm(portal: PortalVisit) -> Response:
    """What would change and what it costs; nothing is done yet."""
    sandbox, subscription = portal.visit.sandbox, portal.subscription()
    refused = _refused(portal, subscription)
    if refused is not None:
        return refused
    try:
        change = _wanted(portal, _given(portal))
        plan_changes.check(change, portal.configuration)
        preview = plan_changes.preview(sandbox, change, portal.configuration)
    except SandboxError as error:
        return _back_to_choice(portal, error.message)
    return portal.page(
        "portal_confirm.html",
        title="Confirm your updates",
        sub=described(sandbox, subscription),
        change=_described_change(portal, change),
        lines=_lines(preview),
        total_label="Next invoice" if preview is not None else "",
        total="" if preview is None else _money(preview["amount_due"], preview),
        hidden=_hidden(portal),
    )


def update(portal: PortalVisit) -> Response:
    sandbox, subscription = portal.visit.sandbox, portal.subscription()
    refused = _refused(portal, subscription)
    if refused is not None:
        return refused
    change = _wanted(portal, portal.visit.form)
    later = plan_changes.at_period_end(change, portal.configuration)
    end = wording.date(change.item["current_period_end"])
    try:
        plan_changes.check(change, portal.configuration)
        plan_changes.apply(sandbox, change, portal.configuration)
    except SandboxError as error:
        if error.type == "card_error":
            raise
        return _back_to_choice(portal, error.message)
    name = product_name(sandbox, change.price)
    if later:
        return portal.finish(f"Your subscription will change to {name} on {end}.")
    return portal.finish(f"Your subscription was updated to {name}.")


def _refused(portal: PortalVisit, subscription: dict[str, Any]) -> Response | None:
    refusal = permissions.update_refusal(portal.visit.sandbox, subscription, portal.configuration)
    if refusal is None:
        return None
    if portal.flow is None:
        return portal.home(error=refusal)
    back = {"url": portal.session["return_url"], "text": "Go back"}
    return portal.visit.message("Nothing to update", refusal, status=409, link=back)


def _back_to_choice(portal: PortalVisit, message: str) -> Response:
    """A change that cannot be made: to the choice, or out of a flow that has none."""
    if portal.flow is not None and portal.flow["type"] == "subscription_update_confirm":
        back = {"url": portal.session["return_url"], "text": "Go back"}
        return portal.visit.message("Nothing to confirm", message, status=409, link=back)
    id = portal.visit.path["subscription"]
    return portal.redirect(f"{portal.base}/subscriptions/{id}/update", error=message)


def _wanted(portal: PortalVisit, given: dict[str, str]) -> Change:
    """The change that the flow fixed, or that the customer chose; raises SandboxError (400)."""
    sandbox, subscription = portal.visit.sandbox, portal.subscription()
    item = subscription["items"]["data"][0]
    if portal.flow is not None and portal.flow["type"] == "subscription_update_confirm":
        fixed = portal.flow["subscription_update_confirm"]
        wanted = fixed["items"][0]
        discounts = tuple(
            {name: id for name, id in discount.items() if id} for discount in fixed["discounts"]
        )
        price = sandbox.get("price", wanted["price"] or item["price"]["id"], param="price")
        return Change(subscription, price, wanted.get("quantity", item["quantity"]), discounts)
    price = sandbox.get("price", given.get("price") or item["price"]["id"], param="price")
    quantity = item["quantity"]
    if given.get("quantity"):
        quantity = int(given["quantity"]) if given["quantity"].isdecimal() else 0
    return Change(subscription, price, quantity, _promotion(portal, given))


def _promotion(portal: PortalVisit, given: dict[str, str]) -> tuple[dict[str, str], ...]:
    code = given.get("promotion_code", "").strip()
    if not code:
        return ()
    if "promotion_code" not in portal.feature("subscription_update")["default_allowed_updates"]:
        raise SandboxError("Promotion codes cannot be used here.")
    for promotion in portal.visit.sandbox.find("promotion_code", active=True):
        if promotion["code"].casefold() == code.casefold():
            return ({"promotion_code": promotion["id"]},)
    raise SandboxError("This promotion code is not valid.")


def _offer(sandbox: Sandbox, price: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    return {
        "price": price["id"],
        "name": product_name(sandbox, price),
        "text": wording.price(price),
        "current": price["id"] == item["price"]["id"],
    }


def _described_change(portal: PortalVisit, change: Change) -> dict[str, Any]:
    sandbox = portal.visit.sandbox
    if plan_changes.at_period_end(change, portal.configuration):
        when = wording.date(change.item["current_period_end"])
        sentence = f"The change takes effect at the end of your billing period, on {when}."
    else:
        sentence = "The change takes effect immediately."
    return {
        "name": product_name(sandbox, change.price),
        "price": wording.price(change.price, change.quantity),
        "sentence": sentence,
        "discounts": ["A discount is applied."] if change.discounts else [],
    }


def _given(portal: PortalVisit) -> dict[str, str]:
    """The choice: in the address at first, in the form when a card was declined."""
    return {**portal.visit.query, **portal.visit.form}


def _hidden(portal: PortalVisit) -> list[tuple[str, str]]:
    given = _given(portal)
    names = ("price", "quantity", "promotion_code")
    return [(name, given[name]) for name in names if given.get(name)]


def _lines(preview: dict[str, Any] | None) -> list[dict[str, str]]:
    if preview is None:
        return []
    return [
        {"text": line["description"] or "", "amount": _money(line["amount"], preview)}
        for line in preview["lines"]["data"]
    ]


def _money(amount: int, invoice: dict[str, Any]) -> str:
    return wording.money(amount, invoice["currency"])


_SUBSCRIPTION = "/subscriptions/{subscription}"
routes = [
    portal_route("GET", f"{_SUBSCRIPTION}/update", choose, flows=CHOOSE),
    # The engine's preview opens and undoes a transaction of its own.
    portal_route("GET", f"{_SUBSCRIPTION}/confirm", confirm, flows=CONFIRM, in_transaction=False),
    portal_route("POST", f"{_SUBSCRIPTION}/update", update, flows=CONFIRM, declined=confirm),
]
