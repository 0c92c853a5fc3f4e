"""Portal configurations over HTTP: Stripe's shape, Stripe's rules, Stripe's refusals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from lib.sandbox.portal import configurations
from lib.sandbox.testing import running_sandbox
from tests.sandbox.shop import ALL_FEATURES, NOW, RETURN_URL, Shop, open_shop


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with running_sandbox(now=NOW, frozen=True) as running:
        yield open_shop(running)


def create(shop: Shop, **params: Any) -> Any:
    return shop.stripe.v1.billing_portal.configurations.create(params)


def test_what_is_not_given_is_off_and_has_stripes_defaults(shop: Shop) -> None:
    made = create(shop, features={"invoice_history": {"enabled": True}}).to_dict()

    assert made["features"]["invoice_history"] == {"enabled": True}
    assert made["features"]["subscription_cancel"]["enabled"] is False
    assert made["features"]["subscription_cancel"]["mode"] == "at_period_end"
    assert made["features"]["subscription_update"]["trial_update_behavior"] == "end_trial"
    assert made["login_page"] == {"enabled": False, "url": None}
    assert (made["active"], made["is_default"]) == (True, False)


UPDATE_ON = {
    "payment_method_update": {"enabled": True},
    "subscription_update": {"enabled": True, "default_allowed_updates": ["price"]},
}
REFUSED: list[Any] = [
    pytest.param({}, "features", "parameter_missing", id="features are required"),
    pytest.param(
        {"features": {}, "is_default": True},
        "is_default",
        "parameter_unknown",
        id="is_default cannot be set",
    ),
    pytest.param(
        {"features": {"subscription_cancel": {"enabled": True, "when": "now"}}},
        "features[subscription_cancel][when]",
        "parameter_unknown",
        id="an unknown nested parameter is named by its path",
    ),
    pytest.param(
        {"features": {"subscription_cancel": {"mode": "immediately"}}},
        "features[subscription_cancel][enabled]",
        "parameter_missing",
        id="a feature needs enabled when it is created",
    ),
    pytest.param(
        {"features": {"subscription_cancel": {"enabled": True, "mode": "later"}}},
        "features[subscription_cancel][mode]",
        None,
        id="an unknown mode",
    ),
    pytest.param(
        {
            "features": {
                "subscription_cancel": {
                    "enabled": True,
                    "mode": "immediately",
                    "proration_behavior": "always_invoice",
                }
            }
        },
        "features[subscription_cancel][proration_behavior]",
        None,
        id="always_invoice is refused for cancellations",
    ),
    pytest.param(
        {
            "features": {
                "subscription_cancel": {
                    "enabled": True,
                    "proration_behavior": "create_prorations",
                }
            }
        },
        "features[subscription_cancel][proration_behavior]",
        None,
        id="prorations need the mode immediately",
    ),
    pytest.param(
        {"features": {"subscription_update": {"enabled": True}}},
        "features[subscription_update][enabled]",
        None,
        id="updates need payment methods to be updatable",
    ),
    pytest.param(
        {
            "features": {
                "subscription_update": {
                    "enabled": False,
                    "products": [{"product": f"prod_{n}", "prices": ["p"]} for n in range(11)],
                }
            }
        },
        "features[subscription_update][products]",
        None,
        id="eleven products are too many",
    ),
    pytest.param(
        {
            "features": {
                "subscription_update": {
                    "enabled": False,
                    "products": [{"product": "prod_none", "prices": ["price_none"]}],
                }
            }
        },
        "features[subscription_update][products][0][product]",
        "resource_missing",
        id="an unknown product",
    ),
    pytest.param(
        {"features": {}, "business_profile": {"headline": "x" * 61}},
        "business_profile[headline]",
        None,
        id="a headline of more than sixty characters",
    ),
    pytest.param(
        {"features": {}, "default_return_url": "app.example"},
        "default_return_url",
        "url_invalid",
        id="a return address that is not absolute",
    ),
    pytest.param(
        {"features": {}, "default_return_url": "javascript:alert(1)"},
        "default_return_url",
        "url_invalid",
        id="a return address that is a script",
    ),
    pytest.param(
        {
            "features": {
                "subscription_pause": {
                    "enabled": True,
                    "duration": {
                        "type": "interval_options",
                        "interval_options": [{"interval": "year", "interval_count": 4}],
                    },
                }
            }
        },
        "features[subscription_pause][duration][interval_options]",
        None,
        id="a pause of more than three years",
    ),
]


@pytest.mark.parametrize(("params", "param", "code"), REFUSED)
def test_a_configuration_is_refused(
    shop: Shop, params: dict[str, Any], param: str, code: str | None
) -> None:
    # An empty object vanishes on the wire, so that a feature stands in where one is meant.
    if params.get("features") == {}:
        params = {**params, "features": {"invoice_history": {"enabled": True}}}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(shop, **params)

    assert refused.value.http_status == 400
    assert (refused.value.param, refused.value.code) == (param, code)


def test_a_product_cannot_offer_two_prices_of_one_interval(shop: Shop) -> None:
    twin = shop.stripe.v1.prices.create(
        {
            "product": shop.products["pro"],
            "unit_amount": 1,
            "currency": "usd",
            "recurring": {"interval": "month"},
        }
    )
    feature = shop.update_feature(
        products=[{"product": shop.products["pro"], "prices": [shop.prices["pro"], twin.id]}]
    )

    with pytest.raises(stripe.InvalidRequestError) as refused:
        create(shop, features={**ALL_FEATURES, **feature})

    assert refused.value.param == "features[subscription_update][products][0][prices][1]"


def test_updates_without_payment_methods_are_refused_in_stripes_words(shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="while payment method update is disabled"):
        create(shop, features=shop.update_feature())


def test_an_update_merges_objects_and_replaces_arrays(shop: Shop) -> None:
    made = create(shop, features=UPDATE_ON, metadata={"name": "a", "kept": "1"}, name="First")

    changed = shop.stripe.v1.billing_portal.configurations.update(
        made.id,
        {
            "features": {"subscription_update": {"default_allowed_updates": ["quantity"]}},
            "metadata": {"name": ""},
            "name": "",
        },
    ).to_dict()

    assert changed["features"]["subscription_update"]["default_allowed_updates"] == ["quantity"]
    assert changed["features"]["subscription_update"]["enabled"] is True
    assert changed["metadata"] == {"kept": "1"}
    assert changed["name"] is None


def test_a_refused_update_changes_nothing(shop: Shop) -> None:
    made = create(shop, features=UPDATE_ON)

    with pytest.raises(stripe.InvalidRequestError):
        shop.stripe.v1.billing_portal.configurations.update(
            made.id, {"name": "New", "features": {"payment_method_update": {"enabled": False}}}
        )

    kept = shop.stripe.v1.billing_portal.configurations.retrieve(made.id).to_dict()
    assert kept == made.to_dict()


def test_the_login_page_has_an_address_while_it_is_enabled(shop: Shop) -> None:
    portal = shop.stripe.v1.billing_portal.configurations
    made = create(
        shop, features={"invoice_history": {"enabled": True}}, login_page={"enabled": True}
    )
    off = portal.update(made.id, {"login_page": {"enabled": False}})
    again = portal.update(made.id, {"login_page": {"enabled": True}})

    assert str(made.login_page.url).startswith(f"{shop.running.url}/p/login/test_")
    assert off.login_page.url is None
    assert again.login_page.url not in {None, made.login_page.url}


def test_the_default_cannot_be_deactivated_and_others_can(shop: Shop) -> None:
    sandbox = shop.running.sandbox
    with sandbox.transaction():
        default = configurations.create(sandbox, {"features": {}}, is_default=True)
    portal = shop.stripe.v1.billing_portal.configurations

    with pytest.raises(stripe.InvalidRequestError) as refused:
        portal.update(default["id"], {"active": False})
    other = portal.update(shop.configure(), {"active": False})

    assert refused.value.param == "active"
    assert other.active is False
    assert [c.id for c in portal.list({"is_default": True}).data] == [default["id"]]
    assert other.id not in [c.id for c in portal.list({"active": True, "limit": 100}).data]


def test_configurations_announce_themselves(shop: Shop) -> None:
    made = create(shop, features={"invoice_history": {"enabled": True}})
    shop.stripe.v1.billing_portal.configurations.update(made.id, {"default_return_url": RETURN_URL})

    updated, created = shop.events[0], shop.events[1]
    assert (updated.type, created.type) == (
        "billing_portal.configuration.updated",
        "billing_portal.configuration.created",
    )
    assert updated.data.previous_attributes.to_dict()["default_return_url"] is None
