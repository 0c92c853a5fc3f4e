"""Kinde's billing events as notices.

Their ``data`` is documented nowhere. So each thing is looked for in the places where Kinde's API
and its documented events have it, and an event in which something indispensable is in none of them
is kept as failed, with what is missing; see docs/kinde.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

from ..domain.errors import EventUnusable
from ..domain.observations import NOTICE, Observation
from ..domain.providers import Provider, id_of
from .envelope import Envelope, moment, name, read_envelope, text

Places = tuple[str, ...]
T = TypeVar("T")

CUSTOMER: Final[Places] = (
    "customer.id", "customer.customer_id", "customer_id", "customer",
    "billing_customer.id", "billing_customer_id",
    "agreement.customer_id", "agreement.customer.id", "subscriber.customer_id",
)  # fmt: skip
AGREEMENT: Final[Places] = (
    "agreement.id", "agreement.agreement_id", "agreement_id", "customer_agreement_id",
    "customer.agreement_id", "agreement",
)  # fmt: skip
PLAN: Final[Places] = (
    "plan.code", "plan.key", "plan_code", "plan_key", "plan",
    "agreement.plan_code", "agreement.plan_key", "agreement.plan.code", "agreement.plan.key",
    "new_plan.code", "new_plan.key", "customer.plan_code", "customer.plan_key",
    "plan.name", "plan_name", "agreement.plan.name",
)  # fmt: skip
ORGANIZATION: Final[Places] = (
    "org_code", "organization.code", "organization_code", "organization.org_code",
    "customer.org_code", "customer.organization_code", "customer.organization.code",
    "agreement.org_code", "subscriber.org_code", "organization",
)  # fmt: skip
USER: Final[Places] = (
    "user.id", "user_id", "customer.user_id", "customer.user.id", "subscriber.user_id",
    "agreement.user_id", "user",
)  # fmt: skip
EMAIL: Final[Places] = (
    "customer.email", "customer_email", "user.email", "subscriber.email", "email",
)  # fmt: skip
NAME: Final[Places] = (
    "customer.name", "customer_name", "organization.name", "org_name", "user.name",
    "subscriber.name",
)  # fmt: skip
ENDS: Final[Places] = (
    "agreement.expires_on", "expires_on", "agreement.ends_at", "ends_at",
    "agreement.cancel_at", "cancel_at",
)  # fmt: skip

TYPES: Final = {
    "customer.agreement_created": "agreement_created",
    "customer.agreement_cancelled": "agreement_cancelled",
    "customer.plan_assigned": "plan_assigned",
    "customer.plan_changed": "plan_changed",
    "customer.payment_failed": "payment_failed",
    "customer.payment_succeeded": "payment_succeeded",
    "customer.invoice_overdue": "invoice_overdue",
    "subscriber.created": "subscriber_created",
}
"""Type -> what the notice is about."""

NO_CUSTOMER: Final = "It names no billing customer, so that there is nobody to grant anything to."

_NEEDS_PLAN: Final = frozenset({"plan_assigned", "plan_changed"})


@dataclass(frozen=True, slots=True)
class Heard:
    """An event read. ``ignored`` says why there is nothing to note; None when there is."""

    envelope: Envelope
    observations: tuple[Observation, ...]
    ignored: str | None = None


def parse_event(event: Any) -> Heard:
    """Read one verified event.

    Raises:
        PayloadInvalid: it is not an event of Kinde's at all.
        EventUnusable: it is, of a type that is read, but something indispensable is missing.
    """
    envelope = read_envelope(event)
    what = TYPES.get(envelope.type)
    if what is None:
        return Heard(envelope, (), f"Events of type {envelope.type} are not used.")
    data = envelope.data
    customer = _first(data, CUSTOMER, name)
    if customer is None and what == "subscriber_created":
        return Heard(envelope, (), NO_CUSTOMER)
    if customer is None:
        _lacks(envelope, "customer", CUSTOMER)
    plan = _first(data, PLAN, name)
    if plan is None and what in _NEEDS_PLAN:
        _lacks(envelope, "plan", PLAN)
    customer_id = id_of(Provider.KINDE, customer)
    told = {
        "what": what,
        "agreement": _first(data, AGREEMENT, name),
        "plan": plan,
        "ends_at": _time(envelope, ENDS),
        "org_id": _first(data, ORGANIZATION, name),
        "user": _first(data, USER, name),
        "email": _first(data, EMAIL, text),
        "name": _first(data, NAME, text) or _full_name(data),
    }
    notice = Observation(
        event_id=envelope.event_id,
        object_type=NOTICE,
        object_id=customer_id,
        customer_id=customer_id,
        second=envelope.at,
        kind="point",
        before=None,
        after=told,
        effective=envelope.at,
    )
    return Heard(envelope, (notice,))


def _at(data: dict[str, Any], place: str) -> Any:
    found: Any = data
    for key in place.split("."):
        found = found.get(key) if type(found) is dict else None
    return found


def _first(data: dict[str, Any], places: Places, read: Callable[[Any], T | None]) -> T | None:
    found = (read(_at(data, place)) for place in places)
    return next((value for value in found if value is not None), None)


def _time(envelope: Envelope, places: Places) -> int | None:
    """A time that is there and cannot be read is not passed over: it may be an end."""
    for place in places:
        value = _at(envelope.data, place)
        if value is not None and value != "":
            second = moment(value)
            if second is None:
                raise EventUnusable(
                    f"The {envelope.type} event cannot be read: data.{place} should be a time."
                )
            return second
    return None


def _full_name(data: dict[str, Any]) -> str | None:
    for person in ("user", "subscriber", "customer"):
        parts = [text(_at(data, f"{person}.{part}")) for part in ("first_name", "last_name")]
        if any(parts):
            return " ".join(filter(None, parts))
    return None


def _lacks(envelope: Envelope, what: str, places: Places) -> NoReturn:
    looked = ", ".join(f"data.{place}" for place in places[:4])
    raise EventUnusable(
        f"The {envelope.type} event cannot be read: it names no {what} "
        f"(looked for {looked} and {len(places) - 4} more)."
    )
