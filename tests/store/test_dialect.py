"""Statements as each database understands them."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lib.billing.store import dialect
from lib.billing.store.tables import search_terms


@pytest.mark.parametrize(
    ("name", "unlike"), [("sqlite", "IS NOT"), ("postgresql", "IS DISTINCT FROM")]
)
def test_what_says_the_same_is_left_alone_in_the_words_of_each(name: str, unlike: str) -> None:
    """SQLite before 3.39, as some systems have it, knows no IS DISTINCT FROM."""
    sent: list[str] = []
    connection = SimpleNamespace(
        dialect=SimpleNamespace(name=name),
        info={},
        exec_driver_sql=lambda statement, _rows: sent.append(statement),
    )
    row = ("cus_1", "customer", "cus_1", "\n\nann\n")
    dialect.upsert(connection, search_terms, [row], unless_same=True)  # type: ignore[arg-type]
    assert sent[0].endswith(f'search_terms."folded" {unlike} excluded."folded"')
    assert sent[0].count(" IS ") == 1
