"""Subscriptions, their items, and the schedules that will change them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from ..domain.observations import State
from .fields import Fields, Raw
from .parse_discount import discount_ids, discount_parts
from .parse_price import known_price, price_parts
from .reading import Context, Reader, Seen, belongs, organization

_ENDED: Final = frozenset({"canceled", "incomplete_expired"})
_SCHEDULE_ENDED: Final = frozenset({"released", "canceled", "completed"})
_MOMENTS: Final = (
    *("created", "start_date", "trial_start", "trial_end"),
    *("cancel_at", "canceled_at"),
)
_PERIODS: Final = ("current_period_start", "current_period_end")


def _read_subscription(fields: Fields, context: Context) -> Seen:
    name = fields.own_id()
    status = fields.word("status")
    if status is None:
        fields.refuse("status", "a text", None)
    items = _items(fields, name)
    details = fields.inside("cancellation_details")
    pause = fields.child("pause_collection")
    gone = context.event_type == "customer.subscription.deleted"
    if gone and status not in _ENDED:
        status = "canceled"  # Stripe always says so; what imitates Stripe may leave the old status
    ended = gone or status in _ENDED
    ended_at = fields.moment("ended_at")
    state: State = {
        "status": status,
        "currency": fields.currency("currency") or _currency_of(items),
        "collection_method": fields.word("collection_method") or fields.word("billing"),
        **fields.moments(*_MOMENTS),
        "cancel_at_period_end": fields.flag("cancel_at_period_end"),
        "ended_at": ended_at,
        "reason": details.word("reason"),
        "feedback": details.word("feedback"),
        "comment": details.text("comment"),
        "pause": None
        if pause is None
        else {"behavior": pause.word("behavior"), "resumes_at": pause.moment("resumes_at")},
        "schedule": fields.ident("schedule"),
        "org_id": organization(fields, context),
        "default_payment_method": fields.ident("default_payment_method")
        or fields.ident("default_source"),
        "latest_invoice": fields.ident("latest_invoice"),
        "days_until_due": fields.whole("days_until_due"),
        "discounts": discount_ids(fields),
        "items": items,
    }
    customer = fields.ident("customer")
    return Seen("subscription", name, customer, state, ended=ended, ended_at=ended_at)


def _items(fields: Fields, name: str) -> list[State]:
    found = [
        _item(item, fields, f"{name}:{index}"[:255])
        for index, item in enumerate(fields.children("items"))
    ]
    if not found and "plan" in fields:
        found = [_only_plan(fields, name)]
    return sorted(found, key=_by_id)


def _by_id(item: State) -> str:
    return str(item["id"])


def _item(item: Fields, subscription: Fields, place: str) -> State:
    return {
        # Stripe's items have ids; those of its stand-ins may have only a place.
        "id": item.ident("id") or place,
        "quantity": item.whole("quantity"),
        "period_start": _period(item, subscription, _PERIODS[0]),
        "period_end": _period(item, subscription, _PERIODS[1]),
        "discounts": discount_ids(item),
        "price": known_price(_price(item)),
    }


def _price(item: Fields) -> Fields:
    """The price of an item, or its older twin; a bare id still tells the plan."""
    for key in ("price", "plan"):
        if type(item.raw.get(key)) is not str:
            found = item.child(key)
            if found is not None:
                return found
    name = item.ident("price") or item.ident("plan")
    if name is None:
        item.refuse("price", "an object", None)
    return Fields({"id": name}, "price")


def _period(item: Fields, subscription: Fields, key: str) -> int | None:
    """Since 2025-03-31 each item has its own period; before, the subscription had one."""
    own = item.moment(key)
    return subscription.moment(key) if own is None else own


def _only_plan(fields: Fields, name: str) -> State:
    """The one item of a subscription that carries just a plan."""
    plan = fields.child("plan")
    if plan is None:
        fields.refuse("plan", "an object", None)
    return {
        "id": f"{name}:plan"[:255],
        "quantity": fields.whole("quantity"),
        "period_start": fields.moment(_PERIODS[0]),
        "period_end": fields.moment(_PERIODS[1]),
        "discounts": [],
        "price": known_price(plan),
    }


def _currency_of(items: list[State]) -> str | None:
    currency: str | None = items[0]["price"]["currency"] if items else None
    return currency


def _subscription_parts(fields: Fields, context: Context) -> Iterator[Seen]:
    customer = fields.ident("customer")
    yield from discount_parts(fields, customer, context)
    for item in fields.children("items"):
        yield from discount_parts(item, customer, context)
        yield from price_parts(item.raw, context)


def _modernise(after: Raw, changes: Raw) -> Raw:
    """Old-shape keys of ``changes`` written the way ``after`` has them."""
    items = _rows(after)
    old_items = [dict(item) for item in _rows(changes)]
    periods = {key: changes[key] for key in _PERIODS if key in changes}
    if periods and items and all(key in item for item in items for key in periods):
        old_items = [periods | item for item in old_items or [{}] * len(items)]
    if "items" not in changes and len(items) == 1:
        old_items = [old_items[0] if old_items else {}]
        old_items[0] |= {key: changes[key] for key in ("plan", "quantity") if key in changes}
    for index, old in enumerate(old_items):
        if "plan" in old and "price" not in old and index < len(items) and "price" in items[index]:
            old["price"] = _price_of(old["plan"], items[index]["price"])
    result = dict(changes)
    if any(old_items):
        result["items"] = old_items if type(after.get("items")) is list else {"data": old_items}
    if "discount" in changes and "discounts" not in changes and "discounts" in after:
        result["discounts"] = [changes["discount"]] if changes["discount"] else []
    return result


def _rows(holder: Raw) -> list[Raw]:
    """The items of ``holder``; none when they do not have a readable shape."""
    items = holder.get("items")
    data = items.get("data") if type(items) is dict else items
    readable = type(data) is list and all(type(item) is dict for item in data)
    return data if readable and data else []


def _price_of(plan: Any, price: Any) -> Any:
    """The price that a plan is the twin of: the very same, when it did not change."""
    same = type(plan) is dict and type(price) is dict and plan.get("id") == price.get("id")
    return price if same else plan


def _read_schedule(fields: Fields, context: Context) -> Seen:
    status = fields.word("status")
    subscription = fields.ident("subscription") or fields.ident("released_subscription")
    customer = fields.ident("customer")
    state: State = {
        "subscription": subscription,
        "status": status,
        "phases": [
            {
                "start": phase.moment("start_date"),
                "end": phase.moment("end_date"),
                "items": [
                    {
                        "price": item.ident("price") or item.ident("plan"),
                        "quantity": item.whole("quantity"),
                    }
                    for item in [*phase.children("items"), *phase.children("plans")]
                ],
            }
            for phase in fields.children("phases")
        ],
        "end_behavior": fields.word("end_behavior"),
    }
    parent = belongs(customer, ("subscription", subscription))
    ended = status in _SCHEDULE_ENDED
    return Seen("schedule", fields.own_id(), customer, state, parent, ended=ended)


SUBSCRIPTION = Reader("subscription", _read_subscription, _subscription_parts, _modernise)
SCHEDULE = Reader("subscription_schedule", _read_schedule)
