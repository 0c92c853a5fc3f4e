"""What happened to an object between two of its states, in a sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from . import happenings_of_claims as claims
from .called import amount, day, days, offer, plain, status
from .catalog import Catalog
from .declines import decline_words
from .fold import choose_plan
from .observations import State
from .policy import winding_down
from .said import said

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
            told[0] = said(
                "Subscription to {offer} first seen as {status}.",
                offer=_offer(state, catalog),
                status=status(state["status"]),
            )
        case "invoice" if told:
            told[0] = said(
                "{invoice} first seen as {status}: {amount}.",
                invoice=_invoice_name(state),
                status=status(state["status"]),
                amount=amount(state["total"], state["currency"]),
            )
        case "customer" if not state.get("deleted"):
            told = [said("Customer first seen.")]
    return told


def _subscription(
    before: State | None, after: State | None, catalog: Catalog, timezone: str
) -> Iterator[str]:
    if after is None:
        yield said("Subscription deleted.")
        return
    if before is None:
        yield said(
            "Subscription to {offer} began as {status}.",
            offer=_offer(after, catalog),
            status=status(after["status"]),
        )
        before = after | {"cancel_at": None, "cancel_at_period_end": False, "pause": None}
    was, now = _offer(before, catalog), _offer(after, catalog)
    if was != now:
        yield said("Plan changed from {before} to {after}.", before=was, after=now)
    if before["status"] != after["status"]:
        yield _status_changed(before, after)
    yield from _ending(before, after, timezone)
    if bool(before["pause"]) != bool(after["pause"]):
        yield said("Collection paused.") if after["pause"] else said("Collection resumed.")
    if before["discounts"] != after["discounts"]:
        yield said("Discount added.") if after["discounts"] else said("Discount removed.")
    if _period_end(before) != _period_end(after) and after["status"] != "canceled":
        yield said("Next period runs until {day}.", day=day(_period_end(after), timezone))


def _status_changed(before: State, after: State) -> str:
    if after["status"] == "canceled":
        if after["reason"]:
            return said("Subscription ended ({reason}).", reason=plain(after["reason"]))
        return said("Subscription ended.")
    return said(
        "Status changed from {before} to {after}.",
        before=status(before["status"]),
        after=status(after["status"]),
    )


def _ending(before: State, after: State, timezone: str) -> Iterator[str]:
    if after["status"] in ("canceled", "incomplete_expired"):
        return
    was, now = winding_down(before), winding_down(after)
    if now and (not was or before["cancel_at"] != after["cancel_at"]):
        end = after["cancel_at"] if after["cancel_at"] is not None else _period_end(after)
        why, on = after["feedback"] or after["reason"], day(end, timezone)
        if not why:
            yield (
                said("Cancellation moved to {day}.", day=on)
                if was
                else said("Cancellation scheduled for {day}.", day=on)
            )
        elif was:
            yield said("Cancellation moved to {day} ({reason}).", day=on, reason=plain(why))
        else:
            yield said("Cancellation scheduled for {day} ({reason}).", day=on, reason=plain(why))
    elif was and not now:
        yield said("Cancellation undone.")


def _invoice(
    before: State | None, after: State | None, _catalog: Catalog, timezone: str
) -> Iterator[str]:
    if after is None:
        yield said("Draft invoice deleted.")
        return
    name = _invoice_name(after)
    if (before["status"] if before else None) != after["status"]:
        yield _invoice_became(name, after)
    attempts = (before or {}).get("attempt_count") or 0
    if after["payment_failed"] and after["status"] == "open":
        if (after["attempt_count"] or 0) > attempts or not (before or {}).get("payment_failed"):
            count, following = after["attempt_count"], after["next_payment_attempt"]
            yield (
                said(
                    "{invoice}: payment attempt {count} failed, next try {day}.",
                    invoice=name,
                    count=count,
                    day=day(following, timezone),
                )
                if following
                else said(
                    "{invoice}: payment attempt {count} failed, no further try.",
                    invoice=name,
                    count=count,
                )
            )


def _invoice_name(state: State) -> str:
    return said("Invoice {number}", number=state["number"]) if state["number"] else said("Invoice")


def _invoice_became(name: str, state: State) -> str:
    worth = amount(state["total"], state["currency"])
    match state["status"]:
        case "draft":
            return said("{invoice} drafted: {amount}.", invoice=name, amount=worth)
        case "open":
            return said("{invoice} opened: {amount}.", invoice=name, amount=worth)
        case "paid":
            return said("{invoice} paid: {amount}.", invoice=name, amount=worth)
        case "void":
            return said("{invoice} voided.", invoice=name)
        case "uncollectible":
            return said("{invoice} marked uncollectible.", invoice=name)
    return said("{invoice} became {status}.", invoice=name, status=status(state["status"]))


def _payment(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is None:
        return
    code = after.get("decline_code") or after.get("code")
    if code and (before is None or code != (before.get("decline_code") or before.get("code"))):
        yield said("Payment declined: {why} ({code}).", why=decline_words(code), code=code)
    elif after.get("status") == "succeeded" and (before or {}).get("status") != "succeeded":
        worth = amount(after.get("amount"), after.get("currency"))
        yield said("Payment of {amount} succeeded.", amount=worth)


def _customer(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is None or after.get("deleted"):
        yield said("Customer deleted.")
        return
    if before is None:
        yield said("Customer created.")
        return
    if before.get("email") != after.get("email"):
        yield (
            said("E-mail changed to {email}.", email=after["email"])
            if after.get("email")
            else said("E-mail changed to none.")
        )
    if before.get("default_payment_method") != after.get("default_payment_method"):
        yield said("Default payment method changed.")


def _checkout(
    before: State | None, after: State | None, _catalog: Catalog, _timezone: str
) -> Iterator[str]:
    if after is not None and (before or {}).get("status") != after["status"]:
        yield said("Checkout {status}.", status=plain(after["status"] or "unknown"))


def _schedule(
    before: State | None, after: State | None, _catalog: Catalog, timezone: str
) -> Iterator[str]:
    if after is None:
        return
    ends = after["status"]
    if before is None or before["phases"] != after["phases"]:
        begins = sorted(p["start"] for p in after["phases"] if p["start"] is not None)
        yield _schedule_became(before is None, begins, timezone)
    if before is not None and before["status"] != ends and ends in _SCHEDULE_ENDS:
        yield said("Schedule {status}.", status=status(ends))


def _schedule_became(new: bool, begins: list[int], timezone: str) -> str:
    if not begins:
        return said("Schedule attached.") if new else said("Schedule changed.")
    on = days(begins, timezone)
    if new:
        return said("Schedule attached: phases begin on {days}.", days=on)
    return said("Schedule changed: phases begin on {days}.", days=on)


_SCHEDULE_ENDS: Final = ("completed", "released", "canceled")

_TELLERS: Final[dict[str, Teller]] = {
    "subscription": _subscription,
    "invoice": _invoice,
    "payment": _payment,
    "customer": _customer,
    "refund": claims.refund,
    "dispute": claims.dispute,
    "credit_note": claims.credit_note,
    "checkout": _checkout,
    "schedule": _schedule,
}


def _offer(state: State, catalog: Catalog) -> str:
    choice = choose_plan(state, catalog)
    item = choice.item
    if item is None:
        return said("nothing")
    price = item["price"]
    name = choice.plan.name if choice.plan else said("a price outside the catalogue")
    return offer(name, price.get("interval"), price.get("interval_count"), item["quantity"])


def _period_end(state: State) -> int | None:
    ends = [item["period_end"] for item in state["items"] if item["period_end"] is not None]
    return min(ends) if ends else None
