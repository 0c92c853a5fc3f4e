"""A press on an element of our own in an AppTest, as the browser sends it."""

from __future__ import annotations

import json
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest


def tell(app: AppTest, element: Any, event: str, value: Any) -> AppTest:
    """The page after ``element``, one of those that `drawn.elements` gives, told ``value``."""
    sent = WidgetState(
        id=f"$$STREAMLIT_INTERNAL_KEY_{element.id}__events",
        json_trigger_value=json.dumps([{"event": event, "value": value}]),
    )
    state = app._tree.get_widget_states()
    state.widgets.append(sent)
    return app._run(state)
