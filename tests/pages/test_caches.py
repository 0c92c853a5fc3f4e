"""What all sessions share ends: a dashboard that runs for months holds what it held on its first
day."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.runtime.caching import cache_data_api, cache_resource_api

from dashboard import caches

ROOT = Path(__file__).parents[2]
ENDS = {"max_entries", "ttl"}
MOST = 40


def _cached_functions() -> Iterator[tuple[str, ast.FunctionDef, set[str | None]]]:
    for path in sorted((*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("pages/**/*.py"))):
        for each in ast.walk(ast.parse(path.read_text("utf-8"))):
            for by in each.decorator_list if isinstance(each, ast.FunctionDef) else ():
                if "st.cache_" in ast.unparse(by) and isinstance(each, ast.FunctionDef):
                    given = by.keywords if isinstance(by, ast.Call) else []
                    yield f"{path.stem}.{each.name}", each, {word.arg for word in given}


def test_every_cache_with_a_key_has_an_end_in_number_and_in_time() -> None:
    found = list(_cached_functions())
    assert {"caches._value", "caches._figure"} <= {name for name, _, _ in found}
    endless = [name for name, function, given in found if function.args.args and not given >= ENDS]
    assert endless == []


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(caches, "SWEPT_EVERY", MOST)
    _clear()  # of what tests before this one kept
    yield
    _clear()


def _clear() -> None:
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.mark.usefixtures("swept")
@pytest.mark.parametrize("kind", ["value", "figure"])
def test_what_is_kept_for_a_key_goes_with_it(kind: str) -> None:
    for watermark in range(5 * MOST):
        if kind == "value":
            caches.value("overview", watermark, lambda: "read")
        else:
            caches.figure("churn", (watermark, "en"), lambda: "built")
        assert _locks(kind) <= MOST + 1


def _locks(kind: str) -> int:
    """Of every key that the cache has met, kept or not."""
    of = {"value": cache_data_api._data_caches, "figure": cache_resource_api._resource_caches}
    return sum(
        len(cache._value_locks)
        for by_session in of[kind]._function_caches.values()
        for cache in by_session.values()
        if cache.display_name.endswith(f"caches._{kind}")
    )
