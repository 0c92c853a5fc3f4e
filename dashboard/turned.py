"""The address by which the menu says that it was used, and not the browser's way back.

What comes with a question is the path alone, so the path says it, for as long as the browser's own
event lasts (`dashboard/drawing/going.js`).
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

TURNED: Final = "/turned/"


def _page(request: Request) -> RedirectResponse:
    """A browser may remember it, and somebody may choose it from what it remembers."""
    slug = request.path_params["slug"]
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"/{slug}{query}")


ROUTE: Final = Route(f"{TURNED}{{slug:str}}", _page)


def by_menu(running: ScriptRunContext) -> bool:
    """Whether the menu led here just now; the address is the page's own from then on."""
    asked = running.context_info
    if asked is None or TURNED not in asked.url:
        return False
    asked.url = asked.url.replace(TURNED, "/", 1)  # who signs in now comes back to it
    return True
