"""Files of any length, sent to the browser while they are written.

A page issues a ticket for one file to the person who asks; the browser fetches it at once. The
address dies with its first use, or after a minute, and answers only the browser it was issued to.
Who asks is looked at again when the file is fetched, and the audit is told before the last bytes
leave.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Final

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard import proven, session, signin
from dashboard.pipe import Gone, Pipe
from dashboard.session import Staff
from lib.billing import (
    REPORTS,
    BillingError,
    Form,
    Narrowing,
    Permission,
    Portside,
    SignInRefused,
    require,
)

LASTS: Final = 60.0
"""Seconds that a ticket may wait for its browser."""

AT_ONCE: Final = 2
"""Files that are written at a time: the others wait, and nobody's page waits for them."""

_MOST: Final = 1_000
_turns = threading.BoundedSemaphore(AT_ONCE)
_tickets: dict[str, Ticket] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Ticket:
    name: str
    narrowing: Narrowing
    form: Form
    staff: Staff
    desk: Portside
    browser: str
    dies: float

    @property
    def file_name(self) -> str:
        return f"{self.name}.{self.form}"


def issue(name: str, narrowing: Narrowing, form: Form) -> str:
    """The address at which the file can be fetched once.

    Raises PermissionDenied, and SignInRefused when the sign-in has ended.
    """
    staff = session.check(Permission.EXPORT)
    session.check(REPORTS[name].permission)
    ticket = Ticket(
        name=name,
        narrowing=narrowing,
        form=form,
        staff=staff,
        desk=session.billing(),
        browser=browser_of(st.context.cookies, st.context.headers),
        dies=time.monotonic() + LASTS,
    )
    key = secrets.token_urlsafe(32)
    with _lock:
        for old in [k for k, t in _tickets.items() if t.dies < time.monotonic()]:
            del _tickets[old]
        while len(_tickets) >= _MOST:
            del _tickets[next(iter(_tickets))]
        _tickets[key] = ticket
    return f"/export/{key}"


async def fetch(request: Request) -> Response:
    """The file of a ticket; in words why not."""
    if request.method != "GET":  # a look at the head must not use the ticket up
        return PlainTextResponse("Only GET.\n", 405)
    with _lock:
        ticket = _tickets.pop(request.path_params["key"], None)
    if ticket is None or ticket.dies < time.monotonic():
        return PlainTextResponse("This address has been used, or is too old. Ask again.\n", 410)
    if not hmac.compare_digest(ticket.browser, browser_of(request.cookies, request.headers)):
        return PlainTextResponse("This address was made for another browser.\n", 403)
    try:
        await run_in_threadpool(_still_may, ticket)
    except BillingError as error:
        return PlainTextResponse(f"{error}\n", 401 if isinstance(error, SignInRefused) else 403)
    pipe = Pipe()
    threading.Thread(target=_write, args=(ticket, pipe), name="export", daemon=True).start()
    try:
        first = await run_in_threadpool(pipe.take)
    except Exception:
        return PlainTextResponse("The file could not be made. Nothing was kept; try again.\n", 503)
    return StreamingResponse(
        _sent(pipe, first),
        media_type=ticket.form.mime,
        headers={
            "content-disposition": f'attachment; filename="{ticket.file_name}"',
            "cache-control": "no-store",
            "x-accel-buffering": "no",
        },
    )


ROUTE: Final = Route("/export/{key}", fetch, methods=["GET"])


async def _sent(pipe: Pipe, first: bytes | None) -> AsyncIterator[bytes]:
    chunk = first
    try:
        while chunk is not None:
            yield chunk
            chunk = await run_in_threadpool(pipe.take)
    finally:
        pipe.abandon()


def _still_may(ticket: Ticket) -> None:
    """Raises SignInRefused or PermissionDenied: a minute is time enough to lose a role."""
    found = ticket.staff.sign_in
    signin.still(found)
    roles = ticket.staff.roles
    if found is not None and found.roles is None:
        roles = ticket.desk.roles_of(found.email, found.groups)
    for needed in (Permission.EXPORT, REPORTS[ticket.name].permission):
        require(roles, needed)


def _write(ticket: Ticket, pipe: Pipe) -> None:
    try:
        with _turns:
            written = ticket.desk.export_file(ticket.name, ticket.narrowing, ticket.form, pipe)
        _keep(ticket, f"{written.rows} rows")
        pipe.finish()
    except Gone:
        _broken(ticket, f"broken off by the browser after {pipe.sent:,} bytes")
    except Exception as error:
        logging.getLogger("portside").warning("The export %s failed: %s", ticket.file_name, error)
        if pipe.sent:
            _broken(ticket, f"broken off by an error after {pipe.sent:,} bytes")
        pipe.fail(error)


def _keep(ticket: Ticket, told: str, code: str | None = None) -> None:
    detail = f"{ticket.file_name}, {told}"
    ticket.desk.record_audit(ticket.staff.email, "export", detail=detail, code=code)


def _broken(ticket: Ticket, told: str) -> None:
    """Part of a file may have been read: that is kept too."""
    try:
        _keep(ticket, told, "broken_off")
    except BillingError as error:
        logging.getLogger("portside").warning("The audit did not hear of an export: %s", error)


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
