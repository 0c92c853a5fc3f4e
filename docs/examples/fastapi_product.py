"""A product in FastAPI: gating by flag, a limit, Manage billing, and the plan as a claim.

PORTSIDE_URL=http://127.0.0.1:8000 PORTSIDE_TOKEN=… uvicorn fastapi_product:app
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.responses import RedirectResponse

# Or copy the folder lib/billing/client into the product; it needs httpx and joserfc alone.
from lib.billing.client import (
    AsyncPortsideClient,
    ClaimInvalid,
    PortsideRefused,
    PortsideUnavailable,
)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with AsyncPortsideClient(
        os.environ["PORTSIDE_URL"],
        os.environ["PORTSIDE_TOKEN"],
        # Portside being away must not lock paying customers out: the last answer serves, and
        # never beyond the second in which it would have changed by itself.
        on_failure="stale",
    ) as client:
        app.state.portside = client
        yield


app = FastAPI(lifespan=lifespan)


@dataclass
class Member:
    id: str
    org: str
    permissions: list[str]


def signed_in(
    x_member: Annotated[str, Header()],
    x_org: Annotated[str, Header()],
    x_permissions: Annotated[str, Header()] = "",
) -> Member:
    """Stands for the product's own session: who acts, for which organization, with which rights."""
    return Member(x_member, x_org, x_permissions.split())


Acting = Annotated[Member, Depends(signed_in)]


def requires(flag: str) -> Callable[..., Awaitable[None]]:
    """A dependency: 402 unless the organization's plan has the flag."""

    async def gate(request: Request, member: Acting) -> None:
        if not await request.app.state.portside.has(member.org, flag):
            raise HTTPException(402, f"Your plan does not have {flag}.")

    return gate


@app.get("/reports", dependencies=[Depends(requires("advanced_analytics"))])
async def reports() -> dict[str, str]:
    return {"reports": "all of them"}


@app.post("/seats/{taken}")
async def invite(taken: int, request: Request, member: Acting) -> dict[str, int]:
    seats = await request.app.state.portside.limit(member.org, "seats")
    if seats is not None and taken >= seats:
        raise HTTPException(402, f"Your plan has {seats} seats.")
    return {"taken": taken + 1}


@app.post("/billing")
async def manage_billing(request: Request, member: Acting) -> RedirectResponse:
    """The button. The address is used at once and kept nowhere."""
    try:
        url = await request.app.state.portside.portal_url(
            org=member.org, member=member.id, permissions=member.permissions
        )
    except PortsideRefused as refused:
        status = 403 if refused.code == "member_not_permitted" else 409
        raise HTTPException(status, refused.message) from None
    except PortsideUnavailable:
        raise HTTPException(503, "Billing is away. Try again in a moment.") from None
    return RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})


@app.post("/upgrade")
async def upgrade(request: Request, member: Acting) -> RedirectResponse:
    """To the prices, as somebody whom the pricing page then knows: once, within half an hour."""
    try:
        link = await request.app.state.portside.pricing_link(
            org=member.org, member=member.id, permissions=member.permissions
        )
    except PortsideRefused as refused:
        status = 403 if refused.code == "member_not_permitted" else 409
        raise HTTPException(status, refused.message) from None
    except PortsideUnavailable:
        raise HTTPException(503, "Billing is away. Try again in a moment.") from None
    return RedirectResponse(link.url, 303, headers={"Cache-Control": "no-store"})


@app.post("/session")
async def enrich(request: Request, member: Acting) -> dict[str, str]:
    """At sign-in and every few minutes: the plan goes into the session as a signed claim."""
    return {"plan_token": await request.app.state.portside.token(member.org)}


@app.get("/plan")
async def plan(request: Request, x_plan_token: Annotated[str, Header()]) -> dict[str, object]:
    """What a service without a way to Portside reads out of the session."""
    try:
        claim = await request.app.state.portside.verify(x_plan_token)
    except ClaimInvalid:
        raise HTTPException(401, "Sign in again.") from None
    return {"plan": claim.plan_key, "features": sorted(claim.features)}
