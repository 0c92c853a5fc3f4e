"""docs/scale.md speaks of the tables as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import UniqueConstraint

from lib.billing.store import queries
from lib.billing.store.tables import metadata

PAGE = (Path(__file__).parents[2] / "docs" / "scale.md").read_text("utf-8")
ROWS = re.findall(r"^\| `(\w+)` \|" + 4 * r" ([^|]+) \|" + "$", PAGE, re.MULTILINE)
NAMES = [name for name, *_ in ROWS]
PLACES = {"by customer", "by customer, in parts", "reference", "local"}


def keys_of(table):
    unique = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    return [[column.name for column in key.columns] for key in (table.primary_key, *unique)]


def test_every_table_has_its_place():
    assert sorted(NAMES) == sorted(metadata.tables)


@pytest.mark.parametrize(("name", "place", "column", "key", "there"), ROWS, ids=NAMES)
def test_a_table_is_as_the_page_says(name, place, column, key, there):
    table = metadata.tables[name]
    first = key.split("; ")
    assert [part.split(", ") for part in first] == keys_of(table)[: len(first)]
    assert place in PLACES
    if column.startswith("`customer_id`"):
        assert table.c.customer_id.nullable == ("null for a while" in column)
        whole = all("customer_id" in part.split(", ") for part in first)
        assert ("not in the key" not in column) == whole
        assert (there == "as it is") == whole
    else:
        assert column in ("missing", "–")
        assert column == "–" or "customer_id" not in table.c


def test_the_queries_that_lack_the_customer_are_there():
    (listed,) = re.findall(r"\n(`alerting`.*?) in `lib/billing/store/queries/`", PAGE)
    folder = Path(queries.__file__).parent
    for name in re.findall(r"`(\w+)(?:\.\w+)?`", listed):
        assert (folder / f"{name}.py").exists()
