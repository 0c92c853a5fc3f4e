"""What every page of the sandbox stands on: a visit, its answer, and who may post.

Pages are sync functions from a ``Visit`` to a ``Response``. All text enters templates through
Jinja's escaping; there is no script on any page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from lib.sandbox.billing import lifecycle
from lib.sandbox.core import Sandbox
from lib.sandbox.errors import SandboxError
from lib.sandbox.hosted import wording
from lib.sandbox.hosted.cards import TEST_CARDS

MAX_FORM_BYTES = 100_000
HERE = Path(__file__).parent
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    # no-referrer would turn the Origin of our own forms into "null".
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "testserver"})

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters.update(moment=wording.moment)
_templates.globals.update(test_cards=TEST_CARDS)


@dataclass
class Visit:
    """One request to a page: the sandbox, the form (last value by name) and the query."""

    sandbox: Sandbox
    method: str
    path: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    declined: str | None = None
    """What was wrong with the card that the form brought, when the page is shown again."""

    def page(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """``template`` filled with ``context``; every page can show a notice or an error."""
        shared = {
            "now": self.sandbox.now(),
            "business_name": self.sandbox.settings.account_name,
            "notice": None,
            "error": self.declined,
        }
        text = _templates.get_template(template).render({**shared, **context})
        return HTMLResponse(text, status_code=402 if self.declined else status, headers=HEADERS)

    def message(self, title: str, message: str, *, status: int = 200, **context: Any) -> Response:
        """A page with one sentence, and perhaps one way on."""
        given = {"link": None, "email_form": None, **context}
        return self.page("message.html", status=status, title=title, message=message, **given)

    def redirect(self, url: str) -> Response:
        return RedirectResponse(url, status_code=303, headers=HEADERS)


Page = Callable[[Visit], Response]


def route(
    method: str,
    path: str,
    page: Page,
    *,
    declined: Page | None = None,
    in_transaction: bool = True,
) -> Route:
    """``page`` at ``path``; form posts of other sites and unknown hosts are refused.

    A page runs in one transaction at one fixed second, unless it does its own.

    When ``page`` ends in a card error everything it did is undone, and ``declined`` shows the
    form again with Stripe's message; it runs under the lock, but in no transaction.
    """

    def answer(visit: Visit) -> Response:
        return _answer(page, declined, visit, in_transaction)

    async def endpoint(request: Request) -> Response:
        sandbox: Sandbox = request.app.state.sandbox
        refused = await _refusal(sandbox, request)
        if refused is not None:
            return refused
        body = await request.body() if request.method == "POST" else b""
        visit = Visit(
            sandbox,
            request.method,
            dict(request.path_params),
            dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)),
            dict(request.query_params),
        )
        return await run_in_threadpool(answer, visit)

    return Route(path, endpoint, methods=[method])


def _answer(
    page: Page, declined: Page | None, visit: Visit, in_transaction: bool = True
) -> Response:
    """Due work first, then the page at one fixed second, all or nothing."""
    sandbox = visit.sandbox
    lifecycle.catch_up(sandbox)
    try:
        if not in_transaction:
            return page(visit)
        with sandbox.transaction(), sandbox.clock.pinned(sandbox.now()):
            return page(visit)
    except SandboxError as error:
        if error.type == "card_error" and declined is not None:
            visit.declined = error.message
            with sandbox.lock:
                return _answer(declined, None, visit, in_transaction=False)
        return visit.message("This did not work", error.message, status=error.status)


async def _refusal(sandbox: Sandbox, request: Request) -> Response | None:
    """A 4xx answer for a request that must not be acted on, else None."""
    if not host_allowed(sandbox, request):
        return Response("This host name is not served here.", status_code=421, headers=HEADERS)
    if request.method == "POST" and not same_origin(request):
        return Response(
            "This form was sent by another site. Open the page here and send it again.",
            status_code=403,
            headers=HEADERS,
        )
    if int(request.headers.get("content-length") or 0) > MAX_FORM_BYTES:
        return Response("The form is too large.", status_code=413, headers=HEADERS)
    return None


def host_allowed(sandbox: Sandbox, request: Request) -> bool:
    """Only loopback names and the sandbox's own address: no rebound names of other sites."""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    own = urlsplit(sandbox.settings.public_url).hostname
    return host in LOOPBACK or host == own


def same_origin(request: Request) -> bool:
    """False when the browser says that another site sent the form."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    return urlsplit(origin).netloc == request.headers.get("host", "")


async def stylesheet(request: Request) -> Response:
    return Response(
        (HERE / "sandbox.css").read_text(encoding="utf-8"),
        media_type="text/css",
        headers={"Cache-Control": "max-age=300", "X-Content-Type-Options": "nosniff"},
    )


async def no_icon(request: Request) -> Response:
    """Browsers ask by themselves; without an answer their console shows an error."""
    return Response(status_code=204, headers={"Cache-Control": "max-age=86400"})
