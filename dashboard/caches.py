"""The two caches that every session shares, each with an end: what is asked grows with every write.

Their keys hold the watermark and the minute, so old entries are never asked again; they would stay
for as long as the process lives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any, Final

import streamlit as st

KEPT_FOR: Final = 360
"""Seconds: a minute more than the longest that anything is shown for."""

SWEPT_EVERY: Final = 5_000
"""New entries between two clearings. Streamlit keeps a lock for every key that ever was, whatever
becomes of its entry."""

_made: Final = defaultdict[str, Iterator[int]](lambda: count(1))


def value(name: str, key: Any, read: Callable[[], Any]) -> Any:
    """What ``read`` gives, kept under whatever ``key`` holds: all that it depends on."""
    return _value(repr((name, key)), read)


def figure(name: str, key: Any, build: Callable[[], Any]) -> Any:
    """What ``build`` gives, unlike `value` the same object each time."""
    return _figure(repr((name, key)), build)


# Keys are words: Streamlit takes a millisecond to hash the filters that they tell. A leading
# underscore keeps an argument out of the key.
@st.cache_data(max_entries=500, max_size="16MiB", ttl=KEPT_FOR, show_spinner=False)
def _value(key: str, _read: Callable[[], Any]) -> Any:
    _sweep(_value)
    return _read()


@st.cache_resource(max_entries=100, ttl=KEPT_FOR, show_spinner=False)
def _figure(key: str, _build: Callable[[], Any]) -> Any:
    _sweep(_figure)
    return _build()


def _sweep(cached: Any) -> None:
    if not next(_made[cached.__name__]) % SWEPT_EVERY:
        cached.clear()
