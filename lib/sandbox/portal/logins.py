"""Logging in to the portal by e-mail with a one-time code."""

from __future__ import annotations

import secrets
from typing import Any

from lib.sandbox.core import Sandbox
from lib.sandbox.portal import permissions, sessions

KIND = "sandbox.login_attempt"
CODE_SECONDS = 10 * 60
MAX_TRIES = 5


def customer_for(sandbox: Sandbox, email: str) -> dict[str, Any] | None:
    """Of the customers with this e-mail: the newest with a live subscription, else the newest."""
    wanted = email.casefold()
    found = [
        customer
        for customer in sandbox.each("customer")
        if (customer.get("email") or "").casefold() == wanted and not customer.get("deleted")
    ]
    for customer in found:
        if any(
            subscription["status"] in permissions.LIVE
            for subscription in sandbox.find("subscription", customer=customer["id"])
        ):
            return customer
    return found[0] if found else None


def start(
    sandbox: Sandbox, email: str, customer: dict[str, Any] | None, grant: dict[str, Any]
) -> dict[str, Any]:
    """A new attempt with its code; without a customer no code will ever fit."""
    made: dict[str, Any] = {
        "id": secrets.token_urlsafe(24),
        "object": KIND,
        "created": sandbox.now(),
        "customer": None if customer is None else customer["id"],
        "email": email,
        "code": f"{secrets.randbelow(1_000_000):06d}",
        "grant": grant,
        "tries": 0,
    }
    sandbox.put(made)
    return made


def attempt(sandbox: Sandbox, id: str) -> dict[str, Any] | None:
    """A running attempt that may still be tried."""
    found = sandbox.peek(KIND, id)
    if found is None or found["tries"] >= MAX_TRIES:
        return None
    return found if sandbox.now() <= found["created"] + CODE_SECONDS else None


def redeem(sandbox: Sandbox, attempt: dict[str, Any], code: str) -> dict[str, Any] | None:
    """The new portal session for the right code, else None; a code works once."""
    right = secrets.compare_digest(code.encode(), attempt["code"].encode())
    if not right or attempt["customer"] is None:
        attempt["tries"] += 1
        sandbox.put(attempt)
        return None
    attempt["tries"] = MAX_TRIES
    sandbox.put(attempt)
    grant = attempt["grant"]
    session = sessions.issue(
        sandbox,
        attempt["customer"],
        grant["configuration"],
        return_url=grant["return_url"],
        flow=grant["flow"],
        after_expiration=grant["after_expiration"],
    )
    session["_"]["by_login"] = True
    sandbox.put(session)
    return session
