"""Portal sessions over HTTP: every flow, Stripe's exact shape, and every refusal with its param."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import stripe

from lib.sandbox.testing import running_sandbox
from tests.sandbox.shop import NOW, RETURN_URL, Shop, Visitor, open_shop

FIELDS = {
    "id", "object", "after_expiration", "configuration", "created", "customer",
    "customer_account", "flow", "livemode", "locale", "on_behalf_of", "return_url", "url",
}  # fmt: skip


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield open_shop(running)


def flow(kind: str, subscription: str | None = None, **extra: Any) -> dict[str, Any]:
    details = {} if subscription is None else {kind: {"subscription": subscription, **extra}}
    return {"type": kind, **details}


def test_a_session_has_stripes_fields_and_no_expiry(shop: Shop) -> None:
    customer = shop.customer()

    session = shop.session(customer).to_dict()

    assert set(session) == FIELDS
    assert session["flow"] is None
    assert session["return_url"] == RETURN_URL
    assert session["created"] == NOW
    assert session["url"].startswith(f"{shop.running.url}/p/session/test_")


def test_two_addresses_never_share_a_secret(shop: Shop) -> None:
    customer = shop.customer()
    assert shop.session(customer).url != shop.session(customer).url


def test_expanding_the_configuration(shop: Shop) -> None:
    session = shop.session(shop.customer(), expand=["configuration"])
    assert session.configuration.features.subscription_cancel.enabled is True


def test_every_flow_is_rendered_with_its_own_details(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    pausing = shop.configure(subscription_pause={"enabled": True})
    retention = {"type": "coupon_offer", "coupon_offer": {"coupon": coupon(shop)}}
    item = {"id": sub["items"].data[0].id, "price": shop.prices["pro"], "quantity": 2}
    wanted = {
        "payment_method_update": (flow("payment_method_update"), None),
        "customer_update": (flow("customer_update"), {}),
        "subscription_update": (
            flow("subscription_update", sub.id),
            {"subscription": sub.id},
        ),
        "subscription_pause": (flow("subscription_pause", sub.id), {"subscription": sub.id}),
        "subscription_cancel": (
            flow("subscription_cancel", sub.id, retention=retention),
            {"subscription": sub.id, "retention": retention},
        ),
        "subscription_update_confirm": (
            flow("subscription_update_confirm", sub.id, items=[item]),
            {"subscription": sub.id, "items": [item], "discounts": []},
        ),
    }

    for kind, (given, details) in wanted.items():
        shown = shop.session(customer, given, configuration=pausing).flow.to_dict()
        assert shown.pop("type") == kind
        assert shown.pop("after_completion")["type"] == "portal_homepage"
        assert {name: value for name, value in shown.items() if value is not None} == (
            {} if details is None else {kind: details}
        )


@pytest.mark.parametrize(
    ("completion", "shown"),
    [
        pytest.param(
            {"type": "hosted_confirmation", "hosted_confirmation": {"custom_message": "Thanks"}},
            {"hosted_confirmation": {"custom_message": "Thanks"}, "redirect": None},
            id="a confirmation with a message",
        ),
        pytest.param(
            {"type": "hosted_confirmation"},
            {"hosted_confirmation": {"custom_message": None}, "redirect": None},
            id="a confirmation without a message",
        ),
        pytest.param(
            {"type": "redirect", "redirect": {"return_url": RETURN_URL}},
            {"hosted_confirmation": None, "redirect": {"return_url": RETURN_URL}},
            id="a redirect",
        ),
    ],
)
def test_after_completion_is_rendered(
    shop: Shop, completion: dict[str, Any], shown: dict[str, Any]
) -> None:
    given = {**flow("payment_method_update"), "after_completion": completion}

    session = shop.session(shop.customer(), given)

    assert session.flow.after_completion.to_dict() == {"type": completion["type"], **shown}


def test_after_expiration_is_rendered(shop: Shop) -> None:
    until = {"type": "customer_login", "customer_login": {"expires_at": NOW + 86_400}}
    plain = {"type": "customer_login"}
    customer = shop.customer()

    assert shop.session(customer, after_expiration=until).after_expiration.to_dict() == until
    assert shop.session(customer, after_expiration=plain).after_expiration.to_dict() == {
        "type": "customer_login",
        "customer_login": {"expires_at": None},
    }


def coupon(shop: Shop) -> str:
    return str(shop.stripe.v1.coupons.create({"percent_off": 20, "duration": "once"}).id)


def refused(
    shop: Shop, customer: str, given: dict[str, Any] | None = None, **params: Any
) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        shop.session(customer, given, **params)
    assert raised.value.http_status == 400
    return raised.value


def test_without_a_default_configuration_stripe_says_how_to_make_one(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="default configuration has not been"):
        shop.stripe.v1.billing_portal.sessions.create(
            {"customer": shop.customer(), "return_url": RETURN_URL}
        )


def test_a_configuration_without_return_address_needs_one_given(shop: Shop) -> None:
    bare = shop.stripe.v1.billing_portal.configurations.create(
        {"features": {"invoice_history": {"enabled": True}}}
    ).id
    customer = shop.customer()

    assert refused(shop, customer, configuration=bare).param == "return_url"
    assert shop.session(customer, configuration=bare, return_url=RETURN_URL).return_url


def test_an_inactive_configuration_is_refused(shop: Shop) -> None:
    old = shop.configure()
    shop.stripe.v1.billing_portal.configurations.update(old, {"active": False})
    assert refused(shop, shop.customer(), configuration=old).param == "configuration"


PARAMETERS: list[Any] = [
    pytest.param({"customer": "cus_none"}, "customer", "resource_missing", id="unknown customer"),
    pytest.param(
        {"configuration": "bpc_none"}, "configuration", "resource_missing", id="no configuration"
    ),
    pytest.param({"foo": "1"}, "foo", "parameter_unknown", id="unknown parameter"),
    pytest.param({"locale": "xx"}, "locale", None, id="unknown locale"),
    pytest.param({"return_url": "/billing"}, "return_url", "url_invalid", id="relative address"),
    pytest.param(
        {"after_expiration": {"type": "customer_login", "customer_login": {"expires_at": NOW}}},
        "after_expiration[customer_login][expires_at]",
        None,
        id="a recovery that has already ended",
    ),
    pytest.param(
        {"flow_data": {"type": "subscription_pay"}},
        "flow_data[type]",
        None,
        id="unknown flow type",
    ),
    pytest.param(
        {"flow_data": {"type": "subscription_cancel"}},
        "flow_data[subscription_cancel]",
        "parameter_missing",
        id="a flow without its details",
    ),
    pytest.param(
        {
            "flow_data": {
                "type": "payment_method_update",
                "subscription_cancel": {"subscription": "sub_1"},
            }
        },
        "flow_data[subscription_cancel]",
        None,
        id="details of another flow",
    ),
    pytest.param(
        {"flow_data": {"type": "subscription_cancel", "subscription_cancel": {"reason": "x"}}},
        "flow_data[subscription_cancel][reason]",
        "parameter_unknown",
        id="an unknown parameter deep inside a flow",
    ),
    pytest.param(
        {
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {"type": "redirect"},
            }
        },
        "flow_data[after_completion][redirect]",
        "parameter_missing",
        id="a redirect without its address",
    ),
    pytest.param(
        {
            "flow_data": {
                "type": "payment_method_update",
                "after_completion": {
                    "type": "portal_homepage",
                    "redirect": {"return_url": RETURN_URL},
                },
            }
        },
        "flow_data[after_completion][redirect]",
        None,
        id="a redirect address for a flow that does not redirect",
    ),
    pytest.param(
        {
            "flow_data": {
                "type": "subscription_cancel",
                "subscription_cancel": {"subscription": "sub_none"},
            }
        },
        "flow_data[subscription_cancel][subscription]",
        "resource_missing",
        id="an unknown subscription",
    ),
]


@pytest.mark.parametrize(("params", "param", "code"), PARAMETERS)
def test_parameters_are_refused(
    shop: Shop, params: dict[str, Any], param: str, code: str | None
) -> None:
    given = {"customer": shop.customer(), **params}
    error = refused(shop, given.pop("customer"), **given)
    assert (error.param, error.code) == (param, code)


def test_a_missing_customer_is_named(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        shop.stripe.v1.billing_portal.sessions.create({"configuration": shop.configuration})
    assert (raised.value.param, raised.value.code) == ("customer", "parameter_missing")


def test_a_subscription_of_another_customer_is_refused(shop: Shop) -> None:
    theirs = shop.subscription(shop.customer())
    error = refused(shop, shop.customer(), flow("subscription_cancel", theirs.id))
    assert "does not belong to the customer" in str(error)


def test_an_ended_subscription_is_refused(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    shop.stripe.v1.subscriptions.cancel(sub.id)
    for kind in ("subscription_cancel", "subscription_update"):
        assert "already ended" in str(refused(shop, customer, flow(kind, sub.id)))


@pytest.mark.parametrize(
    ("mode", "change"),
    [
        pytest.param("classic", {"cancel_at_period_end": True}, id="the boolean"),
        pytest.param("flexible", {"cancel_at": "max_period_end"}, id="the date"),
    ],
)
def test_canceling_what_is_winding_down_is_refused(
    shop: Shop, mode: str, change: dict[str, Any]
) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer, mode=mode)
    shop.stripe.v1.subscriptions.update(sub.id, change)  # type: ignore[arg-type]

    error = refused(shop, customer, flow("subscription_cancel", sub.id))

    assert "already set to be cancel" in str(error)


def _several_items(shop: Shop, customer: str) -> Any:
    return shop.subscription(customer, "basic", "pro")


def _metered(shop: Shop, customer: str) -> Any:
    price = shop.stripe.v1.prices.create(
        {
            "product": shop.products["basic"],
            "unit_amount": 1,
            "currency": "usd",
            "recurring": {"interval": "month", "usage_type": "metered", "meter": "mtr_1"},
        }
    )
    return shop.stripe.v1.subscriptions.create(
        {"customer": customer, "items": [{"price": price.id}]}
    )


def _by_invoice(shop: Shop, customer: str) -> Any:
    return shop.subscription(customer, collection_method="send_invoice", days_until_due=14)


def _scheduled(shop: Shop, customer: str) -> Any:
    sub = shop.subscription(customer)
    schedule = shop.stripe.v1.subscription_schedules.create({"from_subscription": sub.id})
    phase = schedule.phases[0]
    now = {"items": [{"price": shop.prices["basic"]}], "start_date": phase.start_date}
    later = {"items": [{"price": shop.prices["pro"]}]}
    shop.stripe.v1.subscription_schedules.update(
        schedule.id,
        {"phases": [{**now, "end_date": phase.end_date}, later]},  # type: ignore[list-item]
    )
    return sub


@pytest.mark.parametrize(
    ("make", "words"),
    [
        pytest.param(_several_items, "multiple subscription items", id="several items"),
        pytest.param(_metered, "usage-based", id="metered"),
        pytest.param(_by_invoice, "send_invoice", id="paid by invoice"),
        pytest.param(_scheduled, "scheduled", id="an update is scheduled"),
    ],
)
def test_updating_is_refused(shop: Shop, make: Callable[[Shop, str], Any], words: str) -> None:
    customer = shop.customer()
    sub = make(shop, customer)
    assert words in str(refused(shop, customer, flow("subscription_update", sub.id)))


def test_canceling_with_an_update_scheduled_is_refused(shop: Shop) -> None:
    customer = shop.customer()
    sub = _scheduled(shop, customer)
    assert "scheduled" in str(refused(shop, customer, flow("subscription_cancel", sub.id)))


@pytest.mark.parametrize(
    ("kind", "feature"),
    [
        ("subscription_cancel", "subscription_cancel"),
        ("subscription_update", "subscription_update"),
        ("subscription_pause", "subscription_pause"),
        ("customer_update", "customer_update"),
    ],
)
def test_a_flow_whose_feature_is_off_is_refused(shop: Shop, kind: str, feature: str) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    off = shop.configure(**{feature: {"enabled": False}})
    given = flow(kind, None if kind == "customer_update" else sub.id)

    error = refused(shop, customer, given, configuration=off)

    assert "in the portal configuration is disabled" in str(error)


def confirm(shop: Shop, customer: str, sub: Any, **change: Any) -> stripe.InvalidRequestError:
    item = {"id": sub["items"].data[0].id, **change}
    return refused(shop, customer, flow("subscription_update_confirm", sub.id, items=[item]))


def test_confirming_nothing_is_refused_in_stripes_words(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    error = confirm(shop, customer, sub, price=shop.prices["basic"], quantity=1)
    assert "there are no changes to confirm" in str(error)


def test_confirming_a_price_that_is_not_offered_is_refused(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    other = shop.stripe.v1.prices.create(
        {
            "product": shop.products["pro"],
            "unit_amount": 1,
            "currency": "usd",
            "recurring": {"interval": "week"},
        }
    )
    error = confirm(shop, customer, sub, price=other.id)
    assert error.param == "flow_data[subscription_update_confirm][items][0][price]"


def test_confirming_two_items_or_anothers_item_is_refused(shop: Shop) -> None:
    customer = shop.customer()
    sub, other = shop.subscription(customer), shop.subscription(customer)
    foreign = {"id": other["items"].data[0].id, "price": shop.prices["pro"]}
    own = {"id": sub["items"].data[0].id, "price": shop.prices["pro"]}

    two = flow("subscription_update_confirm", sub.id, items=[own, foreign])
    theirs = flow("subscription_update_confirm", sub.id, items=[foreign])

    assert refused(shop, customer, two).param == "flow_data[subscription_update_confirm][items]"
    assert refused(shop, customer, theirs).code == "resource_missing"


def test_an_unknown_retention_coupon_is_refused(shop: Shop) -> None:
    customer = shop.customer()
    sub = shop.subscription(customer)
    retention = {"type": "coupon_offer", "coupon_offer": {"coupon": "none"}}

    error = refused(shop, customer, flow("subscription_cancel", sub.id, retention=retention))

    assert error.code == "resource_missing"
    assert str(error.param).endswith("[coupon_offer][coupon]")


def test_an_idempotent_repeat_gives_the_same_address(shop: Shop) -> None:
    params = {"customer": shop.customer(), "configuration": shop.configuration}
    make = shop.stripe.v1.billing_portal.sessions.create
    first = make(params, {"idempotency_key": "portal-1"})  # type: ignore[arg-type]
    again = make(params, {"idempotency_key": "portal-1"})  # type: ignore[arg-type]
    assert first.url == again.url


def test_an_address_opens_for_five_minutes_and_then_lives_an_hour_from_the_last_visit() -> None:
    with running_sandbox(now=NOW, frozen=True) as running:
        shop = open_shop(running)
        customer = shop.customer()
        unopened, opened = shop.session(customer).url, shop.session(customer).url
        visitor = Visitor(running.url)

        assert visitor.open(opened).status == 200
        running.advance(300)
        running.advance(1)
        assert visitor.open(unopened).status == 410
        running.advance(3_000)
        assert visitor.open(opened).status == 200
        running.advance(3_600)
        assert visitor.open(opened).status == 200
        running.advance(3_601)
        assert visitor.open(opened).status == 410
        assert "This session has expired" in visitor.text


def test_a_guessed_address_is_not_found(shop: Shop) -> None:
    visitor = Visitor(shop.running.url)
    assert visitor.open("/p/session/test_guess").status == 404
    assert visitor.open("/p/session/test_guess/customer").status == 404
