"""Documents for paper on their way to the browser: each has an address that works once.

What is on a document was decided when it was made, and the audit was told then.
"""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from dashboard import tickets
from lib.billing import Permission, Printed


def issue(printed: Printed, *needed: Permission) -> str:
    """The address at which ``printed`` can be opened once, by who still has all of ``needed``.

    Raises PermissionDenied, and SignInRefused when the sign-in has ended.
    """
    return f"/print/{tickets.issue(printed, *needed)}"


async def fetch(request: Request) -> Response:
    """The document; in words why not."""
    ticket = await tickets.admitted(request)
    if isinstance(ticket, Response):
        return ticket
    printed = ticket.what
    if not isinstance(printed, Printed):
        return tickets.of_another_kind(ticket)
    ticket.came_to(200)
    name = re.sub(r"[^\w.-]", "_", printed.name, flags=re.ASCII)
    return HTMLResponse(
        printed.html,
        headers={
            "content-disposition": f'inline; filename="{name}"',
            "cache-control": "no-store",
        },
    )


ROUTE: Final = Route("/print/{key}", fetch, methods=["GET"])
