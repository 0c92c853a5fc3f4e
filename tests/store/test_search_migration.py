"""0003 fills what customers are found by for those who are there already; back and forth again."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import inspect

from lib.billing.replay import replay
from lib.billing.store import migrate
from tests.store.company import company, derived, ingest_into


def move(store, revision):
    config = Config()
    config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with store.writing() as connection:
        config.attributes["connection"] = connection
        to = command.upgrade if revision == migrate.HEAD else command.downgrade
        to(config, revision)


def names(store):
    with store.reading() as connection:
        found = inspect(connection)
        tables = set(found.get_table_names())
        with pytest.warns(match="expression-based") if store.is_sqlite else nothing():
            indexes = {i["name"] for t in tables for i in found.get_indexes(t)}
        return tables | indexes


class nothing:
    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


def test_the_upgrade_fills_what_the_writer_would(store):
    ingest = ingest_into(store)
    ingest.apply(company(1))
    expected, there = derived(store), names(store)
    move(store, "0002")
    assert "search_terms" not in names(store)
    assert not {name for name in names(store) if name.startswith("search_")}
    move(store, migrate.HEAD)
    assert names(store) == there
    assert derived(store)["search_terms"] == expected["search_terms"]
    replay(ingest)  # what a later revision added is filled by it
    assert derived(store) == expected
    assert not replay(ingest).batches_changed
