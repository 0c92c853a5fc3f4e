"""Each page, for each role: what it shows and what it must not send."""

from __future__ import annotations

import pytest

from dashboard import navigation
from lib.billing import METRICS, Role
from tests.pages.choosing import choice, press
from tests.pages.conftest import Open, everything
from tests.pages.drawn import Badge, badges, numbers, tables, told
from tests.pages.fake_billing import FakeBilling

SLUGS = [row.slug for row in navigation.PAGES]
TOTALS = ("overview", "upgrades", "mrr", "plan-mix", "churn", "invoices")


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("role", [role.value for role in Role])
def test_a_page_opens_for_every_role_without_an_error(
    open_page: Open, slug: str, role: str
) -> None:
    app = open_page(slug, role)
    assert not app.exception
    assert not app.error


@pytest.mark.parametrize("slug", SLUGS)
def test_a_page_begins_with_its_title_its_question_and_how_fresh_it_is(
    open_page: Open, slug: str
) -> None:
    app = open_page(slug)
    row = navigation.BY_SLUG[slug]
    assert [title.value for title in app.title] == [row.title]
    assert row.question in [caption.value for caption in app.caption]
    fresh = "As of 22 Nov 2026, 03:00 UTC · Days and months in UTC Last webhook 42 s ago Test mode"
    assert told(app)[0] == fresh


def test_the_badge_turns_amber_when_no_webhook_came_for_long(
    open_page: Open, desk: FakeBilling
) -> None:
    desk.stale = True
    app = open_page("winding-down")
    assert Badge("Last webhook 2 h ago", "orange") in badges(app)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, []), (9, []), (10, ["10 s behind"]), (240, ["4 min behind"])],
    ids=["no replica", "nine seconds", "ten seconds", "four minutes"],
)
def test_a_replica_that_is_behind_is_named(
    open_page: Open, desk: FakeBilling, seconds: int | None, said: list[str]
) -> None:
    desk.behind = seconds
    found = [badge.text for badge in badges(open_page("winding-down"))]
    assert [text for text in found if "behind" in text] == said


@pytest.mark.parametrize("slug", SLUGS)
def test_a_database_that_is_away_is_one_sentence(
    open_page: Open, desk: FakeBilling, slug: str
) -> None:
    app = open_page(slug)
    desk.away = True
    app.run()
    assert not app.exception
    assert [error.value for error in app.error] == [
        r"The database does not answer\. Nothing was lost\; try again\."
    ]


@pytest.mark.parametrize(
    "slug",
    [*TOTALS, "winding-down", "failed-payments", "sync"],
)
def test_an_empty_page_says_what_would_fill_it(
    open_page: Open, desk: FakeBilling, slug: str
) -> None:
    desk.empty = True
    app = open_page(slug)
    assert not app.exception
    assert not tables(app)
    assert not numbers(app)
    hints = " ".join(caption.value for caption in app.caption)
    assert "shows here" in hints or "show here" in hints or "portside backfill" in hints


@pytest.mark.parametrize(
    "slug",
    [*TOTALS, "winding-down", "failed-payments", "sync"],
)
def test_a_row_of_numbers_has_at_most_four_each_with_its_definition(
    open_page: Open, slug: str
) -> None:
    app = open_page(slug)
    assert 1 <= len(numbers(app)) <= 4
    assert all(metric.definition for metric in numbers(app))


@pytest.mark.parametrize("slug", TOTALS)
def test_company_totals_are_not_for_support(open_page: Open, slug: str) -> None:
    app = open_page(slug, "support")
    # The default page hands support on to the first page that the role may see.
    assert "$20,134" not in everything(app)
    assert not numbers(app)


@pytest.mark.parametrize("slug", ["winding-down", "failed-payments"])
def test_a_list_sends_no_sum_to_support(open_page: Open, slug: str, desk: FakeBilling) -> None:
    totals = everything(open_page(slug, "founder"))
    without = everything(open_page(slug, "support"))
    listing = desk.winding_down() if slug == "winding-down" else desk.failed_payments()
    for part in listing.sums:
        whole = f"{part.amount_minor / 100:,.2f}"
        assert whole in totals
        assert whole not in without
    chart = [bar.amount_minor / 100 for bar in listing.bars if bar.amount_minor > 20_000]
    assert all(f"{amount:,.2f}" not in without for amount in chart)


def test_a_filter_in_the_address_is_in_force(open_page: Open) -> None:
    app = open_page("winding-down", q="nordlicht")
    frame = tables(app)[0].value
    assert len(frame) > 0
    assert set(frame["customer"]) == {"Nordlicht Analytics"}


