"""Canonical JSON, spelled by the fast library where it agrees with the slow one."""

from __future__ import annotations

import zlib
from typing import Any, Final

import orjson

from ..domain.observations import canonical

_LARGE: Final = 1_900
"""Bytes: beyond, PostgreSQL would begin to move a row's values out of it."""


def spell(value: Any) -> str:
    """The text that `domain.observations.canonical` gives, in a tenth of its time."""
    return spelled(value).decode()


def spelled(value: Any) -> bytes:
    """The same as bytes."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits, which JSON allows
        return canonical(value).encode()


def shrunk_if_large(text: bytes) -> bytes:
    """What is small is kept as it is: a text begins with a brace, and what is shrunk never does."""
    return text if len(text) < _LARGE else shrunk(text)


def grown(kept: bytes) -> bytes:
    """The text that :func:`shrunk` or :func:`shrunk_if_large` made something of."""
    return kept if kept[:1] == b"{" else zlib.decompress(kept)


def shrunk(text: bytes) -> bytes:
    """By zlib's fastest level: a payload shrinks to a third, more costs more than it saves.

    A window of 8 kB takes half the time of the usual one, which is mostly spent on clearing it.
    """
    made = zlib.compressobj(1, zlib.DEFLATED, 13, 7)
    return made.compress(text) + made.flush()


def read(text: str | bytes | None) -> Any:
    """The value of a canonical text; None stays None."""
    if text is None:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        import json

        return json.loads(text)
