"""Two canonical JSON texts, field by field."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from ..domain.times import iso
from .sync_views import FieldDifference

_TIMES: Final = re.compile(r"(_at|_end|_start|_until|_since|_date|_attempt|_second|^created)$")
"""Fields whose number is a unix second."""


def compared(field: str, projected: str | None, stripe: str | None) -> tuple[FieldDifference, ...]:
    """The fields of two JSON objects that differ, by name; a value that is no object is one field.

    ``field`` names it then. Never raises: what cannot be read as JSON is shown as it is.
    """
    left, right = _object(projected), _object(stripe)
    if left is None or right is None:
        return (FieldDifference(field, _shown(field, projected), _shown(field, stripe)),)
    return tuple(
        FieldDifference(name, _value(left, name), _value(right, name))
        for name in sorted(left.keys() | right.keys())
    )


def _object(text: str | None) -> dict[str, Any] | None:
    """{} where there is nothing, None where it is something else than an object."""
    if text is None:
        return {}
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _shown(field: str, text: str | None) -> str | None:
    if text is None:
        return None
    try:
        return _spelled(field, json.loads(text))
    except ValueError:
        return text


def _value(values: dict[str, Any], name: str) -> str | None:
    return _spelled(name, values[name]) if name in values else None


def _spelled(name: str, value: Any) -> str:
    match value:
        case None:
            return "none"
        case True:
            return "yes"
        case False:
            return "no"
        case str():
            return value
        case int() if _TIMES.search(name):
            return str(iso(value))
        case list() if all(isinstance(part, str) for part in value):
            return ", ".join(value) or "none"
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
