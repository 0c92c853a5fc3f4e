"""A finished report and the forms it leaves in."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ..export import to_csv
from .fields import Field, cell, shown
from .head import Head
from .tally import Totals


@dataclass(frozen=True, slots=True)
class Report(Head):
    """Rows as they leave: times are ISO 8601 UTC, money is whole minor units, unknown is None."""

    name: str
    fields: tuple[Field, ...]
    rows: list[dict[str, Any]]
    totals: Totals  # of every row, also those beyond a limit
    as_of: int  # unix seconds
    timezone: str  # of days and months
    livemode: bool
    watermark: int
    policy: str

    def envelope(self) -> dict[str, Any]:
        """The whole report as plain values."""
        told = {"rows": self.rows, "totals": self.totals, "definitions": self.definitions}
        return self.head() | told

    def to_json(self) -> str:
        return json.dumps(self.envelope(), ensure_ascii=False, indent=2)

    def to_csv(self) -> str:
        """A header of field names and one line a row; lists are joined by ``;``."""
        return to_csv(
            [field.name for field in self.fields],
            ([cell(f.kind, row[f.name]) for f in self.fields] for row in self.rows),
        )

    def header(self) -> list[str]:
        """Column titles for a table that people read."""
        return [field.name.removesuffix("_minor").replace("_", " ") for field in self.fields]

    def cells(self) -> list[list[str]]:
        """Rows for a table that people read, without control characters."""
        return [
            [_printable(shown(f.kind, row[f.name], row)) for f in self.fields] for row in self.rows
        ]


def _printable(text: str) -> str:
    """One line that cannot move the cursor or colour the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)
