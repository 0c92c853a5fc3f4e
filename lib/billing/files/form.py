"""Which forms a file can have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Form(StrEnum):
    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    PARQUET = "parquet"

    @property
    def label(self) -> str:
        """What people call it."""
        return _LABELS[self]

    @property
    def mime(self) -> str:
        return _MIMES[self]

    @property
    def binary(self) -> bool:
        """Whether a terminal cannot show it."""
        return self in (Form.XLSX, Form.PARQUET)


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file."""

    form: Form
    rows: int


_LABELS: Final = {
    Form.CSV: "CSV",
    Form.JSON: "JSON",
    Form.XLSX: "Excel",
    Form.PARQUET: "Parquet",
}
_MIMES: Final = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.JSON: "application/json",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Form.PARQUET: "application/vnd.apache.parquet",
}
