"""What each form of a file makes of each kind of value, hostile ones among them."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import parquet as pq

from lib.billing.files import Form, cells, write, xlsx
from lib.billing.files.comma import definitions
from tests.files.made_up import DEFINITION, NOW, file_of, row, stream

FULL = row(
    name="Quiet River Studio",
    amount_minor=-123_456,
    currency="usd",
    count=3,
    at=NOW,
    flag=True,
    share=0.25,
    features=["b", "a"],
    limits={"seats": 3},
)


def book(rows: list[dict[str, Any]], **given: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(file_of(Form.XLSX, rows, **given)))


def first_row(rows: list[dict[str, Any]], **given: Any) -> dict[str, Any]:
    """Title → cell of the first row of a workbook."""
    header, found, *_ = book(rows, **given)["made-up"].iter_rows()
    return {title.value: cell for title, cell in zip(header, found, strict=True)}


def table(rows: list[dict[str, Any]], **given: Any) -> pa.Table:
    return pq.read_table(io.BytesIO(file_of(Form.PARQUET, rows, **given)))


def lines(rows: list[dict[str, Any]]) -> list[list[str]]:
    return list(csv.reader(io.StringIO(file_of(Form.CSV, rows).decode())))


def test_a_workbook_has_numbers_as_numbers_dates_as_dates_and_flags_as_flags() -> None:
    found = first_row([FULL])
    assert {title: (cell.value, cell.data_type) for title, cell in found.items()} == {
        "name": ("Quiet River Studio", "s"),
        "amount": (-1234.56, "n"),
        "currency": ("usd", "s"),
        "count": (3, "n"),
        "at (UTC)": (datetime(2026, 1, 31, 12), "d"),  # noqa: DTZ001 - a sheet knows no zones
        "flag": (True, "b"),
        "share": (0.25, "n"),
        "features": ("a;b", "s"),
        "limits": ("seats=3", "s"),
        "amount_minor": (-123_456, "n"),
    }


@pytest.mark.parametrize(
    ("currency", "shown", "form"),
    [("usd", 1234.56, "#,##0.00"), ("jpy", 123456, "#,##0"), ("kwd", 123.456, "#,##0.000")],
    ids=["two decimals", "no decimals", "three decimals"],
)
def test_money_in_a_workbook_has_its_currency_s_decimals_and_its_exact_minor_units(
    currency: str, shown: float, form: str
) -> None:
    found = first_row([FULL | {"amount_minor": 123_456, "currency": currency}])
    assert (found["amount"].value, found["amount"].number_format) == (shown, form)
    assert found["amount_minor"].value == 123_456


def test_a_number_too_long_for_a_spreadsheet_stays_exact_as_text() -> None:
    found = first_row([FULL | {"amount_minor": 1_234_567_890_123_456_789}])
    assert found["amount"].value == "12345678901234567.89"
    assert found["amount_minor"].value == "1234567890123456789"


def test_times_of_a_workbook_are_of_the_business_and_its_column_says_so() -> None:
    found = first_row([FULL], timezone="Pacific/Auckland")
    there = datetime(2026, 2, 1, 1)  # noqa: DTZ001 - a sheet knows no zones
    assert found["at (Pacific/Auckland)"].value == there


@pytest.mark.parametrize("second", [-3_000_000_000, 300_000_000_000, 10**18])
def test_a_time_that_no_spreadsheet_knows_is_text(second: int) -> None:
    assert first_row([FULL | {"at": second}])["at (UTC)"].data_type == "s"


def test_the_header_of_a_workbook_is_bold_frozen_and_filters() -> None:
    sheet = book([FULL, FULL])["made-up"]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:J3"
    assert all(cell.font.bold and cell.fill.fill_type == "solid" for cell in sheet[1])
    assert all(8 <= sheet.column_dimensions[letter].width <= 60 for letter in "ABCDEFGHIJ")


def test_the_definitions_are_a_sheet_of_the_workbook() -> None:
    told = [[cell.value for cell in line] for line in book([FULL, FULL])["Definitions"].iter_rows()]
    facts = {name: value for name, value, _ in told}
    assert facts["Report"] == "made-up"
    assert facts["As of"] == "2026-01-31T12:00:00Z"
    assert facts["Time zone of days and months"] == "UTC"
    assert facts["MRR policy"] == "portside"
    assert facts["Mode"] == "test"
    assert facts["Watermark of the projection"] == "7"
    assert facts["Rows"] == "2"
    assert facts["Order of the rows"] == "As given"
    for field in DEFINITION.fields:
        assert [field.name, field.kind.value, field.definition] in told
    assert ["amount_minor", "usd", -246_912] in told


def test_rows_that_do_not_fit_go_on_in_further_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    found = book([FULL | {"count": n} for n in range(7)])
    assert found.sheetnames == ["made-up", "made-up 2", "made-up 3", "Definitions"]
    counts = [[line[3] for line in found[name].values] for name in found.sheetnames[:3]]
    assert counts == [["count", 0, 1, 2], ["count", 3, 4, 5], ["count", 6]]


def test_rows_that_fill_a_sheet_to_its_last_line_need_no_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xlsx, "MOST_ROWS", 4)
    assert book([FULL] * 3).sheetnames == ["made-up", "Definitions"]


HOSTILE = {
    "a formula": '=HYPERLINK("http://evil.test/","Click")',
    "a sum": "+1+1",
    "a difference": "-2+3",
    "an old formula": "@SUM(1)",
    "an escape": "_x0041_",
    "markup": "</t><c>&amp;</c>",
    "an address": "http://evil.test/",
    "two lines": "one\ntwo",
    "a number": "0123",
}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_is_that_text_in_a_workbook(name: str) -> None:
    cell = first_row([FULL | {"name": name}])["name"]
    # openpyxl shows the escape of an escape as it is written; a spreadsheet undoes it.
    assert cell.value == name.replace("_x0041_", "_x005F_x0041_")
    assert (cell.data_type, cell.hyperlink) == ("s", None)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_is_that_text_in_parquet_and_json(name: str) -> None:
    assert table([FULL | {"name": name}])["name"].to_pylist() == [name]
    told = json.loads(file_of(Form.JSON, [FULL | {"name": name}]))
    assert told["rows"][0]["name"] == name


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_name_starts_no_formula_in_csv(name: str) -> None:
    found = lines([FULL | {"name": name}])[1][0]
    assert found.lstrip("'") == name
    assert found[0] not in "=+-@\t\r"


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize(
    "name",
    ["bell\x07", "nul\x00", "half \ud800", "\ufffe\uffff", "🙂" * 20_000, "x" * 40_000, "\r\n"],
    ids=["control", "nul", "surrogate", "no character", "long emoji", "long", "line ends"],
)
def test_no_text_breaks_a_file(form: Form, name: str) -> None:
    made = file_of(form, [FULL | {"name": name}])
    match form:
        case Form.CSV:
            assert len(list(csv.reader(io.StringIO(made.decode())))) == 2
        case Form.JSON:
            assert len(json.loads(made)["rows"]) == 1
        case Form.PARQUET:
            assert pq.read_table(io.BytesIO(made)).num_rows == 1
        case Form.XLSX:
            said = openpyxl.load_workbook(io.BytesIO(made))["made-up"]["A2"].value or ""
            assert len(said.encode("utf-16-le")) <= 2 * cells.MOST_CHARACTERS


def test_a_text_that_a_cell_cannot_hold_ends_in_an_ellipsis() -> None:
    said = first_row([FULL | {"name": "x" * 40_000}])["name"].value
    assert said == "x" * 32_766 + "…"
    assert first_row([FULL | {"name": "x" * 32_767}])["name"].value == "x" * 32_767


def test_parquet_has_typed_columns_and_their_definitions() -> None:
    found = table([FULL, row()])
    assert [str(field.type) for field in found.schema] == [
        "string",
        "int64",
        "string",
        "int64",
        "timestamp[us, tz=UTC]",
        "bool",
        "double",
        "list<element: string>",
        "map<string, int64 ('limits')>",
    ]
    assert found.schema.field("amount_minor").metadata[b"definition"] == b"An amount."
    assert set(found.to_pylist()[1].values()) == {None}
    first = found.to_pylist()[0]
    assert first["at"].timestamp() == NOW
    assert (first["features"], first["limits"]) == (["a", "b"], [("seats", 3)])


def test_parquet_says_what_it_is_in_its_metadata() -> None:
    made = file_of(Form.PARQUET, [FULL, FULL])
    told = json.loads(pq.read_metadata(io.BytesIO(made)).metadata[b"portside"])
    assert told["rows"] == 2
    assert told["totals"] == {"usd": {"rows": 2, "amount_minor": -246_912}}
    assert told["timezone"] == "UTC"
    assert told["definitions"]["count"] == "A number."


def test_a_csv_file_stays_plain_and_its_definitions_are_a_table_of_their_own() -> None:
    held = stream([FULL])
    out = io.BytesIO()
    write(held, Form.CSV, out)
    assert out.getvalue().decode().splitlines() == [
        "name,amount_minor,currency,count,at,flag,share,features,limits",
        "Quiet River Studio,-123456,usd,3,2026-01-31T12:00:00Z,true,0.250000,a;b,seats=3",
    ]
    told = list(csv.reader(io.StringIO(definitions(held))))
    assert ["report", "Time zone of days and months", "UTC"] in told
    assert ["total usd", "amount_minor", "-123456"] in told
    assert ["field, money", "amount_minor", "An amount."] in told


@pytest.mark.parametrize("form", Form)
def test_an_empty_report_is_a_whole_file(form: Form) -> None:
    made = file_of(form, [])
    match form:
        case Form.CSV:
            assert made.count(b"\n") == 1
        case Form.JSON:
            assert json.loads(made)["rows"] == []
        case Form.XLSX:
            found = openpyxl.load_workbook(io.BytesIO(made))
            assert found["made-up"].max_row == 1
        case Form.PARQUET:
            found = pq.read_table(io.BytesIO(made))
            assert (found.num_rows, found.num_columns) == (0, 9)


def test_totals_are_of_every_row_also_beyond_a_limit() -> None:
    told = json.loads(file_of(Form.JSON, [FULL] * 3, limit=1))
    assert (len(told["rows"]), told["totals"]["usd"]["rows"]) == (1, 3)


def test_the_same_rows_make_the_same_bytes() -> None:
    assert file_of(Form.XLSX, [FULL]) == file_of(Form.XLSX, [FULL])


def test_rows_are_read_while_the_file_is_written() -> None:
    """The first bytes leave before the last row is read: nothing holds them all."""
    seen: list[int] = []
    out = io.BytesIO()

    def rows() -> Any:
        for number in range(3_000):
            seen.append(out.tell())
            yield FULL | {"count": number}

    write(stream(rows()), Form.CSV, out)  # type: ignore[arg-type]
    assert seen[0] > 0
    assert len(set(seen)) > 2