def test_a_filter_that_nothing_matches_says_so(open_page: Open) -> None:
    app = open_page("winding-down", q="nobody at all")
    assert not tables(app)
    assert any("No subscription matches these filters." in m.value for m in app.markdown)


def test_filters_that_match_nothing_can_be_cleared(open_page: Open) -> None:
    app = open_page("winding-down", q="nobody at all")
    app.button(key="clear_filters").click().run()
    assert app.session_state["q"] == ""
    assert len(tables(app)[0].value) == 25


@pytest.mark.parametrize(
    ("slug", "card", "metric"),
    [
        ("overview", "MRR", "mrr"),
        ("overview", "Committed MRR", "committed_mrr"),
        ("upgrades", "Upgrades", "upgrades"),
        ("upgrades", "Trial conversion", "trial_conversion"),
        ("winding-down", "MRR that leaves", "winding_down"),
        ("failed-payments", "Failing invoices", "failing_invoices"),
        ("failed-payments", "Left to pay, USD", "failing_amount"),
        ("plan-mix", "ARPA", "arpa"),
        ("failed-payments", "Recovery rate", "recovery_rate"),
        ("failed-payments", "DSO, 90 days", "dso"),
        ("invoices", "Open", "open_amount"),
        ("invoices", "Overdue", "overdue_amount"),
        ("invoices", "DSO, 90 days", "dso"),
        ("invoices", "Of ended subscriptions", "ended_open"),
        ("mrr", "Committed MRR", "committed_mrr"),
        ("mrr", "Net new MRR", "net_new_mrr"),
    ],
)
def test_a_number_s_help_is_its_definition_in_the_registry(
    open_page: Open, slug: str, card: str, metric: str
) -> None:
    app = open_page(slug)
    help_text = next(m.definition for m in numbers(app) if m.label == card)
    assert help_text.startswith(METRICS[metric].definition)


def test_the_currency_most_used_comes_first_whatever_its_amounts(open_page: Open) -> None:
    app = open_page("winding-down")
    leaves = next(metric for metric in numbers(app) if metric.label == "MRR that leaves")
    assert leaves.value.startswith("$")


def test_a_reason_that_is_for_staff_only_says_so_where_it_cannot_be_cut_off(
    open_page: Open, desk: FakeBilling
) -> None:
    causes = tables(open_page("failed-payments"))[0].value["cause"]
    secret = [cause for cause in causes if "lost" in cause]
    assert secret
    assert all(cause.startswith("Do not tell: ") for cause in secret)


def test_no_next_try_is_promised_after_the_final_attempt(open_page: Open) -> None:
    frame = tables(open_page("failed-payments"))[0].value
    final = frame["flag"].map(len) > 0
    assert final.any()
    assert frame.loc[final, "next"].isna().all()


def test_a_plan_lists_the_customers_behind_it(open_page: Open) -> None:
    app = open_page("plan-mix")
    assert len(tables(app)[1].value) == 25
    press(app, "plans", "Starter")
    assert set(tables(app)[1].value["plan"]) == {"Starter"}


def test_what_is_not_in_the_catalogue_can_be_filtered_like_a_plan(open_page: Open) -> None:
    app = open_page("plan-mix")
    assert "Not in the catalogue" in choice(app, "plans").options


def test_narrowing_a_list_goes_back_to_its_first_page(open_page: Open) -> None:
    app = open_page("winding-down", page="2")
    assert app.session_state["page"] == 2
    press(app, "plans", "Pro")
    assert app.session_state["page"] == 1
    assert set(tables(app)[0].value["plan"]) == {"Pro"}


def test_two_currencies_are_never_added_up(open_page: Open) -> None:
    app = open_page("overview")
    assert numbers(app)[0].value == "$20,134"
    press(app, "currency", "EUR")
    assert numbers(app)[0].value == "€2,815"


@pytest.mark.parametrize("slug", SLUGS)
def test_a_hostile_name_reaches_no_markdown(open_page: Open, slug: str) -> None:
    query = {"customer": "cus_0003"} if slug == "customer" else {}
    app = open_page(slug, **query)
    for element in (*app.markdown, *app.caption, *app.title):
        for text in (str(element.value), str(getattr(element, "label", ""))):
            assert "](http" not in text
            assert "<img" not in text
            assert ":red[" not in text
    assert all("](http" not in button.label for button in app.button)
