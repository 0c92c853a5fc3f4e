"""What the other tests take for granted about how they are run."""

from __future__ import annotations

import os

import pytest


@pytest.mark.xdist_group("together")
def test_a_group_stays_on_one_worker(request: pytest.FixtureRequest) -> None:
    """A group that is forgotten fails nothing: it starts every browser and server twice."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("only one process runs the tests")
    assert request.node.nodeid.endswith("@together")


def test_the_rest_of_a_file_stays_on_one_worker(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("only one process runs the tests")
    assert request.node.nodeid.endswith("@tests/test_running.py")
