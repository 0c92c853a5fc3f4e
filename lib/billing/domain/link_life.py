"""How long a link can still be acted on. Stripe tells neither that one was opened nor when it ends.

A portal session dies after five minutes unopened; opened, an hour after its last use. Opened in the
last second and then left alone it lives for 65 minutes: that is the last moment at which we wait.
A customer who keeps clicking for longer is counted as not having acted; nobody could tell.
"""

from __future__ import annotations

from typing import Final

from .flow_values import Flow

OPEN_WITHIN: Final = 300
IDLE_LIMIT: Final = 3_600
PORTAL_LIFE: Final = OPEN_WITHIN + IDLE_LIMIT
CHECKOUT_LIFE: Final = 86_400
"""Stripe's own default: such a session says when it ends, and can be closed before."""

LASTING_LIFE: Final = 7 * 86_400
"""An invoice's page and the login page do not end: what is done within a week counts."""

FOLLOWED_FOR: Final = 14 * 86_400
"""Seconds for which what followed is told, e.g. the next try of a payment after a new card."""

_LIVES: Final[dict[Flow, int]] = {
    Flow.CHECKOUT: CHECKOUT_LIFE,
    Flow.PAY_INVOICE: LASTING_LIFE,
    Flow.LOGIN_PAGE: LASTING_LIFE,
}


def life(flow: Flow) -> int:
    """Seconds from minting to the last moment at which the customer can have acted."""
    return _LIVES.get(flow, PORTAL_LIFE)
