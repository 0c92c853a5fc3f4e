"""Numbers on the founders' pages over a real database are those of the reports."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import format as fmt
from dashboard import session
from lib.billing import Portside
from lib.billing.store.engine import Store
from tests.desk.money_world import over_company
from tests.pages import conftest
from tests.pages.choosing import press
from tests.pages.drawn import numbers, tables


@pytest.fixture(params=[0, 4])
def company(request: pytest.FixtureRequest, sqlite_store: Store, demo: None) -> Iterator[Portside]:
    found = over_company(sqlite_store, request.param)
    session.use(found)
    yield found
    session.use(None)
    st.cache_data.clear()


def opened(slug: str) -> AppTest:
    app = conftest.opened(slug, "founder")
    assert not app.exception
    return app


def currency_of(app: AppTest) -> str:
    return str(app.session_state["currency"]) if "currency" in app.session_state else "usd"


def test_the_overview_s_numbers_are_those_of_the_reports(company: Portside) -> None:
    app = opened("overview")
    code = currency_of(app)
    month = company.report("mrr", currency=code).rows[-1]
    runway = company.report("runway", currency=code).totals.get(code, {"mrr_minor": 0})
    values = {card.label: card.value for card in numbers(app)}
    assert values["MRR"] == fmt.money_short(month["closing_minor"], code)
    assert values["Committed MRR"] == fmt.money_short(month["committed_minor"], code)
    assert month["closing_minor"] - month["committed_minor"] == runway["mrr_minor"]
    churn = company.report("churn", currency=code, by="month").rows
    complete = [row for row in churn if row["period"] < month["period"]]
    net = fmt.share(complete[-1]["net_mrr_churn"])
    assert numbers(app)[3].value == net.replace("-", "−")  # the sign that cards have


def test_the_upgrades_page_counts_what_the_report_lists(company: Portside) -> None:
    app = opened("upgrades")
    press(app, "period", "Last 12 months")
    code = currency_of(app)
    rows = [row for row in company.report("upgrades", currency=code).rows if row["kind"]]
    values = {card.label: card.value for card in numbers(app)}
    assert values["Upgrades"] == f"{len(rows):,}"
    added = fmt.money_short(sum(row["delta_minor"] for row in rows), code)
    assert values["MRR from upgrades"] == added.replace("-", "−")
    if rows:
        shown = tables(app)[0].value
        assert len(shown) == min(len(rows), 25)
        assert [change for cell in shown["change"] for change in cell] == [
            "Began to pay"
            if (row["kind"], row["change"]) == ("new", "price")
            else fmt.words(row["change"])
            for row in rows[:25]
        ]
