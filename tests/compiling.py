"""One cache of compiled SQL for every engine of the process, as an installation that runs has one.

Tests make thousands of engines, and compiling their statements anew for each took longer than
running them. Imported by `tests/conftest.py`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine
from sqlalchemy.util import LRUCache


class _Shared(LRUCache[Any, Any]):
    """Engines of one database compile alike: the kind of dialect stands in for the dialect."""

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(_alike(key), default)

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(_alike(key), value)


def _alike(key: Any) -> Any:
    dialect, *rest = key
    return type(dialect), *rest


_CACHE = _Shared(2_000)
_made = Engine.__init__


def _make(engine: Engine, *given: Any, **named: Any) -> None:
    _made(engine, *given, **named)
    engine._compiled_cache = _CACHE


Engine.__init__ = _make  # type: ignore[method-assign]
