"""Parquet: typed columns, and what they mean in the schema's metadata."""

from __future__ import annotations

import json
from typing import Any, BinaryIO, Final

import pyarrow as pa
from pyarrow import parquet as pq

from ..reports.fields import Field, Kind, outward
from ..reports.stream import Stream
from .batches import batches

AT_ONCE: Final = 20_000
_MICROSECONDS: Final = 1_000_000

_TYPES: Final[dict[Kind, pa.DataType]] = {
    Kind.TEXT: pa.string(),
    Kind.NUMBER: pa.int64(),
    Kind.MONEY: pa.int64(),
    Kind.TIME: pa.timestamp("us", tz="UTC"),
    Kind.FLAG: pa.bool_(),
    Kind.RATE: pa.float64(),
    Kind.LIST: pa.list_(pa.string()),
    Kind.MAPPING: pa.map_(pa.string(), pa.int64()),
}


def write(stream: Stream, out: BinaryIO) -> None:
    """Amounts are whole minor units, times UTC, unknown is null.

    The file's metadata holds `portside`: the envelope without its rows, as JSON.
    """
    schema = _schema(stream)
    sink = pa.PythonFile(out, mode="w")
    with pq.ParquetWriter(sink, schema) as writer:
        for rows in batches(stream.rows, AT_ONCE):
            columns = [_column(field, rows) for field in stream.fields]
            writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
        whole = stream.head() | {
            "rows": stream.count,
            "order": stream.order,
            "totals": stream.totals(),
            "definitions": stream.definitions,
        }
        writer.add_key_value_metadata({"portside": json.dumps(whole, ensure_ascii=False)})


def _schema(stream: Stream) -> pa.Schema:
    """Each field carries its own definition."""
    about = {"report": stream.name, "question": stream.question}
    return pa.schema(
        [
            pa.field(field.name, _TYPES[field.kind], metadata={"definition": field.definition})
            for field in stream.fields
        ],
        metadata=about,
    )


def _column(field: Field, rows: list[dict[str, Any]]) -> pa.Array:
    name, kind = field.name, field.kind
    match kind:
        case Kind.TIME:
            values = [None if row[name] is None else row[name] * _MICROSECONDS for row in rows]
        case Kind.TEXT:
            values = [None if row[name] is None else _whole(str(row[name])) for row in rows]
        case Kind.LIST:
            values = [
                None if row[name] is None else [_whole(part) for part in outward(kind, row[name])]
                for row in rows
            ]
        case Kind.MAPPING:
            values = [
                None if row[name] is None else list(outward(kind, row[name]).items())
                for row in rows
            ]
        case _:
            values = [outward(kind, row[name]) for row in rows]
    return pa.array(values, type=_TYPES[kind])


def _whole(text: str) -> str:
    """Exactly the text; only halves of characters, which UTF-8 cannot say, become a mark."""
    return text if text.isprintable() else text.encode("utf-8", "replace").decode()
