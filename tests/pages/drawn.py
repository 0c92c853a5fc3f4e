"""What an AppTest has drawn by components of our own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from streamlit.testing.v1 import AppTest

from dashboard.ui import copying, kpis, picture


@dataclass(frozen=True)
class Number:
    """A key number in its card. ``beside``: what its difference is from."""

    label: str
    value: str
    definition: str
    delta: str | None
    arrow: str
    tone: str
    beside: str | None
    spark: str | None


def numbers(app: AppTest) -> list[Number]:
    """The key numbers of the page, in their order."""
    return [Number(**card) for told in _of(app, kpis.NAME) for card in told["cards"]]


def figures(app: AppTest) -> list[dict[str, Any]]:
    """What each chart of the page shows, as Plotly describes it."""
    return [json.loads(spec) for spec in specs(app)]


def specs(app: AppTest) -> list[str]:
    """The same as it is sent."""
    return [told["figure"] for told in _of(app, picture.NAME)]


def to_copy(app: AppTest) -> list[str]:
    """The texts that have a button to copy them."""
    return [told["text"] for told in _of(app, copying.NAME)]


def _of(app: AppTest, component: str) -> list[dict[str, Any]]:
    drawn = [element.proto for element in app.get("bidi_component")]
    return [json.loads(it.json) for it in drawn if it.component_name == component]
