"""Every number of every page has its definition one click away, and every metric is shown.

The pages are those of the table, so that a new one is walked as soon as it is in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import navigation, session, signin
from lib.billing import METRICS, REPORTS, Correction
from tests.pages.conftest import ROOT, opened
from tests.pages.drawn import figures, numbers, sections, tables
from tests.pages.fake_billing import NOW, FakeBilling

WAYS: dict[str, tuple[dict[str, str], ...]] = {
    "plan-mix": (
        {},
        {"view": "Trend"},
        {"view": "Moves"},
        {"view": "Concentration"},
        {"view": "Features"},
    ),
    "upgrades": ({}, {"period": "Last 12 months"}),
    "customer": ({"customer": "cus_0003"}, {"customer": "cus_0003", "tab": "Invoices"}),
    "mrr": ({}, {"view": "Receipts"}, {"view": "Self-audit"}, {"view": "Policy bridge"}),
    "churn": ({}, {"view": "Reasons"}, {"view": "Cohorts"}),
    "close": ({}, {"month": "2026-09"}),
    "plans": tuple(
        {"view": view} for view in ("Pricing tables", "Features", "Prices", "Check", "Impact")
    ),
    "failed-payments": ({}, {"recovered": "By payment"}),
    "winding-down": (
        {},
        {"split": "By reason"},
        {"view": "Saved or lost"},
        {"view": "Saved or lost", "divided": "By reason"},
        {"view": "Back-test"},
    ),
    "sync": (
        {},
        {"board": "Gaps"},
        {"board": "Failed events"},
        {"board": "Deliveries"},
        {"board": "Outgoing"},
        {"board": "Requests"},
    ),
}
"""Page → the addresses at which it shows different numbers; of the others the plain one."""

VISITS = [
    pytest.param(row.slug, query, id=" ".join([row.slug, *query.values()]))
    for row in navigation.PAGES
    for query in WAYS.get(row.slug, ({},))
]

NOT_ON_PAGES: dict[str, str] = {
    "fx_effect": "a line of the roll-forward in the reporting currency, which this company has not",
    "mrr_growth": "a field of the report mrr: net new MRR and FX together",
    "customers_churned": "a field of the report churn, and what the lists of leavers count",
    "common_decline": "a card of failed payments for roles without totals",
    "month_change": "the delta of the card MRR",
    "final_attempts": "a flag in each row of failed payments",
}
"""Metrics that no card, column or chart is called after, and where they are instead."""


Visit = Callable[[str, dict[str, str]], AppTest]


@pytest.fixture(scope="module")
def visit() -> Iterator[Visit]:
    """Opens each address once, in a company in which every page has something to show."""
    desk = FakeBilling()
    desk.drifting, desk.missing, desk.broken = 2, 2, 2
    desk.endpoints_up, desk.undelivered = 1, 2
    desk.came_back = (_correction(),)
    desk.last_here = NOW - 86_400

    @cache
    def visited(slug: str, query: tuple[tuple[str, str], ...]) -> AppTest:
        return opened(slug, **dict(query))

    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.setenv(signin.DEMO_SWITCH, "1")
        session.use(desk)  # type: ignore[arg-type]
        yield lambda slug, query: visited(slug, tuple(query.items()))
        session.use(None)
    st.cache_data.clear()


@pytest.mark.parametrize(("slug", "query"), VISITS)
def test_every_card_begins_its_help_with_a_registered_definition(
    visit: Visit, slug: str, query: dict[str, str]
) -> None:
    app = visit(slug, query)
    assert not app.exception
    undefined = [card.label for card in numbers(app) if not defined(card.definition)]
    assert undefined == []


@pytest.mark.parametrize(("slug", "query"), VISITS)
def test_every_column_of_numbers_begins_its_help_with_a_registered_definition(
    visit: Visit, slug: str, query: dict[str, str]
) -> None:
    app = visit(slug, query)
    undefined = [
        column["name"]
        for table in tables(app)
        for column in table.counted()
        if not defined(column["help"])
    ]
    assert undefined == []


@pytest.mark.parametrize(("slug", "query"), VISITS)
def test_every_chart_is_under_a_title_that_defines_what_it_draws(
    visit: Visit, slug: str, query: dict[str, str]
) -> None:
    app = visit(slug, query)
    charts = figures(app)
    titles = [title for title in sections(app) if any(names_in(said) for _, said in title.told)]
    assert len(titles) >= len(charts)


def test_every_metric_is_shown_on_a_page_or_said_to_be_elsewhere(
    visit: Visit,
) -> None:
    shown: set[str] = set()
    for address in VISITS:
        slug, query = address.values
        shown |= {name for told in helps(visit(slug, query)) for name in names_in(told)}
    hidden = set(METRICS) - shown
    assert hidden - set(NOT_ON_PAGES) == set(), "show it, or say in NOT_ON_PAGES where it is"
    assert set(NOT_ON_PAGES) <= hidden, "it is shown: take it out of NOT_ON_PAGES"


def test_a_number_without_a_definition_is_noticed() -> None:
    assert not defined("Some words of a page's own.")
    assert not defined("")
    assert defined(METRICS["mrr"].definition + " And more.")


@cache
def definitions() -> dict[str, str]:
    """Every registered sentence → the metric or field."""
    fields = {
        field.definition: f"{report.name}.{field.name}"
        for report in REPORTS.values()
        for field in report.fields
    }
    return fields | {metric.definition: slug for slug, metric in METRICS.items()}


def defined(told: str) -> bool:
    return any(told.startswith(sentence) for sentence in definitions())


def names_in(told: str) -> list[str]:
    return [name for sentence, name in definitions().items() if sentence in told]


def helps(app: AppTest) -> Iterator[str]:
    """The help of every card, column and title, and the definitions that stand on the page."""
    yield from (str(text.value) for text in (*app.caption, *app.markdown))
    yield from (text.proto.help for text in (*app.caption, *app.markdown))
    yield from (card.definition for card in numbers(app))
    yield from (said for title in sections(app) for _, said in title.told)
    for table in tables(app):
        yield from (column["help"] for column in table.columns.values())


def _correction() -> Correction:
    from tests.pages.fake_billing import DAY, NOW

    return Correction(
        kind="refund",
        object_id="re_1",
        amount_minor=2900,
        currency="usd",
        status="succeeded",
        reason=None,
        invoice_id="in_3_0",
        at=NOW - DAY,
        stands=True,
    )
