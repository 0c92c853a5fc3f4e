"""Payment and setup mode: a one-time charge, or a card saved for later."""

from __future__ import annotations

from typing import Any

from lib.sandbox.billing import charging, setup_intents
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError

Object = dict[str, Any]


def charge(sandbox: Sandbox, session: Object, customer: str, method: str | None) -> Object:
    """What the session becomes once paid; raises SandboxError (402) for a decline."""
    if method is None:
        return {"payment_status": "no_payment_required"}
    given = session["_"]["intent_data"]
    intent = charging.create_intent(
        sandbox,
        amount=session["amount_total"],
        currency=session["currency"],
        customer=customer,
        description=given.get("description"),
        metadata=_metadata(given),
        payment_method=method,
    )
    if not charging.confirm(sandbox, intent, sandbox.get("payment_method", method)):
        raise SandboxError.card_declined(intent["last_payment_error"])
    return {"payment_intent": intent["id"], "payment_status": "paid"}


def save(sandbox: Sandbox, session: Object, customer: str, method: str | None) -> Object:
    """What the session becomes once the card is saved."""
    given = session["_"]["intent_data"]
    params: Object = {"customer": customer, "confirm": True, "metadata": _metadata(given)}
    if method is not None:
        params["payment_method"] = method
    if given.get("description"):
        params["description"] = given["description"]
    made = setup_intents.create(sandbox, params)
    return {"setup_intent": made["id"], "payment_status": "no_payment_required"}


def _metadata(given: Object) -> dict[str, str]:
    return {key: value for key, value in (given.get("metadata") or {}).items() if value}
