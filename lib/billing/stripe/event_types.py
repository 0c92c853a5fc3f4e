"""Which event types are read, and as what. A type that is not in the table is kept as ignored."""

from __future__ import annotations

from typing import Final

from .parse_customer import CHECKOUT, CUSTOMER
from .parse_discount import DISCOUNT
from .parse_invoice import CREDIT_NOTE, INVOICE, INVOICE_PAYMENT
from .parse_payment import CHARGE, DISPUTE, PAYMENT, REFUND
from .parse_portal import CONFIGURATION
from .parse_price import COUPON, PRICE, PRODUCT
from .parse_subscription import SCHEDULE, SUBSCRIPTION
from .reading import Reader

_FAMILIES: Final[dict[str, tuple[Reader, str]]] = {
    "customer": (CUSTOMER, "created updated deleted"),
    "customer.subscription": (
        SUBSCRIPTION,
        "created updated deleted paused resumed trial_will_end "
        "pending_update_applied pending_update_expired",
    ),
    "customer.discount": (DISCOUNT, "created updated deleted"),
    "subscription_schedule": (
        SCHEDULE,
        "created updated released canceled completed aborted expiring",
    ),
    "checkout.session": (
        CHECKOUT,
        "completed async_payment_succeeded async_payment_failed expired",
    ),
    "invoice": (
        INVOICE,
        "created updated finalized finalization_failed sent paid payment_succeeded payment_failed "
        "payment_action_required payment_attempt_required overdue will_be_due overpaid "
        "marked_uncollectible voided deleted",
    ),
    "invoice_payment": (INVOICE_PAYMENT, "paid"),
    "credit_note": (CREDIT_NOTE, "created updated voided"),
    "payment_intent": (
        PAYMENT,
        "created succeeded payment_failed processing requires_action canceled "
        "partially_funded amount_capturable_updated",
    ),
    "charge": (CHARGE, "succeeded failed pending captured updated expired refunded"),
    "charge.refund": (REFUND, "updated"),
    "refund": (REFUND, "created updated failed"),
    "charge.dispute": (
        DISPUTE,
        "created updated closed funds_withdrawn funds_reinstated",
    ),
    "price": (PRICE, "created updated deleted"),
    "product": (PRODUCT, "created updated deleted"),
    "coupon": (COUPON, "created updated deleted"),
    "billing_portal.configuration": (CONFIGURATION, "created updated"),
}

EVENT_TYPES: Final[dict[str, Reader]] = {
    f"{family}.{verb}": reader
    for family, (reader, verbs) in _FAMILIES.items()
    for verb in verbs.split()
}
"""Event type -> reader of its object."""

READERS: Final[dict[str, Reader]] = {reader.name: reader for reader, _ in _FAMILIES.values()}
"""Stripe's ``object`` -> reader, for what is read from the API."""

WHY_IGNORED: Final[dict[str, str]] = {
    "invoice.upcoming": "An upcoming invoice is a forecast: it has no id and is not kept.",
    "billing_portal.session.created": "A portal session proves nothing; its address is not kept.",
}
"""Reasons that are worth more than "not used"."""
