"""The webhook receiver, and the read API, over HTTP.

POST /webhooks/stripe   200 stored (also a repeat, an unknown type, the other mode) ·
                        400 bad signature, body or JSON · 404 no secret configured ·
                        413 over 1 MiB · 503 database away
POST /webhooks/kinde    the same of a Kinde tenant; see `lib.billing.kinde.receiving`
GET /healthz            the process answers
GET /readyz             the database answers and is migrated
GET /metrics            Prometheus
GET /return             where customers come back to; see `lib.billing.return_page`
/v1/…                   for the product that sells the subscriptions; see `lib.billing.api`
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from . import logs
from .api.bodies import read_at_most
from .api.parts import Api
from .api.routes import ApiRoutes
from .domain.errors import BillingError, DatabaseUnavailable, PayloadInvalid, SignatureInvalid
from .gating import Gate
from .ingest import Ingest
from .intake.gauges import Gauges
from .intake.grouping import Grouping
from .intake.kinde_arrivals import SOURCE as KINDE_SOURCE
from .intake.meters import Meters
from .jobs.job import Job
from .jobs.runner import Runner
from .kinde.receiving import KindeWebhooks
from .return_page import ReturnPage
from .settings.setup import Setup
from .store import migrate
from .store.engine import Store
from .store.turns import Turns

LARGEST_BODY = 1024 * 1024
SIGNATURE = "stripe-signature"


class Installed(Protocol):
    """What the receiver needs of an installation; `lib.billing.wiring.Installation` is one."""

    @property
    def ingest(self) -> Ingest: ...
    @property
    def store(self) -> Store: ...
    @property
    def webhook_secrets(self) -> Sequence[str]: ...
    @property
    def clock(self) -> Callable[[], int]: ...
    @property
    def jobs(self) -> Sequence[Job]: ...
    @property
    def setup(self) -> Setup: ...
    @property
    def return_keys(self) -> Sequence[str]: ...
    @property
    def gate(self) -> Gate: ...
    @property
    def api(self) -> Api: ...
    @property
    def kinde_issuer(self) -> str | None: ...


def make_app(installed: Installed) -> Starlette:
    """The ASGI application; also mountable beside another one."""
    receiver = Receiver(installed)
    return Starlette(
        routes=[
            Route("/webhooks/stripe", receiver.webhook, methods=_ANY),
            Route("/webhooks/kinde", receiver.kinde.webhook, methods=_ANY),
            Route("/healthz", receiver.healthz),
            Route("/readyz", receiver.readyz),
            Route("/metrics", receiver.metrics),
            Route("/return", ReturnPage(installed).show),
            *receiver.api.routes(),
        ],
        lifespan=receiver.lifespan,
    )


_ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Receiver:
    """The routes. One instance serves one event loop."""

    def __init__(self, installed: Installed) -> None:
        self._installed = installed
        self.meters = Meters(Gauges(installed.store, installed.clock))
        self.api = ApiRoutes(installed.gate, installed.api, self.meters)
        commit = self.meters.timed(installed.ingest.commit)
        self._grouping = Grouping(commit)
        self._from_kinde = Grouping(commit, KINDE_SOURCE)
        self.kinde = KindeWebhooks(
            installed.kinde_issuer, installed.ingest, self._from_kinde.submit, self.meters
        )

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        turns = Turns(self._installed.store)
        runner = Runner(self._installed.jobs, turns, told=self.meters.job)
        runner.start()
        try:
            yield
        finally:
            self.api.close()
            await self._grouping.close()
            await self._from_kinde.close()
            await runner.close()

    async def webhook(self, request: Request) -> Response:
        secrets = self._installed.webhook_secrets
        if not secrets:
            return self._refuse(404, "webhook_off", "No webhook secret is configured here.")
        if request.method != "POST":
            answer = self._refuse(405, "method_not_allowed", "Events are delivered with POST.")
            answer.headers["Allow"] = "POST"
            return answer
        try:
            body = await read_at_most(request, LARGEST_BODY)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return self._refuse(413, "body_too_large", "A body may have 1 MiB at most.")
        try:
            arrival = self._installed.ingest.receive(body, request.headers.get(SIGNATURE), secrets)
            outcome = await self._grouping.submit(arrival)
        except (SignatureInvalid, PayloadInvalid) as error:
            return self._refuse(400, error.code, str(error))
        except BillingError as error:  # the database or the clock is away
            return self._refuse(503, error.code, "The event could not be stored. Send it again.")
        self.meters.count(outcome.fate)
        return JSONResponse({"received": True, "state": outcome.fate})

    async def healthz(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(self, _request: Request) -> Response:
        try:
            revision = await asyncio.to_thread(migrate.current, self._installed.store)
        except DatabaseUnavailable as error:
            return JSONResponse({"status": "database_away", "code": error.code}, 503)
        if revision != migrate.head():
            return JSONResponse({"status": "not_migrated", "remedy": "portside db upgrade"}, 503)
        return JSONResponse({"status": "ok"})

    async def metrics(self, _request: Request) -> Response:
        text, content_type = await asyncio.to_thread(self.meters.exposition)
        return Response(text, media_type=content_type)

    def _refuse(self, status: int, code: str, message: str) -> JSONResponse:
        self.meters.refuse(code)
        return JSONResponse({"code": code, "message": message}, status)


def serve(installed: Installed, *, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Answer until told to stop; deliveries under way are finished first."""
    logs.set_up()
    uvicorn.run(
        make_app(installed),
        host=host,
        port=port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
