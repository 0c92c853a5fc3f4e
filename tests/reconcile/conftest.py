"""The little company, over both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.reconcile.scene import Scene, scene


@pytest.fixture
def company(store) -> Iterator[Scene]:
    with scene(store) as made:
        yield made


@pytest.fixture
def small(sqlite_store) -> Iterator[Scene]:
    """The same over SQLite alone, for what has nothing to do with the database."""
    with scene(sqlite_store) as made:
        yield made
