"""What the link panel offers in an AppTest, and a press on it as the browser sends it."""

from __future__ import annotations

import json
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from dashboard.ui import flows


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
    sent = WidgetState(
        id=f"$$STREAMLIT_INTERNAL_KEY_{_elements(app)[0].id}__events",
        json_trigger_value=json.dumps([{"event": "pick", "value": slot}]),
    )
    state = app._tree.get_widget_states()
    state.widgets.append(sent)
    return app._run(state)


def _elements(app: AppTest) -> list[Any]:
    drawn = [each.proto for each in app.get("bidi_component")]
    return [proto for proto in drawn if proto.component_name == flows.NAME]


def _told(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(proto.json) for proto in _elements(app)]
