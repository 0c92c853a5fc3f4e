"""What a report says of itself before its rows, whole or under way."""

from __future__ import annotations

from typing import Any

from ..domain.times import iso
from .fields import Field


class Head:
    """Shared by `report.Report` and `stream.Stream`."""

    name: str
    fields: tuple[Field, ...]
    as_of: int  # unix seconds
    timezone: str  # of days and months
    livemode: bool
    watermark: int
    policy: str

    @property
    def definitions(self) -> dict[str, str]:
        """One sentence a field."""
        return {field.name: field.definition for field in self.fields}

    def head(self) -> dict[str, Any]:
        """What the envelope says before the rows."""
        return {
            "report": self.name,
            "as_of": iso(self.as_of),
            "livemode": self.livemode,
            "watermark": self.watermark,
            "policy": self.policy,
            "timezone": self.timezone,
        }
