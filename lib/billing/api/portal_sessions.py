"""POST /v1/portal-sessions: the product's "Manage billing" button."""

from __future__ import annotations

import asyncio
import secrets
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from ..domain.errors import BillingError
from ..domain.times import iso
from ..self_service import Handed, SelfService, Wanted
from ..settings.api_tokens import ApiToken
from .answers import NO_STORE, Refused, answer
from .given import member_of, object_of, permissions_of, text_of
from .refusals import refused

_LONGEST_KEY: Final = 200
_TEXTS: Final = ("org", "customer", "member", "flow", "plan", "subscription", "invoice", "email")
_KNOWN: Final = frozenset((*_TEXTS, "permissions"))


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
            raise refused(error) from None
        return answer(_told(handed), 201, NO_STORE)


async def _wanted(request: Request, caller: ApiToken) -> Wanted:
    """Raises Refused: 400, 413, 422."""
    body = await object_of(request, _KNOWN)
    given = {name: text_of(body, name) for name in _TEXTS}
    permissions = permissions_of(body)
    member = member_of(body)
    return Wanted(
        caller=caller.name,
        member=member,
        permissions=permissions,
        key=_key(request),
        org=given["org"],
        customer=given["customer"],
        flow=given["flow"] or "home",
        plan=given["plan"],
        subscription=given["subscription"],
        invoice=given["invoice"],
        email=given["email"],
    )


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
