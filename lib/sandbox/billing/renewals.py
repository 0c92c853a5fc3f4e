"""What time does to a subscription: renewals, trial ends, cancellations, pauses that end."""

from __future__ import annotations

from typing import Any

from lib.sandbox import due
from lib.sandbox.billing import billing_run, calendar, discounts, paying, standing
from lib.sandbox.billing.items import interval_of
from lib.sandbox.core import Sandbox

Object = dict[str, Any]
TRIAL_NOTICE_SECONDS = 3 * 86_400


def due_at(subscription: Object) -> int | None:
    """The next second at which something happens to the subscription by itself."""
    hidden = subscription["_"]
    if subscription["status"] == "incomplete":
        expiry: int = hidden["expires_at"]
        return expiry
    cancel_at: int | None = subscription["cancel_at"]
    if subscription["status"] == "paused":
        return cancel_at
    found = min(item["current_period_end"] for item in subscription["items"]["data"])
    if cancel_at is not None and cancel_at < found:
        found = cancel_at
    if subscription["status"] == "trialing":
        notice = subscription["trial_end"] - TRIAL_NOTICE_SECONDS
        found = min(found, subscription["trial_end"])
        if not hidden.get("noticed"):
            found = min(found, max(notice, subscription["trial_start"]))
    pause = subscription["pause_collection"]
    if pause is not None and pause["resumes_at"] is not None:
        found = min(found, pause["resumes_at"])
    if hidden.get("discount_ends") is not None:
        found = min(found, hidden["discount_ends"])
    return int(found)


def act(sandbox: Sandbox, subscription: Object) -> None:
    """Do the first thing that is due now; the queue comes back for the rest."""
    now = sandbox.now()
    hidden = subscription["_"]
    pause = subscription["pause_collection"]
    first_end = min(item["current_period_end"] for item in subscription["items"]["data"])
    if subscription["status"] == "incomplete":
        standing.expire_incomplete(sandbox, subscription)
    elif _ends_now(subscription, first_end, now):
        standing.end(sandbox, subscription, reason="cancellation_requested")
    elif hidden.get("discount_ends") is not None and hidden["discount_ends"] <= now:
        _end_discounts(sandbox, subscription)
    elif pause is not None and pause["resumes_at"] is not None and pause["resumes_at"] <= now:
        before = sandbox.snapshot(subscription)
        subscription["pause_collection"] = None
        sandbox.update(subscription, before, "customer.subscription.updated")
    elif subscription["status"] == "trialing" and not hidden.get("noticed"):
        hidden["noticed"] = True
        sandbox.put(subscription)
        sandbox.emit("customer.subscription.trial_will_end", subscription)
    elif subscription["status"] == "trialing" and subscription["trial_end"] <= now:
        _end_trial(sandbox, subscription)
    else:
        renew(sandbox, subscription)


def renew(sandbox: Sandbox, subscription: Object, *, status: str | None = None) -> Object:
    """Move every item whose period is over to its next one and bill it; the draft invoice."""
    now = sandbox.now()
    before = sandbox.snapshot(subscription)
    old = {item["id"]: item for item in before["items"]["data"]}
    anchor = subscription["billing_cycle_anchor"]
    moved = []
    for item in subscription["items"]["data"]:
        if item["current_period_end"] <= now:
            start = item["current_period_end"]
            interval, count = interval_of(item)
            item["current_period_start"] = start
            item["current_period_end"] = calendar.period_end(anchor, interval, count, start)
            item["current_trial"] = None
            moved.append(item)
    if subscription["cancel_at_period_end"] and subscription["cancel_at"] is not None:
        subscription["cancel_at"] = period_end_of(subscription)
    if status is not None:
        subscription["status"] = status
    ended = [old[item["id"]] for item in moved]
    invoice = billing_run.draft(
        sandbox,
        subscription,
        [
            *billing_run.arrears_for(sandbox, subscription, ended),
            *billing_run.lines_for(sandbox, subscription, moved),
        ],
        "subscription_cycle",
        period=(
            min(item["current_period_start"] for item in ended),
            max(item["current_period_end"] for item in ended),
        ),
    )
    sandbox.update(subscription, before, "customer.subscription.updated")
    return invoice


def period_end_of(subscription: Object) -> int:
    """The earliest end of the items' periods: where ``cancel_at_period_end`` ends it."""
    ends: list[int] = [item["current_period_end"] for item in subscription["items"]["data"]]
    return min(ends)


def _ends_now(subscription: Object, first_end: int, now: int) -> bool:
    if subscription["cancel_at"] is not None:
        return bool(subscription["cancel_at"] <= now)
    return bool(subscription["cancel_at_period_end"] and first_end <= now)


def _end_trial(sandbox: Sandbox, subscription: Object) -> None:
    """Bill the first paid period; without a payment method the trial's setting decides."""
    behaviour = (subscription["trial_settings"] or {"end_behavior": {}})["end_behavior"]
    missing = behaviour.get("missing_payment_method", "create_invoice")
    if missing != "create_invoice" and not _has_method(sandbox, subscription):
        if missing == "cancel":
            standing.end(sandbox, subscription, reason="payment_failed")
        else:
            from lib.sandbox.billing import pausing

            pausing.stop(sandbox, subscription, "trial_end_without_payment_method")
        return
    renew(sandbox, subscription, status="active")


def _has_method(sandbox: Sandbox, subscription: Object) -> bool:
    if subscription["collection_method"] == "send_invoice":
        return True
    probe = {
        "default_payment_method": None,
        "customer": subscription["customer"],
        "_": {"link": subscription["id"]},
    }
    return paying.method_for(sandbox, probe) is not None


def _end_discounts(sandbox: Sandbox, subscription: Object) -> None:
    before = sandbox.snapshot(subscription)
    for owner in (subscription, *subscription["items"]["data"]):
        kept = discounts.running(sandbox, owner["discounts"])
        for id in owner["discounts"]:
            if id not in kept:
                discounts.remove(sandbox, id)
        owner["discounts"] = kept
    note_discounts(sandbox, subscription)
    sandbox.update(subscription, before, "customer.subscription.updated")


def note_discounts(sandbox: Sandbox, subscription: Object) -> None:
    """Remember when the first of the discounts ends."""
    ids = [
        id for owner in (subscription, *subscription["items"]["data"]) for id in owner["discounts"]
    ]
    subscription["_"]["discount_ends"] = discounts.next_end(sandbox, ids)


due.register(
    "subscription",
    due_at,
    act,
    {*standing.LIVE, "incomplete"},
)
