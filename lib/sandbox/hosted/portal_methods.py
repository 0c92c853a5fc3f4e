"""Payment methods: add, make default, remove; and paying an open invoice with the default."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted import wording
from lib.sandbox.hosted.cards import read_card
from lib.sandbox.hosted.portal_home import ANY_FLOW
from lib.sandbox.hosted.portal_visit import PortalVisit, portal_route
from lib.sandbox.portal import methods, permissions

FLOWS = ("payment_method_update",)
OFF = "Payment methods cannot be changed here."


def show(portal: PortalVisit) -> Response:
    _require_feature(portal)
    in_flow = portal.flow is not None
    return portal.page(
        "portal_card.html",
        title="Add payment method",
        heading="Update your payment method" if in_flow else "Add payment method",
        submit="Update payment method" if in_flow else "Add",
        ask_default=not in_flow,
        open_invoices=_open_sentence(portal),
        form={},
    )


def add(portal: PortalVisit) -> Response:
    """Save a card; within the flow it always becomes the default."""
    _require_feature(portal)
    sandbox, form = portal.visit.sandbox, portal.visit.form
    card = read_card(form, sandbox.now())
    method = methods.add_card(sandbox, portal.customer["id"], card)
    if portal.flow is not None or form.get("make_default") == "1":
        methods.make_default(sandbox, portal.customer["id"], method["id"])
    return portal.finish(f"{wording.card(method)} was added.")


def make_default(portal: PortalVisit) -> Response:
    _require_feature(portal)
    method = _method(portal)
    methods.make_default(portal.visit.sandbox, portal.customer["id"], method["id"])
    return portal.home(notice=f"{wording.card(method)} is now the default.")


def remove(portal: PortalVisit) -> Response:
    _require_feature(portal)
    sandbox, method = portal.visit.sandbox, _method(portal)
    all_of_them = sandbox.find("payment_method", customer=portal.customer["id"])
    live = any(
        subscription["status"] in permissions.LIVE
        for subscription in sandbox.find("subscription", customer=portal.customer["id"])
    )
    if live and len(all_of_them) == 1:
        return portal.home(error="Add another payment method before you remove this one.")
    methods.remove(sandbox, method["id"])
    return portal.home(notice=f"{wording.card(method)} was removed.")


def pay(portal: PortalVisit) -> Response:
    """Charge the default method for an open invoice now."""
    sandbox = portal.visit.sandbox
    invoice = sandbox.get("invoice", portal.visit.path["invoice"])
    if invoice["customer"] != portal.customer["id"]:
        raise SandboxError.missing_resource("invoice", invoice["id"])
    back = f"{portal.base}/done" if _is_confirmation(portal) else portal.base
    if invoice["status"] != "open":
        return portal.redirect(back, error="This invoice is not open any more.")
    declined = methods.pay_invoice(sandbox, invoice["id"])
    if declined is not None:
        return portal.redirect(back, error=declined)
    amount = wording.money(invoice["total"], invoice["currency"])
    return portal.redirect(back, notice=f"Your payment of {amount} succeeded.")


def _is_confirmation(portal: PortalVisit) -> bool:
    flow = portal.session["flow"]
    return bool(flow) and flow["after_completion"]["type"] == "hosted_confirmation"


def _require_feature(portal: PortalVisit) -> None:
    if not portal.feature("payment_method_update")["enabled"]:
        raise SandboxError(OFF, status=403)


def _method(portal: PortalVisit) -> dict[str, Any]:
    id = portal.visit.path["method"]
    method = portal.visit.sandbox.get("payment_method", id)
    if method["customer"] != portal.customer["id"]:
        raise SandboxError.missing_resource("payment_method", id)
    return method


def _open_sentence(portal: PortalVisit) -> str | None:
    found = portal.visit.sandbox.find("invoice", customer=portal.customer["id"], status="open")
    unpaid = [invoice for invoice in found if invoice["amount_remaining"] > 0]
    if not unpaid:
        return None
    amounts = ", ".join(
        wording.money(invoice["amount_remaining"], invoice["currency"]) for invoice in unpaid
    )
    return (
        f"Open invoices: {amounts}. A new card is used for the next automatic attempt; you can "
        "also pay at once afterwards."
    )


_METHOD = "/payment-methods/{method}"
routes = [
    portal_route("GET", "/payment-methods/add", show, flows=FLOWS),
    portal_route("POST", "/payment-methods/add", add, flows=FLOWS, declined=show),
    portal_route("POST", f"{_METHOD}/default", make_default),
    portal_route("POST", f"{_METHOD}/remove", remove),
    portal_route("POST", "/invoices/{invoice}/pay", pay, flows=ANY_FLOW),
]
