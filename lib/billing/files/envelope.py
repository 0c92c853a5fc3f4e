"""JSON: the report's envelope, row by row."""

from __future__ import annotations

import json
from typing import Any, BinaryIO

from ..reports.fields import outward
from ..reports.stream import Stream
from .batches import batches

AT_ONCE = 500


def write(stream: Stream, out: BinaryIO) -> None:
    """UTF-8, the same text as of a report in memory."""
    fields = [(field.name, field.kind) for field in stream.fields]
    head = _spelt(stream.head()).removesuffix("\n}")
    out.write(f'{head},\n  "rows": ['.encode())
    between = "\n"
    for batch in batches(stream.rows, AT_ONCE):
        rows = (
            _spelt({name: outward(kind, row[name]) for name, kind in fields}, deep=4)
            for row in batch
        )
        out.write((between + ",\n".join(f"    {row}" for row in rows)).encode())
        between = ",\n"
    end = "]" if between == "\n" else "\n  ]"
    tail = _spelt({"totals": stream.totals(), "definitions": stream.definitions})
    out.write(f"{end},{tail.removeprefix('{')}\n".encode())


def _spelt(value: dict[str, Any], deep: int = 0) -> str:
    text = json.dumps(value, ensure_ascii=False, indent=2).replace("\n", "\n" + " " * deep)
    return text.encode("utf-8", "replace").decode()  # half a character is in no file
