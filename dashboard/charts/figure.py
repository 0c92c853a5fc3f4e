"""A chart described in the words of Plotly's schema, without Plotly.

Plotly checks every word each time, which takes ten times as long as to draw; here the tests let it
check every chart once.
"""

from __future__ import annotations

from typing import Any


class Figure:
    """Traces, and what they are laid out on. What is said as None is taken back."""

    def __init__(self) -> None:
        self.data: list[dict[str, Any]] = []
        self.layout: dict[str, Any] = {}

    def add_bar(self, **trace: Any) -> Figure:
        return self._add(type="bar", **trace)

    def add_scatter(self, **trace: Any) -> Figure:
        return self._add(type="scatter", **trace)

    def _add(self, **trace: Any) -> Figure:
        self.data.append({})
        _merge(self.data[-1], trace)
        return self

    def update_layout(self, **layout: Any) -> Figure:
        _merge(self.layout, layout)
        return self

    def update_xaxes(self, **axis: Any) -> Figure:
        return self.update_layout(xaxis=axis)

    def update_yaxes(self, **axis: Any) -> Figure:
        return self.update_layout(yaxis=axis)

    def described(self) -> dict[str, Any]:
        """The same as Plotly's JSON has it."""
        return {"data": self.data, "layout": self.layout}


def _merge(held: dict[str, Any], more: dict[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, dict):
            _merge(held.setdefault(name, {}), value)
        elif value is None:
            held.pop(name, None)
        else:
            held[name] = value
