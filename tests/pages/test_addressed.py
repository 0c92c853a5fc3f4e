"""A link's whole address counts on the page that it leads to, and nothing chosen before it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from dashboard import addressed

ROOT = Path(__file__).resolve().parents[2]
FILTERS = {"switch": 1, "several": 1, "maybe": 1, "pick": 1}
"""What of `dashboard.ui.filters` keeps a choice → the position of its name."""


def names() -> Iterator[str]:
    """Of every choice that the address keeps, where it is written out."""
    for path in [*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("pages/*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            called = getattr(call.func, "attr", getattr(call.func, "id", ""))
            given = {each.arg: each.value for each in call.keywords}
            said: ast.expr | None = None
            if "bind" in given or called in {"currency", "pager"}:
                said = given.get("key")
            elif (at := FILTERS.get(called)) is not None and len(call.args) > at:
                said = call.args[at]
            if isinstance(said, ast.Constant) and isinstance(said.value, str):
                yield said.value


def test_every_choice_that_an_address_keeps_is_let_go_by_a_link() -> None:
    found = set(names())
    assert {"view", "tab", "board", "q", "plans", "sort"} <= found
    assert found <= addressed.HELD
