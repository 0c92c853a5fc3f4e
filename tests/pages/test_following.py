"""The pages go over to an applied catalogue between two runs, and say where they cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import session
from lib.billing import CatalogStanding
from lib.billing.domain.catalog import parse_catalog
from lib.billing.store import meta
from lib.billing.store.engine import Store
from tests.catalog.deployed import COMPANY
from tests.pages.conftest import Open
from tests.pages.fake_billing import FakeBilling
from tests.store.company import company, ingest_into

ANOTHER = COMPANY.replace("seats = 3", "seats = 4")
RENAMED = COMPANY.replace("[plans.pro]", '[plans.pro]\nname = "Best"')


@pytest.fixture
def file(sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "catalog.toml"
    path.write_text(COMPANY)
    ingest_into(sqlite_store).apply(company(3))
    monkeypatch.setenv("PORTSIDE_DATABASE_URL", f"sqlite:///{sqlite_store.url.database}")
    monkeypatch.setenv("PORTSIDE_CATALOG", str(path))
    monkeypatch.setenv("PORTSIDE_DEMO_SIGN_IN", "1")
    session.use(None)
    st.cache_resource.clear()
    yield path
    st.cache_resource.clear()
    st.cache_data.clear()


def note_applied(store: Store, sold: str) -> None:
    with store.writing() as connection:
        meta.put(connection, meta.APPLIED, parse_catalog(sold).mark)


def a_run() -> None:
    import streamlit as st

    from dashboard import keeping, session

    session.keep_up()
    desk = session.desk()
    st.text(f"{desk.catalog.plan('pro').name}, {desk.catalog.plan('starter').limits['seats']}")
    st.text(str(keeping.stamp().generation))


def test_a_run_shows_the_applied_catalogue_and_never_an_edited_one(
    sqlite_store: Store, file: Path
) -> None:
    app = AppTest.from_function(a_run).run()
    assert not app.exception
    assert app.text[0].value == "Pro, 3"
    generation = app.text[1].value

    file.write_text(RENAMED)
    assert [text.value for text in app.run().text] == ["Pro, 3", generation]
    note_applied(sqlite_store, ANOTHER)
    assert app.run().text[0].value == "Pro, 3", "the file is not the applied one"
    note_applied(sqlite_store, RENAMED)
    app.run()
    assert app.text[0].value == "Best, 3"
    assert app.text[1].value != generation, "nothing cached is shown any more"


SAID = {
    "all is well": (CatalogStanding("a", "a", None), [], []),
    "none was ever applied": (CatalogStanding("a", None, None), [], []),
    "being folded": (
        CatalogStanding("a", "a", 1_234),
        [],
        ["Another catalogue was applied: 1,234 customers are still to be folded by it. "],
    ),
    "the last one": (CatalogStanding("a", "a", 1), [], ["1 customer is still to be folded"]),
    "another one": (
        CatalogStanding("a", "b", None),
        ["Another catalogue was applied than the one in this installation's file"],
        [],
    ),
}


@pytest.mark.parametrize(("seen", "warnings", "infos"), SAID.values(), ids=SAID.keys())
def test_the_sync_page_says_so(
    open_page: Open,
    desk: FakeBilling,
    seen: CatalogStanding,
    warnings: list[str],
    infos: list[str],
) -> None:
    desk.standing = seen
    app = open_page("sync")
    for found, wanted in ((app.warning, warnings), (app.info, infos)):
        assert len(found) == len(wanted)
        for element, text in zip(found, wanted, strict=True):
            assert text in element.value
