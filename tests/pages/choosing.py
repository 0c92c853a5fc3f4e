"""Choices of our own in an AppTest: what they show, and a press on them as the browser sends it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from dashboard import kept
from dashboard.ui import choices


@dataclass(frozen=True)
class Choice:
    """``chosen`` and ``options`` in the words that people read."""

    label: str
    options: list[str]
    chosen: list[str]
    heard: int


def choice(app: AppTest, key: str) -> Choice:
    """The choice that holds ``key``."""
    told = json.loads(_element(app, key).json)
    return Choice(told["label"], told["options"], told["chosen"], told["heard"])


def press(app: AppTest, key: str, *words: str) -> AppTest:
    """The page after ``words`` were chosen there, as all that is; none of them takes all back."""
    proto = _element(app, key)
    count = choice(app, key).heard + 1
    value = {"choice": {"words": list(words), "count": count}}
    sent = WidgetState(id=proto.id, json_value=json.dumps(value))
    state = app._tree.get_widget_states()
    state.widgets.append(sent)
    return app._run(state)


def _element(app: AppTest, key: str) -> Any:
    for each in app.get("bidi_component"):
        if each.proto.component_name in choices.SCRIPTS and each.proto.id.rsplit("-", 1)[
            -1
        ] == kept.place(key):
            return each.proto
    raise KeyError(f"no choice {key!r} on the page")
