"""Customers who come back from Stripe: the token they carry, and what has changed since.

Only ever reads: coming back is navigation, the webhook is truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from .domain.access import judge
from .domain.errors import NoCustomer
from .domain.flow_situation import Situation
from .domain.return_words import Standing
from .domain.returning import (
    ASPECTS,
    AWAITED,
    ReturnToken,
    is_return_page,
    marks_of,
    seal,
    with_token,
)
from .linking.situations import MOST_INVOICES
from .settings.setup import Setup
from .store.engine import Store
from .store.queries import customer as stored
from .store.queries.entitlements import entitlements_of
from .store.queries.invoices import invoices_of
from .store.queries.reading import Reader

_STEP: Final = 300
"""Seconds that the time in a token is rounded down to: a click that is tried again soon gets the
same address, so that Stripe takes both for one request."""


class ReturnLinks:
    """Adds the token to the return address; without keys, or for another page, adds nothing."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._keys = tuple(keys)

    def address(self, return_url: str, situation: Situation, flow: str, at: int) -> str:
        """Where the customer is sent back. ``at``: unix seconds of the minting."""
        if not self._keys or not is_return_page(return_url):
            return return_url
        customer = situation.customer
        marks = marks_of(customer, situation.subscriptions, situation.invoices)
        token = ReturnToken(customer.customer_id, flow, at - at % _STEP, marks)
        return with_token(return_url, seal(token, self._keys[0]))


@dataclass(frozen=True, slots=True)
class Returned:
    """``changed``: of `ASPECTS`, since the link was made. ``arrived``: what the link is for has
    changed. ``awaited``: the aspect it is for, None for any."""

    standing: Standing
    changed: tuple[str, ...]
    awaited: str | None

    @property
    def arrived(self) -> bool:
        return bool(self.changed) if self.awaited is None else self.awaited in self.changed


def look(store: Store, setup: Setup, token: ReturnToken, now: int) -> Returned:
    """What has become of a customer since ``token`` was made.

    Raises NoCustomer, DatabaseUnavailable.
    """
    with Reader(store).open() as connection:
        name = token.customer_id
        customer = stored.customers_of(connection, [name]).get(name)
        row = entitlements_of(connection, [name]).get(name)
        subscriptions = stored.subscriptions_of(connection, name)
        invoices = invoices_of(connection, name, MOST_INVOICES)
    if row is None or customer is None:
        raise NoCustomer.named(token.customer_id)
    access = judge(row, now, setup.catalog, timezone=setup.timezone)
    marks = marks_of(customer, subscriptions, invoices)
    return Returned(
        Standing(access, any(r.live and r.schedule for r in subscriptions)),
        tuple(name for name in ASPECTS if marks[name] != token.seen[name]),
        AWAITED.get(token.flow),
    )
