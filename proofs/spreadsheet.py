"""A spreadsheet opens the workbook, with numbers as numbers and text as text."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from pyarrow import parquet as pq

from lib.billing.domain.catalog import parse_catalog
from lib.billing.files import Form, write
from lib.billing.reports.definition import Definition
from lib.billing.reports.fields import Field, Kind
from lib.billing.reports.request import ReportRequest
from lib.billing.reports.stream import Stream
from lib.billing.settings.setup import Setup

from .proof import Figures, holds

HOSTILE = (
    '=HYPERLINK("http://evil.test/","Click")',
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "=1+1",
    "\t=1+1",
    "_x0041_ is no letter",
    "<b>&amp;</b>",
    "line one\nline two",
    "bell\x07 and half \ud800 a character",
    "ملاحظة 雪 🙂",
    "'quoted",
    "0123",
    "1e5",
    "2026-01-31",
)
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CURRENCIES = {"usd": 2, "jpy": 0, "kwd": 3}


def spreadsheet(rows: int) -> Figures:
    """A workbook of hostile rows through LibreOffice; said where there is none."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        return {"rows": 0, "LibreOffice": "not here"}
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.xlsx"
        told = [row(n) for n in range(rows)]
        with book.open("wb") as out:
            write(stream(told), Form.XLSX, out)
        seen = _opened(program, book, Path(folder))
    header, *cells = seen
    holds(len(cells) == rows, f"{len(cells)} rows of {rows} were opened.")
    place = {name: n for n, (_, name) in enumerate(header)}
    for given, found in zip(told, cells, strict=True):
        _compare(given, {name: found[n] for name, n in place.items() if n < len(found)})
    return {
        "rows": rows,
        "cells compared": rows * len(place),
        "LibreOffice": _version(program),
        "numbers that are text": 0,
        "texts that are formulas": 0,
    }


def row(number: int) -> dict[str, Any]:
    """One of every kind of value, hostile and not."""
    currency = list(CURRENCIES)[number % 3]
    return {
        "name": f"{HOSTILE[number % len(HOSTILE)]}",
        "amount_minor": (-1) ** number * number * 1_234_567,
        "currency": currency,
        "count": number,
        "at": 1_769_817_600 + number * 3_601,
        "flag": number % 2 == 0,
        "rate": number % 1_000 / 1_000,
    }


def stream(rows: list[dict[str, Any]], timezone: str = "UTC") -> Stream:
    """A report of them."""
    setup = Setup(catalog=parse_catalog('default_plan = "free"'), timezone=timezone)
    request = ReportRequest.parse("made-up", setup, now=1_769_817_600)
    return Stream(MADE_UP, request, rows, watermark=7)


def _compare(given: dict[str, Any], found: dict[str, tuple[str, str]]) -> None:
    digits = CURRENCIES[given["currency"]]
    expected = {
        "amount": ("float", given["amount_minor"] / 10**digits),
        "amount_minor": ("float", given["amount_minor"]),
        "count": ("float", given["count"]),
        "flag": ("boolean", given["flag"]),
        "rate": ("percentage", given["rate"]),
    }
    for name, (kind, value) in expected.items():
        is_kind, said = found[name]
        holds(is_kind == kind, f"{name} is {is_kind}, not {kind}: {said!r}.")
        shown: Any = said == "true" if kind == "boolean" else float(said)
        holds(abs(shown - value) < 1e-6, f"{name} is {said}, not {value}.")
    holds(found["at (UTC)"][0] == "date", f"A time is {found['at (UTC)']}.")
    holds(found["name"][0] == "string", f"A text is {found['name']}: {given['name']!r}.")


def _opened(program: str, book: Path, folder: Path) -> list[list[tuple[str, str]]]:
    """(kind, value) of every cell of the first sheet, as the program has understood it."""
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [program, profile, "--headless", "--convert-to", "fods", "--outdir", str(folder)]
    ended = subprocess.run([*command, str(book)], capture_output=True, text=True, timeout=600)
    flat = book.with_suffix(".fods")
    holds(flat.exists(), f"LibreOffice did not open it: {ended.stdout} {ended.stderr}")
    found = []
    sheet = next(ET.parse(flat).iter(f"{TABLE}table"))
    for line in sheet.iter(f"{TABLE}table-row"):
        cells = [seen for cell in line for seen in _cells(cell)]
        if any(value for _, value in cells):
            found += [cells] * int(line.get(f"{TABLE}number-rows-repeated", "1"))
    return found


def _cells(cell: ET.Element) -> list[tuple[str, str]]:
    formula = cell.get(f"{TABLE}formula")
    # LibreOffice keeps the booleans of every workbook as these two.
    holds(formula in (None, "of:=TRUE()", "of:=FALSE()"), f"A formula: {formula}.")
    kind = cell.get(f"{OFFICE}value-type", "")
    value = "\n".join("".join(part.itertext()) for part in cell.iter(f"{TEXT}p"))
    if kind != "string":
        value = cell.get(f"{OFFICE}value") or cell.get(f"{OFFICE}boolean-value") or value
    times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
    return [(kind, value)] * (times if kind else min(times, 20))


def _version(program: str) -> str:
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+(\.\d+)?", told.stdout)
    return found.group() if found else "a version that says nothing"


def rows_of_workbook(path: Path) -> int:
    """Rows of every sheet but the last, which holds definitions, without their headers."""
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return sum(_rows(archive, name) - 1 for name in sheets[:-1])


def _rows(archive: zipfile.ZipFile, name: str) -> int:
    found, left = 0, b""
    with archive.open(name) as sheet:
        while chunk := sheet.read(1 << 20):
            text = left + chunk
            found += text.count(b"<row ")
            left = text[-4:]
    return found


def rows_of_parquet(path: Path) -> int:
    return int(pq.ParquetFile(path).metadata.num_rows)


MADE_UP = Definition(
    name="made-up",
    question="What becomes of each kind of value?",
    rows=lambda connection, request: [],
    sums=("amount_minor",),
    fields=(
        Field("name", Kind.TEXT, "A text that somebody else wrote."),
        Field("amount_minor", Kind.MONEY, "An amount."),
        Field("currency", Kind.TEXT, "Currency of the amount."),
        Field("count", Kind.NUMBER, "A number."),
        Field("at", Kind.TIME, "A time."),
        Field("flag", Kind.FLAG, "A yes or no."),
        Field("rate", Kind.RATE, "A share."),
    ),
)
