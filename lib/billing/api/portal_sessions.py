"""POST /v1/portal-sessions: the product's "Manage billing" button."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from ..domain.errors import (
    BillingError,
    ConfigurationError,
    DatabaseUnavailable,
    LinkRefused,
    NotFound,
    PermissionDenied,
    RateLimited,
    StripeRefused,
    StripeUnavailable,
    WrongUsage,
)
from ..domain.times import iso
from ..self_service import Handed, SelfService, Wanted
from ..settings.api_tokens import ApiToken
from .answers import NO_STORE, Refused, answer
from .bodies import read_at_most

LARGEST_BODY: Final = 16 * 1024
_LONGEST_KEY: Final = 200
_TEXTS: Final = ("org", "customer", "member", "flow", "plan", "subscription", "invoice", "email")
_KNOWN: Final = frozenset((*_TEXTS, "permissions"))
_INPUT: Final = frozenset(
    {
        "plan_required",
        "plan_unknown",
        "subscription_required",
        "unknown_flow",
        "invoice_not_open",
        "not_live",
        "link_refused",
    }
)
"""Refusals that another request would not have met: 422. Those of the customer's state are 409."""


class PortalSessions:
    """The route. Without ``desk`` it is off."""

    def __init__(self, desk: SelfService | None) -> None:
        self._desk = desk

    async def make(self, request: Request, caller: ApiToken) -> Response:
        if self._desk is None:
            raise Refused(503, "configuration", "Links are off: STRIPE_API_KEY is not set.")
        wanted = await _wanted(request, caller)
        try:
            handed = await asyncio.to_thread(self._desk.session, wanted)
        except BillingError as error:
            raise _refused(error) from None
        return answer(_told(handed), 201, NO_STORE)


async def _wanted(request: Request, caller: ApiToken) -> Wanted:
    """Raises Refused: 400, 413, 422."""
    body = await _object(request)
    if unknown := sorted(body.keys() - _KNOWN):
        known = ", ".join(sorted(_KNOWN))
        raise Refused(422, "wrong_usage", f"{unknown[0]!r} is not known. Known are: {known}.")
    given = {name: _text(body, name) for name in _TEXTS}
    permissions = body.get("permissions", [])
    if not isinstance(permissions, list) or not all(isinstance(p, str) for p in permissions):
        raise Refused(422, "wrong_usage", "permissions is a list of texts.")
    if not given["member"]:
        raise Refused(422, "member_required", "Say which member acts: member.")
    if bool(given["org"]) == bool(given["customer"]):
        raise Refused(422, "customer_required", "Say for whom: either org or customer.")
    return Wanted(
        caller=caller.name,
        member=given["member"],
        permissions=tuple(permissions),
        key=_key(request),
        org=given["org"],
        customer=given["customer"],
        flow=given["flow"] or "home",
        plan=given["plan"],
        subscription=given["subscription"],
        invoice=given["invoice"],
        email=given["email"],
    )


async def _object(request: Request) -> Mapping[str, Any]:
    body = await read_at_most(request, LARGEST_BODY)
    if body is None:
        raise Refused(413, "body_too_large", "A body may have 16 KiB at most.")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        raise Refused(400, "body_invalid", "The body is no JSON object.")
    return given


def _text(body: Mapping[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise Refused(422, "wrong_usage", f"{name} is a text.")
    return (value or "").strip() or None


def _key(request: Request) -> str:
    """The Idempotency-Key; without one every request is a click of its own."""
    key = request.headers.get("idempotency-key", "").strip()
    if len(key) > _LONGEST_KEY:
        raise Refused(
            422, "wrong_usage", f"An Idempotency-Key has at most {_LONGEST_KEY} characters."
        )
    return key or secrets.token_hex(16)


def _told(handed: Handed) -> dict[str, Any]:
    """The only place that spells the address: it goes to the caller and nowhere else."""
    link = handed.link
    return {
        "url": link.url,
        "flow": link.flow,
        "label": link.label,
        "destination": link.destination,
        "customer_id": handed.customer_id,
        "plan": handed.plan,
        "code": handed.code,
        "link_id": link.link_id,
        "minted_at": iso(link.minted_at),
        "expires_at": iso(link.expires_at),
        "bearer": link.bearer,
    }


def _refused(error: BillingError) -> Refused:
    status, headers = _status(error), {}
    if status == 429:
        headers["Retry-After"] = "60"
    if isinstance(error, StripeUnavailable):
        headers["Retry-After"] = str(max(1, round(error.retry_after or 1)))
    if isinstance(error, DatabaseUnavailable):
        return Refused(
            503,
            error.code,
            "The database is away. Ask again in a moment.",
            headers={"Retry-After": "1"},
        )
    return Refused(status, error.code, str(error), headers=headers)


def _status(error: BillingError) -> int:
    match error:
        case NotFound():
            return 404
        case PermissionDenied():
            return 403
        case LinkRefused():
            return 422 if error.code in _INPUT else 409
        case RateLimited():
            return 429
        case WrongUsage():
            return 422
        case StripeRefused():
            return 502
        case StripeUnavailable() | ConfigurationError():
            return 503
    return 500
