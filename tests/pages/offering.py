"""What the link panel offers in an AppTest, and a press on it as the browser sends it."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.ui import flows

from .drawn import elements
from .pressing import tell


def offered(app: AppTest) -> list[dict[str, Any]]:
    """The buttons that can be pressed, in their order."""
    return [flow for told in _told(app) if told["title"] is None for flow in told["flows"]]


def refused(app: AppTest) -> dict[str, str]:
    """What cannot be handed over → why not."""
    lists = [told["flows"] for told in _told(app) if told["title"] is not None]
    return {flow["words"]: flow["why_not"] for one in lists for flow in one}


def pick(app: AppTest, start: str) -> AppTest:
    """The page after the button that begins with ``start`` was pressed."""
    slot = next(flow["slot"] for flow in offered(app) if flow["words"].startswith(start))
    return tell(app, elements(app, flows.NAME)[0], "pick", slot)


def _told(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(proto.json) for proto in elements(app, flows.NAME)]
