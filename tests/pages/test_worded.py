"""A table's words are those that pandas would say, at less cost."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from dashboard.ui.worded import worded

MONEY = ["$29.00", "€1.00", "–"]
COLUMNS: dict[str, list[Any]] = {
    "whole numbers": [3, 0, -12],
    "fractions": [0.5, 12.25, -1.0],
    "fractions of which one is unknown": [0.5, None, 1.0],
    "yes and no": [True, False, True],
    "names": ["Ann", "<b>Bob</b>", "[x](http://evil.test)"],
    "a name that is not known": ["Ann", None, "Bob"],
    "lists": [["Final attempt"], [], ["Active", "Trial"]],
    "times": [pd.Timestamp("2026-11-26 12:00", tz="UTC")] * 3,
    "a time that is not known": [pd.Timestamp("2026-11-26", tz="UTC"), pd.NaT, pd.NaT],
}


def shown(styler: Any) -> list[list[str]]:
    """Of a cell that is not known: that nothing is said, where pandas says ``nan``."""
    sent = ArrowData()
    marshall_styler(sent, styler, "uuid")
    said = convert_arrow_bytes_to_pandas_df(sent.styler.display_values).astype(object)
    return said.where(said.notna(), "nan").values.tolist()


@pytest.mark.parametrize("column", COLUMNS)
def test_beside_money_every_cell_reads_as_pandas_says(column: str) -> None:
    cells = {column: COLUMNS[column], "mrr": [2900, 100, None]}
    words = iter(MONEY)
    pandas_own = pd.DataFrame(cells).style.format({"mrr": lambda _: next(words)})
    assert shown(worded(cells, {"mrr": MONEY})) == shown(pandas_own)
