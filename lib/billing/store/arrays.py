"""Columns of rows as PostgreSQL takes them fastest: binary arrays, packed here.

The driver would look at every cell to find out what it is; here the table says so. Most columns of
a batch say one thing in every row, or nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from struct import pack
from typing import Any, Final

from psycopg.adapt import Dumper
from psycopg.pq import Format


class Packed(bytes):
    """An array as the server reads it."""


class PackedDumper(Dumper):
    """Hands a packed array over as it is; the statement's cast says what it is of."""

    format = Format.BINARY

    def dump(self, obj: Packed) -> bytes:
        return obj


_NULL: Final = pack(">i", -1)
_EIGHT: Final = pack(">i", 8)
_TRUE, _FALSE = pack(">i?", 1, True), pack(">i?", 1, False)


def _number(value: int) -> bytes:
    return _EIGHT + value.to_bytes(8, "big", signed=True)


def _flag(value: bool) -> bytes:
    return _TRUE if value else _FALSE


def _bytes(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big") + value


def _text(value: str) -> bytes:
    spelled = value.encode()
    return len(spelled).to_bytes(4, "big") + spelled


_KINDS: Final[dict[str, tuple[int, Callable[[Any], bytes]]]] = {
    "boolean": (16, _flag),
    "bytea": (17, _bytes),
    "bigint": (20, _number),
    "text": (25, _text),
}
"""PostgreSQL's type -> its number, and how a cell of it is packed."""


def packed(kind: str, column: Sequence[Any]) -> Packed:
    """An array of ``kind``; None is null."""
    oid, cell = _KINDS[kind]
    if not column:
        return Packed(pack(">iii", 0, 0, oid))
    size, nulls, first = len(column), column.count(None), column[0]
    if nulls == size:
        cells = _NULL * size
    elif column.count(first) == size:
        cells = cell(first) * size
    elif nulls:
        cells = b"".join([_NULL if value is None else cell(value) for value in column])
    elif kind == "text":
        cells = b"".join([len(s).to_bytes(4, "big") + s for s in map(str.encode, column)])
    else:
        cells = b"".join(map(cell, column))
    return Packed(pack(">iiiii", 1, bool(nulls), oid, size, 1) + cells)
