"""What `make test` leaves to `make prove`, which begins with the whole suite.

A test or a case that is marked ``whole`` goes a long way to what others show in short ones, or is
one more combination of things that do not meet in the code.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

import pytest

Way = TypeVar("Way")

WHOLE = os.environ.get("PORTSIDE_TESTS") == "whole"
"""Everything is run."""


def examples(number: int) -> int:
    """How many Hypothesis looks for: a third in `make test`, which is run often and finds others
    each time."""
    return number if WHOLE else max(number // 3, 10)


def by_turns(ways: Sequence[Way], turn: int, many: int = 2) -> list[Way]:
    """All of ``ways``; in `make test` so many, others for the next ``turn``, so that every way is
    gone by some of those that take turns."""
    if WHOLE:
        return list(ways)
    return [ways[(turn * many + n) % len(ways)] for n in range(min(many, len(ways)))]


def first(number: int, ways: Iterable[Way]) -> list[Any]:
    """All of ``ways`` to parametrize with; in `make test` the first ``number``: the others are
    more of the same kind, as further seeds are."""
    return [
        way if n < number else pytest.param(way, marks=pytest.mark.whole)
        for n, way in enumerate(ways)
    ]


def cut(items: Sequence[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """What `make test` runs of ``items``, and what it leaves out."""
    run: list[pytest.Item] = []
    left: list[pytest.Item] = []
    cases: dict[str, dict[tuple[Any, ...], int]] = {}
    for item in items:
        out = item.get_closest_marker("whole") or _on_the_other(item, cases)
        (left if out else run).append(item)
    return run, left


def _on_the_other(item: pytest.Item, cases: dict[str, dict[tuple[Any, ...], int]]) -> bool:
    """Whether this case of a table is left to the other database: every test runs on both, the
    cases of one that has several take turns."""
    given = getattr(item, "callspec", None)
    if given is None or "store" not in given.indices or len(given.indices) < 2:
        return False
    case = tuple(sorted((name, n) for name, n in given.indices.items() if name != "store"))
    known = cases.setdefault(item.nodeid.partition("[")[0], {})
    turn = known.setdefault(case, len(known))
    return bool((turn + given.indices["store"]) % 2)
