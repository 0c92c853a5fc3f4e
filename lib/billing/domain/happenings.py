"""What happened to an object between two of its states, in a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from .amounts import spoken_amount
from .catalog import Catalog
from .declines import decline_words
from .filters import interval_name
from .fold import choose_plan
from .observations import State
from .policy import winding_down
from .times import spoken_day

RENEWAL: Final = "Next period runs until"
"""How the one sentence begins that comes by itself, period after period."""

Teller = Callable[[State | None, State | None, Catalog, str], Iterator[str]]


def happened(
    object_type: str, before: State | None, after: State | None, catalog: Catalog, timezone: str
) -> list[str]:
    """Sentences for the change from ``before`` to ``after`` (None: not there); [] for no news."""
    teller = _TELLERS.get(object_type)
    if teller is None or before == after:
        return []
    return list(teller(before, after, catalog, timezone))


def first_seen(object_type: str, state: State, catalog: Catalog, timezone: str) -> list[str]:
    """Sentences for an object whose beginning nobody told, as a re-read finds it."""
    told = happened(object_type, None, state, catalog, timezone)
    match object_type:
        case "subscription":
            told[0] = f"Subscription to {_offer(state, catalog)} first seen as {state['status']}."
        case "invoice" if told:
            name = f"Invoice {state['number']}" if state["number"] else "Invoice"
            amount = spoken_amount(state["total"], state["currency"])
            told[0] = f"{name} first seen as {state['status']}: {amount}."
        case "customer" if not state.get("deleted"):
            told = ["Customer first seen."]
    return told


def _subscription(
    before: State | None, after: State | None, catalog: Catalog, timezone: str
) -> Iterator[str]:
    if after is None:
        yield "Subscription deleted."
        return
    if before is None:
        yield f"Subscription to {_offer(after, catalog)} began as {after['status']}."
        before = after | {"cancel_at": None, "cancel_at_period_end": False, "pause": None}
    if _offer(before, catalog) != _offer(after, catalog):
        yield f"Plan changed from {_offer(before, catalog)} to {_offer(after, catalog)}."
    if before["status"] != after["status"]:
        if after["status"] == "canceled":
            reason = f" ({_plain(after['reason'])})" if after["reason"] else ""
            yield f"Subscription ended{reason}."
        else:
            yield f"Status changed from {before['status']} to {after['status']}."
    yield from _ending(before, after, timezone)
    if bool(before["pause"]) != bool(after["pause"]):
        yield "Collection paused." if after["pause"] else "Collection resumed."
    if before["discounts"] != after["discounts"]:
        yield "Discount added." if after["discounts"] else "Discount removed."
    if _period_end(before) != _period_end(after) and after["status"] != "canceled":
        yield f"{RENEWAL} {_day(_period_end(after), timezone)}."


def _ending(before: State, after: State, timezone: str) -> Iterator[str]:
    if after["status"] in ("canceled", "incomplete_expired"):
        return
    was, now = winding_down(before), winding_down(after)
    if now and (not was or before["cancel_at"] != after["cancel_at"]):
        end = after["cancel_at"] if after["cancel_at"] is not None else _period_end(after)
        why = after["feedback"] or after["reason"]
        said = f" ({_plain(why)})" if why else ""
        verb = "moved to" if was else "scheduled for"
        yield f"Cancellation {verb} {_day(end, timezone)}{said}."
    elif was and not now:
        yield "Cancellation undone."


def _invoice(
    before: State | None, after: State | None, _catalog: Catalog, timezone: str
) -> Iterator[str]:
    if after is None:
        yield "Draft invoice deleted."
        return
    name = f"Invoice {after['number']}" if after["number"] else "Invoice"
    status = before["status"] if before else None
    if status != after["status"]:
        amount = spoken_amount(after["total"], after["currency"])
        words = {
            "draft": f"{name} drafted: {amount}.",
            "open": f"{name} opened: {amount}.",
            "paid": f"{name} paid: {amount}.",
            "void": f"{name} voided.",
            "uncollectible": f"{name} marked uncollectible.",
        }
        yield words.get(after["status"] or "", f"{name} became {after['status']}.")
    attempts = (before or {}).get("attempt_count") or 0
    if after["payment_failed"] and after["status"] == "open":
        if (after["attempt_count"] or 0) > attempts or not (before or {}).get("payment_failed"):
            following = after["next_payment_attempt"]
            then = f"next try {_day(following, timezone)}" if following else "no further try"
            yield f"{name}: payment attempt {after['attempt_count']} failed, {then}."


def _payment(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is None:
        return
    code = after.get("decline_code") or after.get("code")
    if code and (before is None or code != (before.get("decline_code") or before.get("code"))):
        yield f"Payment declined: {decline_words(code)} ({code})."
    elif after.get("status") == "succeeded" and (before or {}).get("status") != "succeeded":
        yield f"Payment of {spoken_amount(after.get('amount'), after.get('currency'))} succeeded."


def _customer(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is None or after.get("deleted"):
        yield "Customer deleted."
        return
    if before is None:
        yield "Customer created."
        return
    if before.get("email") != after.get("email"):
        yield f"E-mail changed to {after.get('email') or 'none'}."
    if before.get("default_payment_method") != after.get("default_payment_method"):
        yield "Default payment method changed."


def _refund(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is not None and (before or {}).get("status") != after["status"]:
        amount = spoken_amount(after["amount"], after["currency"])
        yield f"Refund of {amount}: {_plain(after['status'] or 'unknown')}{_why(after)}."


def _dispute(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is not None and (before or {}).get("status") != after["status"]:
        amount = spoken_amount(after["amount"], after["currency"])
        yield f"Dispute of {amount}: {_plain(after['status'] or 'unknown')}{_why(after)}."


def _credit_note(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is None:
        return
    name = f"Credit note {after['number']}" if after["number"] else "Credit note"
    if before is None:
        yield f"{name} for {spoken_amount(after['amount'], after['currency'])}{_why(after)}."
    elif before["status"] != after["status"]:
        yield f"{name} became {_plain(after['status'] or 'unknown')}."


def _checkout(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is not None and (before or {}).get("status") != after["status"]:
        yield f"Checkout {_plain(after['status'] or 'unknown')}."


def _schedule(
    before: State | None, after: State | None, _catalog: Catalog, timezone: str
) -> Iterator[str]:
    if after is None:
        return
    status = after["status"]
    if before is None or before["phases"] != after["phases"]:
        begins = sorted(p["start"] for p in after["phases"] if p["start"] is not None)
        verb = "attached" if before is None else "changed"
        days = ", ".join(_day(second, timezone) for second in begins)
        yield f"Schedule {verb}: phases begin on {days}." if days else f"Schedule {verb}."
    if before is not None and before["status"] != status and status in _SCHEDULE_ENDS:
        yield f"Schedule {status}."


_SCHEDULE_ENDS: Final = ("completed", "released", "canceled")

_TELLERS: Final[dict[str, Teller]] = {
    "subscription": _subscription,
    "invoice": _invoice,
    "payment": _payment,
    "customer": _customer,
    "refund": _refund,
    "dispute": _dispute,
    "credit_note": _credit_note,
    "checkout": _checkout,
    "schedule": _schedule,
}


def _offer(state: State, catalog: Catalog) -> str:
    choice = choose_plan(state, catalog)
    item = choice.item
    if item is None:
        return "nothing"
    price = item["price"]
    name = choice.plan.name if choice.plan else "a price outside the catalogue"
    interval = interval_name(price.get("interval"), price.get("interval_count"))
    seats = f" × {item['quantity']}" if (item["quantity"] or 1) != 1 else ""
    return f"{name}, every {_plural(interval)}{seats}" if interval else f"{name}{seats}"


def _plural(interval: str) -> str:
    return f"{interval}s" if " " in interval else interval


def _period_end(state: State) -> int | None:
    ends = [item["period_end"] for item in state["items"] if item["period_end"] is not None]
    return min(ends) if ends else None


def _day(second: int | None, timezone: str) -> str:
    return spoken_day(second, timezone) if second is not None else "an unknown day"


def _why(state: State) -> str:
    return f" ({_plain(state['reason'])})" if state["reason"] else ""


def _plain(word: str) -> str:
    return word.replace("_", " ")
