"""What happens when a customer submits the checkout page."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import customers, payments, subscriptions
from lib.sandbox.checkout import collecting, line_items
from lib.sandbox.checkout.sessions import KIND
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted.cards import CardEntry

Object = dict[str, Any]


def needs_card(session: Object) -> bool:
    """A trial that asks for a card only if one is required starts without."""
    if session["mode"] == "payment":
        return bool(session["amount_total"])
    return bool(session["payment_method_collection"] == "always" or session["amount_total"])


def complete(
    sandbox: Sandbox,
    session: Object,
    *,
    email: str,
    name: str,
    card: CardEntry | None,
    promotion_code: str | None = None,
) -> Object:
    """Create what the session sells; raises SandboxError (402) when the card is declined.

    The caller's transaction makes it all or nothing: after a decline the session is still open.
    """
    if session["status"] != "open":
        raise SandboxError("This checkout session is not open any more.")
    customer = _customer(sandbox, session, email, name)
    method = None if card is None else _method(sandbox, customer, card, email, name)
    if session["mode"] == "subscription":
        made = _subscribe(sandbox, session, customer, method, promotion_code)
    elif session["mode"] == "payment":
        made = collecting.charge(sandbox, session, customer, method)
    else:
        made = collecting.save(sandbox, session, customer, method)
    session.update(
        made,
        customer=customer,
        customer_details={
            "address": None,
            "business_name": None,
            "email": email,
            "individual_name": None,
            "name": name,
            "phone": None,
            "tax_exempt": "none",
            "tax_ids": [],
        },
        status="complete",
        url=None,
    )
    sandbox.put(session)
    sandbox.emit("checkout.session.completed", session)
    return sandbox.get(KIND, session["id"])


def _customer(sandbox: Sandbox, session: Object, email: str, name: str) -> str:
    if session["customer"] is not None:
        return str(session["customer"])
    return str(customers.create(sandbox, {"email": email, "name": name})["id"])


def _method(sandbox: Sandbox, customer: str, card: CardEntry, email: str, name: str) -> str:
    method = payments.create_method(
        sandbox,
        card.number,
        exp_month=card.exp_month,
        exp_year=card.exp_year,
        billing_details={"email": email, "name": name},
    )
    return str(payments.attach(sandbox, method["id"], customer, verify=True)["id"])


def _subscribe(
    sandbox: Sandbox,
    session: Object,
    customer: str,
    method: str | None,
    promotion_code: str | None,
) -> Object:
    hidden = session["_"]
    items, extra = line_items.subscription_items(hidden["lines"])
    params: Object = {
        "customer": customer,
        "items": items,
        "payment_behavior": "error_if_incomplete",
        **hidden["subscription_data"],
    }
    if extra:
        params["add_invoice_items"] = extra
    if method is not None:
        params["default_payment_method"] = method
    discounts = [
        {name: id for name, id in given.items() if id is not None} for given in session["discounts"]
    ]
    if promotion_code is not None:
        discounts = [{"promotion_code": promotion_code}]
    if discounts:
        params["discounts"] = discounts
    subscription = subscriptions.create(sandbox, params)
    invoice = sandbox.peek("invoice", subscription["latest_invoice"])
    paid = 0 if invoice is None else invoice["amount_paid"]
    return {
        "subscription": subscription["id"],
        "invoice": subscription["latest_invoice"],
        "payment_status": "paid" if paid or method is not None else "no_payment_required",
    }
