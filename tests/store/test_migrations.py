"""The schema that migrations make is the schema that the code expects."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lib.billing.domain import rows
from lib.billing.domain.errors import ConfigurationError, DatabaseUnavailable
from lib.billing.store import list_indices, migrate, search_index, tables
from lib.billing.store.engine import Store


# SQLite cannot tell of an index over an expression; PostgreSQL's half of this test can.
@pytest.mark.filterwarnings("ignore:.*expression-based index")
def test_migrating_gives_the_tables_of_the_code(store):
    with store.reading() as connection:
        # The indices of the search and of lists are in no metadata: see `store.search_index` and
        # `store.list_indices`.
        def told(_: object, name: str, *__: object) -> bool:
            ours = search_index.is_ours(name) or list_indices.is_ours(name)
            return not ours and name not in migrate.BY_BYTES

        options = {"compare_type": True, "include_object": told}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, tables.metadata) == []


def test_the_newest_revision_is_the_one_that_the_code_names():
    scripts = ScriptDirectory(str(Path(migrate.__file__).parent / "migrations"))
    assert scripts.get_current_head() == migrate.HEAD


def test_migrating_twice_is_harmless(store):
    assert migrate.upgrade(store) == migrate.upgrade(store) == migrate.current(store)


def test_a_database_that_was_never_migrated_says_what_to_run(tmp_path):
    store = Store(f"sqlite:///{tmp_path / 'new.db'}")
    assert migrate.current(store) is None
    with pytest.raises(DatabaseUnavailable, match="portside db upgrade"), store.reading() as reader:
        reader.execute(text("SELECT * FROM inbox"))
    store.close()


ROWS = {
    tables.customers: rows.CustomerRow,
    tables.plan_entitlements: rows.EntitlementRow,
    tables.subscriptions: rows.SubscriptionRow,
    tables.invoices: rows.InvoiceRow,
    tables.movements: rows.MovementRow,
    tables.search_terms: rows.SearchRow,
}


@pytest.mark.parametrize(("table", "row"), ROWS.items(), ids=lambda each: getattr(each, "name", ""))
def test_the_columns_are_the_fields_of_the_value(table, row):
    assert [column.name for column in table.columns] == [f.name for f in dataclasses.fields(row)]


@pytest.mark.parametrize("change", ["UPDATE audit SET staff = 'x'", "DELETE FROM audit"])
def test_the_audit_only_grows(store, change):
    entry = {"at": 1, "staff": "ann", "action": "export", "previous_hash": "0", "hash": "1"}
    with store.writing() as connection:
        connection.execute(tables.audit.insert().values(entry))
    with pytest.raises((DBAPIError, DatabaseUnavailable)), store.writing() as connection:
        connection.execute(text(change))
    with store.reading() as connection:
        assert connection.execute(text("SELECT staff FROM audit")).scalar() == "ann"


URLS = {
    "no URL": "portside",
    "another database": "mysql://me:hush@db/x",
    "another driver": "postgresql+nosuch://me:hush@db/x",
}


@pytest.mark.parametrize("url", URLS.values(), ids=URLS.keys())
def test_a_url_that_cannot_be_used_is_one_sentence_without_the_password(url):
    with pytest.raises(ConfigurationError) as refused:
        Store(url)
    assert "hush" not in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_either_database_is_named_as_hosts_name_it(scheme):
    store = Store(f"{scheme}://one/portside", read_url=f"{scheme}://two/portside")
    engines = (store.engine, store.read_engine)
    assert [(each.url.host, each.driver) for each in engines] == [
        ("one", "psycopg"),
        ("two", "psycopg"),
    ]


def test_a_server_that_is_not_there_is_said(tmp_path):
    store = Store("postgresql://me:hush@127.0.0.1:9/portside")
    with pytest.raises(DatabaseUnavailable) as away, store.reading():
        pass
    assert "hush" not in str(away.value)
