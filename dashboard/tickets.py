"""Addresses that work once, within a minute, and for one browser.

A page issues one to the person who asks; the browser fetches beside the page, which stays as it is.
Who asks is looked at again when it fetches. What came of it can be asked, so that the page can say
why nothing came.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from dashboard import proven, session, signin
from dashboard.session import Staff
from lib.billing import BillingError, Permission, Portside, Role, SignInRefused, require

LASTS: Final = 60.0
"""Seconds that an address may wait for its browser."""

GONE: Final = 410
_MOST: Final = 1_000
_tickets: dict[str, Ticket] = {}
_outcomes: dict[str, int] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Ticket:
    """``what`` was asked for by ``staff``, who must still have ``needed`` when it is fetched."""

    key: str
    what: Any
    needed: tuple[Permission, ...]
    staff: Staff
    desk: Portside
    browser: str
    dies: float

    def roles(self) -> frozenset[Role]:
        """Those of this very moment: a minute is time enough to lose one.

        Raises SignInRefused and PermissionDenied.
        """
        found = self.staff.sign_in
        signin.still(found)
        roles = frozenset(self.staff.roles)
        if found is not None and found.roles is None:
            roles = frozenset(self.desk.roles_of(found.email, found.groups))
        for needed in self.needed:
            require(roles, needed)
        return roles

    def came_to(self, status: int) -> None:
        """Remember what the page is to say about it."""
        _remember(self.key, status)


def issue(what: Any, *needed: Permission) -> str:
    """The key of a new address for ``what``.

    Raises PermissionDenied, and SignInRefused when the sign-in has ended.
    """
    for permission in needed:
        staff = session.check(permission)
    key = secrets.token_urlsafe(32)
    ticket = Ticket(
        key=key,
        what=what,
        needed=needed,
        staff=staff,
        desk=session.billing(),
        browser=browser_of(st.context.cookies, st.context.headers),
        dies=time.monotonic() + LASTS,
    )
    with _lock:
        for old in [k for k, t in _tickets.items() if t.dies < time.monotonic()]:
            del _tickets[old]
        while len(_tickets) >= _MOST:
            del _tickets[next(iter(_tickets))]
        _tickets[key] = ticket
    return key


async def admitted(request: Request) -> Ticket | Response:
    """The ticket that the address names, used up; or in words why it opens nothing."""
    if request.method != "GET":  # a look at the head must not use the ticket up
        return PlainTextResponse("Only GET.\n", 405)
    key = request.path_params["key"]
    with _lock:
        ticket = _tickets.pop(key, None)
    if ticket is None or ticket.dies < time.monotonic():
        return PlainTextResponse("This address has been used, or is too old. Ask again.\n", GONE)
    if not hmac.compare_digest(ticket.browser, browser_of(request.cookies, request.headers)):
        return _refused(ticket, "This address was made for another browser.", 403)
    try:
        await run_in_threadpool(ticket.roles)
    except BillingError as error:
        return _refused(ticket, str(error), 401 if isinstance(error, SignInRefused) else 403)
    return ticket


def of_another_kind(ticket: Ticket) -> Response:
    """The answer to an address whose key was made for another one."""
    return _refused(ticket, "This address was made for something else. Ask again.", GONE)


def _refused(ticket: Ticket, sentence: str, status: int) -> Response:
    ticket.came_to(status)
    return PlainTextResponse(f"{sentence}\n", status)


async def outcome(request: Request) -> Response:
    """The status that the address was answered with; 0 while it waits."""
    key = request.path_params["key"]
    with _lock:
        ticket, found = _tickets.get(key), _outcomes.get(key)
    waiting = ticket is not None and ticket.dies >= time.monotonic()
    told = found if found is not None else (0 if waiting else GONE)
    return PlainTextResponse(str(told), headers={"cache-control": "no-store"})


ROUTE: Final = Route("/outcome/{key}", outcome, methods=["GET"])


def _remember(key: str, status: int) -> None:
    with _lock:
        while len(_outcomes) >= _MOST:
            del _outcomes[next(iter(_outcomes))]
        _outcomes[key] = status


def browser_of(cookies: Mapping[str, str], headers: Mapping[str, str]) -> str:
    """What one browser's requests have in common: its sign-in, as the identity provider's cookie
    or the trusted proxy tells it. The demo answers on its own machine alone."""
    match signin.method():
        case signin.Method.PROVIDER:
            told = [
                f"{k}={v}" for k, v in sorted(cookies.items()) if k.startswith("_streamlit_user")
            ]
        case signin.Method.PROXY:
            found = proven.read(headers)
            told = [found.email, found.key] if found else []
        case _:
            told = []
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
