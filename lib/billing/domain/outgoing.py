"""What the product that sells the subscriptions is told by itself, and when it is told.

State events are the difference between what a customer may use now and what was last told of it:
a fold that gives the same rows gives no event. Payment events are facts of one invoice, which names
them.
Pure: rows and a time in, events out.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from .catalog import Catalog
from .gating import entitled
from .grants import INCOMPLETE
from .observations import canonical
from .policy import ENDED
from .providers import is_stripes
from .rows import EntitlementRow, InvoiceRow
from .times import iso

CREATED: Final = "subscriber.created"
ASSIGNED: Final = "customer.plan_assigned"
CHANGED: Final = "customer.plan_changed"
CANCELLED: Final = "customer.agreement_cancelled"
ENTITLEMENT: Final = "entitlement.changed"
FAILED: Final = "customer.payment_failed"
SUCCEEDED: Final = "customer.payment_succeeded"

TYPES: Final = (CREATED, ASSIGNED, CHANGED, CANCELLED, ENTITLEMENT, FAILED, SUCCEEDED)
"""Every type there is."""


@dataclass(frozen=True, slots=True)
class Told:
    """What one customer may use, as the product knows it.

    ``agreed``: it was told of a subscription of theirs that has not ended since.
    """

    plan: str
    access: bool
    access_until: int | None
    rule: str
    status: str | None
    features: tuple[str, ...]
    limits: Mapping[str, int]
    agreed: bool


_SAID: Final = ("plan", "access", "access_until", "rule", "status", "features", "limits")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One event: its id is the same at every attempt, and in every database that comes to know
    the same. ``occurred_at`` is unix seconds; ``data`` lacks only ``sequence``."""

    event_id: str
    type: str
    customer_id: str
    occurred_at: int
    data: Mapping[str, Any]

    def payload(self, sequence: int) -> str:
        """The body that is signed and sent."""
        return canonical(
            {
                "type": self.type,
                "timestamp": iso(self.occurred_at),
                "data": {**self.data, "sequence": sequence},
            }
        )


def nothing_told(catalog: Catalog) -> Told:
    """Of a customer that nobody has heard of: the default plan, and no subscription."""
    default = catalog.default
    features, limits = tuple(sorted(default.features)), dict(sorted(default.limits.items()))
    return Told(default.slug, False, None, "no_subscription", None, features, limits, False)


def told_now(
    row: EntitlementRow, now: int, catalog: Catalog, before: Told | None
) -> tuple[Told, int | None]:
    """What is to be known of ``row`` at ``now``, and when that changes without any event.

    ``before`` None: it is only taken note of, so that a subscription that runs counts as told.
    """
    found = entitled([row], now, catalog)
    access = found.access
    running = [g for g in row.grants if g["status"] not in ENDED and g["status"] not in INCOMPLETE]
    changes_at = found.changes_at
    if not is_stripes(row.customer_id):  # nobody will tell of their end when it comes
        ends = [g["ends_at"] for g in running]
        running = [g for g in running if g["ends_at"] is None or g["ends_at"] > now]
        ahead = [end for end in (*ends, changes_at) if end is not None and end > now]
        changes_at = min(ahead, default=None)
    runs = bool(running)
    agreed = runs and (access.access or before is None or before.agreed)
    told = Told(
        access.plan,
        access.access,
        access.access_until,
        access.rule,
        access.status,
        tuple(access.features),
        dict(access.limits),
        agreed,
    )
    return told, changes_at


def state_events(
    row: EntitlementRow, before: Told, after: Told, at: int, catalog: Catalog
) -> Iterator[Outgoing]:
    """What the product is told when it knows ``before`` and ``after`` is so since ``at``."""
    changed = [name for name in _SAID if getattr(before, name) != getattr(after, name)]
    kind = _plan_event(before, after)
    if kind is None and not changed:
        return
    data: dict[str, Any] = {
        "customer_id": row.customer_id,
        "org_id": row.org_id,
        "subscription_id": row.subscription_id,
        "plan": _plan(after.plan, catalog),
        "previous_plan": _plan(before.plan, catalog),
        **{name: getattr(after, name) for name in _SAID if name != "plan"},
        "access_until": None if after.access_until is None else iso(after.access_until),
        "features": list(after.features),
        "limits": dict(after.limits),
    }
    seed = [row.customer_id, at, row.event_id, asdict(before), asdict(after)]
    if kind is not None:
        yield Outgoing(name_of(kind, *seed), kind, row.customer_id, at, data)
    if changed:
        named = data | {"changed": changed}
        yield Outgoing(name_of(ENTITLEMENT, *seed), ENTITLEMENT, row.customer_id, at, named)


def _plan_event(before: Told, after: Told) -> str | None:
    if after.agreed != before.agreed:
        return ASSIGNED if after.agreed else CANCELLED
    return CHANGED if after.plan != before.plan else None


def created_event(row: EntitlementRow, after: Told, at: int, catalog: Catalog) -> Outgoing:
    """The first that is ever told of a customer."""
    data = {
        "customer_id": row.customer_id,
        "org_id": row.org_id,
        "plan": _plan(after.plan, catalog),
        "access": after.access,
    }
    return Outgoing(name_of(CREATED, row.customer_id), CREATED, row.customer_id, at, data)


def payment_event(invoice: InvoiceRow, org_id: str | None, at: int) -> Outgoing | None:
    """What ``invoice`` tells of its payment; None when it tells nothing.

    A failure is named by the invoice and the number of the attempt, a success by the invoice.
    """
    data: dict[str, Any] = {
        "customer_id": invoice.customer_id,
        "org_id": org_id,
        "subscription_id": invoice.subscription_id,
        "invoice_id": invoice.invoice_id,
        "invoice_number": invoice.number,
        "currency": invoice.currency,
        "attempt": invoice.attempt_count,
    }
    if invoice.status == "paid" and invoice.amount_paid_minor > 0:
        data["amount_minor"] = invoice.amount_paid_minor
        named = name_of(SUCCEEDED, invoice.invoice_id)
        return Outgoing(named, SUCCEEDED, invoice.customer_id, at, data)
    if invoice.failing and invoice.attempt_count > 0:
        following = invoice.next_attempt_at
        data["amount_minor"] = invoice.amount_remaining_minor
        data["next_attempt_at"] = None if following is None else iso(following)
        named = name_of(FAILED, invoice.invoice_id, invoice.attempt_count)
        return Outgoing(named, FAILED, invoice.customer_id, at, data)
    return None


def name_of(*parts: Any) -> str:
    """An id that the same facts always have: 32 hexadecimal digits after ``msg_``."""
    text = canonical({"of": parts})
    return f"msg_{hashlib.sha256(text.encode()).hexdigest()[:32]}"


def _plan(slug: str, catalog: Catalog) -> dict[str, str]:
    return {"key": slug, "name": catalog.plan(slug).name}
