"""The webhook receiver, and the read API, over HTTP.

POST /webhooks/stripe   200 stored (also a repeat, an unknown type, the other mode) ·
                        400 bad signature, body or JSON · 404 no secret configured ·
                        413 over 1 MiB · 429 after many bad signatures · 503 database away
POST /webhooks/kinde    the same of a Kinde tenant; see `lib.billing.kinde.receiving`
GET /healthz            the process answers
GET /readyz             the database answers and is migrated
GET /metrics            Prometheus
GET /return             where customers come back to; see `lib.billing.return_page`
GET /pricing/{table}    what customers are sold; see `lib.billing.pricing_page`
/v1/…                   for the product that sells the subscriptions; see `lib.billing.api`
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from . import logs
from .api.parts import Api
from .api.routes import ApiRoutes
from .domain.errors import BillingError, DatabaseUnavailable, PayloadInvalid, SignatureInvalid
from .following import Follower
from .gating import Gate
from .ingest import Ingest
from .intake.following_gauges import FollowingGauges
from .intake.gauges import Gauges
from .intake.grouping import Grouping
from .intake.kinde_arrivals import SOURCE as KINDE_SOURCE
from .intake.meters import Meters
from .jobs.job import Job
from .jobs.runner import Runner
from .kinde.receiving import KindeWebhooks
from .pricing import PricingDesk
from .pricing_page.routes import PricingPage
from .return_page import ReturnPage
from .serving import garbage
from .serving.at_once import AtOnce
from .serving.config import server_config
from .serving.doorstep import Doorstep, Turned
from .serving.ending import Ending
from .serving.headers import SafeHeaders
from .serving.limits import USUAL
from .settings.setup import Setup
from .store.engine import Store
from .store.fence import TOO_OLD, Fence, look
from .store.turns import Turns

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
    def follower(self) -> Follower[Any] | None: ...
    @property
    def pricing(self) -> PricingDesk: ...
    @property
    def kinde_issuer(self) -> str | None: ...


def make_app(installed: Installed) -> Starlette:
    """The ASGI application; also mountable beside another one.

    When another catalogue is followed, the routes are made anew for what runs then and put in
    place at once: a request is answered by one catalogue, from its beginning to its end.
    """
    receiver = Receiver(installed)
    app = Starlette(
        routes=receiver.routes(installed),
        lifespan=receiver.lifespan,
        middleware=[
            Middleware(SafeHeaders),
            Middleware(Ending),
            Middleware(AtOnce, most=USUAL.at_once),
        ],
    )

    def follow(running: Installed) -> None:
        routes, jobs = receiver.routes(running), running.jobs
        app.router.routes = routes
        receiver.take(jobs)

    if installed.follower is not None:
        installed.follower.tell(follow)
    return app


_ANY = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Receiver:
    """The routes. One instance serves one event loop."""

    def __init__(self, installed: Installed) -> None:
        self._installed = installed
        gauges = (Gauges(installed.store, installed.clock),)
        self.meters = Meters(*gauges, *_following(installed))
        self._api: ApiRoutes | None = None
        self._jobs = installed.jobs  # now, so that what is misconfigured is said at once
        self._runner: Runner | None = None
        self._fence = Fence(installed.store)
        commit = self.meters.timed(self._fence.before(installed.ingest.commit))
        self._grouping = Grouping(commit)
        self._from_kinde = Grouping(commit, KINDE_SOURCE)
        self._doorstep = Doorstep()
        self.kinde = KindeWebhooks(
            installed.kinde_issuer,
            installed.ingest,
            self._from_kinde.submit,
            self.meters,
            doorstep=self._doorstep,
        )

    def routes(self, installed: Installed) -> list[BaseRoute]:
        """Every address, answered by what ``installed`` is."""
        # Those before it end with the last request that they answer, and their threads with them.
        self._api = api = ApiRoutes(installed.gate, installed.api, self.meters)
        return [
            Route("/webhooks/stripe", self.webhook, methods=_ANY),
            Route("/webhooks/kinde", self.kinde.webhook, methods=_ANY),
            Route("/healthz", self.healthz),
            Route("/readyz", self.readyz),
            Route("/metrics", self.metrics),
            Route("/return", ReturnPage(installed).show),
            *PricingPage(installed).routes(),
            *api.routes(),
        ]

    def take(self, jobs: Sequence[Job]) -> None:
        """Go on with these jobs, once those under way have ended their rounds."""
        if self._runner is not None:
            self._runner.take(jobs)

    @asynccontextmanager
    async def lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        turns = self._fence.turns(Turns(self._installed.store))
        runner = Runner(self._jobs, turns, told=self.meters.job)
        self._runner = runner
        runner.start()
        try:
            yield
        finally:
            if self._api is not None:
                self._api.close()
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
            body = await self._doorstep.body(request)
            arrival = self._installed.ingest.receive(body, request.headers.get(SIGNATURE), secrets)
            outcome = await self._grouping.submit(arrival)
        except ClientDisconnect:
            return Response(status_code=400)
        except Turned as turned:
            return self._refuse(turned.status, turned.code, str(turned), turned.headers)
        except SignatureInvalid as error:
            told = self._doorstep.unsigned(request, error)
            return self._refuse(told.status, told.code, str(told), told.headers)
        except PayloadInvalid as error:
            return self._refuse(400, error.code, str(error))
        except BillingError as error:  # the database or the clock is away
            return self._refuse(503, error.code, "The event could not be stored. Send it again.")
        self.meters.count(outcome.fate)
        return JSONResponse({"received": True, "state": outcome.fate})

    async def healthz(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def readyz(self, _request: Request) -> Response:
        try:
            await asyncio.to_thread(look, self._installed.store)
        except DatabaseUnavailable as error:
            if error.code == "not_migrated":
                told = {"status": "not_migrated", "remedy": "portside db upgrade"}
            elif error.code == TOO_OLD:
                told = {"status": "too_old", "remedy": "start the version that upgraded it"}
            else:
                told = {"status": "database_away", "code": error.code}
            return JSONResponse(told, 503)
        follower = self._installed.follower
        if follower is not None and follower.lag is not None:
            # Ready all the same: what it answers is what was published where it runs.
            lag = {"catalogue": "not_applied", "remedy": follower.lag.why}
            return JSONResponse({"status": "ok", **lag})
        return JSONResponse({"status": "ok"})

    async def metrics(self, _request: Request) -> Response:
        text, content_type = await asyncio.to_thread(self.meters.exposition)
        return Response(text, media_type=content_type)

    def _refuse(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> JSONResponse:
        self.meters.refuse(code)
        return JSONResponse({"code": code, "message": message}, status, headers)


def _following(installed: Installed) -> list[FollowingGauges]:
    follower = installed.follower
    return [] if follower is None else [FollowingGauges(installed.store, follower)]


def serve(installed: Installed, *, host: str = "127.0.0.1", port: int = 8000) -> None:
    """Answer until told to stop; deliveries under way are finished first."""
    logs.set_up_logs()
    server = uvicorn.Server(server_config(make_app(installed), host=host, port=port))
    garbage.seldom()
    server.run()
