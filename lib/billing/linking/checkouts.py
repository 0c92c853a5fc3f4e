"""At most one open Checkout for a customer: two of them, both completed, are two subscriptions.

A link is shown once, so an agent whose customer lost it must be able to make another. Refusing that
until the first has ended would take a day; instead the new one closes the old one at Stripe. When
the old one turns out to be complete, its subscription is on its way here and nothing is made.
Only sessions that were made here are known; those of the company's own website are not.
"""

from __future__ import annotations

from collections.abc import Iterable

from ..domain.errors import LinkRefused, NoSuchObject
from ..domain.flow_situation import Situation
from .stripe_side import MakesSessions


def close_earlier(gateway: MakesSessions, earlier: Iterable[str], situation: Situation) -> None:
    """Close the Checkout sessions ``earlier``.

    Raises:
        LinkRefused: ``checkout_completed``, one of them started a subscription that the projection
            does not know yet.
    """
    known = {row.subscription_id for row in situation.subscriptions}
    for session_id in earlier:
        try:
            seen = gateway.close_checkout_session(session_id)
        except NoSuchObject:
            continue
        if seen.status == "complete" and seen.subscription_id not in known:
            raise LinkRefused(
                "The customer has just completed an earlier Checkout link; its subscription will "
                "show here in a moment. Nothing new was made.",
                code="checkout_completed",
            )
