"""The small line or bars beneath a key number: how it went, without a scale.

Drawn here as SVG. `st.metric`'s own ones load a whole charting library, and four of them took the
browser longer than all the rest of Overview but its charts.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final, Literal

from .palette import NEW

WIDTH, HEIGHT, ROOM = 200.0, 36.0, 2.0
"""Of the drawing, which is stretched to its card. ``ROOM``: kept clear above and below."""

GAP: Final = 0.25
"""Of a bar's place."""


def spark(values: Sequence[float], shape: Literal["area", "bar"] = "area") -> str:
    """The address of a picture of two or more values, from the oldest to the newest. A line's least
    value is at the bottom; bars stand on zero."""
    drawn = _bars(values) if shape == "bar" else _area(values)
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}" '
        f'preserveAspectRatio="none" fill="{NEW}">{drawn}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}"


def _area(values: Sequence[float]) -> str:
    least, most = min(values), max(values)
    step = WIDTH / (len(values) - 1)
    line = " ".join(
        f"{n * step:.1f},{_height(value, least, most):.1f}" for n, value in enumerate(values)
    )
    return (
        f'<polygon points="0,{HEIGHT:g} {line} {WIDTH:g},{HEIGHT:g}" fill-opacity="0.15"/>'
        f'<polyline points="{line}" fill="none" stroke="{NEW}" stroke-width="2" '
        'vector-effect="non-scaling-stroke"/>'
    )


def _bars(values: Sequence[float]) -> str:
    least, most = min(0.0, *values), max(0.0, *values)
    place = WIDTH / len(values)
    ground = _height(0.0, least, most)
    parts = []
    for n, value in enumerate(values):
        top = _height(value, least, most)
        parts.append(
            f'<rect x="{(n + GAP / 2) * place:.1f}" y="{min(top, ground):.1f}" '
            f'width="{(1 - GAP) * place:.1f}" height="{max(abs(ground - top), 0.5):.1f}"/>'
        )
    return "".join(parts)


def _height(value: float, least: float, most: float) -> float:
    """Pixels from the top; what never changes runs along the middle."""
    share = (value - least) / (most - least) if most > least else 0.5
    return ROOM + (1 - share) * (HEIGHT - 2 * ROOM)
