"""What `make test` leaves to `make prove`, which begins with the whole suite.

A test or a case that is marked ``whole`` goes a long way to what others show in short ones, or is
one more combination of things that do not meet in the code.
"""

from __future__ import annotations

import os
from collections.abc import Sequence

import pytest

WHOLE = os.environ.get("PORTSIDE_TESTS") == "whole"
"""Everything is run."""


def examples(number: int) -> int:
    """How many Hypothesis looks for: a third in `make test`, which is run often and finds others
    each time."""
    return number if WHOLE else max(number // 3, 10)


def cut(items: Sequence[pytest.Item]) -> tuple[list[pytest.Item], list[pytest.Item]]:
    """What `make test` runs of ``items``, and what it leaves out."""
    left = [item for item in items if item.get_closest_marker("whole")]
    return [item for item in items if not item.get_closest_marker("whole")], left
