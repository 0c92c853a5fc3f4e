"""Canonical JSON, spelled by the fast library where it agrees with the slow one."""

from __future__ import annotations

import zlib
from typing import Any

import orjson

from ..domain.observations import canonical


def spell(value: Any) -> str:
    """The text that `domain.observations.canonical` gives, in a tenth of its time."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # an integer beyond 64 bits, which JSON allows
        return canonical(value)


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
