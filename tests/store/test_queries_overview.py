"""The founders' first page, and how current it is."""

from __future__ import annotations

from lib.billing.showing.views import Sum
from lib.billing.store import meta
from lib.billing.store.engine import Store
from tests.reports.ledger import at, created, desk, paying
from tests.reports.test_report_rows import ANN_LEAVES, BOB_FAILS, EUROS, WANTS_OUT

EVERYONE = [
    *ANN_LEAVES,
    *BOB_FAILS,
    created("subscription", "sub_3", EUROS, "2026-03-02", "cus_3"),
    created("subscription", "sub_4", WANTS_OUT | {"status": "trialing"}, "2026-03-03", "cus_4"),
]


def test_each_currency_has_its_own_card_the_largest_first(store: Store) -> None:
    overview = desk(store, EVERYONE, "2026-03-15").overview()
    assert [card.currency for card in overview.currencies] == ["usd", "eur"]
    usd, eur = overview.currencies
    assert (usd.mrr_minor, usd.committed_minor, usd.paying_customers) == (5800, 2900, 2)
    assert (eur.mrr_minor, eur.committed_minor, eur.paying_customers) == (1900, 1900, 1)
    assert usd.winding_down == Sum("usd", 2, 5800)
    assert usd.at_risk == Sum("usd", 1, 2900)
    assert eur.winding_down == eur.at_risk == Sum("eur", 0, 0)


def test_what_winds_down_is_what_its_page_adds_up_to(store: Store) -> None:
    portside = desk(store, EVERYONE, "2026-03-15")
    [card] = [c for c in portside.overview().currencies if c.currency == "usd"]
    assert card.winding_down in portside.winding_down().sums


def test_the_sparkline_ends_at_mrr_and_steps_where_it_moved(store: Store) -> None:
    usd, eur = desk(store, EVERYONE, "2026-03-15T12:00").overview().currencies
    assert len(eur.sparkline) == 31
    assert [p.amount_minor for p in eur.sparkline if p.at >= at("2026-03-02")][:2] == [0, 1900]
    assert (eur.sparkline[-1].at, eur.sparkline[-1].amount_minor) == (
        at("2026-03-15T12:00"),
        1900,
    )
    assert (eur.month_delta_minor, usd.month_delta_minor) == (1900, 0)


def test_a_subscription_that_cannot_be_valued_is_counted_apart(store: Store) -> None:
    odd = paying(discounts=["di_unknown"])
    [card] = (
        desk(store, [created("subscription", "sub_1", odd, "2026-01-05", "cus_1")], "2026-03-15")
        .overview()
        .currencies
    )
    assert (card.mrr_minor, card.uncounted, card.paying_customers) == (0, 1, 0)


def test_what_is_known_of_later_days_is_taken_off_with_today(store: Store) -> None:
    cards = desk(store, EVERYONE, "2026-02-27T12:00").overview().currencies
    [eur] = [card for card in cards if card.currency == "eur"]
    assert [point.amount_minor for point in eur.sparkline[-2:]] == [0, 1900]
    assert eur.month_delta_minor == 0


def test_an_empty_projection_has_no_cards(store: Store) -> None:
    assert desk(store, [], "2026-03-15").overview().currencies == ()


def test_without_any_webhook_the_projection_is_stale(store: Store) -> None:
    fresh = desk(store, [], "2026-03-15").freshness()
    assert (fresh.last_webhook_at, fresh.stale, fresh.livemode) == (None, True, False)


def test_freshness_turns_stale_when_webhooks_stay_away(store: Store) -> None:
    portside = desk(store, [], "2026-03-15", stale_after=60)
    for seconds, stale in ((60, False), (61, True)):
        with store.writing() as connection:
            meta.put(connection, meta.LAST_WEBHOOK_AT, str(at("2026-03-15") - seconds))
        assert portside.freshness().stale is stale


def test_the_watermark_is_the_projection_s(store: Store) -> None:
    portside = desk(store, [], "2026-03-15")
    with store.writing() as connection:
        meta.put(connection, meta.WATERMARK, "41")
    assert portside.watermark() == portside.freshness().watermark == 41
