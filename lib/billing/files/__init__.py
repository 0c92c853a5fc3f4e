"""Reports as files: CSV, JSON, XLSX and Parquet, written while the rows are read."""

from __future__ import annotations

from typing import BinaryIO

from ..reports.stream import Stream
from .form import Form, Written

__all__ = ["Form", "Written", "write"]


def write(stream: Stream, form: Form, out: BinaryIO) -> Written:
    """Write ``stream`` to ``out``, which need not be seekable, and answer what was written.

    Rows are in memory a batch at a time. ``out`` stays open. What reading or writing raises comes
    out as it is: ``out`` then holds part of a file, and the caller must not keep it.
    """
    match form:
        case Form.CSV:
            from .comma import write as written
        case Form.JSON:
            from .envelope import write as written
        case Form.XLSX:
            from .xlsx import write as written
        case Form.PARQUET:
            from .parquet import write as written
    written(stream, out)
    return Written(form, stream.count)
