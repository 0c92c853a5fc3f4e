"""Invoice previews: what a change, a new subscription or the next renewal would bill."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import (
    billing_run,
    calendar,
    discounts,
    drafts,
    invoice_items,
    items,
    lines,
    proration,
)
from lib.sandbox.billing.subscription_changes import Plan, plan_change
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]


def create(sandbox: Sandbox, params: Object) -> Object:
    """An invoice with an ``upcoming_in…`` id that is never stored and told to nobody.

    It is computed by the same code as the real thing, in a transaction that is undone.
    """
    answer: Object = {}
    try:
        with _undone(sandbox):
            answer = _preview(sandbox, params)
            raise _Undo
    except _Undo:
        return answer


class _Undo(Exception):
    """Leaves the transaction without keeping anything."""


def _undone(sandbox: Sandbox) -> Any:
    if sandbox.in_transaction:
        raise RuntimeError("A preview undoes its transaction: it can not run inside another one.")
    return sandbox.transaction()


def _preview(sandbox: Sandbox, params: Object) -> Object:
    details = params.get("subscription_details") or {}
    if params.get("subscription"):
        subscription = sandbox.get("subscription", params["subscription"], param="subscription")
        return _of_subscription(sandbox, subscription, params, details)
    if not params.get("customer"):
        raise SandboxError(
            "You must specify at least one of: customer, subscription, schedule.",
            code="parameter_missing",
            param="customer",
        )
    customer = sandbox.get("customer", params["customer"], param="customer")
    if details.get("items"):
        return _of_new(sandbox, customer, params, details)
    found = [
        s
        for s in sandbox.find("subscription", customer=customer["id"])
        if s["status"] in ("active", "trialing", "past_due")
    ]
    if not found:
        raise SandboxError(
            f"No upcoming invoices for customer: {customer['id']}",
            status=404,
            code="invoice_upcoming_none",
        )
    return _of_subscription(sandbox, found[0], params, details)


def _of_subscription(
    sandbox: Sandbox, subscription: Object, params: Object, details: Object
) -> Object:
    """The invoice made at once by ``details``, else the next renewal's with its prorations."""
    ends = _ending(subscription, details)
    if subscription["status"] in ("canceled", "incomplete_expired"):
        raise SandboxError(
            f"No upcoming invoices for subscription: {subscription['id']}",
            status=404,
            code="invoice_upcoming_none",
        )
    plan = plan_change(sandbox, subscription, details) if details.get("items") else Plan()
    if details.get("cancel_now") and details.get("proration_behavior") != "none":
        plan.prorations = proration.of_end(sandbox, subscription, sandbox.now())
    changed = {**subscription, "items": dict(subscription["items"])}
    if plan.items is not None:
        changed["items"]["data"] = plan.items
    if plan.anchor is not None:
        changed["billing_cycle_anchor"] = plan.anchor
    prorated = billing_run.proration_lines(sandbox, subscription, plan.prorations)
    waiting = invoice_items.take_pending(sandbox, subscription["customer"], subscription["id"])
    reason = "subscription_update" if plan.invoice_now else "upcoming"
    if plan.invoice_now:
        billed = billing_run.lines_for(sandbox, changed, plan.renewed)
        period = None
    elif ends:
        billed, period = [], None
        if not (waiting or prorated):
            raise SandboxError(
                f"No upcoming invoices for subscription: {subscription['id']}",
                status=404,
                code="invoice_upcoming_none",
            )
    else:
        billed, period = _next_period(sandbox, changed)
    return _shape(
        sandbox,
        changed,
        [*waiting, *prorated, *billed, *_extra(sandbox, params, subscription["currency"])],
        params,
        reason,
        period=period,
        proration_date=plan.date if plan.prorations else None,
    )


