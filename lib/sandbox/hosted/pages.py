"""All hosted pages: portal, login, invoices and checkout."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from lib.sandbox.hosted import (
    checkout_page,
    invoice_page,
    login,
    portal_cancel,
    portal_customer,
    portal_home,
    portal_methods,
    portal_pause,
    portal_update,
)
from lib.sandbox.hosted.web import no_icon, stylesheet

_MODULES = (
    portal_home,
    portal_cancel,
    portal_pause,
    portal_update,
    portal_methods,
    portal_customer,
    login,
    invoice_page,
    checkout_page,
)

routes: list[BaseRoute] = [
    Route("/_sandbox/sandbox.css", stylesheet),
    Route("/favicon.ico", no_icon),
    *(page for module in _MODULES for page in module.routes),
]
