"""All hosted pages: portal, login, invoices and checkout."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from lib.sandbox.hosted import portal_cancel, portal_home, portal_pause
from lib.sandbox.hosted.web import stylesheet

routes: list[BaseRoute] = [
    Route("/_sandbox/sandbox.css", stylesheet),
    *portal_home.routes,
    *portal_cancel.routes,
    *portal_pause.routes,
]
