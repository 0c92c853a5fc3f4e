"""Making a subscription's invoice from its items, prorations and waiting invoice items."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import discounts, drafts, invoice_items, invoices, lines
from lib.sandbox.billing.items import is_metered
from lib.sandbox.billing.proration import Proration
from lib.sandbox.core import Sandbox

Object = dict[str, Any]


def lines_for(
    sandbox: Sandbox, subscription: Object, items: list[Object], *, trial: bool = False
) -> list[Object]:
    """Lines for the current periods of licensed ``items`` (a renewal bills in advance)."""
    return [
        lines.item_line(
            sandbox,
            subscription,
            item,
            (item["current_period_start"], item["current_period_end"]),
            trial=trial,
        )
        for item in items
        if not is_metered(item)
    ]


def arrears_for(sandbox: Sandbox, subscription: Object, ended: list[Object]) -> list[Object]:
    """Lines for the usage of the periods that just ended (before they were moved on)."""
    return [
        lines.item_line(
            sandbox,
            subscription,
            item,
            (item["current_period_start"], item["current_period_end"]),
        )
        for item in ended
        if is_metered(item)
    ]


def proration_lines(
    sandbox: Sandbox, subscription: Object, prorations: list[Proration]
) -> list[Object]:
    """Lines straight from prorations, for a preview."""
    return [
        lines.line(
            sandbox,
            amount=part.amount,
            currency=subscription["currency"],
            description=part.description,
            period=(part.start, part.end),
            price=part.item["price"],
            quantity=part.item.get("quantity"),
            metadata=subscription["metadata"],
            discount_ids=[],
            parent=lines.item_parent(subscription["id"], part.item["id"], proration=True),
            subscription=subscription["id"],
            discountable=False,
        )
        for part in prorations
    ]


def keep_prorations(sandbox: Sandbox, subscription: Object, prorations: list[Proration]) -> None:
    """Turn prorations into invoice items that wait for the next invoice."""
    for part in prorations:
        invoice_items.store(
            sandbox,
            customer=subscription["customer"],
            subscription=subscription["id"],
            item_id=part.item["id"],
            amount=part.amount,
            currency=subscription["currency"],
            description=part.description,
            period=(part.start, part.end),
            price=part.item["price"],
            quantity=part.item.get("quantity") or 0,
            proration=True,
            metadata=subscription["metadata"],
        )


def draft(
    sandbox: Sandbox,
    subscription: Object,
    billed: list[Object],
    reason: str,
    *,
    proration_date: int | None = None,
    period: tuple[int, int] | None = None,
) -> Object:
    """A draft of ``billed`` lines and whatever waits; becomes the latest invoice.

    Discounts that last for one invoice are used up by it.
    """
    waiting = invoice_items.take_pending(sandbox, subscription["customer"], subscription["id"])
    shared = discounts.running(sandbox, subscription["discounts"])
    behaviour = (subscription["pause_collection"] or {}).get("behavior")
    automatic = behaviour != "keep_as_draft" and subscription["status"] != "unpaid"
    invoice = drafts.draft(
        sandbox,
        customer=sandbox.get("customer", subscription["customer"]),
        currency=subscription["currency"],
        items=[*waiting, *billed],
        reason=reason,
        subscription=subscription,
        period=period,
        collection_method=subscription["collection_method"],
        days_until_due=subscription["days_until_due"],
        auto_advance=automatic,
        description=subscription["description"],
        discount_ids=shared,
        proration_date=proration_date,
    )
    invoice_items.invoiced(sandbox, waiting, invoice["id"])
    subscription["latest_invoice"] = invoice["id"]
    _use_up(sandbox, subscription, invoice)
    if behaviour in ("void", "mark_uncollectible"):
        invoices.finalize(sandbox, invoice["id"], {"auto_advance": False})
        if invoice["status"] == "open":
            if behaviour == "void":
                invoices.void(sandbox, invoice["id"])
            else:
                invoices.mark_uncollectible(sandbox, invoice["id"], "subscription_paused")
    return invoice


def _use_up(sandbox: Sandbox, subscription: Object, invoice: Object) -> None:
    """A discount for one invoice is used by the first that it really lowers, not by a trial's."""
    lowered = {e["discount"] for e in invoice["total_discount_amounts"] if e["amount"]}
    for owner in (subscription, *subscription["items"]["data"]):
        if owner["discounts"]:
            once = discounts.one_time(sandbox, owner["discounts"])
            used = [id for id in once if id in lowered]
            for id in used:
                discounts.remove(sandbox, id)
            if used:
                owner["discounts"] = [id for id in owner["discounts"] if id not in used]
