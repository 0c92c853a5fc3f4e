"""The pages over a real projection, through the facade that they were built against."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st

from dashboard import session
from lib.billing import Filters
from lib.billing.store.engine import Store
from tests.pages.conftest import everything, opened
from tests.reports.ledger import desk as real_desk
from tests.reports.test_report_rows import ANN_LEAVES, BOB_FAILS

PAGES = {
    "overview": "1 subscription winding down",
    "upgrades": "Nobody moved up in this period.",
    "winding-down": "ann@example.com",
    "failed-payments": "bob@example.com",
    "mrr": "Mar 2026, so far",
    "plan-mix": "Pro",
    "invoices": "PORT-0001",
    "churn": "0 ÷ 2 customers",
    "customer": "Pro until 5 April 2026",
    "close": "February 2026",
    "plans": "Table core",
    "portal": "As far as Stripe's events have told",
    "sync": "Nothing has arrived yet.",
    "audit": "Nobody has done anything yet.",
}


@pytest.fixture
def over_sqlite(sqlite_store: Store, demo: None) -> Iterator[None]:
    session.use(real_desk(sqlite_store, [*ANN_LEAVES, *BOB_FAILS], "2026-03-15T12:00"))
    yield
    session.use(None)
    st.cache_data.clear()


@pytest.mark.parametrize("slug", sorted(PAGES))
def test_each_page_shows_the_projection(slug: str, over_sqlite: None) -> None:
    app = opened(slug, customer="cus_1")
    assert not app.exception
    assert PAGES[slug] in everything(app)


def test_the_file_holds_the_filtered_list(over_sqlite: None) -> None:
    desk = session.billing()
    assert "cus_1" in desk.export("winding-down", Filters(plans=("pro",))).to_csv()
    assert "cus_1" not in desk.export("winding-down", Filters(plans=("starter",))).to_csv()
