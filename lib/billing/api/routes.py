"""The addresses of the API, what they need, and how faults become answers."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from importlib.resources import files
from typing import Final

import structlog
from starlette.convertors import Convertor, register_url_convertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..domain.errors import BillingError, DatabaseUnavailable, NotFound
from ..gating import Gate
from ..intake.meters import Meters
from ..settings.api_tokens import Scope
from .answers import NO_STORE, Refused, answer
from .door import Door
from .entitlements import Entitlements
from .parts import Api
from .portal_sessions import PortalSessions
from .pricing_links import PricingLinks

_ANY: Final = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_READING: Final = ("GET", "HEAD")
_AWAY: Final = {"Retry-After": "1"}
_KEYS_AGE: Final = 300

Handler = Callable[[Request], Awaitable[Response]]


class Everything(Convertor[str]):
    """The rest of a path, a line break in an id included; Starlette's own stops at one."""

    regex = r"[\s\S]*"

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


register_url_convertor("everything", Everything())


class ApiRoutes:
    """The routes of one application."""

    def __init__(self, gate: Gate, api: Api, meters: Meters) -> None:
        self._signer = api.signer
        self._door = Door(api.tokens, per_second=api.per_second)
        self._meters = meters
        self._entitlements = Entitlements(gate, api.signer)
        self._portal_sessions = PortalSessions(api.self_service)
        self._pricing_links = PricingLinks(api.pricing)
        self._log = structlog.get_logger("portside.api")

    def close(self) -> None:
        """End what reads beside the event loop."""
        self._entitlements.close()

    def routes(self) -> list[Route]:
        def route(path: str, handler: Handler) -> Route:
            return Route(path, handler, methods=_ANY)

        return [
            route("/v1/entitlements/{rest:everything}", self._read_entitlements),
            route("/v1/portal-sessions", self._make_portal_session),
            route("/v1/pricing-links", self._make_pricing_link),
            route("/v1/openapi.json", self._openapi),
            route("/v1", self._nothing),
            route("/v1/{rest:everything}", self._nothing),
            route("/.well-known/jwks.json", self._jwks),
            route("/openapi.json", self._openapi),
        ]

    async def _read_entitlements(self, request: Request) -> Response:
        async def read() -> Response:
            self._door.caller(request, Scope.READ_ENTITLEMENTS)
            _only(request, *_READING)
            return await self._entitlements.show(request)

        return await self._answered("entitlements", read)

    async def _make_portal_session(self, request: Request) -> Response:
        async def make() -> Response:
            caller = self._door.caller(request, Scope.WRITE_PORTAL_SESSIONS)
            _only(request, "POST")
            return await self._portal_sessions.make(request, caller)

        return await self._answered("portal-sessions", make)

    async def _make_pricing_link(self, request: Request) -> Response:
        async def make() -> Response:
            caller = self._door.caller(request, Scope.WRITE_PORTAL_SESSIONS)
            _only(request, "POST")
            return await self._pricing_links.make(request, caller)

        return await self._answered("pricing-links", make)

    async def _nothing(self, request: Request) -> Response:
        async def refuse() -> Response:
            self._door.caller(request, None)
            raise Refused(404, "not_found", "There is nothing at this address.")

        return await self._answered("other", refuse)

    async def _jwks(self, request: Request) -> Response:
        async def tell() -> Response:
            if self._signer is None:
                raise Refused(404, "signing_off", "No key is configured that could sign a plan.")
            _only(request, *_READING)
            age = {"Cache-Control": f"public, max-age={_KEYS_AGE}"}
            return answer(self._signer.jwks(), headers=age)

        return await self._answered("jwks", tell)

    async def _openapi(self, request: Request) -> Response:
        async def tell() -> Response:
            if not self._door.open:
                raise Refused(404, "api_off", "No API token is configured here.")
            _only(request, *_READING)
            return Response(described(), media_type="application/json")

        return await self._answered("openapi", tell)

    async def _answered(self, route: str, work: Callable[[], Awaitable[Response]]) -> Response:
        started = time.perf_counter()
        made = await self._made(work)
        self._meters.api(route, made.status_code, time.perf_counter() - started)
        return made

    async def _made(self, work: Callable[[], Awaitable[Response]]) -> Response:
        try:
            return await work()
        except Refused as refused:
            return refused.answer()
        except NotFound as error:
            return Refused(404, error.code, str(error)).answer()
        except DatabaseUnavailable as error:
            told = "The database is away. Ask again in a moment."
            return Refused(503, error.code, told, headers=_AWAY).answer()
        except BillingError as error:
            return Refused(503, error.code, str(error), headers=_AWAY).answer()
        except Exception as error:
            # Its message may hold anything, so only where it came from is told.
            self._log.error("api_fault", kind=type(error).__name__, where=_where(error))
            told = "Something unexpected went wrong. It was logged."
            return Refused(500, "unexpected", told).answer()


def described() -> bytes:
    """Our own OpenAPI description, written by hand."""
    return files(__package__).joinpath("openapi.json").read_bytes()


def _only(request: Request, *methods: str) -> None:
    if request.method not in methods:
        raise Refused(
            405,
            "method_not_allowed",
            f"Use {' or '.join(methods)} here.",
            headers={**NO_STORE, "Allow": ", ".join(methods)},
        )


def _where(error: Exception) -> str:
    frames = []
    trace = error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        frames.append(f"{code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}")
        trace = trace.tb_next
    return " ".join(frames[-6:])