def _of_new(sandbox: Sandbox, customer: Object, params: Object, details: Object) -> Object:
    """The first invoice of a subscription that does not exist yet."""
    now = sandbox.now()
    blank: Object = {
        "id": None,
        "billing_mode": {"type": "flexible"},
        "collection_method": "charge_automatically",
        "customer": customer["id"],
        "days_until_due": None,
        "description": None,
        "discounts": [],
        "items": {"data": []},
        "metadata": {},
        "test_clock": customer["test_clock"],
    }
    made = items.change(sandbox, blank, details["items"])
    trial_end = details.get("trial_end")
    trial = isinstance(trial_end, int)
    for item in made:
        interval, count = items.interval_of(item)
        end = trial_end if trial else calendar.period_end(now, interval, count, now)
        item.update(current_period_start=now, current_period_end=end)
    blank["currency"] = made[0]["price"]["currency"]
    billed = billing_run.lines_for(sandbox, blank, made, trial=trial)
    extra = _extra(sandbox, params, blank["currency"])
    return _shape(sandbox, blank, [*billed, *extra], params, "upcoming", real=False)


def _next_period(
    sandbox: Sandbox, subscription: Object
) -> tuple[list[Object], tuple[int, int] | None]:
    """Lines of the items that renew next, for the period that begins then."""
    first = min(i["current_period_end"] for i in subscription["items"]["data"])
    anchor = subscription["billing_cycle_anchor"]
    moved = []
    for item in subscription["items"]["data"]:
        if item["current_period_end"] == first:
            interval, count = items.interval_of(item)
            end = calendar.period_end(anchor, interval, count, first)
            moved.append({**item, "current_period_start": first, "current_period_end": end})
    start = min(i["current_period_start"] for i in subscription["items"]["data"])
    return billing_run.lines_for(sandbox, subscription, moved), (start, first)


def _ending(subscription: Object, details: Object) -> bool:
    """Whether the subscription ends before it renews again."""
    if details.get("cancel_now") or details.get("cancel_at_period_end"):
        return True
    cancel_at = details.get("cancel_at", subscription["cancel_at"])
    ends: list[int] = [item["current_period_end"] for item in subscription["items"]["data"]]
    if cancel_at == "min_period_end":
        return True
    if cancel_at == "max_period_end":
        return len(set(ends)) == 1
    if isinstance(cancel_at, int):
        return cancel_at <= min(ends)
    boolean = details.get("cancel_at_period_end", subscription["cancel_at_period_end"])
    return bool(boolean)


def _extra(sandbox: Sandbox, params: Object, currency: str) -> list[Object]:
    """Lines for the request's own ``invoice_items``."""
    now = sandbox.now()
    return [
        lines.line(
            sandbox,
            amount=entry.get("amount") or 0,
            currency=currency,
            description=entry.get("description"),
            period=(now, now),
            price=None,
            quantity=entry.get("quantity") or 1,
            metadata={},
            discount_ids=[],
            parent=None,
            subscription=None,
        )
        for entry in params.get("invoice_items") or []
    ]


def _shape(
    sandbox: Sandbox,
    subscription: Object,
    billed: list[Object],
    params: Object,
    reason: str,
    *,
    period: tuple[int, int] | None = None,
    proration_date: int | None = None,
    real: bool = True,
) -> Object:
    # A discount that ends with the period does not lower the renewal that is shown.
    with sandbox.clock.pinned(period[1] if period and reason == "upcoming" else sandbox.now()):
        shared = discounts.running(sandbox, subscription["discounts"])
    if params.get("discounts"):
        shared = discounts.apply(
            sandbox,
            params["discounts"],
            subscription["discounts"],
            customer=subscription["customer"],
            subscription=subscription["id"],
        )
    invoice = drafts.draft(
        sandbox,
        customer=sandbox.get("customer", subscription["customer"]),
        currency=subscription["currency"],
        items=billed,
        reason=reason,
        subscription=subscription if real else None,
        period=period,
        collection_method=subscription["collection_method"],
        days_until_due=subscription["days_until_due"],
        discount_ids=shared,
        proration_date=proration_date,
        preview=True,
    )
    if period is not None and reason == "upcoming":
        invoice.update(created=period[1], next_payment_attempt=period[1] + 3600)
    return invoice
