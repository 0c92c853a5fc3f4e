"""The return page's token, and what of a customer's state it remembers.

Coming back from Stripe proves nothing. The token says for whom and when a link was made, and what
the projection said then, so that the page can tell whether anything has changed since. It opens
nothing but one sentence about a plan, for two hours.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .flow_values import Flow
from .observations import canonical
from .rows import CustomerRow, InvoiceRow, SubscriptionRow

LIVES: Final = 7_200
"""Seconds. A portal session ends an hour after the customer's last step in it."""
_AHEAD: Final = 300
"""Seconds that the clock of who made it may be ahead of ours."""

_VERSION: Final = "v1"
_LONGEST: Final = 1_000
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
    body = json.dumps([token.customer_id, token.flow, token.at, *marks], separators=(",", ":"))
    head = f"{_VERSION}.{_text(body.encode())}"
    return f"{head}.{_text(_mac(head, key))}"


def unseal(text: str, keys: Sequence[str], now: int) -> ReturnToken | None:
    """What was sealed; None when it is forged, too old, or nothing of ours."""
    if len(text) > _LONGEST or not text.isascii():
        return None
    head, _, mac = text.rpartition(".")
    given = _bytes(mac)
    if given is None or not any([hmac.compare_digest(_mac(head, key), given) for key in keys]):
        return None
    version, _, body = head.partition(".")
    if version != _VERSION:
        return None
    try:
        customer_id, flow, at, *marks = json.loads(_bytes(body) or b"")
        token = ReturnToken(customer_id, flow, at, dict(zip(ASPECTS, marks, strict=True)))
    except ValueError:
        return None
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


def _mac(head: str, key: str) -> bytes:
    # The purpose is part of it, so that the key can serve nothing else by accident.
    return hmac.digest(key.encode(), f"portside return page {head}".encode(), "sha256")


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
