"""GET /pricing over HTTP: what a stranger sees, in every language, and what nobody is shown."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.billing.domain.catalog import Catalog, parse_catalog
from lib.billing.domain.pricing_token import PricingToken, seal
from lib.billing.domain.translations import LANGUAGES
from lib.billing.store.engine import Store
from tests.fresh import fresh_store
from tests.pricing.booth import CATALOG, CATALOG_TEXT, KEY, Booth, quiet
from tests.store.company import START


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    made = fresh_store(tmp_path_factory.mktemp("pricing") / "portside.db")
    yield made
    made.close()


@pytest.fixture(scope="module")
def shown(store: Store) -> Iterator[Booth]:
    with quiet(store, CATALOG) as made:
        yield made


def test_a_stranger_sees_the_published_plans_lowest_rank_first(shown: Booth) -> None:
    page = shown.page("/pricing/main")
    assert list(page.cards) == ["Free", "Starter", "Pro"]
    assert page.buttons == {"Starter": "Start", "Pro": "Choose Pro"}
    assert "$10" in page.cards["Starter"]
    assert "per month" in page.cards["Starter"]
    assert "Yours without a subscription" in page.cards["Free"]
    assert "Draft plan" not in page.html
    assert page.text.count("Most popular") == 1
    assert shown.page("/pricing").text == page.text


def test_the_forms_of_both_addresses_lead_to_one_place(shown: Booth) -> None:
    assert 'action="main/start"' in shown.page("/pricing/main").html
    assert 'action="pricing/main/start"' in shown.page("/pricing").html


@pytest.mark.parametrize("table", ["later", "members", "nothing", "%3Cscript%3E"])
def test_drafts_hidden_and_unknown_tables_are_one_clear_404(shown: Booth, table: str) -> None:
    page = shown.page(f"/pricing/{table}", status=404)
    assert page.headers["portside-code"] == "table_unknown"
    assert page.headers["cache-control"] == "no-store"
    assert page.text == (
        "This page does not exist There is no pricing table at this address. Check the link."
    )


def test_the_page_is_for_everybody_alike_and_asks_nobody_else(shown: Booth) -> None:
    page = shown.page("/pricing/main")
    assert page.headers["cache-control"] == "public, max-age=300"
    assert page.headers["vary"] == "Accept-Language"
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert page.headers["x-frame-options"] == "SAMEORIGIN"
    assert page.headers["x-content-type-options"] == "nosniff"
    for outside in ("<script", "<link", "src=", "http://", "https://", "style=", "set-cookie"):
        assert outside not in page.html.lower()
    assert "set-cookie" not in page.headers


def test_only_configured_origins_may_frame_it(store: Store) -> None:
    with quiet(store, CATALOG, embed=("https://www.example.com",)) as made:
        page = made.page()
    assert page.headers["content-security-policy"].endswith(
        "frame-ancestors 'self' https://www.example.com"
    )
    assert "x-frame-options" not in page.headers


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_speaks(shown: Booth, language: str) -> None:
    page = shown.page(f"/pricing/main?lang={language}")
    asked = shown.page("/pricing/main", **{"Accept-Language": f"{language}-XX,en;q=0.1"})
    assert f'<html lang="{language}">' in page.html
    assert page.headers["content-language"] == language
    assert asked.text == page.text
    assert "{" not in page.text
    assert ("Profi" in page.text) is (language == "de")


def test_what_nobody_speaks_is_said_in_english(shown: Booth) -> None:
    assert '<html lang="en">' in shown.page("/pricing/main?lang=xx").html
    assert '<html lang="en">' in shown.page("/pricing/main", **{"Accept-Language": "nl"}).html


EVIL = "<img src=x onerror=alert(1)>\"'&{{7*7}}"
HOSTILE = parse_catalog(
    f"""
default_plan = "free"
[features.x]
name = '''{EVIL}'''
[plans.pro]
name = '''{EVIL}'''
features = ["x"]
cta = '''{EVIL}'''
highlight = '''{EVIL}'''
bullets = ['''{EVIL}''']
[[plans.pro.prices]]
lookup_key = '''{EVIL}'''
interval = "month"
amount = 100
[tables.'{EVIL[:20]}"']
group = "core"
state = "live"
features_heading = '''{EVIL}'''
"""
)


def test_hostile_words_of_the_catalogue_stay_words(store: Store) -> None:
    with quiet(store, HOSTILE) as made:
        page = made.page("/pricing")
    assert page.html.count("<img") == 0
    assert page.html.count("&lt;img src=x onerror=alert(1)&gt;") >= 6
    assert "49" not in page.text
    assert page.text.count(EVIL) >= 5


TERMS = parse_catalog(
    """
