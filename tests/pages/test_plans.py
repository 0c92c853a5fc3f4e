"""The Plans page: its tabs, what each role is told of them, and candidates of any kind."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.billing import LANGUAGES
from lib.billing.domain.catalog import parse_catalog
from tests.pages.choosing import choice, press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import choose, tables
from tests.pages.fake_billing import FakeBilling
from tests.pages.fake_catalogue import HOSTILE

TABLES = """
default_plan = "free"
[plans.free]
name = "Free"
[plans.pro]
rank = 20
highlight = "**Best** ![x](http://evil.test/h.png)"
features = ["api"]
bullets = ["![x](http://evil.test/b.png)"]
prices = [
    { lookup_key = "m", interval = "month", amount = 2950 },
    { lookup_key = "y", interval = "year", amount = 29500 },
    { lookup_key = "jpy", interval = "month", amount = 4300, currency = "jpy" },
    { lookup_key = "calls", interval = "month", amount = 5, usage = "metered", meter = "mtr" },
]
[plans.next]
rank = 30
published = false
[tables.main]
group = "core"
state = "live"
default = true
hidden_at_sign_up = true
features_heading = "In every plan"
[tables.soon]
group = "core"
"""
CANDIDATE = 'default_plan = "free"\n[plans.free]\nname = "Free"\n'


def said(app: AppTest) -> str:
    parts = (*app.markdown, *app.caption, *app.error, *app.warning, *app.success, *app.info)
    return "\n".join(str(element.value) for element in parts)


def rows(app: AppTest, at: int = 0) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in tables(app)[at].value.itertuples(index=False)]


def labels(app: AppTest) -> list[str]:
    return [str(button.label) for button in app.button]


@pytest.fixture
def sold(desk: FakeBilling) -> FakeBilling:
    desk.catalog = parse_catalog(TABLES)  # type: ignore[misc]  # of this one alone
    return desk


# Pricing tables


def test_a_card_shows_what_customers_see(open_page: Open) -> None:
    app = open_page("plans", role="support")
    told = said(app)
    assert "## Pro :blue-badge[Most popular]" in told
    assert "### \\$29" in told
    assert "Everything in Starter\\, plus\\:" in told
    assert "Seats\\: 10" in told
    assert {"Begin free", "Start", "Upgrade"} <= set(labels(app))


def test_the_default_table_comes_first_and_says_what_it_is(
    open_page: Open, sold: FakeBilling
) -> None:
    told = everything(open_page("plans"))
    assert "Hidden at sign-up" in told
    assert "In every plan" in told
    assert "Draft" not in [badge for badge in told.split("'") if badge == "Draft"]


def test_another_table_another_term_and_another_currency(
    open_page: Open, sold: FakeBilling
) -> None:
    app = open_page("plans")
    assert "plus \\$0\\.05 a unit by use" in said(app)
    press(app, "term", choice(app, "term").options[-1])
    assert "# \\$295" in said(app)
    assert "saves 16%" in said(app)
    press(app, "currency", "JPY")
    assert "# ¥4\\,300" in said(app)  # and the term that yen have
    press(app, "table", "soon (draft)")
    assert not app.exception
    assert "Table soon" in said(app)


@pytest.mark.parametrize(
    ("language", "amount"),
    [("en", "# \\$29\\.50"), ("de", "# 29\\,50 \\$"), ("ja", "# \\$29\\.50")],
)
def test_amounts_are_written_as_the_language_writes_them(
    open_page: Open, sold: FakeBilling, language: str, amount: str
) -> None:
    app = open_page("plans")
    press(app, "prices_in", LANGUAGES[language])
    assert amount in said(app)


def test_words_of_the_catalogue_are_never_markup(open_page: Open, sold: FakeBilling) -> None:
    told = said(open_page("plans"))
    assert "![x](" not in told
    assert "**Best**" not in told


def test_drafts_are_named_beneath_the_table(open_page: Open, sold: FakeBilling) -> None:
    assert "because it is a draft: Next" in said(open_page("plans"))


def test_a_button_says_what_it_would_start(open_page: Open) -> None:
    app = open_page("plans")
    app.get_by_key("cta_pro").click().run()
    assert "pro\\_monthly" in str(app.toast[0].value)


# Features


def test_the_matrix_has_features_and_limits_by_plan(open_page: Open) -> None:
    app = open_page("plans", view="Features")
    assert ("Advanced analytics", "–", "–", "✓", "✓", "advanced_analytics") in rows(app)
    assert ("Limit: Seats", "1", "3", "10", "100", "seats") in rows(app)


# Prices


def test_prices_stand_beside_stripes(open_page: Open) -> None:
    app = open_page("plans", role="founder", view="Prices")
    found = {row[1]: row for row in rows(app)}
    assert found["pro_monthly"][3:6] == ("27.00 USD a month", ["Amount differs"], 240)
    assert found["pro_quarterly"][4] == ["Not in Stripe"]
    assert "1 price costs another amount in Stripe" in everything(app)


def test_older_prices_have_their_holders_and_mrr(open_page: Open) -> None:
    app = open_page("plans", role="finance", view="Prices")
    old = rows(app, 1)
    assert [row[4] for row in old] == [41, 3]
    assert tables(app)[1].words.iloc[:, 5].tolist() == ["$817.00", "€817.00"]


def test_a_chosen_older_price_lists_who_holds_it(open_page: Open) -> None:
    app = open_page("plans", role="admin", view="Prices")
    choose(app, 1, 0)
    app.run()
    assert "43 subscriptions" in said(app)
    assert "Holder 0" in everything(app)


def test_support_is_told_of_prices_and_not_of_counts(open_page: Open) -> None:
    app = open_page("plans", role="support", view="Prices")
    told = everything(app)
    assert "price_old" in told
    for frame in tables(app):
        assert not {"customers", "mrr", "note"} & set(frame.value.columns)
    assert "81700" not in told
    assert "41" not in [str(cell) for row in rows(app, 1) for cell in row]


def test_without_stripe_its_events_are_believed(open_page: Open, desk: FakeBilling) -> None:
    desk.stripe_sells = False
    told = said(open_page("plans", view="Prices"))
    assert "Stripe did not answer" in told
    assert "As far as Stripe's events have told" in told


def test_holders_are_counted_once_for_everybody_until_asked_anew(
    open_page: Open, desk: FakeBilling
) -> None:
    app = open_page("plans", view="Prices")
    app.run()
    assert desk.asked_prices == 1
    app.get_by_key("plans_again").click().run()
    assert desk.asked_prices == 2


def test_who_asks_anew_is_not_given_what_another_asked_for_before(
    open_page: Open, desk: FakeBilling
) -> None:
    for times in (2, 3):
        app = open_page("plans", view="Prices")
        app.get_by_key("plans_again").click().run()
        assert desk.asked_prices == times


# Check


@pytest.mark.parametrize(("role", "counted"), [("support", False), ("founder", True)])
def test_findings_count_customers_only_for_those_who_see_totals(
    open_page: Open, role: str, counted: bool
) -> None:
    told = said(open_page("plans", role=role, view="Check"))
    assert ("17 customers" in told) is counted
    assert ("493" in told) is counted
    assert "their plan is unresolved" in told
    assert "Line 78" in told


def test_without_stripe_the_file_is_judged_by_itself(open_page: Open, desk: FakeBilling) -> None:
    desk.stripe_sells = False
    told = said(open_page("plans", view="Check"))
    assert "Stripe did not answer" in told
    assert "The file by itself" in told


def test_policies_are_said_in_words(open_page: Open) -> None:
    told = said(open_page("plans", view="Check"))
    assert "**Downgrades** take effect at the end of the period" in told
    assert "access stays for 14 days" in told


# Impact


def tried(app: AppTest, text: str) -> AppTest:
    app.get_by_key("candidate").set_value(text)
    return app.get_by_key("impact_start").click().run()


def test_a_candidate_is_compared_with_everybody(open_page: Open, desk: FakeBilling) -> None:
    app = tried(open_page("plans", view="Impact"), CANDIDATE)
    assert desk.tried_out == [CANDIDATE]
    told = said(app)
    assert "41 customers change plan" in told
    assert HOSTILE not in told
    assert rows(app)[0] == (["Plan"], "Pro → Starter", 41)
    assert rows(app, 1)[0][:3] == ("billing0@customer0.invalid", "Pro", "Starter")
    assert len(rows(app, 1)) == 25


def test_support_sees_whom_it_changes_and_not_how_many(open_page: Open) -> None:
    app = tried(open_page("plans", role="support", view="Impact"), CANDIDATE)
    told = everything(app)
    assert "For some customers" in said(app)
    assert "41" not in said(app)
    assert "1,204" not in told
    assert len(rows(app)) == 25
    assert not [frame for frame in tables(app) if "sort" in frame.value.columns]


def test_the_present_file_can_be_the_beginning(open_page: Open) -> None:
    app = open_page("plans", view="Impact")
    app.get_by_key("impact_fill").click().run()
    assert app.get_by_key("candidate").value == CANDIDATE


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("", "nothing to compare", id="nothing"),
        pytest.param("default_plan = \n", "line 1", id="no TOML"),
        pytest.param(CANDIDATE + "rank = -1", "rank must be a whole number", id="a wrong value"),
        pytest.param("x = " + "[" * 9_000, "too deep", id="brackets"),
        pytest.param("x = " + "9" * 9_000, "cannot be read", id="a long number"),
        pytest.param("#" * 300_000, "larger than 256 KiB", id="too large"),
        pytest.param("![x](http://evil.test/c.png)", "not valid TOML", id="markup"),
    ],
)
def test_what_cannot_be_read_says_why_and_folds_nobody(
    open_page: Open, desk: FakeBilling, text: str, told: str
) -> None:
    app = tried(open_page("plans", view="Impact"), text)
    assert not app.exception
    assert told in "".join(str(error.value) for error in app.error).replace("\\", "")
    assert "![x](http" not in said(app)
    assert desk.tried_out == []


def test_the_line_at_fault_is_shown_with_those_around_it(open_page: Open) -> None:
    app = tried(open_page("plans", view="Impact"), CANDIDATE + "rank = -1")
    assert "→    4  rank = -1" in app.code[0].value


def test_what_is_amiss_in_a_candidate_is_told_with_its_line(open_page: Open) -> None:
    app = tried(open_page("plans", view="Impact"), CANDIDATE + "rnk = 3")
    assert "plans\\.free\\.rnk means nothing here" in said(app)
    assert "Line 4" in said(app)


def test_a_comparison_under_way_shows_how_far_it_is_and_can_be_stopped(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.impact_state = "running"
    app = tried(open_page("plans", view="Impact"), CANDIDATE)
    assert "40%, about 12 s left" in everything(app)
    app.get_by_key("impact_stop").click().run()
    assert len(desk.stopped) == 1
    assert "Stopped" in said(app)


@pytest.mark.parametrize(
    ("state", "told"),
    [("failed", "The database does not answer"), ("waiting", "Waiting for another candidate")],
)
def test_whatever_becomes_of_it_is_said(
    open_page: Open, desk: FakeBilling, state: str, told: str
) -> None:
    desk.impact_state = state
    assert told in everything(tried(open_page("plans", view="Impact"), CANDIDATE)).replace("\\", "")


def test_events_since_then_are_noticed(open_page: Open, desk: FakeBilling) -> None:
    desk.watermark_now = 42
    told = said(tried(open_page("plans", view="Impact"), CANDIDATE))
    assert "Events have arrived since" in told


def test_a_changed_text_is_noticed(open_page: Open) -> None:
    app = tried(open_page("plans", view="Impact"), CANDIDATE)
    app.get_by_key("candidate").set_value(CANDIDATE + "#").run()
    assert "The text has changed" in said(app)


def test_nothing_is_kept_of_a_candidate(open_page: Open, desk: FakeBilling) -> None:
    before = len(desk.audited)
    tried(open_page("plans", view="Impact"), CANDIDATE)
    assert len(desk.audited) == before
