"""Documents for paper on their way to the browser: each has an address that works once.

As for files (`exports`), the address dies with its first use or after a minute, answers only the
browser it was issued to, and looks again whether who asked still may. What is on the document was
decided when it was made, and the audit was told then.
"""

from __future__ import annotations

import hmac
import re
import secrets
import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard import exports, session, signin
from dashboard.session import Staff
from lib.billing import BillingError, Permission, Portside, Printed, SignInRefused, require

LASTS: Final = 60.0
"""Seconds that a document waits for its browser."""

_MOST: Final = 200
_waiting: dict[str, Waiting] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Waiting:
    printed: Printed
    needed: Collection[Permission]
    staff: Staff
    desk: Portside
    browser: str
    dies: float


def issue(printed: Printed, *needed: Permission) -> str:
    """The address at which ``printed`` can be opened once, by who still has all of ``needed``.

    Raises PermissionDenied, and SignInRefused when the sign-in has ended.
    """
    for permission in needed:
        staff = session.check(permission)
    waiting = Waiting(
        printed=printed,
        needed=needed,
        staff=staff,
        desk=session.billing(),
        browser=exports.browser_of(st.context.cookies, st.context.headers),
        dies=time.monotonic() + LASTS,
    )
    key = secrets.token_urlsafe(32)
    with _lock:
        for old in [k for k, w in _waiting.items() if w.dies < time.monotonic()]:
            del _waiting[old]
        while len(_waiting) >= _MOST:
            del _waiting[next(iter(_waiting))]
        _waiting[key] = waiting
    return f"/print/{key}"


async def fetch(request: Request) -> Response:
    """The document; in words why not."""
    if request.method != "GET":  # a look at the head must not use the address up
        return PlainTextResponse("Only GET.\n", 405)
    with _lock:
        waiting = _waiting.pop(request.path_params["key"], None)
    if waiting is None or waiting.dies < time.monotonic():
        return PlainTextResponse(
            "This document has been opened, or is too old. Print again.\n", 410
        )
    if not hmac.compare_digest(
        waiting.browser, exports.browser_of(request.cookies, request.headers)
    ):
        return PlainTextResponse("This address was made for another browser.\n", 403)
    try:
        await run_in_threadpool(_still_may, waiting)
    except BillingError as error:
        return PlainTextResponse(f"{error}\n", 401 if isinstance(error, SignInRefused) else 403)
    name = re.sub(r"[^\w.-]", "_", waiting.printed.name, flags=re.ASCII)
    return HTMLResponse(
        waiting.printed.html,
        headers={
            "content-disposition": f'inline; filename="{name}"',
            "cache-control": "no-store",
        },
    )


ROUTE: Final = Route("/print/{key}", fetch, methods=["GET"])


def _still_may(waiting: Waiting) -> None:
    """Raises SignInRefused or PermissionDenied: a minute is time enough to lose a role."""
    found = waiting.staff.sign_in
    signin.still(found)
    roles = waiting.staff.roles
    if found is not None and found.roles is None:
        roles = waiting.desk.roles_of(found.email, found.groups)
    for needed in waiting.needed:
        require(roles, needed)
