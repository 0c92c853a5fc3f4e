"""The churn page over the fake company: what each choice shows, and what it never shows."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.billing import METRICS
from tests.pages.choosing import choice, press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import figures, numbers, section_titles, tables
from tests.pages.fake_billing import FakeBilling

RATES = (
    "customer_churn net_mrr_churn nrr grr gross_mrr_churn arpa ltv quick_ratio trial_conversion"
).split()


def shown(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in numbers(app)}


def test_four_rates_of_the_last_period_that_is_over_each_with_its_definition(
    open_page: Open,
) -> None:
    app = open_page("churn")
    assert shown(app) == {
        "Customer churn": "1.7%",
        "Net MRR churn": "1.5%",
        "Net revenue retention": "98.5%",
        "Gross revenue retention": "96.5%",
    }
    for metric, slug in zip(numbers(app), RATES[:4], strict=True):
        assert metric.definition.startswith(METRICS[slug].definition)
    assert "4 ÷ 240 customers" in numbers(app)[0].definition


def test_every_rate_shows_what_it_is_made_of_or_why_there_is_none(open_page: Open) -> None:
    table = next(m.value for m in open_page("churn").markdown if m.value.startswith("| Metric"))
    told = {line.split("|")[1].strip(): line.replace("\\", "") for line in table.splitlines()[2:]}
    assert list(told) == [METRICS[slug].label for slug in RATES]
    assert "4 ÷ 240 customers" in told["Customer churn"]
    assert "No trial ended in the period." in told["Trial conversion"]
    assert "$350.00" in told["Gross MRR churn"]
    assert "Small sample" not in table


def test_every_rate_has_its_definition_one_click_away(open_page: Open) -> None:
    [meaning] = open_page("churn").expander
    said = " ".join(m.value for m in meaning.markdown)
    assert all(METRICS[slug].definition in said for slug in RATES)


def test_few_customers_are_marked(open_page: Open) -> None:
    app = open_page("churn")
    press(app, "currency", "EUR")
    table = next(m.value for m in app.markdown if m.value.startswith("| Metric"))
    assert table.count("Small sample") >= 5
    assert "small sample" in numbers(app)[0].beside


def test_another_currency_has_numbers_of_its_own(open_page: Open) -> None:
    app = open_page("churn")
    press(app, "currency", "EUR")
    assert shown(app)["Customer churn"] == "33.3%"
    assert "in EUR" in everything(app)


def test_the_address_chooses_period_division_and_part(open_page: Open) -> None:
    app = open_page("churn", by="Quarter", view="Reasons")
    assert app.session_state["by"] == "quarter"
    assert app.session_state["view"] == "leavers"
    assert any(title.startswith("Who left in Q") for title in section_titles(app))


def test_a_chosen_period_is_the_one_that_is_shown(open_page: Open) -> None:
    app = open_page("churn")
    names = choice(app, "period").options
    assert names[0].endswith("so far")
    oldest = names[-1]
    press(app, "period", oldest)
    assert shown(app)["Customer churn"] == "–"
    assert oldest in everything(app)
    assert "partly reconstructed" in everything(app)


def _names(app: AppTest) -> list[str]:
    desk = FakeBilling()
    return [period.name for period in reversed(desk.churn_periods("month", "usd"))]


def test_a_period_that_another_division_does_not_know_is_dropped(open_page: Open) -> None:
    app = open_page("churn")
    press(app, "period", choice(app, "period").options[2])
    press(app, "by", "Week")
    assert not app.exception
    assert "week" in choice(app, "period").chosen[0].lower()


def test_those_who_left_are_listed_with_their_own_words(open_page: Open) -> None:
    app = open_page("churn", view="Reasons")
    frame = tables(app)[0].value
    assert len(frame) == 25
    assert {"customer", "left", "plan", "mrr", "cause", "reason", "comment"} <= set(frame.columns)
    assert set(frame["reason"]) == {"Too expensive", "No reason given"}


@pytest.mark.parametrize(
    ("key", "value", "column", "shown"),
    [
        ("plans", "pro", "plan", "Pro"),
        ("causes", "unknown", "cause", "Unknown"),
        ("reasons", "too_expensive", "reason", "Too expensive"),
    ],
)
def test_a_bar_narrows_the_list_to_those_behind_it(
    key: str, value: str, column: str, shown: str, open_page: Open
) -> None:
    app = open_page("churn", view="Reasons")
    press(app, key, shown)
    assert set(tables(app)[0].value[column]) == {shown}


def test_nobody_matches_says_so(open_page: Open) -> None:
    app = open_page("churn", view="Reasons", q="nobody at all")
    assert not tables(app)
    assert any("No customer matches these filters." in m.value for m in app.markdown)


def test_cohorts_mark_the_month_that_is_not_over(open_page: Open) -> None:
    frame = tables(open_page("churn", view="Cohorts"))[0].value
    assert frame["Cohort"].iloc[0] == "Jun 2026"
    assert list(frame.iloc[0])[1:4] == ["240", "100%", "100%"]
    assert [str(cell).endswith("*") for cell in frame.iloc[0][2:]] == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("of", "shown", "first", "last"),
    [
        ("Customers", "Share", "100%", "98%*"),
        ("Customers", "In numbers", "240", "235*"),
        ("MRR", "Share", "100%", "50%*"),
        ("MRR", "In numbers", "$1,000", "$500*"),
    ],
)
def test_cohorts_by_customers_or_mrr_relative_or_absolute(
    of: str, shown: str, first: str, last: str, open_page: Open
) -> None:
    app = open_page("churn", view="Cohorts")
    press(app, "of", of)
    press(app, "as", shown)
    row = list(tables(app)[0].value.iloc[0])
    assert (row[2], row[-1]) == (first, last)


def test_small_cohorts_are_marked(open_page: Open) -> None:
    app = open_page("churn", view="Cohorts")
    press(app, "currency", "EUR")
    frame = tables(app)[0].value
    assert all(name.endswith("·") for name in frame["Cohort"])


@pytest.mark.parametrize("view", ["Rates", "Reasons", "Cohorts"])
@pytest.mark.parametrize("role", ["finance", "founder", "admin"])
def test_every_part_opens_for_those_who_see_money(view: str, role: str, open_page: Open) -> None:
    app = open_page("churn", role, view=view)
    assert not app.exception
    assert not app.error
    assert len(numbers(app)) == 4


def test_support_gets_none_of_it(open_page: Open) -> None:
    app = open_page("churn", "support")
    assert not numbers(app)
    assert "Customer churn" not in everything(app)


def test_without_any_mrr_it_says_what_would_fill_it(open_page: Open, desk: FakeBilling) -> None:
    desk.empty = True
    app = open_page("churn")
    assert not numbers(app)
    assert any("Nobody has paid yet." in m.value for m in app.markdown)


def test_in_the_first_period_of_a_shop_the_trend_says_that_there_is_none_yet(
    open_page: Open, desk: FakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk.churn_periods("month", "usd")[:1]
    monkeypatch.setattr(desk, "churn_periods", lambda by, currency: first)
    app = open_page("churn")
    assert figures(app) == []
    assert "No period has begun with customers yet." in everything(app)
