"""Files of any length, sent to the browser while they are written.

The audit is told before the last bytes leave.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from dashboard import tickets
from dashboard.pipe import Gone, Pipe
from dashboard.tickets import Ticket
from lib.billing import REPORTS, BillingError, Form, Narrowing, Permission

AT_ONCE: Final = 2
"""Files that are written at a time: the others wait, and nobody's page waits for them."""

_turns = threading.BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Wanted:
    """One file."""

    name: str
    narrowing: Narrowing
    form: Form

    @property
    def file_name(self) -> str:
        return f"{self.name}.{self.form}"


def issue(name: str, narrowing: Narrowing, form: Form) -> str:
    """The address at which the file can be fetched once.

    Raises PermissionDenied, and SignInRefused when the sign-in has ended.
    """
    wanted = Wanted(name, narrowing, form)
    return f"/export/{tickets.issue(wanted, Permission.EXPORT, REPORTS[name].permission)}"


async def fetch(request: Request) -> Response:
    """The file of a ticket; in words why not."""
    ticket = await tickets.admitted(request)
    if isinstance(ticket, Response):
        return ticket
    wanted = ticket.what
    if not isinstance(wanted, Wanted):
        return tickets.of_another_kind(ticket)
    pipe = Pipe()
    threading.Thread(target=_write, args=(ticket, pipe), name="export", daemon=True).start()
    try:
        first = await run_in_threadpool(pipe.take)
    except Exception:
        ticket.came_to(503)
        return PlainTextResponse("The file could not be made. Nothing was kept; try again.\n", 503)
    ticket.came_to(200)
    return StreamingResponse(
        _sent(pipe, first),
        media_type=wanted.form.mime,
        headers={
            "content-disposition": f'attachment; filename="{wanted.file_name}"',
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


def _write(ticket: Ticket, pipe: Pipe) -> None:
    wanted: Wanted = ticket.what
    try:
        with _turns:
            written = ticket.desk.export_file(wanted.name, wanted.narrowing, wanted.form, pipe)
        _keep(ticket, f"{written.rows} rows")
        pipe.finish()
    except Gone:
        _broken(ticket, f"broken off by the browser after {pipe.sent:,} bytes")
    except Exception as error:
        logging.getLogger("portside").warning("The export %s failed: %s", wanted.file_name, error)
        if pipe.sent:
            _broken(ticket, f"broken off by an error after {pipe.sent:,} bytes")
        pipe.fail(error)


def _keep(ticket: Ticket, told: str, code: str | None = None) -> None:
    detail = f"{ticket.what.file_name}, {told}"
    ticket.desk.record_audit(ticket.staff.email, "export", detail=detail, code=code)


def _broken(ticket: Ticket, told: str) -> None:
    """Part of a file may have been read: that is kept too."""
    try:
        _keep(ticket, told, "broken_off")
    except BillingError as error:
        logging.getLogger("portside").warning("The audit did not hear of an export: %s", error)
