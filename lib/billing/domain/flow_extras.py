"""What may go into a link beside its flow: a coupon, the days of a trial."""

from __future__ import annotations

from collections.abc import Iterable

from .errors import LinkRefused
from .flow_situation import Situation
from .flow_values import Choice
from .observations import State
from .rows import SubscriptionRow


def retention_coupons(row: SubscriptionRow, situation: Situation) -> tuple[str, ...]:
    """The configured coupons that can be offered to the customer of ``row`` before they cancel."""
    return _usable(situation.policy.retention_coupons, situation, row.currency)


def checkout_coupons(situation: Situation) -> tuple[str, ...]:
    """The configured coupons that can go into a Checkout link."""
    return _usable(situation.policy.checkout_coupons, situation, situation.customer.currency)


def _usable(
    configured: Iterable[str], situation: Situation, currency: str | None
) -> tuple[str, ...]:
    known = situation.coupons
    return tuple(name for name in configured if _fits(known.get(name), currency))


def _fits(coupon: State | None, currency: str | None) -> bool:
    """An amount is taken off in its own currency alone. What is not known here Stripe judges."""
    if coupon is None or coupon.get("amount_off") is None or currency is None:
        return True
    return bool(coupon.get("currency") == currency)


def checked_extras(choice: Choice, coupon: str | None, trial_days: int | None) -> None:
    """Refuse a coupon or a trial that this choice does not have.

    Raises:
        LinkRefused: ``coupon_not_configured``, ``trial_not_offered``.
    """
    if coupon is not None and coupon not in choice.coupons:
        usable = f"Use one of: {', '.join(choice.coupons)}." if choice.coupons else "Leave it out."
        raise LinkRefused(
            f"{coupon!r} is not configured for this link. {usable}", code="coupon_not_configured"
        )
    if trial_days is not None and not 1 <= trial_days <= choice.longest_trial_days:
        longest = choice.longest_trial_days
        usable = f"It can have 1 to {longest} days." if longest else "Leave it out."
        raise LinkRefused(
            f"A trial of {trial_days} days is not possible here. {usable}",
            code="trial_not_offered",
        )
