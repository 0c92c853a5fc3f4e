"""Every report is measured whole, and its section says what was found."""

from __future__ import annotations

import pytest

from benchmarks.filled import fill, opened
from benchmarks.reporting import told
from benchmarks.reporting.measuring import Line, Measured, in_database
from lib.billing.reports import REPORTS

CUSTOMERS = 30


@pytest.fixture(
    params=["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.whole])]
)
def url(request: pytest.FixtureRequest) -> str:
    store = request.getfixturevalue(f"{request.param}_store")
    return str(store.engine.url.render_as_string(hide_password=False))


def test_each_report_has_all_its_rows_and_what_they_were_read_from(url: str) -> None:
    found = in_database(url, CUSTOMERS)
    assert [line.report for line in found.lines] == list(REPORTS)
    assert not any(line.given_up for line in found.lines)
    assert all(0 < line.first <= line.whole for line in found.lines)
    installation = opened(url, fill(url, CUSTOMERS).now)
    try:
        rows = {name: len(installation.portside.report(name).rows) for name in REPORTS}
    finally:
        installation.close()
    assert {line.report: line.rows for line in found.lines} == rows
    assert rows["entitlements"] == CUSTOMERS
    invoices = next(line for line in found.lines if line.report == "invoices")
    if found.kind == "SQLite":
        assert invoices.touched is None
    else:
        assert (invoices.touched or 0) >= invoices.rows > 0


def test_the_section_names_the_largest_database_s_rows_and_what_was_given_up() -> None:
    small = Measured("SQLite", 100, (Line("dso", 1.0, 2.0, 4, None),), 0.1)
    large = Measured("SQLite", 1_000, (Line("dso", 3.0, 50.0, 10, None, given_up=True),), 0.2)
    lines = told.section([large, small]).splitlines()
    assert "| report | 100, ms | 1,000, ms | first | rows | a row | touched |" in lines
    assert lines[-1] == "| `dso` | 2 | > 50 | 3 | 10 | 5,000 | – |"
