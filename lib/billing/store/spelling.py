"""Canonical JSON, spelled by the fast library where it agrees with the slow one."""

from __future__ import annotations

from typing import Any

import orjson

from ..domain.observations import canonical


def spell(value: Any) -> str:
    """The text that `domain.observations.canonical` gives, in a tenth of its time."""
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:  # an integer beyond 64 bits, which JSON allows
        return canonical(value)


def read(text: str | None) -> Any:
    """The value of a canonical text; None stays None."""
    if text is None:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        import json

        return json.loads(text)
