"""CSV: a header of field names and one line a row, nothing else.

What the columns mean is in a table of its own, so that programs read this one as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from ..export import to_csv
from ..reports.fields import cell, outward
from ..reports.stream import Stream
from .about import facts, figures
from .batches import batches

AT_ONCE = 1_000


def write(stream: Stream, out: BinaryIO) -> None:
    """UTF-8, one line feed a row; every cell is safe for a spreadsheet."""
    fields = [(field.name, field.kind) for field in stream.fields]
    out.write(to_csv([name for name, _ in fields], ()).encode())
    for batch in batches(stream.rows, AT_ONCE):
        cells = ([cell(kind, outward(kind, row[name])) for name, kind in fields] for row in batch)
        out.write(to_csv(None, cells).encode())


def definitions(stream: Stream) -> str:
    """The table that goes with a CSV file: what it is, its totals, and a line a column.

    To be asked for after the last row, because the totals are in it.
    """
    return to_csv(("what", "name", "value"), _lines(stream))


def _lines(stream: Stream) -> Iterator[tuple[str, str, str | int]]:
    for name, value in facts(stream):
        yield "report", name, value
    for currency, name, total in figures(stream):
        yield f"total {currency}", name, "" if total is None else total
    for field in stream.fields:
        yield f"field, {field.kind.value}", field.name, field.definition
