"""The return page's token, and what of a customer's state it remembers.

Coming back from Stripe proves nothing. The token says for whom and when a link was made, and what
the projection said then, so that the page can tell whether anything has changed since. It opens
nothing but one sentence about a plan, for two hours.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .flow_values import Flow
from .observations import canonical
from .rows import CustomerRow, InvoiceRow, SubscriptionRow
from .sealing import opened, sealed

LIVES: Final = 7_200
"""Seconds. A portal session ends an hour after the customer's last step in it."""
_AHEAD: Final = 300
"""Seconds that the clock of who made it may be ahead of ours."""

_PURPOSE: Final = "return page"
PARAMETER: Final = "t"

Seen = Mapping[str, str]

ASPECTS: Final = ("plan", "card", "invoice", "details")

AWAITED: Final[dict[str, str]] = {
    Flow.PAYMENT_METHOD_UPDATE: "card",
    Flow.SUBSCRIPTION_UPDATE: "plan",
    Flow.SUBSCRIPTION_UPDATE_CONFIRM: "plan",
    Flow.SUBSCRIPTION_PAUSE: "plan",
    Flow.SUBSCRIPTION_CANCEL: "plan",
    Flow.CUSTOMER_UPDATE: "details",
    Flow.RENEW: "plan",
    Flow.CHECKOUT: "plan",
}
"""Flow -> the aspect that it changes; home may change any."""


@dataclass(frozen=True, slots=True)
class ReturnToken:
    """``at``: unix seconds of the minting; ``seen``: a short mark for each of `ASPECTS`."""

    customer_id: str
    flow: str
    at: int
    seen: Seen


def seal(token: ReturnToken, key: str) -> str:
    """The text that goes into the return address."""
    marks = [token.seen[name] for name in ASPECTS]
    return sealed([token.customer_id, token.flow, token.at, *marks], _PURPOSE, key)


def unseal(text: str, keys: Sequence[str], now: int) -> ReturnToken | None:
    """What was sealed; None when it is forged, too old, or nothing of ours."""
    values = opened(text, _PURPOSE, keys)
    if values is None or len(values) != 3 + len(ASPECTS):
        return None
    customer_id, flow, at, *marks = values
    token = ReturnToken(customer_id, flow, at, dict(zip(ASPECTS, marks, strict=True)))
    return token if -_AHEAD <= now - token.at <= LIVES else None


def with_token(return_url: str, token: str) -> str:
    """The return address with the token in its query."""
    parts = urlsplit(return_url)
    query = [*parse_qsl(parts.query, keep_blank_values=True), (PARAMETER, token)]
    return urlunsplit(parts._replace(query=urlencode(query)))


def is_return_page(return_url: str) -> bool:
    """Whether an address is that of the return page: only this page is given tokens."""
    return urlsplit(return_url).path.rstrip("/").endswith("/return")


def marks_of(
    customer: CustomerRow, rows: Sequence[SubscriptionRow], bills: Iterable[InvoiceRow]
) -> dict[str, str]:
    """A mark for each aspect of a customer's state; another one whenever it changes.

    What passes by itself is left out: a period that begins changes nothing for the customer.
    """
    plan = [
        [
            row.subscription_id,
            row.status,
            row.plan,
            row.cancel_at_period_end,
            row.cancel_at,
            row.ends_at,
            row.pause_behavior,
            row.schedule,
            [[i["id"], i["quantity"], i["price"]] for i in row.items],
        ]
        for row in sorted(rows, key=lambda row: row.subscription_id)
    ]
    card = [
        customer.default_payment_method,
        sorted([r.subscription_id, r.default_payment_method] for r in rows if r.live),
    ]
    invoices = sorted([i.invoice_id, i.status, i.amount_remaining_minor] for i in bills)
    details = [customer.email, customer.name, customer.locale]
    return {
        name: hashlib.sha256(canonical({"is": what}).encode()).hexdigest()[:8]
        for name, what in zip(ASPECTS, (plan, card, invoices, details), strict=True)
    }
