"""What the other tests take for granted about how they are run."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lib.billing.store.engine import Store
from tests.cut import cut
from tests.databases import Shelf, _rows
from tests.fresh import fresh_store
from tests.remembered import once
from tests.reports.ledger import created, customer, desk

told = [created("customer", "cus_1", customer(), "2026-01-01", "cus_1")]


@pytest.mark.xdist_group("together")
def test_a_group_stays_on_one_worker(request: pytest.FixtureRequest) -> None:
    """A group that is forgotten fails nothing: it starts every browser and server twice."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("only one process runs the tests")
    assert request.node.nodeid.endswith("@together")


def test_the_rest_of_a_file_stays_on_one_worker(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("only one process runs the tests")
    assert request.node.nodeid.endswith("@tests/test_running.py")


def test_what_is_marked_is_left_to_prove_and_nothing_else() -> None:
    items: list[Any] = [
        SimpleNamespace(name=name, get_closest_marker=lambda mark, has=marked: mark == has)
        for name, marked in (("a", None), ("b", "whole"), ("c", "browser"))
    ]
    run, left = cut(items)
    assert [item.name for item in run] == ["a", "c"]
    assert [item.name for item in left] == ["b"]


def test_cases_of_a_table_take_turns_on_the_databases_and_a_single_test_runs_on_both() -> None:
    def item(test: str, **indices: int) -> Any:
        return SimpleNamespace(
            nodeid=f"{test}[{indices}]",
            get_closest_marker=lambda _: None,
            callspec=SimpleNamespace(indices=indices),
        )

    table = [item("table", store=on, case=case) for case in range(3) for on in (0, 1)]
    single = [item("single", store=on) for on in (0, 1)]
    elsewhere = [item("elsewhere", case=case) for case in range(2)]
    run, left = cut([*table, *single, *elsewhere])
    assert run == [table[0], table[3], table[4], *single, *elsewhere]
    assert left == [table[1], table[2], table[5]]


Another = Callable[[], AbstractContextManager[Store]]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Another:
    """Empty databases, one after the other."""

    @contextmanager
    def in_file() -> Iterator[Store]:
        with closing(fresh_store(tmp_path / f"{secrets.token_hex(4)}.db")) as store:
            yield store

    @contextmanager
    def on_server() -> Iterator[Store]:
        shelf: Shelf = request.getfixturevalue("postgres_shelf")
        database = shelf.take()
        address = shelf.address(database.name).replace("postgresql:", "postgresql+psycopg:", 1)
        with closing(Store(address)) as store:
            yield store
        shelf.give_back(database)

    return in_file if request.param == "sqlite" else on_server


def test_a_company_is_worked_out_twice_and_remembered_from_then_on(another: Another) -> None:
    """Forgotten, every test over one takes much longer, and nothing fails."""
    worked_out = []
    for _ in range(4):
        with another() as store:

            def write(store: Store = store) -> None:
                worked_out.append(store)
                desk(store, told, "2026-02-01")

            once(store, "a company of these tests", write)
            with store.reading() as connection:
                found = connection.exec_driver_sql("SELECT customer_id FROM customers").fetchall()
            assert [tuple(row) for row in found] == [("cus_1",)]
    assert len(worked_out) == 2


@pytest.mark.parametrize("many", [3, 9_000], ids=["few rows", "many rows"])
@pytest.mark.postgres
def test_a_database_that_was_given_back_is_as_new(postgres_shelf: Shelf, many: int) -> None:
    """Few rows are deleted, many are truncated."""
    new = postgres_shelf.take()
    before = _rows(new.own)
    new.own.execute(
        "INSERT INTO meta SELECT 'left ' || n, 'behind' FROM generate_series(1, %s) AS n", (many,)
    )
    assert _rows(new.own) != before
    postgres_shelf.give_back(new)
    again = postgres_shelf.take()
    assert again.name == new.name
    assert _rows(again.own) == before
    postgres_shelf.give_back(again)


@pytest.mark.postgres
def test_a_database_of_another_shape_is_not_given_out_again(postgres_shelf: Shelf) -> None:
    new = postgres_shelf.take()
    new.own.execute("CREATE TABLE left_behind (n int)")
    postgres_shelf.give_back(new)
    again = postgres_shelf.take()
    assert again.name != new.name
    postgres_shelf.give_back(again)