default_plan = "free"
[plans.pro]
name = "Pro"
bullets = ["x"]
[[plans.pro.prices]]
lookup_key = "pro_monthly"
interval = "month"
amount = 1000
[[plans.pro.prices]]
lookup_key = "pro_yearly"
interval = "year"
amount = 10000
[[plans.pro.prices]]
lookup_key = "pro_quarterly"
interval = "month"
interval_count = 3
amount = 2700
[[plans.pro.prices]]
lookup_key = "pro_monthly_jpy"
interval = "month"
amount = 1500
currency = "jpy"
[[plans.pro.prices]]
lookup_key = "pro_monthly_kwd"
interval = "month"
amount = 3250
currency = "kwd"
[plans.team]
name = "Team"
rank = 5
bullets = ["x"]
[[plans.team.prices]]
lookup_key = "team_monthly"
interval = "month"
amount = 2000
[[plans.team.prices]]
lookup_key = "team_yearly"
interval = "year"
[[plans.team.prices]]
lookup_key = "team_monthly_jpy"
interval = "month"
amount = 3000
currency = "jpy"
"""
)


@pytest.fixture(scope="module")
def terms(store: Store) -> Iterator[Booth]:
    with quiet(store, TERMS) as made:
        yield made


def test_the_switch_offers_what_every_plan_is_sold_by(terms: Booth) -> None:
    monthly = terms.page("/pricing/core")
    assert 'aria-current="true">Monthly' in monthly.html
    assert ">Yearly <" in monthly.html
    assert "Every 3 months" not in monthly.html
    assert "Save 16%" in monthly.html
    yearly = terms.page("/pricing/core?interval=year&lang=de")
    assert "100\xa0$" in yearly.cards["Pro"]
    assert "pro Jahr" in yearly.cards["Pro"]
    assert 'value="pro_yearly"' in yearly.cards["Pro"]
    # What the file does not say is told by Checkout alone.
    assert "Der Preis steht auf der Zahlungsseite" in yearly.cards["Team"]


def test_a_term_by_its_address_says_which_plan_is_not_sold_by_it(terms: Booth) -> None:
    page = terms.page("/pricing/core?interval=3-month")
    assert "$27" in page.cards["Pro"]
    assert "every 3 months" in page.cards["Pro"]
    assert "Not sold for this billing period" in page.cards["Team"]
    assert "Team" not in page.buttons
    assert terms.page("/pricing/core?interval=fortnight").text == terms.page("/pricing/core").text


@pytest.mark.parametrize(
    ("currency", "amount"), [("jpy", "¥1,500"), ("kwd", "KWD\xa03.250"), ("usd", "$10")]
)
def test_money_has_the_digits_of_its_currency(terms: Booth, currency: str, amount: str) -> None:
    page = terms.page(f"/pricing/core?currency={currency}")
    assert amount in page.cards["Pro"]
    assert f'aria-current="true">{currency.upper()}' in page.html


METERED: Catalog = parse_catalog(
    """
default_plan = "free"
[plans.use]
name = "Use"
bullets = ["x"]
[[plans.use.prices]]
lookup_key = "calls"
interval = "month"
amount = 5
usage = "metered"
meter = "mtr_1"
[plans.both]
name = "Both"
rank = 2
bullets = ["x"]
[[plans.both.prices]]
lookup_key = "both_base"
interval = "month"
amount = 900
[[plans.both.prices]]
lookup_key = "both_calls"
interval = "month"
amount = 5
usage = "metered"
meter = "mtr_1"
"""
)


def test_what_is_charged_by_use_says_so(store: Store) -> None:
    with quiet(store, METERED) as made:
        page = made.page("/pricing/core")
    assert "Pay for what you use" in page.cards["Use"]
    assert "$0.05 per unit" in page.cards["Use"]
    assert 'value="calls"' in page.cards["Use"]
    assert "$9" in page.cards["Both"]
    assert "plus what you use" in page.cards["Both"]
    assert 'value="both_base"' in page.cards["Both"]


def test_features_are_listed_under_the_heading_of_the_table(store: Store) -> None:
    text = CATALOG_TEXT.replace("hidden_at_sign_up = true", "")
    with quiet(store, parse_catalog(text)) as made:
        assert "<h3>In every plan</h3>" in made.page("/pricing/members").html
        assert "API access" in made.page("/pricing/members").cards["Pro"]
        assert "API access" not in made.page("/pricing/main").cards["Pro"]


def test_with_a_sign_up_the_buttons_lead_there_with_what_was_chosen(store: Store) -> None:
    with quiet(store, CATALOG, sign_up_url="https://app.example/register?from=pricing") as made:
        page = made.page()
        assert "<form" not in page.html
        chosen = "from=pricing&amp;plan_interest=pro&amp;pricing_table_key=main"
        assert f"register?{chosen}&amp;lookup_key=pro_monthly" in page.cards["Pro"]
        assert "plan_interest=free&amp;pricing_table_key=main" in page.cards["Free"]
        started = made.start("pro_monthly")
    assert started.status_code == 303
    assert started.headers["location"] == (
        "https://app.example/register?from=pricing&plan_interest=pro&pricing_table_key=main"
        "&lookup_key=pro_monthly"
    )


def test_a_stranger_sees_the_prices_while_the_database_is_away(tmp_path: Path) -> None:
    away = Store(f"sqlite:///{tmp_path / 'nowhere' / 'portside.db'}")
    with quiet(away, CATALOG) as made:
        assert made.page().buttons["Pro"] == "Choose Pro"
        answer = made.start("pro_monthly")
        token = seal(PricingToken("a", "org_1", None, "m", "shop", START), KEY)
        known = made.page(f"/pricing/main?t={token}", status=503)
    assert (answer.status_code, answer.headers["portside-code"]) == (503, "database_unavailable")
    assert "Nothing was charged" in answer.text
    assert known.headers["portside-code"] == "database_unavailable"
