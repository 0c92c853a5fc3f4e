"""Checkout sessions: Stripe's rules for creating them, and completing them on the hosted page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from lib.sandbox.testing import running_sandbox
from tests.sandbox.shop import DECLINED, GOOD_CARD, NOW, Shop, Visitor, open_shop

SUCCESS = "https://app.example/ok?session={CHECKOUT_SESSION_ID}"
CANCEL = "https://app.example/no"
DAY = 86_400


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield open_shop(running)


def start(shop: Shop, price: str = "basic", **params: Any) -> Any:
    given = {
        "mode": "subscription",
        "line_items": [{"price": shop.prices[price], "quantity": 1}],
        "success_url": SUCCESS,
        "cancel_url": CANCEL,
        **params,
    }
    return shop.stripe.v1.checkout.sessions.create(
        {name: value for name, value in given.items() if value is not None}  # type: ignore[arg-type]
    )


def pay(shop: Shop, session: Any, number: str = GOOD_CARD, **fields: str) -> Visitor:
    page = Visitor(shop.running.url).open(session.url)
    given = {"email": "new@example.com", "name": "New Example", **page.card(number), **fields}
    return page.press(page.buttons[-1], **given)


def read(shop: Shop, session: Any, **params: Any) -> Any:
    return shop.stripe.v1.checkout.sessions.retrieve(session.id, params)  # type: ignore[arg-type]


def test_a_new_session_is_open_for_a_day(shop: Shop) -> None:
    session = start(shop, "pro", client_reference_id="org_1", metadata={"a": "1"})
    assert (session.status, session.payment_status, session.mode) == (
        "open",
        "unpaid",
        "subscription",
    )
    assert session.expires_at == NOW + DAY
    assert (session.amount_total, session.currency) == (3000, "usd")
    assert session.client_reference_id == "org_1"
    assert session.customer is None
    assert session.url.startswith(f"{shop.running.url}/c/pay/cs_test_")
    assert "line_items" not in session


def test_line_items_come_on_request(shop: Shop) -> None:
    session = start(shop, "pro")
    expanded = read(shop, session, expand=["line_items"]).line_items
    listed = shop.stripe.v1.checkout.sessions.line_items.list(session.id)
    assert [line.price.id for line in expanded.data] == [shop.prices["pro"]]
    assert [line.id for line in listed.data] == [line.id for line in expanded.data]


def test_completing_makes_customer_subscription_and_events(shop: Shop) -> None:
    session = start(
        shop,
        client_reference_id="org_7",
        metadata={"org_id": "org_7"},
        subscription_data={"metadata": {"org_id": "org_7"}},
    )

    page = pay(shop, session)

    done = read(shop, session)
    assert page.url == SUCCESS.replace("{CHECKOUT_SESSION_ID}", session.id)
    assert (done.status, done.payment_status, done.url) == ("complete", "paid", None)
    assert done.customer_details.email == "new@example.com"
    sub = shop.stripe.v1.subscriptions.retrieve(done.subscription)
    assert (sub.status, sub.customer, sub.metadata.to_dict()) == (
        "active",
        done.customer,
        {"org_id": "org_7"},
    )
    assert shop.stripe.v1.invoices.retrieve(done.invoice).status == "paid"
    types = shop.event_types()
    assert types[0] == "checkout.session.completed"
    assert {"customer.created", "customer.subscription.created", "invoice.paid"} <= set(types)


def test_an_existing_customer_is_used(shop: Shop) -> None:
    customer = shop.customer(card=None, email="known@example.com")
    session = start(shop, customer=customer)
    page = Visitor(shop.running.url).open(session.url)
    assert 'value="known@example.com" readonly' in page.html

    pay(shop, session, email="other@example.com")

    done = read(shop, session)
    assert done.customer == customer
    assert done.customer_details.email == "known@example.com"


def test_a_declined_card_leaves_the_session_open_and_nothing_else(shop: Shop) -> None:
    session = start(shop)
    newest = shop.events[0].id

    page = pay(shop, session, DECLINED)

    assert page.status == 402
    assert "Your card has insufficient funds." in page.text
    assert 'value="new@example.com"' in page.html
    assert DECLINED not in page.html.split("<form")[1].split("<datalist")[0]
    assert read(shop, session).status == "open"
    assert shop.events_after(newest) == []
    assert pay(shop, session).url.startswith("https://app.example/ok")


def test_a_card_that_fails_when_charged_leaves_the_session_open(shop: Shop) -> None:
    session = start(shop)
    page = pay(shop, session, "4000 0000 0000 0341")
    assert page.status == 402
    assert "Your card was declined." in page.text
    assert read(shop, session).status == "open"


def test_a_trial_starts_without_a_charge(shop: Shop) -> None:
    session = start(shop, subscription_data={"trial_period_days": 14})
    page = Visitor(shop.running.url).open(session.url)
    assert "14 days free" in page.text
    assert session.amount_total == 0

    pay(shop, session)

    sub = shop.stripe.v1.subscriptions.retrieve(read(shop, session).subscription)
    assert (sub.status, sub.trial_end) == ("trialing", NOW + 14 * DAY)
    assert sub.default_payment_method is not None


def test_a_trial_may_start_without_a_card(shop: Shop) -> None:
    session = start(
        shop,
        subscription_data={"trial_period_days": 14},
        payment_method_collection="if_required",
    )
    page = Visitor(shop.running.url).open(session.url)
    assert "Card number" not in page.text

    page.press("Start trial", email="trial@example.com", name="Trial")

    done = read(shop, session)
    assert done.payment_status == "no_payment_required"
    assert shop.stripe.v1.subscriptions.retrieve(done.subscription).status == "trialing"


def test_a_coupon_is_taken_off(shop: Shop) -> None:
    coupon = shop.stripe.v1.coupons.create({"percent_off": 50, "duration": "once"}).id
    session = start(shop, "pro", discounts=[{"coupon": coupon}])
    assert (session.amount_subtotal, session.amount_total) == (3000, 1500)
    assert session.total_details.amount_discount == 1500

    pay(shop, session)

    assert shop.stripe.v1.invoices.retrieve(read(shop, session).invoice).amount_paid == 1500


def test_a_promotion_code_can_be_entered_when_allowed(shop: Shop) -> None:
    coupon = shop.stripe.v1.coupons.create({"amount_off": 400, "currency": "usd"}).id
    shop.stripe.v1.promotion_codes.create(
        {"promotion": {"type": "coupon", "coupon": coupon}, "code": "SPRING"}
    )
    session = start(shop, allow_promotion_codes=True)

    assert "not valid" in pay(shop, session, promotion_code="WINTER").text
    pay(shop, session, promotion_code="spring")

    assert shop.stripe.v1.invoices.retrieve(read(shop, session).invoice).amount_paid == 600


def test_payment_mode_charges_once(shop: Shop) -> None:
    once = shop.stripe.v1.prices.create(
        {"product": shop.products["basic"], "unit_amount": 700, "currency": "usd"}
    ).id
    session = start(shop, mode="payment", line_items=[{"price": once, "quantity": 3}])

    pay(shop, session)

    done = read(shop, session)
    intent = shop.stripe.v1.payment_intents.retrieve(done.payment_intent)
    assert (intent.status, intent.amount_received) == ("succeeded", 2100)
    assert (done.payment_status, done.subscription) == ("paid", None)


def test_setup_mode_saves_a_card(shop: Shop) -> None:
    customer = shop.customer(card=None)
    session = start(shop, mode="setup", customer=customer, line_items=None, currency="usd")

    pay(shop, session)

    done = read(shop, session)
    assert (done.status, done.payment_status) == ("complete", "no_payment_required")
    assert done.setup_intent is not None
    methods = shop.stripe.v1.payment_methods.list({"customer": customer}).data
    assert [method.card.last4 for method in methods if method.card] == ["4242"]


def test_a_finished_session_cannot_be_used_again(shop: Shop) -> None:
    session = start(shop)
    pay(shop, session)
    page = Visitor(shop.running.url).open(session.url)
    assert "This checkout was completed." in page.text
    with pytest.raises(stripe.InvalidRequestError, match="Only Checkout Sessions with a status"):
        shop.stripe.v1.checkout.sessions.expire(session.id)


def test_expiring_ends_a_session_with_its_event(shop: Shop) -> None:
    session = start(shop)
    expired = shop.stripe.v1.checkout.sessions.expire(session.id)
    assert (expired.status, expired.url) == ("expired", None)
    assert shop.events[0].type == "checkout.session.expired"
    page = Visitor(shop.running.url).open(session.url)
    assert page.status == 410
    assert CANCEL in page.html


def test_a_session_expires_by_itself() -> None:
    with running_sandbox(now=NOW, frozen=True) as running:
        shop = open_shop(running)
        session = start(shop, expires_at=NOW + 1800)
        running.advance(1799)
        assert read(shop, session).status == "open"
        running.advance(1)
        assert read(shop, session).status == "expired"
        assert shop.event_types()[0] == "checkout.session.expired"


def test_sessions_are_listed_by_what_they_made(shop: Shop) -> None:
    session = start(shop)
    pay(shop, session, email="listed@example.com")
    done = read(shop, session)
    listing = shop.stripe.v1.checkout.sessions.list
    for wanted in (
        {"customer": done.customer},
        {"subscription": done.subscription},
        {"customer_details": {"email": "listed@example.com"}},
    ):
        assert [found.id for found in listing(wanted).data] == [session.id]  # type: ignore[arg-type]
    assert session.id not in [found.id for found in listing({"status": "open"}).data]


def test_metadata_can_be_changed_later(shop: Shop) -> None:
    session = start(shop, metadata={"a": "1", "b": "2"})
    changed = shop.stripe.v1.checkout.sessions.update(session.id, {"metadata": {"a": "", "c": "3"}})
    assert changed.metadata is not None
    assert changed.metadata.to_dict() == {"b": "2", "c": "3"}


REFUSED: list[Any] = [
    pytest.param({"mode": None}, "mode", "parameter_missing", id="no mode"),
    pytest.param({"mode": "rent"}, "mode", None, id="an unknown mode"),
    pytest.param({"success_url": None}, "success_url", "parameter_missing", id="no success_url"),
    pytest.param({"success_url": "/ok"}, "success_url", "url_invalid", id="a relative address"),
    pytest.param({"line_items": None}, "line_items", "parameter_missing", id="nothing to buy"),
    pytest.param(
        {"line_items": [{"price": "price_none", "quantity": 1}]},
        "line_items[0][price]",
        "resource_missing",
        id="an unknown price",
    ),
    pytest.param(
        {"customer": "cus_none"}, "customer", "resource_missing", id="an unknown customer"
    ),
    pytest.param(
        {"payment_method_types": ["card"]},
        "payment_method_types",
        "parameter_unknown",
        id="payment_method_types is gone since endive",
    ),
    pytest.param({"mode": "payment"}, "line_items", None, id="a recurring price paid once"),
    pytest.param(
        {"mode": "payment", "subscription_data": {"description": "x"}},
        "subscription_data",
        None,
        id="subscription_data in payment mode",
    ),
    pytest.param(
        {"subscription_data": {"trial_days": 3}},
        "subscription_data[trial_days]",
        "parameter_unknown",
        id="an unknown nested parameter",
    ),
    pytest.param({"expires_at": NOW + 60}, "expires_at", None, id="expires too soon"),
    pytest.param({"expires_at": NOW + 2 * DAY}, "expires_at", None, id="expires too late"),
    pytest.param(
        {"customer_email": "nobody"}, "customer_email", "email_invalid", id="not an e-mail address"
    ),
    pytest.param(
        {"discounts": [{"coupon": "none"}]},
        "discounts[0][coupon]",
        "resource_missing",
        id="an unknown coupon",
    ),
]


@pytest.mark.parametrize(("params", "param", "code"), REFUSED)
def test_a_session_is_refused(
    shop: Shop, params: dict[str, Any], param: str, code: str | None
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refused:
        start(shop, **params)
    assert (refused.value.param, refused.value.code) == (param, code)


@pytest.mark.parametrize(
    "pair",
    [
        pytest.param(("customer", "customer_email"), id="a customer and an e-mail address"),
        pytest.param(("allow_promotion_codes", "discounts"), id="codes and a discount"),
    ],
)
def test_two_that_exclude_one_another(shop: Shop, pair: tuple[str, str]) -> None:
    values = {
        "customer": shop.customer(card=None),
        "customer_email": "a@example.com",
        "allow_promotion_codes": True,
        "discounts": [{"coupon": "c"}],
    }
    with pytest.raises(stripe.InvalidRequestError, match="You may only specify one of these"):
        start(shop, **{name: values[name] for name in pair})


def test_a_quantity_is_required_for_a_licensed_price(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="Quantity is required"):
        start(shop, line_items=[{"price": shop.prices["basic"]}])


def test_an_unknown_address_is_not_found(shop: Shop) -> None:
    assert Visitor(shop.running.url).open("/c/pay/cs_test_none").status == 404
