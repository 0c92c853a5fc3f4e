"""XLSX, written straight into the archive: no row is kept, nothing lies beside the file.

The libraries at hand put every sheet into a temporary file and begin the archive when the last row
is there. This one can be sent while it is made: a browser sees bytes at once.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import IO, Any, BinaryIO, Final

from ..reports.stream import Stream
from .about import facts, figures, metrics
from .batches import batches
from .cells import Column, columns, number, text
from .package import XML, entry, parts
from .styles import HEAD, LABEL, TITLE, WHOLE, WRAPPED, styles

MOST_ROWS: Final = 1_048_576
"""Of one sheet, its header among them."""

MOST_BYTES: Final = 1_500_000_000
"""Of one sheet's text: beyond 2 GiB an archive needs a form that not every reader knows."""

_LOOKED_AT: Final = 200
"""Rows that decide how wide the columns are."""

_AT_ONCE: Final = 500
_SHEET: Final = (
    f'{XML}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
)
_NARROWEST: Final = 8
_WIDEST: Final = 60


def write(stream: Stream, out: BinaryIO) -> None:
    """A sheet of the rows, further ones where they do not fit, and a sheet of definitions."""
    told = columns(stream.fields, stream.timezone)
    names: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as archive:
        archive.writestr(entry("xl/styles.xml"), styles())
        rows: Iterator[dict[str, Any]] | None = iter(stream.rows)
        while rows is not None:
            names.append(stream.name if not names else f"{stream.name} {len(names) + 1}")
            with archive.open(entry(f"xl/worksheets/sheet{len(names)}.xml"), "w") as sheet:
                rows = _sheet(sheet, told, rows, first=len(names) == 1)
        names.append("Definitions")
        with archive.open(entry(f"xl/worksheets/sheet{len(names)}.xml"), "w") as sheet:
            _definitions(sheet, stream, told)
        for name, content in parts(names, title=f"Portside: {stream.name}"):
            archive.writestr(entry(name), content)


def _sheet(
    sheet: IO[bytes], told: Sequence[Column], rows: Iterator[dict[str, Any]], *, first: bool
) -> Iterator[dict[str, Any]] | None:
    """One sheet; answers the rows that did not fit, or None."""
    letters = [_letters(n) for n in range(len(told))]
    head = next(batches(rows, _LOOKED_AT), [])
    sheet.write(_top(told, head, first).encode())
    heads = [text(column.title, HEAD) for column in told]
    sheet.write(_row(1, letters, heads).encode())
    number, size = 1, 0
    left = chain(head, rows)
    spelling = [column.spelt for column in told]
    for batch in batches(left, _AT_ONCE):
        room = MOST_ROWS - number
        lines = [
            _row(number + n, letters, [spelt(row) for spelt in spelling])
            for n, row in enumerate(batch[:room], 1)
        ]
        number += len(lines)
        written = "".join(lines).encode()
        size += len(written)
        sheet.write(written)
        if number == MOST_ROWS or size > MOST_BYTES:
            left = chain(batch[room:], left)
            break
    last = letters[-1]
    sheet.write(f'</sheetData><autoFilter ref="A1:{last}{number}"/></worksheet>'.encode())
    following = next(left, None)
    return None if following is None else chain((following,), left)


def _top(told: Sequence[Column], rows: Sequence[dict[str, Any]], first: bool) -> str:
    """All that stands before the rows: the frozen header, the widths."""
    widths = []
    for place, column in enumerate(told, 1):
        longest = max((_length(column.spelt(row)) for row in rows), default=0)
        wide = min(max(longest, len(column.title) + 3, _NARROWEST) + 1, _WIDEST)
        widths.append(f'<col min="{place}" max="{place}" width="{wide}" customWidth="1"/>')
    selected = ' tabSelected="1"' if first else ""
    return (
        f'{_SHEET}<sheetViews><sheetView{selected} workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        '<selection pane="bottomLeft"/></sheetView></sheetViews>'
        f"<cols>{''.join(widths)}</cols><sheetData>"
    )


def _length(spelt: str) -> int:
    """How many characters a cell shows, about."""
    if "<t " in spelt:
        said = spelt.split('preserve">', 1)[1].split("</t>", 1)[0]
        return max(map(len, said.split("\n")))
    return 19 if "." in spelt else 12


def _row(number: int, letters: Sequence[str], cells: Sequence[str]) -> str:
    spelt = "".join(
        [
            f'<c r="{letter}{number}"{told}'
            for letter, told in zip(letters, cells, strict=True)
            if told
        ]
    )
    return f'<row r="{number}">{spelt}</row>'


def _letters(place: int) -> str:
    """``A`` for 0, ``AA`` for 26."""
    found, left = "", place + 1
    while left:
        left, rest = divmod(left - 1, 26)
        found = chr(65 + rest) + found
    return found


def _definitions(sheet: IO[bytes], stream: Stream, told: Sequence[Column]) -> None:
    sheet.write(
        (
            f'{_SHEET}<sheetViews><sheetView showGridLines="0" workbookViewId="0"/></sheetViews>'
            '<cols><col min="1" max="1" width="34" customWidth="1"/>'
            '<col min="2" max="2" width="26" customWidth="1"/>'
            '<col min="3" max="3" width="100" customWidth="1"/></cols><sheetData>'
        ).encode()
    )
    for place, cells in enumerate(_lines(stream, told), 1):
        sheet.write(_row(place, "ABC", cells).encode())
    sheet.write(b"</sheetData></worksheet>")


def _lines(stream: Stream, told: Sequence[Column]) -> Iterator[tuple[str, str, str]]:
    yield text(f"{stream.name}: {stream.question}", TITLE), "", ""
    for name, value in facts(stream):
        yield text(name, LABEL), text(value), ""
    yield "", "", ""
    yield text("Total, whole minor units", HEAD), text("Currency", HEAD), text("Sum", HEAD)
    for currency, name, total in figures(stream):
        yield text(name, LABEL), text(currency), "" if total is None else number(total, WHOLE)
    yield "", "", ""
    yield text("Column", HEAD), text("Kind", HEAD), text("Definition", HEAD)
    for field in stream.fields:
        yield text(field.name, LABEL), text(field.kind.value), text(field.definition, WRAPPED)
    for metric in metrics(stream):
        yield text(metric.label, LABEL), text("metric"), text(metric.definition, WRAPPED)
    yield "", "", ""
    for line in _remarks(stream, told):
        yield "", "", text(line, WRAPPED)


def _remarks(stream: Stream, told: Sequence[Column]) -> Iterator[str]:
    if len(told) > len(stream.fields):
        yield (
            "Columns that end in _minor hold exact whole minor units; the same amount in the "
            "currency's own unit is in the column without the ending. Amounts of different "
            "currencies are never added up."
        )
    yield (
        f"Dates and times are in {stream.timezone}, the time zone of days and months here. "
        "Unknown is an empty cell. A text beyond 32,767 characters ends in …"
    )
