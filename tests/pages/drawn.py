"""The figures that an AppTest has drawn."""

from __future__ import annotations

import json
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.ui import picture


def figures(app: AppTest) -> list[dict[str, Any]]:
    """What each chart of the page shows, as Plotly describes it."""
    return [json.loads(spec) for spec in specs(app)]


def specs(app: AppTest) -> list[str]:
    """The same as it is sent."""
    drawn = [chart.proto for chart in app.get("bidi_component")]
    return [json.loads(it.json)["figure"] for it in drawn if it.component_name == picture.NAME]
