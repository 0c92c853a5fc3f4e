"""Invoice items: charges and credits that wait for the next invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lib.sandbox.billing import drafts, lines, money, prices
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.params import merge_metadata

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """A one-off charge (API: POST /v1/invoiceitems): ``amount`` and ``currency``, or a price."""
    customer = sandbox.get("customer", params["customer"], param="customer")
    price_id = (params.get("pricing") or {}).get("price")
    price = prices.usable(sandbox, price_id, param="pricing[price]") if price_id else None
    quantity = params.get("quantity") or 1
    if price is not None:
        amount, currency = money.whole(prices.cost(sandbox, price, quantity)), price["currency"]
    elif params.get("amount") is None:
        raise SandboxError.missing_parameter("amount")
    else:
        amount = params["amount"]
        currency = money.currency(params.get("currency") or customer["currency"] or "usd")
    now = sandbox.now()
    period = params.get("period") or {"start": now, "end": now}
    item = store(
        sandbox,
        customer=customer["id"],
        subscription=params.get("subscription"),
        item_id=None,
        amount=amount,
        currency=currency,
        description=params.get("description"),
        period=(period["start"], period["end"]),
        price=price,
        quantity=quantity,
        proration=False,
        metadata=merge_metadata({}, params.get("metadata", {})),
        invoice=params.get("invoice"),
    )
    if params.get("invoice"):
        _add_to_draft(sandbox, params["invoice"], item)
    return item


def store(
    sandbox: Sandbox,
    *,
    customer: str,
    subscription: str | None,
    item_id: str | None,
    amount: int,
    currency: str,
    description: str | None,
    period: tuple[int, int],
    price: Object | None,
    quantity: int,
    proration: bool,
    metadata: Object,
    invoice: str | None = None,
    discount_ids: list[str] | None = None,
    credited: Object | None = None,
) -> Object:
    """A pending item; emits invoiceitem.created."""
    parent = None
    if subscription is not None:
        details: Object = {"subscription": subscription}
        if item_id is not None:
            details["subscription_item"] = item_id
        parent = {"subscription_details": details, "type": "subscription_details"}
    clock = (sandbox.peek("customer", customer) or {}).get("test_clock")
    item: Object = {
        "id": sandbox.new_id("ii"),
        "object": "invoiceitem",
        "amount": amount,
        "currency": currency,
        "customer": customer,
        "customer_account": None,
        "date": sandbox.now(),
        "description": description,
        "discountable": not proration,
        "discounts": discount_ids or [],
        "invoice": invoice,
        "livemode": False,
        "metadata": metadata,
        "net_amount": amount,
        "parent": parent,
        "period": {"end": period[1], "start": period[0]},
        "pricing": None if price is None else lines.pricing(price),
        "proration": proration,
        "proration_details": {"credited_items": credited, "discount_amounts": []},
        "quantity": quantity,
        "quantity_decimal": str(quantity),
        "tax_rates": [],
        "test_clock": clock,
        "_": {"link": _waiting(subscription) if invoice is None else invoice, "price": price},
    }
    sandbox.put(item)
    sandbox.emit("invoiceitem.created", item)
    return item


def line_of(sandbox: Sandbox, item: Object) -> Object:
    """The invoice line that an item becomes."""
    subscription = (item["parent"] or {}).get("subscription_details", {})
    if item["proration"] and subscription.get("subscription_item"):
        parent = lines.item_parent(
            subscription["subscription"],
            subscription["subscription_item"],
            proration=True,
            credited=item["proration_details"]["credited_items"],
            invoice_item=item["id"],
        )
    else:
        parent = lines.invoice_item_parent(item["id"], subscription.get("subscription"))
    return lines.line(
        sandbox,
        amount=item["amount"],
        currency=item["currency"],
        description=item["description"],
        period=(item["period"]["start"], item["period"]["end"]),
        price=item["_"]["price"],
        quantity=item["quantity"],
        metadata=item["metadata"],
        discount_ids=item["discounts"],
        parent=parent,
        subscription=subscription.get("subscription"),
        discountable=item["discountable"],
    )


def pending(sandbox: Sandbox, subscription: str) -> list[Object]:
    """Items that wait for the subscription's next invoice, oldest first."""
    return sandbox.find("invoiceitem", link=_waiting(subscription))[::-1]


def take_pending(sandbox: Sandbox, customer: str, subscription: str | None = None) -> list[Object]:
    """Lines for everything that waits: of one subscription, or of the customer's own."""
    if subscription is not None:
        found = pending(sandbox, subscription)
    else:
        found = sandbox.find("invoiceitem", customer=customer, invoice=None)[::-1]
    return [line_of(sandbox, item) for item in found]


def invoiced(sandbox: Sandbox, taken: list[Object], invoice: str) -> None:
    """The items behind the lines ``taken`` are on ``invoice`` now."""
    for line in taken:
        parent = line["parent"]
        details = parent["subscription_item_details"] or parent["invoice_item_details"]
        item = sandbox.peek("invoiceitem", details["invoice_item"])
        if item is not None:
            item["invoice"] = invoice
            item["_"]["link"] = invoice
            sandbox.put(item)


def delete(sandbox: Sandbox, id: str) -> Object:
    item = sandbox.get("invoiceitem", id)
    if item["invoice"] is not None:
        raise SandboxError("You can only delete invoice items that are not on an invoice.")
    sandbox.delete(item)
    sandbox.emit("invoiceitem.deleted", item)
    return {"id": id, "object": "invoiceitem", "deleted": True}


def unit_share(amount: Decimal, part: int, whole: int) -> int:
    """``amount`` × part ÷ whole, rounded half up: the prorated share of a period."""
    return money.whole(amount * part / whole) if whole else 0


def _waiting(subscription: str | None) -> str | None:
    return None if subscription is None else f"pending:{subscription}"


def _add_to_draft(sandbox: Sandbox, invoice_id: str, item: Object) -> None:
    invoice = sandbox.get("invoice", invoice_id, param="invoice")
    if invoice["status"] != "draft":
        raise SandboxError("Only draft invoices take further items.", param="invoice")
    before = sandbox.snapshot(invoice)
    line = line_of(sandbox, item)
    line["invoice"] = invoice_id
    invoice["lines"]["data"].append(line)
    drafts.total(invoice)
    sandbox.update(invoice, before, "invoice.updated")
