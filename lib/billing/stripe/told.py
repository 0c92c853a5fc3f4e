"""What an event is about, read without judging whether it can be used."""

from __future__ import annotations

from typing import Any, Final

from ..domain.drift import Unapplied
from ..domain.observations import State
from .event_types import EVENT_TYPES

_OURS: Final = {
    "subscription_schedule": "schedule",
    "checkout.session": "checkout",
    "payment_intent": "payment",
}
_THEIRS: Final = {ours: theirs.replace(".", "_") for theirs, ours in _OURS.items()}
DISCOUNTS: Final = ("discounts", "items.data.discounts")
"""What a subscription is asked for with, so that its discounts are seen too."""

_WITHIN: Final = frozenset({"discount"})
"""Types that the API does not give by themselves, only inside what they belong to."""


def told(event: Any, why: str) -> Unapplied | None:
    """The event and what it is about; None for a type that is not read, or no event at all.

    Never raises: an event that could not be applied may have any shape.
    """
    if type(event) is not dict or type(event.get("data")) is not dict:
        return None
    reader = EVENT_TYPES.get(str(event.get("type")))
    about = event["data"].get("object")
    created = event.get("created")
    if (
        reader is None
        or type(about) is not dict
        or type(created) is not int
        or event.get("account")
    ):
        return None
    object_id = _id(about)
    if object_id is None or _id(event) is None:
        return None
    customer = object_id if reader.name == "customer" else _named(about.get("customer"))
    return Unapplied(
        event_id=event["id"],
        type=event["type"],
        created=created,
        object_type=_OURS.get(reader.name, reader.name),
        object_id=object_id,
        customer_id=customer,
        parent_id=None if customer else _parent(about),
        why=why,
    )


def listed_as(object_type: str) -> str | None:
    """What `Gateway.retrieve` calls an object type of ours; None for what cannot be asked for."""
    if object_type in _WITHIN:
        return None
    return _THEIRS.get(object_type, object_type)


def _parent(about: dict[str, Any]) -> str | None:
    named = (_named(about.get(key)) for key in ("invoice", "subscription", "payment_intent"))
    return next((name for name in (*named, _named(about.get("charge"))) if name), None)


def _named(value: Any) -> str | None:
    return _id(value) if type(value) is dict else value if type(value) is str and value else None


def _id(holder: dict[str, Any]) -> str | None:
    found = holder.get("id")
    return found if type(found) is str and found else None


def deleted_stub(object_name: str, object_id: str) -> dict[str, Any]:
    """What Stripe answers to whoever deletes an object."""
    return {"id": object_id, "object": object_name, "deleted": True}


def holder_of(
    object_type: str, object_id: str, state: State | None, customer_id: str
) -> tuple[str, str, tuple[str, ...]]:
    """What to ask `Gateway.retrieve` for (kind, id, expand) to see an object of ours.

    A discount cannot be asked for; the subscription or customer that it is on shows it.
    """
    kind = listed_as(object_type)
    if kind is not None:
        return kind, object_id, DISCOUNTS if kind == "subscription" else ()
    subscription = (state or {}).get("subscription")
    if subscription:
        return "subscription", str(subscription), DISCOUNTS
    return "customer", customer_id, ()
