"""The small picture beneath a key number."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from xml.etree import ElementTree

import pytest

from dashboard import charts


def drawn(values: Sequence[float], shape: str = "area") -> ElementTree.Element:
    address = charts.spark(values, shape)  # type: ignore[arg-type]
    before, _, picture = address.partition(",")
    assert before == "data:image/svg+xml;base64"
    return ElementTree.fromstring(base64.b64decode(picture))


def line(values: Sequence[float]) -> list[tuple[float, float]]:
    points = drawn(values)[1].attrib["points"].split()
    return [(float(x), float(y)) for x, y in (point.split(",") for point in points)]


@pytest.mark.parametrize(
    ("values", "points"),
    [
        ([0, 10], [(0, 34), (200, 2)]),
        ([10, 0, 5], [(0, 2), (100, 34), (200, 18)]),
        ([-4, -8], [(0, 2), (200, 34)]),
        ([7, 7, 7], [(0, 18), (100, 18), (200, 18)]),
    ],
    ids=["rises", "falls and recovers", "is below zero", "never changes"],
)
def test_a_line_fills_its_height_from_the_least_to_the_most(
    values: list[float], points: list[tuple[float, float]]
) -> None:
    assert line(values) == points


def test_bars_stand_on_zero_and_hang_from_it() -> None:
    up, down, none = (bar.attrib for bar in drawn([10, -10, 0], "bar"))
    assert (float(up["y"]), float(up["height"])) == (2, 16)
    assert (float(down["y"]), float(down["height"])) == (18, 16)
    assert float(none["height"]) == 0.5
