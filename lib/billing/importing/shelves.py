"""The lines of a file laid out by customer: whoever takes them in from here folds each customer
once, and not again with every batch in which a file in order of time comes back to it.

Each object's events keep their order. Which shelf a line lies on is only a matter of time: in
whatever order events are taken in, the same comes of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from struct import Struct
from typing import BinaryIO, Final, NamedTuple
from zlib import crc32

SHELVES: Final = 128
"""Of a million events one is a batch; more would want more open files than some systems give."""

PORTION: Final = 250
"""Lines that a reader is given at once."""

_HEAD: Final = Struct(">QI")  # the line's number in the file, its length
_CUSTOMER: Final = re.compile(rb'"customer":\s*"([^"]+)"')
_CUSTOMER_ITSELF: Final = re.compile(rb'"(cus_[^"]+)"')
_REFERENCE: Final = re.compile(rb'"type":\s*"(?:price|plan|product|coupon)\.')

Numbered = tuple[int, bytes]
"""A line and its number, counted from 1."""


class Portion(NamedTuple):
    """Some lines of one shelf, as whole records of its file."""

    file: str
    at: int
    size: int

    def lines(self) -> Iterator[Numbered]:
        with open(self.file, "rb") as stream:
            stream.seek(self.at)
            data = stream.read(self.size)
        at = 0
        while at < len(data):
            number, length = _HEAD.unpack_from(data, at)
            at += _HEAD.size + length
            yield number, data[at - length : at]


def lay_out(lines: Iterable[Numbered], folder: Path) -> list[Portion]:
    """Write every line onto a shelf in ``folder``; gives them in the order to be taken in.

    What customers are sold comes first, or they would be folded anew for it; what names no customer
    comes last, when whatever it belongs to is known. Raises OSError.
    """
    with ExitStack() as files:
        first, *shelves, last = (
            _Shelf(files.enter_context((folder / f"{number:03}").open("wb")))
            for number in range(SHELVES + 2)
        )
        for number, line in lines:
            found = _CUSTOMER.search(line) or _CUSTOMER_ITSELF.search(line)
            if found:
                shelf = shelves[crc32(found[1]) % SHELVES]
            else:
                shelf = first if _REFERENCE.search(line) else last
            shelf.put(number, line)
        return [portion for shelf in (first, *shelves, last) for portion in shelf.portions()]


class _Shelf:
    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._lines = 0
        self._starts = [0]

    def put(self, number: int, line: bytes) -> None:
        if self._lines and self._lines % PORTION == 0:
            self._starts.append(self._file.tell())
        self._lines += 1
        self._file.write(_HEAD.pack(number, len(line)) + line)

    def portions(self) -> Iterator[Portion]:
        ends = [*self._starts[1:], self._file.tell()]
        for start, end in zip(self._starts, ends, strict=True):
            if start < end:
                yield Portion(self._file.name, start, end - start)
