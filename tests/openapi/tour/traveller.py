"""Who makes the tour, and what they carry from stop to stop."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.openapi.calls import Api, Json

DAY = 86_400


@dataclass
class Tour:
    """The caller, the sandbox's present second, what only the sandbox can do, what was made."""

    api: Api
    now: Callable[[], int]
    advance: Callable[[int], Any]
    open_dispute: Callable[[str], Any]
    made: dict[str, Json] = field(default_factory=dict)

    def id(self, name: str) -> str:
        return str(self.made[name]["id"])
