"""Proration in a shortened first period, and discounts that must wait or must not apply."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from tests.sandbox.shop import NOW, Shop

DAY = 86_400


def amounts(shop: Shop, invoice: str) -> list[int]:
    return [line.amount for line in shop.stripe.v1.invoices.retrieve(invoice).lines.data]


def test_a_first_period_cut_short_is_credited_with_what_it_cost(frozen_shop: Shop) -> None:
    made = frozen_shop.subscription(
        frozen_shop.customer(), "basic", billing_cycle_anchor=NOW + 10 * DAY
    )
    stub = amounts(frozen_shop, made.latest_invoice)[0]
    assert 0 < stub < 1000
    changed = frozen_shop.stripe.v1.subscriptions.update(
        made.id,
        {
            "items": [{"id": made["items"].data[0].id, "price": frozen_shop.prices["pro"]}],
            "proration_behavior": "always_invoice",
        },
    )
    credit, charge = amounts(frozen_shop, changed.latest_invoice)
    assert credit == -stub
    assert abs(charge - 3 * stub) <= 2


def coupon(shop: Shop, **params: Any) -> str:
    return str(shop.stripe.v1.coupons.create({"duration": "once", **params}).id)


def test_a_trial_does_not_use_up_a_discount_for_one_invoice(frozen_shop: Shop) -> None:
    made = frozen_shop.subscription(
        frozen_shop.customer(),
        "basic",
        trial_period_days=7,
        discounts=[{"coupon": coupon(frozen_shop, percent_off=40)}],
    )
    assert len(made.discounts) == 1
    frozen_shop.running.advance(7 * DAY + 7200)
    after = frozen_shop.stripe.v1.subscriptions.retrieve(made.id)
    assert frozen_shop.stripe.v1.invoices.retrieve(after.latest_invoice).total == 600
    assert after.discounts == []


def test_an_amount_off_in_another_currency_is_refused(frozen_shop: Shop) -> None:
    foreign = coupon(frozen_shop, amount_off=100, currency="gbp")
    with pytest.raises(stripe.InvalidRequestError, match="currency is gbp") as refusal:
        frozen_shop.subscription(frozen_shop.customer(), "basic", discounts=[{"coupon": foreign}])
    assert refusal.value.param == "discounts"
    assert frozen_shop.stripe.v1.subscriptions.list({"status": "all"}).data == []


def test_amounts_beyond_stripes_longest_are_refused_and_nothing_is_kept(frozen_shop: Shop) -> None:
    dear = frozen_shop.stripe.v1.prices.create(
        {
            "product": frozen_shop.products["basic"],
            "currency": "usd",
            "unit_amount": 999_999_999_999,
            "recurring": {"interval": "month"},
        }
    )
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        frozen_shop.stripe.v1.subscriptions.create(
            {"customer": frozen_shop.customer(), "items": [{"price": dear.id, "quantity": 2}]}
        )
    assert refusal.value.code == "amount_too_large"
    assert frozen_shop.stripe.v1.invoices.list().data == []


def preview(shop: Shop, subscription: str, **details: Any) -> Any:
    return shop.stripe.v1.invoices.create_preview(
        {"subscription": subscription, "subscription_details": details}
    )


def test_a_preview_leaves_out_a_discount_that_ends_with_the_period(frozen_shop: Shop) -> None:
    month = coupon(frozen_shop, percent_off=50, duration="repeating", duration_in_months=1)
    made = frozen_shop.subscription(frozen_shop.customer(), "basic", discounts=[{"coupon": month}])
    assert frozen_shop.stripe.v1.invoices.retrieve(made.latest_invoice).total == 500
    shown = frozen_shop.stripe.v1.invoices.create_preview({"subscription": made.id})
    assert shown.total == 1000


def test_a_preview_of_an_end_now_shows_the_credit_for_the_time_left(frozen_shop: Shop) -> None:
    made = frozen_shop.subscription(frozen_shop.customer(), "basic")
    assert preview(frozen_shop, made.id, cancel_now=True).total == -1000
    with pytest.raises(stripe.InvalidRequestError) as none:
        preview(frozen_shop, made.id, cancel_now=True, proration_behavior="none")
    assert none.value.code == "invoice_upcoming_none"
