"""GET /v1/entitlements/{org_or_customer}, its /features/{flag}, /limits/{name} and /token."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import Response

from ..domain.catalog import Catalog
from ..domain.errors import NoCustomer
from ..domain.gating import Entitled
from ..domain.times import iso
from ..gating import Gate
from ..signing import Signer
from .answers import NO_STORE, Refused, answer, tagged
from .looking_up import LookUps

LONGEST_AGE: Final = 30
"""Seconds for which an answer may be kept; less when it changes sooner by itself."""

CLOCK: Final = "Portside-Time"
"""The time by which was answered: where Portside runs by another clock than the caller's."""

_PREFIX: Final = b"/v1/entitlements/"


class Entitlements:
    """The routes. ``signer`` None: no key is configured, and /token answers 404."""

    def __init__(self, gate: Gate, signer: Signer | None) -> None:
        self._gate = gate
        self._look_ups = LookUps(gate)
        self._signer = signer

    def close(self) -> None:
        self._look_ups.close()

    async def show(self, request: Request) -> Response:
        match segments(request):
            case [name]:
                found, now = await self._found(name)
                body = told(found, self._gate.catalog)
            case [name, "features", flag]:
                found, now = await self._found(name)
                body = {"flag": flag, "enabled": self._gate.has(found, flag), **_of(found)}
            case [name, "limits", limit]:
                found, now = await self._found(name)
                body = {"name": limit, "value": self._gate.limit(found, limit), **_of(found)}
            case [name, "token"]:
                return await self._token(name)
            case _:
                raise Refused(404, "not_found", "There is nothing at this address.")
        return tagged(request, body, _caching(found, now))

    async def _found(self, name: str) -> tuple[Entitled, int]:
        rows, now = await self._look_ups.rows(name)
        try:
            return self._gate.judged(name, rows, now), now
        except NoCustomer as error:
            # What somebody has who has bought nothing yet: the caller need not know the catalogue.
            raise Refused(
                404, error.code, str(error), more={"default": default_of(self._gate.catalog)}
            ) from None

    async def _token(self, name: str) -> Response:
        if self._signer is None:
            raise Refused(404, "signing_off", "No key is configured that could sign a plan.")
        found, now = await self._found(name)
        claim = self._signer.claim(name, found, now, self._gate.catalog)
        body = {"token": claim.token, "expires_at": iso(claim.expires_at)}
        return answer(body, headers=NO_STORE)


def told(found: Entitled, catalog: Catalog) -> dict[str, Any]:
    """The whole answer. It holds no time of asking, so that its tag changes when it does."""
    access = found.access
    return {
        "customer_id": access.customer_id,
        "org_id": access.org_id,
        "customers": list(found.customers),
        "plan": access.plan,
        "plan_name": catalog.plan(access.plan).name,
        "plan_resolved": access.plan_resolved,
        "rule": access.rule,
        "access": access.access,
        "access_until": iso(access.access_until),
        "changes_at": iso(found.changes_at),
        "status": access.status,
        "cancel_at_period_end": access.cancel_at_period_end,
        "cancel_at": iso(access.cancel_at),
        "current_period_end": iso(access.current_period_end),
        "features": list(access.features),
        "limits": dict(access.limits),
        "subscription_id": access.subscription_id,
        "event_id": access.event_id,
        "sentence": access.sentence,
    }


def default_of(catalog: Catalog) -> dict[str, Any]:
    """What the default plan gives."""
    plan = catalog.default
    return {
        "plan": plan.slug,
        "plan_name": plan.name,
        "features": sorted(plan.features),
        "limits": dict(sorted(plan.limits.items())),
    }


def segments(request: Request) -> list[str]:
    """What follows the prefix, decoded part by part: an id may hold an encoded slash."""
    raw: bytes = request.scope.get("raw_path") or request.url.path.encode()
    _, _, rest = raw.partition(b"?")[0].partition(_PREFIX)
    return [unquote(part, errors="replace") for part in rest.decode("latin-1").split("/")]


def _of(found: Entitled) -> dict[str, Any]:
    access = found.access
    return {
        "customer_id": access.customer_id,
        "org_id": access.org_id,
        "plan": access.plan,
        "access": access.access,
        "changes_at": iso(found.changes_at),
    }


def _caching(found: Entitled, now: int) -> dict[str, str]:
    """Private and short, and gone by the second in which the answer changes by itself."""
    seconds = LONGEST_AGE
    if found.changes_at is not None:
        # The clock's seconds are cut off: up to one of them has passed already.
        seconds = max(0, min(seconds, found.changes_at - now - 1))
    return {"Cache-Control": f"private, max-age={seconds}", CLOCK: str(iso(now))}
