"""A digest as JSON, in the words of the reports: times ISO 8601 UTC, amounts in minor units."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from ..domain.times import iso
from .values import Digest

_TIMES = frozenset({"starts", "ends", "judged_at"})


def to_json(digest: Digest) -> str:
    return json.dumps(_outward(asdict(digest)), ensure_ascii=False, indent=2)


def _outward(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: iso(inner) if _is_time(name, inner) else _outward(inner)
            for name, inner in value.items()
        }
    return [_outward(inner) for inner in value] if isinstance(value, list | tuple) else value


def _is_time(name: str, value: Any) -> bool:
    return (name in _TIMES or name.endswith("_at")) and (value is None or isinstance(value, int))
