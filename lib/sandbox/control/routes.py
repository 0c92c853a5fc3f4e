"""All routes of the control surface."""

from __future__ import annotations

from starlette.routing import BaseRoute

from lib.sandbox.control import api, start_page

routes: list[BaseRoute] = [*api.routes, *start_page.routes]
