"""The figures that an AppTest has drawn, whoever draws them: Plotly, or `dashboard.ui.picture`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.ui import picture


def figures(app: AppTest) -> list[dict[str, Any]]:
    """What each chart of the page shows, as Plotly describes it."""
    return [json.loads(spec) for spec in specs(app)]


def specs(app: AppTest) -> list[str]:
    """The same as it is sent."""
    return [*(chart.proto.spec for chart in app.get("plotly_chart")), *_ours(app)]


def _ours(app: AppTest) -> Iterator[str]:
    for chart in app.get("bidi_component"):
        if chart.proto.component_name == picture.NAME:
            yield json.loads(chart.proto.json)["figure"]
