"""A selection is a position: it must not slide to another row when the rows change.

A table that keeps its key is drawn in place, which takes a browser half the time; one whose key is
new begins without a selection. So a key is kept for as long as nothing is selected.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

SOON: Final = 0.5
"""Seconds after a change of rows in which a choice may still have been meant for those before: the
browser tells it 0.15 seconds late, and draws what it is sent later than that."""


@dataclass(frozen=True)
class _Shown:
    """What a table last showed, by the clock of this process; ``number`` tells its keys apart."""

    rows: str
    number: int = 0
    changed: float = float("-inf")


def key(table: str, ids: Sequence[str], *, chosen: bool) -> str:
    """The key for ``table`` to be drawn with ``ids``; ``chosen``: with one selected."""
    held: dict[str, _Shown] = st.session_state.setdefault("tables_shown", {})
    rows = hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]
    shown = held.get(table) or _Shown(rows)
    selected = bool(_rows(table, shown))
    if shown.rows != rows:
        number = shown.number + (selected or chosen)
        shown = _Shown(rows, number, time.monotonic())
    elif selected and _just_now(shown):
        shown = replace(shown, number=shown.number + 1)
    held[table] = shown
    return _named(table, shown)


def meant(table: str) -> bool:
    """Whether what was selected just now can have been meant for the rows that are shown."""
    shown: _Shown | None = st.session_state.get("tables_shown", {}).get(table)
    return shown is None or not _just_now(shown)


def _just_now(shown: _Shown) -> bool:
    return time.monotonic() - shown.changed < SOON


def _named(table: str, shown: _Shown) -> str:
    return f"{table}_{shown.number}"


def _rows(table: str, shown: _Shown) -> list[int]:
    state: Any = st.session_state.get(_named(table, shown))
    return list(state["selection"]["rows"]) if state else []
