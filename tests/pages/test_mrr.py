"""The MRR page: empty, in one currency, in the reporting currency, its receipts and its audit."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import session
from dashboard.ui import rolling
from lib.billing import METRICS
from lib.billing.store.engine import Store
from tests.desk.money_world import over_company, over_rows
from tests.desk.test_money import NOW, WINTER
from tests.pages import conftest
from tests.pages.choosing import choice, press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import numbers, tables
from tests.pages.fake_billing import FakeBilling


def together(app: AppTest) -> AppTest:
    """The same page with all currencies chosen."""
    press(app, "currency", choice(app, "currency").options[-1])
    assert not app.exception
    return app


def test_support_is_refused(open_page: Open) -> None:
    app = open_page("mrr", "support")
    assert not numbers(app)
    assert "$26,640" not in everything(app)
    assert "cus_0001" not in everything(app)


def test_one_currency_shows_its_periods_and_no_fx(open_page: Open) -> None:
    app = open_page("mrr")
    assert [metric.label for metric in numbers(app)] == [
        "MRR",
        "Committed MRR",
        "Paying customers",
        "Net new MRR",
    ]
    [table] = [frame.value for frame in tables(app)]
    assert len(table) == 12
    assert "fx" not in table.columns
    assert table["period"].iloc[0].endswith("so far")
    assert not app.warning


def test_the_reporting_currency_is_a_choice_only_where_it_is_configured(
    open_page: Open, desk: FakeBilling
) -> None:
    assert choice(open_page("mrr"), "currency").options == ["USD", "EUR"]
    desk.reporting = "eur"
    app = together(open_page("mrr"))
    [table] = [frame.value for frame in tables(app)]
    assert "fx" in table.columns
    assert "€" in numbers(app)[0].value


def test_a_missing_rate_is_said_and_nothing_is_smaller_for_it(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.reporting, desk.rate_missing = "eur", True
    app = together(open_page("mrr"))
    assert "USD" in app.warning[0].value
    assert [metric.value for metric in numbers(app)][:2] == ["–", "–"]


@pytest.mark.parametrize("part", ["New", "Churn", "Opening", "Closing", "Committed MRR"])
def test_receipts_say_that_their_rows_sum_to_the_number(open_page: Open, part: str) -> None:
    app = open_page("mrr", view="Receipts", part=part)
    assert not app.exception
    assert any(part in m.value and "Nov 2026" in m.value for m in app.markdown)
    assert any("sum to it" in m.value for m in app.markdown)
    [table] = [frame.value for frame in tables(app)]
    assert len(table) == 25
    assert len(app.get("pagination")) == 1 or "pagination" in everything(app).lower()


def test_receipts_that_do_not_sum_are_red(open_page: Open, desk: FakeBilling) -> None:
    desk.broken = True
    app = open_page("mrr", view="Receipts", part="New")
    assert any("red" in m.value and "sum to" in m.value for m in app.markdown)


def test_the_receipt_of_another_period_is_in_the_address(open_page: Open) -> None:
    app = open_page("mrr", view="Receipts", part="New", period="Dec 2025")
    assert any("Dec 2025" in m.value for m in app.markdown)


def test_a_hostile_name_loads_nothing(open_page: Open) -> None:
    app = open_page("mrr", view="Receipts", part="New")
    assert all("evil.test" not in m.value for m in app.markdown)


def test_the_self_audit_says_both_sides(open_page: Open) -> None:
    app = open_page("mrr", view="Self-audit")
    assert any("hold" in m.value and "green" in m.value for m in app.markdown)
    table = tables(app)[0].value
    assert table["left"].iloc[0] == "MRR: $26,640.00"
    assert table["right"].iloc[0] == "Sum of movements: $26,640.00"


def test_a_line_that_fails_names_its_row(open_page: Open, desk: FakeBilling) -> None:
    desk.broken = True
    app = open_page("mrr", view="Self-audit")
    assert any("1 line of 1 fails" in m.value for m in app.markdown)
    assert "cus_0001:usd:1764547200" in tables(app)[0].value["row"].tolist()


@pytest.mark.parametrize("by", ["Day", "Week", "Quarter"])
def test_the_period_length_is_in_the_address(open_page: Open, by: str) -> None:
    app = open_page("mrr", by=by)
    assert not app.exception
    assert app.session_state["by"] == by.lower()


def test_every_part_of_the_roll_forward_has_its_definition() -> None:
    for metric in rolling.PARTS.values():
        assert METRICS[metric].definition.endswith(".")


@pytest.fixture
def opened(demo: None) -> Iterator[None]:
    yield
    session.use(None)
    st.cache_data.clear()


def shown(**query: str) -> AppTest:
    app = conftest.opened("mrr", "finance", **query)
    assert not app.exception
    return app


def test_over_a_real_ledger_in_euros(opened: None, sqlite_store: Store) -> None:
    session.use(over_rows(sqlite_store, WINTER, NOW))
    app = shown(currency="All in EUR", view="Receipts", part="FX", period="Jan 2026")
    text = everything(app)
    assert any("FX, Jan 2026" in m.value and "€10" in m.value for m in app.markdown)
    assert "1 conversion sums to it" in text


def test_over_a_real_company(opened: None, sqlite_store: Store) -> None:
    session.use(over_company(sqlite_store, 3))
    app = shown(view="Self-audit")
    assert any("All 10 lines hold" in m.value for m in app.markdown)
    app = shown(view="Receipts", part="Closing")
    assert any("to it" in m.value for m in app.markdown)


@pytest.mark.parametrize(
    ("view", "report"), [("Roll-forward", "mrr"), ("Self-audit", "self-audit")]
)
def test_the_rows_of_a_tab_can_be_taken_away(open_page: Open, view: str, report: str) -> None:
    app = open_page("mrr", "finance", view=view)
    assert app.get_by_key(f"{report}_file")
