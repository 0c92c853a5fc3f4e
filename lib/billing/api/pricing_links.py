"""POST /v1/pricing-links: the pricing page for a member whom the product knows."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from ..domain.errors import BillingError
from ..domain.times import iso
from ..domain.translations import LANGUAGES
from ..pricing import PricingDesk, PricingLink, PricingWanted
from ..settings.api_tokens import ApiToken
from .answers import NO_STORE, Refused, answer
from .given import member_of, object_of, permissions_of, text_of
from .refusals import refused

_KNOWN: Final = frozenset({"org", "customer", "member", "permissions", "table", "lang"})


class PricingLinks:
    """The route. Without ``desk`` it is off."""

    def __init__(self, desk: PricingDesk | None) -> None:
        self._desk = desk

    async def make(self, request: Request, caller: ApiToken) -> Response:
        if self._desk is None:
            raise Refused(503, "configuration", "Pricing links are off: links are not set up.")
        wanted = await _wanted(request, caller)
        try:
            made = await asyncio.to_thread(self._desk.link, wanted)
        except BillingError as error:
            raise refused(error) from None
        return answer(_told(made), 201, NO_STORE)


async def _wanted(request: Request, caller: ApiToken) -> PricingWanted:
    """Raises Refused: 400, 413, 422."""
    body = await object_of(request, _KNOWN)
    lang = text_of(body, "lang")
    if lang is not None and lang not in LANGUAGES:
        raise Refused(422, "wrong_usage", f"lang is one of {', '.join(LANGUAGES)}.")
    return PricingWanted(
        caller=caller.name,
        member=member_of(body),
        permissions=permissions_of(body),
        org=text_of(body, "org"),
        customer=text_of(body, "customer"),
        table=text_of(body, "table"),
        language=lang,
    )


def _told(link: PricingLink) -> dict[str, Any]:
    return {
        "url": link.url,
        "table": link.table,
        "customer_id": link.customer_id,
        "expires_at": iso(link.expires_at),
    }
