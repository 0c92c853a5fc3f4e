"""Finding customers for the start page."""

from __future__ import annotations

from typing import Any

from lib.sandbox.core import Sandbox


def search(sandbox: Sandbox, query: str, limit: int) -> list[dict[str, Any]]:
    """Customers, newest first, whose id, name or e-mail contains ``query``, with their states."""
    wanted = query.strip().casefold()
    found: list[dict[str, Any]] = []
    with sandbox.lock:
        for customer in sandbox.each("customer"):
            texts = (customer["id"], customer["name"] or "", customer["email"] or "")
            if any(wanted in text.casefold() for text in texts):
                found.append(_row(sandbox, customer))
            if len(found) == limit:
                break
    return found


def _row(sandbox: Sandbox, customer: dict[str, Any]) -> dict[str, Any]:
    subscriptions = sandbox.find("subscription", customer=customer["id"])
    return {
        "id": customer["id"],
        "name": customer["name"],
        "email": customer["email"],
        "subscriptions": [
            {
                "id": subscription["id"],
                "status": subscription["status"],
                "winding_down": subscription["status"] != "canceled"
                and bool(subscription["cancel_at"] or subscription["cancel_at_period_end"]),
            }
            for subscription in subscriptions
        ],
    }
