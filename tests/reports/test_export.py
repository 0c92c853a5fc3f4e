"""What a spreadsheet gets to see of hostile text."""

from __future__ import annotations

import csv
import io

import pytest

from lib.billing.export import safe_cell, to_csv

CELLS = [
    ("a formula", "=1+1", "'=1+1"),
    ("a formula behind a plus", "+1", "'+1"),
    ("a formula behind a minus", "-1+cmd", "'-1+cmd"),
    ("a function of old", "@SUM(A1)", "'@SUM(A1)"),
    ("a formula behind a blank", "  =1", "'  =1"),
    ("a formula behind a fixed blank", "\u00a0=1", "'\u00a0=1"),
    ("a full-width equals sign", "＝1", "'＝1"),
    ("a tab first", "\t=1", "'\t=1"),
    ("a line break first", "\n=1", "'\n=1"),
    ("a hidden character first", "\x00=1", "'=1"),
    ("an invisible character first", "\u200b=1", "'=1"),
    ("a plain text", "Ångström & Söhne", "Ångström & Söhne"),
    ("an e-mail address", "ann@example.com", "ann@example.com"),
    ("an apostrophe of its own", "'quoted", "'quoted"),
    ("nothing", "", ""),
    ("a negative number", -500, -500),
    ("a rate", 0.5, 0.5),
]


@pytest.mark.parametrize(("cell", "safe"), [c[1:] for c in CELLS], ids=[c[0] for c in CELLS])
def test_a_cell_never_begins_a_formula(cell: str | int | float, safe: str | int | float) -> None:
    assert safe_cell(cell) == safe


def test_separators_quotes_and_line_breaks_stay_inside_their_cell() -> None:
    row = ["a,b", 'say "hi"', "two\nlines", "semi;colon"]
    assert list(csv.reader(io.StringIO(to_csv(["1", "2", "3", "4"], [row])))) == [
        ["1", "2", "3", "4"],
        row,
    ]
