"""Which catalogue a file holds: a short mark of what is written there."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def mark_of_text(data: Any) -> str:
    """The mark of parsed TOML: equal for equal values, whatever stands around them.

    Of the values and not of what this version makes of them, so that an update of Portside does
    not turn an applied catalogue into another one.
    """
    said = json.dumps(data, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()[:16]
