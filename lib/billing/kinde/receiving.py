"""`POST /webhooks/kinde`.

200 stored (also a repeat, an unknown type, an event that cannot be read) · 400 not signed by the
configured issuer, or too old · 404 Kinde is not configured · 413 over 1 MiB · 429 after many that
were not signed · 503 the database or the issuer's keys are away. Kinde sends again whatever is not
answered with 200.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from ..domain.errors import BillingError, PayloadInvalid, SignatureInvalid
from ..ingest import Ingest
from ..intake.arrivals import Arrival
from ..intake.meters import Meters
from ..intake.summary import Outcome
from ..serving.doorstep import Doorstep, Turned
from .envelope import name
from .keys import Keys
from .verify import read_token, verified

DELIVERY: Final = "webhook-id"

Submit = Callable[[Arrival], Awaitable[Outcome]]


class KindeWebhooks:
    """The route. Without ``issuer`` it is off. One instance serves one event loop."""

    def __init__(
        self,
        issuer: str | None,
        ingest: Ingest,
        submit: Submit,
        meters: Meters,
        *,
        keys: Keys | None = None,
        doorstep: Doorstep | None = None,
        system_clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer
        self._ingest = ingest
        self._submit = submit
        self._meters = meters
        self._keys = keys or (Keys(issuer) if issuer else None)
        self._doorstep = doorstep or Doorstep()
        self._system_clock = system_clock
        self._asking = asyncio.Lock()

    async def webhook(self, request: Request) -> Response:
        issuer, keys = self._issuer, self._keys
        if issuer is None or keys is None:
            return self._refuse(404, "webhook_off", "Kinde is not configured here.")
        if request.method != "POST":
            answer = self._refuse(405, "method_not_allowed", "Events are delivered with POST.")
            answer.headers["Allow"] = "POST"
            return answer
        try:
            body = await self._doorstep.body(request)
            claims = await self._claims(body, issuer, keys)
            delivery_id = name(request.headers.get(DELIVERY))
            arrival = self._ingest.read_kinde(claims, delivery_id=delivery_id)
            outcome = await self._submit(arrival)
        except ClientDisconnect:
            return Response(status_code=400)
        except Turned as turned:
            return self._refuse(turned.status, turned.code, str(turned), turned.headers)
        except SignatureInvalid as error:
            told = self._doorstep.unsigned(request, error)
            return self._refuse(told.status, told.code, str(told), told.headers)
        except PayloadInvalid as error:
            return self._refuse(400, error.code, str(error))
        except BillingError as error:  # the database, the clock or the issuer is away
            return self._refuse(503, error.code, "The event could not be stored. Send it again.")
        self._meters.count(outcome.fate, "kinde")
        return JSONResponse({"received": True, "state": outcome.fate})

    async def _claims(self, body: bytes, issuer: str, keys: Keys) -> dict[str, Any]:
        """What a body says, once its signature is verified."""
        token = read_token(body)
        if keys.due(token.kid):
            async with self._asking:  # whoever waits here waits as a coroutine, not as a thread
                if keys.due(token.kid):
                    await asyncio.to_thread(keys.refresh, token.kid)
        key = keys.key(token.kid)
        return verified(token, key, issuer=issuer, now=self._system_clock())

    def _refuse(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> JSONResponse:
        self._meters.refuse(code, "kinde")
        return JSONResponse({"code": code, "message": message}, status, headers)
