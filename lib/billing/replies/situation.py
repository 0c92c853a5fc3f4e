"""What a reply has to say, told apart from how any language says it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from ..domain.catalog import Catalog
from ..domain.declines import SENSITIVE
from ..domain.grants import INCOMPLETE, Access
from ..domain.rows import InvoiceRow, SubscriptionRow

Kind = Literal[
    "active", "trialing", "winding_down", "past_due", "suspended", "paused", "collection_paused",
    "ended", "incomplete", "never",
]  # fmt: skip

_REASONS: Final[Mapping[str, str]] = {
    "expired_card": "expired",
    "insufficient_funds": "funds",
    "card_velocity_exceeded": "funds",
    "withdrawal_count_limit_exceeded": "funds",
    "authentication_required": "confirm",
    "invoice_payment_intent_requires_action": "confirm",
    "payment_intent_authentication_failure": "confirm",
    "incorrect_cvc": "details",
    "invalid_cvc": "details",
    "incorrect_number": "details",
    "invalid_number": "details",
    "incorrect_zip": "details",
    "invalid_expiry_month": "details",
    "invalid_expiry_year": "details",
    "issuer_not_available": "bank_away",
    "processing_error": "bank_away",
    "try_again_later": "bank_away",
}
"""Decline code -> the reason as a customer may read it; any other is "the bank declined"."""


@dataclass(frozen=True, slots=True)
class Situation:
    """``day`` is the second that the kind's sentence names: a renewal, an end, a last day of grace.

    ``open_minor`` is what open invoices still ask for, by currency, of ``open_invoices`` invoices.
    """

    kind: Kind
    default_plan: str  # names, as the catalogue spells them
    plan: str | None = None
    day: int | None = None
    reason: str | None = None  # of `_REASONS`, or "declined"; None = not known
    next_attempt_at: int | None = None
    open_invoices: int = 0
    open_minor: Mapping[str, int] = field(default_factory=dict)


def situation_of(
    access: Access,
    subscriptions: Iterable[SubscriptionRow],
    invoices: Iterable[InvoiceRow],
    balances: Mapping[str, int],
    catalog: Catalog,
    now: int,
) -> Situation:
    """The situation at ``now`` of the subscription that decides about access.

    A renewal, first payment or next attempt whose day has passed is not promised: what came of it
    is on its way here.
    """
    row = next((s for s in subscriptions if s.subscription_id == access.subscription_id), None)
    kind, day = _kind(access, row)
    if kind in ("active", "trialing"):
        day = _ahead(day, now)
    owed = [i for i in invoices if i.status == "open" and i.amount_remaining_minor > 0]
    failing = next((i for i in owed if i.failing and _of(i, row)), None)
    in_trouble = kind in ("past_due", "suspended") and failing is not None
    return Situation(
        kind=kind,
        default_plan=catalog.default.name,
        plan=catalog.plan(row.plan).name if row and row.plan else None,
        day=day,
        reason=reason_of(failing) if in_trouble and failing else None,
        next_attempt_at=_ahead(failing.next_attempt_at, now) if in_trouble and failing else None,
        open_invoices=len(owed),
        open_minor={code: minor for code, minor in sorted(balances.items()) if minor > 0},
    )


def reason_of(invoice: InvoiceRow) -> str | None:
    """Why its payment failed, as far as the customer may be told: a thief reads mail, too."""
    code = invoice.decline_code or invoice.failure_code
    if code is None:
        return None
    return "declined" if code in SENSITIVE else _REASONS.get(code, "declined")


def _kind(access: Access, row: SubscriptionRow | None) -> tuple[Kind, int | None]:
    rule = _known_rule(access, row)
    match rule:
        case "active":
            return "active", access.current_period_end
        case "trialing":
            return "trialing", (row.trial_end if row else None) or access.current_period_end
        case "winding_down":
            return ("winding_down" if access.access else "ended"), access.access_until
        case "past_due_in_grace":
            return "past_due", access.access_until
        case "past_due_expired" | "unpaid":
            return "suspended", None
        case "collection_paused":
            return ("collection_paused" if access.access else "paused"), None
        case "paused":
            return "paused", None
        case "canceled":
            return "ended", access.access_until
    return ("incomplete", None) if row and row.status in INCOMPLETE else ("never", None)


def _known_rule(access: Access, row: SubscriptionRow | None) -> str:
    """For a plan outside the catalogue: what its subscription alone would say."""
    if access.rule != "plan_unresolved" or row is None:
        return access.rule
    if row.pause_behavior is not None:
        return "collection_paused"
    if row.status == "past_due":
        return "past_due_in_grace"
    return "winding_down" if row.winding_down else row.status


def _ahead(second: int | None, now: int) -> int | None:
    return second if second is not None and second > now else None


def _of(invoice: InvoiceRow, row: SubscriptionRow | None) -> bool:
    return row is None or invoice.subscription_id in (None, row.subscription_id)
