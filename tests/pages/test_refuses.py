"""The dashboard does not start where others could reach it without a sign-in."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from dashboard import signin
from tests.cut import first
from tests.pages.conftest import ROOT


@pytest.mark.parametrize("demo", first(1, ["1", ""]), ids=["the demo's sign-in", "no sign-in"])
def test_an_open_door_ends_in_one_sentence(demo: str) -> None:
    command = [sys.executable, "-m", "streamlit", "run", "dashboard/asgi.py"]
    ended = subprocess.run(
        [*command, "--server.address", "0.0.0.0", "--server.port", "0"],
        cwd=ROOT,
        env={**os.environ, signin.DEMO_SWITCH: demo},
        capture_output=True,
        text=True,
        timeout=60,
    )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1
    assert "will not listen on 0.0.0.0 without a sign-in" in said
    assert "Traceback" not in said
