"""GET /pricing, GET /pricing/{table}, POST /pricing/{table}/start.

The page of a stranger is made from the catalogue alone and is the same for everybody; with a signed
link in its address it is one member's, and nobody keeps it. Neither needs a script.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Final, Protocol
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from ..api.bodies import read_at_most
from ..domain.errors import (
    BillingError,
    LinkRefused,
    NotFound,
    PermissionDenied,
    RateLimited,
    StripeRefused,
    WrongUsage,
)
from ..domain.plans import PricingTable
from ..domain.pricing_offers import table_for
from ..domain.pricing_token import PARAMETER
from ..domain.return_words import language
from ..domain.translations import LANGUAGES
from ..pricing import Known, PricingDesk
from ..settings.setup import Setup
from .answers import CODE, PRIVATE, PUBLIC, Pages, onwards
from .cards import CLOSED
from .values import Asked
from .view import table_view
from .words import WORDS

LARGEST_FORM: Final = 8 * 1024
AT_ONCE: Final = 3
"""Starts that ask Stripe side by side. Whoever presses a button may be anybody, and threads that
wait for Stripe must not be all that there are: others wait as coroutines."""
_LONGEST: Final = 40


class Installed(Protocol):
    """What the page needs of an installation."""

    @property
    def setup(self) -> Setup: ...
    @property
    def pricing(self) -> PricingDesk: ...


class PricingPage:
    """The routes."""

    def __init__(self, installed: Installed) -> None:
        self._desk = installed.pricing
        self._setup = installed.setup
        self._pages = Pages(installed.setup.pricing.embed, installed.pricing.targets)
        self._log = structlog.get_logger("portside.pricing")
        self._turns = asyncio.Semaphore(AT_ONCE)

    def routes(self) -> list[Route]:
        return [
            Route("/pricing", self.show),
            Route("/pricing/{table}", self.show),
            Route("/pricing/{table}/start", self.start, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        asked = _asked(request)
        try:
            known = None
            if asked.token is not None:
                known = await asyncio.to_thread(self._desk.known, asked.token)
            table = table_for(self._setup.catalog, asked.table, known=known is not None)
            return self._table(table, asked, known)
        except Exception as error:  # what went wrong is told by a page, in words for customers
            return self._refused(error, asked.language)

    async def start(self, request: Request) -> Response:
        key = request.path_params["table"]
        try:
            body = await read_at_most(request, LARGEST_FORM)
        except ClientDisconnect:
            return Response(status_code=400)
        given = dict(parse_qsl((body or b"").decode("utf-8", "replace")))
        said = given.get("lang")
        lang = said if said in LANGUAGES else language(_accepted(request), LANGUAGES)
        back = f"../{quote(key, safe='')}"
        query = {name: given[name] for name in ("lang", PARAMETER) if given.get(name)}
        back += f"?{urlencode(query)}" if query else ""
        if _from_elsewhere(request):
            return self._message("elsewhere", lang, 403, back=back)
        try:
            async with self._turns:
                url = await asyncio.to_thread(
                    self._desk.start,
                    key,
                    given.get("lookup_key", ""),
                    text=given.get(PARAMETER) or None,
                    address=request.client.host if request.client else "",
                    cancel_url=self._address(key, said),
                )
        except Exception as error:  # as above; and the session's address is in no traceback
            return self._refused(error, lang, back=back)
        return onwards(url)

    def _table(self, table: PricingTable, asked: Asked, known: Known | None) -> Response:
        catalog, desk = self._setup.catalog, self._desk

        def sign_up(table: PricingTable, plan: str, lookup_key: str | None) -> str:
            return desk.sign_up(table, catalog.plan(plan), lookup_key)

        start = f"{quote(table.key, safe='')}/start"
        view = table_view(
            catalog,
            table,
            asked,
            action=start if asked.table is not None else f"pricing/{start}",
            known=known,
            sign_up=sign_up if self._setup.pricing.sign_up_url else None,
        )
        caching = PUBLIC if known is None else PRIVATE
        return self._pages.page("table.html", asked.language, caching=caching, view=view)

    def _address(self, key: str, lang: str | None) -> str | None:
        """The page's own, for who comes back from Checkout; None where nobody said which."""
        try:
            address = f"{self._desk.address()}/{quote(key, safe='')}"
        except BillingError:
            return None
        return f"{address}?lang={lang}" if lang in LANGUAGES else address

    def _refused(self, error: Exception, lang: str, *, back: str | None = None) -> Response:
        code = error.code if isinstance(error, BillingError) else "unexpected"
        if not isinstance(error, BillingError):
            # Its message may hold anything, so only its kind is told.
            self._log.error("pricing_fault", kind=type(error).__name__)
        said, status = _spoken(error, code)
        return self._message(said, lang, status, code=code, back=back)

    def _message(
        self,
        said: str,
        lang: str,
        status: int,
        *,
        code: str | None = None,
        back: str | None = None,
    ) -> Response:
        words = WORDS[lang]
        code = code or said
        title = words.get(f"{said}_title", words["refused_title"])
        headers = {CODE: code, **({"Retry-After": "60"} if status in (429, 503) else {})}
        return self._pages.page(
            "message.html",
            lang,
            status=status,
            headers=headers,
            title=title,
            text=words[said],
            code=code,
            words=words,
            back=back,
        )


def _spoken(error: Exception, code: str) -> tuple[str, int]:
    """What the customer is told, and the status that goes with it."""
    words: Mapping[str, str] = WORDS["en"]
    match error:
        case RateLimited():
            return "rate_limited", 429
        case LinkRefused() if code in ("link_expired", "link_used"):
            return code, 410
        case LinkRefused() if code == "link_invalid":
            return code, 403
        case LinkRefused():
            told = code if f"{code}_title" in words else CLOSED.get(code, "refused")
            return told, 409
        case NotFound():
            return (code if f"{code}_title" in words else "refused"), 404
        case PermissionDenied() | WrongUsage():
            return "refused", 403
        case StripeRefused():
            return "refused", 502
        case BillingError():
            return "away", 503
    return "away", 500


def _asked(request: Request) -> Asked:
    query = request.query_params
    said = query.get("lang")
    return Asked(
        table=request.path_params.get("table"),
        language=said if said in LANGUAGES else language(_accepted(request), LANGUAGES),
        term=_short(query.get("interval")),
        currency=_short(query.get("currency")),
        said_language=said in LANGUAGES,
        token=query.get(PARAMETER) or None,
    )


def _accepted(request: Request) -> str | None:
    return request.headers.get("accept-language")


def _short(text: str | None) -> str | None:
    return text if text and len(text) <= _LONGEST else None


def _from_elsewhere(request: Request) -> bool:
    """Whether another site's page sent the form. Programs without a browser say nothing of it."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host")
