"""The client for code that awaits. It reads as `sync` does: what they decide is in `core`."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Collection
from types import TracebackType
from typing import Any, Self

import httpx

from .core import (
    Core,
    OnFailure,
    path_of,
    pricing_body,
    read_pricing_link,
    read_session,
    read_token,
    session_body,
    wait_of,
)
from .errors import PortsideError, PortsideUnavailable, UnknownKey
from .values import Entitlements, PlanClaim, PortalSession, PricingLink
from .verifying import Verifier


class AsyncPortsideClient:
    """`PortsideClient` with await; the arguments are the same. Use it within one event loop."""

    def __init__(
        self,
        base_url: str,
        token: str,
        *,
        on_failure: OnFailure = "deny",
        stale_for: float = 300.0,
        ttl: float = 30.0,
        size: int = 10_000,
        timeout: float = 2.0,
        retries: int = 1,
        issuer: str = "portside",
        audience: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._core = Core(on_failure=on_failure, ttl=ttl, size=size, stale_for=stale_for)
        self._verifier = Verifier(issuer, audience)
        self._retries = retries
        self._http = httpx.AsyncClient(
            base_url=base_url,
            headers={"Authorization": f"Bearer {token}"},
            timeout=timeout,
            transport=transport,
        )

    async def entitlements(self, id: str) -> Entitlements:
        """What ``id``, a customer's or an organization's, may use now."""
        path = path_of(id)
        known = self._core.fresh(id)
        if known is not None:
            return known
        away = self._core.away()
        if away is not None:
            return self._core.failed(id, away)
        try:
            return self._core.received(id, await self._send("GET", path, self._core.headers(id)))
        except PortsideError as error:
            return self._core.failed(id, error)

    async def has(self, id: str, flag: str) -> bool:
        """Whether the feature flag is on. One that the catalogue does not have is off."""
        return (await self.entitlements(id)).has(flag)

    async def limit(self, id: str, name: str) -> int | None:
        """The limit of that name; None: the plan sets none."""
        return (await self.entitlements(id)).limit(name)

    async def portal_session(
        self,
        *,
        member: str,
        permissions: Collection[str],
        org: str | None = None,
        customer: str | None = None,
        flow: str = "home",
        plan: str | None = None,
        subscription: str | None = None,
        invoice: str | None = None,
        email: str | None = None,
        idempotency_key: str | None = None,
    ) -> PortalSession:
        """An address for one click on "Manage billing". Raises PortsideRefused, whose ``code`` says
        why, and PortsideUnavailable."""
        body = session_body(
            org=org,
            customer=customer,
            member=member,
            permissions=permissions,
            flow=flow,
            plan=plan,
            subscription=subscription,
            invoice=invoice,
            email=email,
        )
        key = {"Idempotency-Key": idempotency_key or secrets.token_hex(16)}
        return read_session(await self._send("POST", "/v1/portal-sessions", key, body))

    async def pricing_link(
        self,
        *,
        member: str,
        permissions: Collection[str],
        org: str | None = None,
        customer: str | None = None,
        table: str | None = None,
        lang: str | None = None,
    ) -> PricingLink:
        """The pricing page for a member, to start one subscription within half an hour. Raises
        PortsideRefused, whose ``code`` says why, and PortsideUnavailable."""
        body = pricing_body(
            member=member,
            permissions=permissions,
            org=org,
            customer=customer,
            table=table,
            lang=lang,
        )
        return read_pricing_link(await self._send("POST", "/v1/pricing-links", {}, body))

    async def portal_url(self, **wanted: Any) -> str:
        """The address alone; see `portal_session`."""
        return (await self.portal_session(**wanted)).url

    async def token(self, id: str) -> str:
        """The plan as a signed claim, for a session. Raises PortsideError."""
        return read_token(await self._send("GET", path_of(id, "token"), {}))

    async def verify(self, token: str) -> PlanClaim:
        """What a signed claim says. Raises ClaimInvalid, and PortsideUnavailable while no key is
        known."""
        if self._verifier.wants_keys():
            await self._learn()
        try:
            return self._verifier.verify(token)
        except UnknownKey:
            if not self._verifier.wants_keys(unknown=True):
                raise
        await self._learn()
        return self._verifier.verify(token)

    def forget(self, id: str | None = None) -> None:
        """Ask again next time: an event said that something has changed. None: everybody."""
        self._core.cache.forget(id)

    async def close(self) -> None:
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _learn(self) -> None:
        answer = await self._send("GET", "/.well-known/jwks.json", {})
        if answer.status_code == 200:
            self._verifier.learn(answer.json())

    async def _send(
        self, method: str, path: str, headers: dict[str, str], body: Any = None
    ) -> httpx.Response:
        for tried in range(self._retries + 1):
            try:
                answer = await self._http.request(method, path, headers=headers, json=body)
            except httpx.HTTPError as error:
                raise PortsideUnavailable(f"Portside is away ({type(error).__name__}).") from None
            if answer.status_code != 503 or tried == self._retries:
                break
            await asyncio.sleep(wait_of(answer, tried))
        return answer
