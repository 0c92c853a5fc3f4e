"""What bandit finds is excused where ruff's same rule is, with a reason, or it is told."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).parents[1] / "scripts" / "weak_spots.py"
SPEC = importlib.util.spec_from_file_location("weak_spots", PATH)
assert SPEC is not None
assert SPEC.loader is not None
weak_spots = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(weak_spots)

CODE = """import subprocess

def asks(connection, name):
    rows = fetch(
        connection,
        f"SELECT {name} "  # noqa: S608 - names are ours
        "FROM inbox",
    )
    return rows

def plain(name):
    return f"SELECT {name} FROM inbox"
"""
FOUND = {
    "an excused statement": ("B608", 6, {}, False),
    "another line of it": ("B608", 7, {}, False),
    "another rule on it": ("B105", 6, {}, True),
    "a statement beside it": ("B608", 12, {}, True),
    "an import": ("B404", 1, {}, True),
    "a rule that its folder leaves out": ("B404", 1, {"*.py": {"S404"}}, False),
    "a rule that another folder leaves out": ("B404", 1, {"tests/**": {"S404"}}, True),
}


@pytest.mark.parametrize(("rule", "line", "left_out", "told"), FOUND.values(), ids=FOUND.keys())
def test_what_is_told(tmp_path, rule, line, left_out, told):
    path = tmp_path / "code.py"
    path.write_text(CODE)
    finding = {"filename": str(path), "test_id": rule, "line_number": line, "issue_text": "x"}
    assert bool(list(weak_spots.weak([finding], left_out))) is told


def test_the_folders_that_run_are_judged():
    assert set(weak_spots.JUDGED) == {"lib", "dashboard", "pages"}
    assert weak_spots._left_out()["*"] >= {"S101"}
