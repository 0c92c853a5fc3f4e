"""A shop in a frozen sandbox for the tests of the API and the billing engine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.sandbox.testing import running_sandbox
from tests.sandbox.shop import NOW, Shop, open_shop


@pytest.fixture
def frozen_shop() -> Iterator[Shop]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield open_shop(running)
