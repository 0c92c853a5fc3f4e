"""`portside report` into files."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import openpyxl
import pytest
from pyarrow import parquet as pq

from tests.cli.conftest import Run


@pytest.mark.parametrize("ending", ["csv", "json", "xlsx", "parquet"])
def test_the_ending_of_the_file_is_its_form(portside: Run, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"inbox.{ending}"
    ran = portside("report", "inbox", "--output", str(path))
    assert (ran.code, ran.out) == (0, "")
    assert ran.err.strip().endswith(f"inbox.{ending}: 0 rows.")
    match ending:
        case "csv":
            assert path.read_text().startswith("event_id,type,")
        case "json":
            assert json.loads(path.read_text())["timezone"] == "UTC"
        case "xlsx":
            assert openpyxl.load_workbook(path).sheetnames == ["inbox", "Definitions"]
        case "parquet":
            assert pq.read_schema(path).names[0] == "event_id"
    assert not list(tmp_path.glob(".*.part"))


def test_the_json_of_a_file_and_of_the_screen_are_the_same(portside: Run, tmp_path: Path) -> None:
    path = tmp_path / "mix.json"
    portside("report", "plan-mix", "--output", str(path))
    assert path.read_text() == portside("report", "plan-mix", "--format", "json").out


def test_the_definitions_of_a_csv_file_are_beside_it(portside: Run, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    assert portside("report", "invoices", "--output", str(path), "--definitions").code == 0
    told = list(csv.reader((tmp_path / "list.definitions.csv").read_text().splitlines()))
    assert ["field, money", "tax_minor", "The tax in it."] in told


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--output", "list.doc"], "A file needs a form"),
        (["--output", "list.csv", "--format", "table"], "A file needs a form"),
        (["--output", "nowhere/list.csv"], "cannot be written"),
        (["--definitions"], "give --output FILE.csv"),
        (["--output", "list.xlsx", "--definitions"], "carry their definitions"),
    ],
)
def test_what_cannot_be_written_is_wrong_usage_in_one_line(
    portside: Run, options: list[str], says: str
) -> None:
    ran = portside("report", "invoices", *options)
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err
