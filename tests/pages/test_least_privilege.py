"""The pages over PostgreSQL, opened with a role that can only read the projection."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from dashboard import session
from lib.billing import Portside
from lib.billing.settings.setup import Setup
from tests.grants.conftest import Roles, role_names, roles  # noqa: F401  (fixtures)
from tests.pages.conftest import everything, opened
from tests.pages.test_real_desk import PAGES
from tests.reports.ledger import CATALOG, at, fill_anew
from tests.reports.test_report_rows import ANN_LEAVES, BOB_FAILS

pytestmark = pytest.mark.postgres


@pytest.fixture
def with_least_privilege(roles: Roles, demo: None) -> Iterator[None]:  # noqa: F811
    setup = Setup(catalog=CATALOG)
    fill_anew(roles.receiver, [*ANN_LEAVES, *BOB_FAILS], setup)
    session.use(Portside(store=roles.dashboard, clock=lambda: at("2026-03-15T12:00"), setup=setup))
    yield
    session.use(None)
    st.cache_data.clear()


@pytest.mark.usefixtures("with_least_privilege")
def test_every_page_shows_the_projection() -> None:
    for slug, shown in PAGES.items():
        app = opened(slug, customer="cus_1")
        assert not app.exception, slug
        assert shown in everything(app), slug
