"""One change, rendered in two API versions, is one observation."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.stripe.parse import Parsed, parse_event
from tests.stripe.shapes import (
    DAY,
    NOW,
    Raw,
    aged,
    customer,
    discount,
    event,
    invoice,
    item,
    price,
    subscription,
)

UPDATED = "customer.subscription.updated"
PERIOD = NOW - 30 * DAY


def _old(kind: str, obj: Raw, previous: Raw | None = None) -> Parsed:
    return parse_event(event(kind, obj, previous, api_version="2020-08-27"))


def _items(*items: Raw) -> Raw:
    return {"object": "list", "data": list(items), "has_more": False}


BIGGER = price("price_big", 9900, lookup_key="big_monthly")
EARLIER = item(current_period_end=NOW, current_period_start=PERIOD)

SAME: dict[str, tuple[str, Raw, Raw | None, Raw | None]] = {
    "a new subscription": ("customer.subscription.created", subscription(), None, None),
    "a renewal, whose period stands on the item or on the subscription": (
        UPDATED,
        subscription(),
        {"items": {"data": [{"current_period_end": NOW, "current_period_start": PERIOD}]}},
        {"current_period_end": NOW, "current_period_start": PERIOD},
    ),
    "a renewal with the whole old item": (
        UPDATED,
        subscription(),
        {"items": _items(EARLIER)},
        {"current_period_end": NOW, "current_period_start": PERIOD},
    ),
    "a change of price, whose old item is whole in both": (
        UPDATED,
        subscription(item(priced=BIGGER)),
        {"items": _items(item())},
        {
            "items": aged(subscription())["items"],
            "plan": aged(subscription())["plan"],
        },
    ),
    "a change of quantity, told of the item or of the subscription": (
        UPDATED,
        subscription(item(quantity=5)),
        {"items": {"data": [{"id": "si_1", "quantity": 2}]}},
        {"quantity": 2},
    ),
    "a scheduled cancellation": (
        UPDATED,
        subscription(cancel_at=NOW + 30 * DAY, canceled_at=NOW),
        {"cancel_at": None, "canceled_at": None},
        {"cancel_at": None, "canceled_at": None},
    ),
    "an end": (
        "customer.subscription.deleted",
        subscription(status="canceled", ended_at=NOW - 5),
        None,
        None,
    ),
    "a failed payment of an invoice": ("invoice.payment_failed", invoice(), None, None),
    "a paid invoice": (
        "invoice.updated",
        invoice(status="paid", amount_remaining=0, amount_paid=5800),
        {"status": "open", "amount_remaining": 5800, "amount_paid": 0},
        {"status": "open", "amount_remaining": 5800, "amount_paid": 0, "paid": False},
    ),
    "an invoice without tax or subscription": (
        "invoice.created",
        invoice(parent=None, total_taxes=[]),
        None,
        None,
    ),
    "a change of tax": (
        "invoice.updated",
        invoice(),
        {"total_taxes": [{"amount": 100}], "total": 5100},
        {"tax": 100, "total": 5100, "total_tax_amounts": [{"amount": 100}]},
    ),
}


@pytest.mark.parametrize(("kind", "obj", "new", "old"), SAME.values(), ids=SAME.keys())
def test_one_change_in_two_versions_is_one_observation(
    kind: str, obj: Raw, new: Raw | None, old: Raw | None
) -> None:
    modern = parse_event(event(kind, obj, new)).observations
    assert _old(kind, aged(obj), old).observations == modern
    assert len(modern) == 1


OLD_KEYS_ON_NEW = {
    "periods of the subscription": (
        subscription(),
        {"current_period_end": NOW, "current_period_start": PERIOD},
        {"items": {"data": [{"current_period_end": NOW, "current_period_start": PERIOD}]}},
    ),
    "the periods of both of two items": (
        subscription(item(), item("si_2")),
        {"current_period_end": NOW},
        {"items": {"data": [{"current_period_end": NOW}, {"current_period_end": NOW}]}},
    ),
    "the plan": (
        subscription(item(priced=BIGGER)),
        {"plan": {**price(lookup_key=None), "object": "plan"}},
        {"items": {"data": [{"price": price(lookup_key=None)}]}},
    ),
    "the quantity": (
        subscription(item(quantity=5)),
        {"quantity": 1},
        {"items": {"data": [{"quantity": 1}]}},
    ),
    "the discount": (
        subscription(discounts=[]),
        {"discount": discount(source=None, coupon="co_half")},
        {"discounts": ["di_1"]},
    ),
    "no discount": (subscription(discounts=["di_1"]), {"discount": None}, {"discounts": []}),
}


@pytest.mark.parametrize(
    ("obj", "old", "new"), OLD_KEYS_ON_NEW.values(), ids=OLD_KEYS_ON_NEW.keys()
)
def test_old_shape_changes_of_a_new_shape_object_are_understood(
    obj: Raw, old: Raw, new: Raw
) -> None:
    seen = parse_event(event(UPDATED, obj, old)).observations[0]
    assert seen.kind == "edge"
    assert seen == parse_event(event(UPDATED, obj, new)).observations[0]


def _changed(**over: Any) -> Raw:
    return subscription() | over


SPELLINGS = {
    "the customer in full": _changed(customer={"id": "cus_1", "object": "customer"}),
    "the latest invoice in full": _changed(latest_invoice={"id": "in_1", "object": "invoice"}),
    "the product in full": _changed(
        items=_items(item(priced=price(product={"id": "prod_pro", "object": "product"})))
    ),
    "amounts as decimals": _changed(
        items=_items(item(priced=price(unit_amount=None, unit_amount_decimal="2900.000")))
    ),
    "amounts as integers only": _changed(
        items=_items(item(priced=price(unit_amount_decimal=None)))
    ),
    "the currency in capitals": _changed(currency="USD"),
    "absent instead of null": {k: v for k, v in subscription().items() if v is not None},
    "a bare list of items": _changed(items=[item()]),
    "an empty id instead of null": _changed(schedule=""),
}


@pytest.mark.parametrize("obj", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_another_spelling_of_a_subscription_is_the_same_state(obj: Raw) -> None:
    seen = parse_event(event("customer.subscription.created", obj)).observations
    assert (
        seen[0]
        == parse_event(event("customer.subscription.created", subscription())).observations[0]
    )


def test_the_order_of_items_and_discounts_does_not_matter() -> None:
    one = subscription(item("si_1"), item("si_2"), discounts=["di_2", "di_1"])
    two = subscription(item("si_2"), item("si_1"), discounts=["di_1", discount(id="di_2")])
    states = [parse_event(event(UPDATED, obj)).observations[0].after for obj in (one, two)]
    assert states[0] == states[1]


def test_a_discount_in_two_versions_is_one_observation_and_its_coupon_is_known_besides() -> None:
    coupon = {"id": "co_half", "object": "coupon", "percent_off": 50, "duration": "forever"}
    old = discount(coupon=coupon)
    del old["source"]
    modern = parse_event(event("customer.discount.created", discount())).observations
    former = _old("customer.discount.created", old).observations
    assert former[:1] == modern
    assert [(o.object_type, o.after["percent_off"]) for o in former[1:] if o.after] == [
        ("coupon", "50")
    ]


def test_a_subscription_with_only_a_plan_has_one_item() -> None:
    old = aged(subscription())
    del old["items"]
    after = _old(UPDATED, old).observations[0].after
    assert after is not None
    assert [(i["quantity"], i["price"]["id"], i["period_end"]) for i in after["items"]] == [
        (2, "price_pro", NOW + 30 * DAY)
    ]


def test_an_event_without_a_version_is_read_by_its_shape() -> None:
    body = event(UPDATED, subscription())
    del body["api_version"]
    parsed = parse_event(body)
    assert parsed.api_version is None
    assert parsed.observations == parse_event(event(UPDATED, subscription())).observations


def test_a_customer_balance_and_locale_are_read() -> None:
    after = parse_event(event("customer.created", customer(balance=-500))).observations[0].after
    assert after == {
        "org_id": "org_1",
        "email": "ann@customer.example",
        "name": "Ann",
        "currency": "usd",
        "created": NOW - 100 * DAY,
        "deleted": False,
        "locale": "de",
        "default_payment_method": "pm_1",
        "balance": -500,
        "delinquent": False,
    }
