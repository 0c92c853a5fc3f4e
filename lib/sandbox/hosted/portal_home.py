"""The portal's overview, the entry of every session, and the end of a flow."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from lib.sandbox.hosted import wording
from lib.sandbox.hosted.portal_subscription import with_actions
from lib.sandbox.hosted.portal_visit import PortalVisit, portal_route
from lib.sandbox.portal import permissions

SHOWN_INVOICES = 10
ANY_FLOW = ("any",)


def entry(portal: PortalVisit) -> Response:
    """The overview, or the first page of the session's flow."""
    flow = portal.flow
    if flow is None:
        return _home(portal)
    kind = flow["type"]
    if kind == "payment_method_update":
        return portal.visit.redirect(f"{portal.base}/payment-methods/add")
    if kind == "customer_update":
        return portal.visit.redirect(f"{portal.base}/customer")
    step = {
        "subscription_cancel": "cancel",
        "subscription_pause": "pause",
        "subscription_update": "update",
        "subscription_update_confirm": "confirm",
    }[kind]
    return portal.visit.redirect(f"{portal.base}/subscriptions/{flow[kind]['subscription']}/{step}")


def _home(portal: PortalVisit) -> Response:
    sandbox, customer = portal.visit.sandbox, portal.customer
    shown = [
        subscription
        for subscription in sandbox.find("subscription", customer=customer["id"])
        if subscription["status"] not in permissions.ENDED
    ]
    everything = sandbox.find("invoice", customer=customer["id"])
    invoices = [invoice for invoice in everything if invoice["status"] != "draft"]
    limit = None if portal.visit.query.get("invoices") == "all" else SHOWN_INVOICES
    return portal.page(
        "portal_home.html",
        title="Manage your billing",
        subscriptions=[with_actions(portal, subscription) for subscription in shown],
        methods=_methods(portal, keep_one=any(s["status"] in permissions.LIVE for s in shown)),
        customer={name: customer[name] for name in ("name", "email", "phone")},
        address=wording.address(customer["address"]),
        show_invoices=portal.feature("invoice_history")["enabled"],
        invoices=[invoice_row(invoice) for invoice in invoices[:limit]],
        more_invoices=limit is not None and len(invoices) > limit,
    )


def invoice_row(invoice: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": invoice["id"],
        "number": invoice["number"] or invoice["id"],
        "date": wording.date(invoice["created"]),
        "amount": wording.money(invoice["total"], invoice["currency"]),
        "badge": wording.invoice_badge(invoice["status"]),
        "url": invoice["hosted_invoice_url"],
        "payable": invoice["status"] == "open" and invoice["amount_remaining"] > 0,
    }


def _methods(portal: PortalVisit, *, keep_one: bool) -> list[dict[str, Any]]:
    """The customer's methods; the only one of a subscriber and the default stay."""
    default = portal.customer["invoice_settings"]["default_payment_method"]
    found = portal.visit.sandbox.find("payment_method", customer=portal.customer["id"])
    return [
        {
            "id": method["id"],
            "label": wording.card(method),
            "expires": wording.card_expiry(method),
            "default": method["id"] == default,
            "removable": not (keep_one and (len(found) == 1 or method["id"] == default)),
        }
        for method in found
    ]


def done(portal: PortalVisit) -> Response:
    """The confirmation page of a flow that asked for one."""
    message = portal.session["_"]["completed"]
    if message is None:
        return portal.visit.redirect(portal.base)
    flow = portal.session["flow"]
    confirmation = flow["after_completion"]["hosted_confirmation"] or {}
    open_invoices = portal.visit.sandbox.find(
        "invoice", customer=portal.customer["id"], status="open"
    )
    asks_payment = flow["type"] == "payment_method_update"
    return portal.page(
        "portal_done.html",
        title="All set",
        message=message,
        custom_message=confirmation.get("custom_message"),
        show_navigation=False,
        payable=[invoice_row(i) for i in open_invoices if asks_payment and i["amount_remaining"]],
    )


routes = [
    portal_route("GET", "", entry, flows=ANY_FLOW),
    portal_route("GET", "/done", done, flows=ANY_FLOW),
]
