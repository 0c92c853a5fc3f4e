"""What is asked of Stripe on the wire, and what becomes of every answer."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from lib.billing.domain.errors import (
    BillingError,
    ConfigurationError,
    NoSuchObject,
    StripeRefused,
    StripeUnavailable,
)
from lib.billing.domain.portal import Deeplink
from lib.billing.stripe.client import make_client
from lib.billing.stripe.configurations import Configurations
from lib.billing.stripe.gateway import Gateway
from tests.stripe.stub import Answer, Stub, running_stub

NOW = 1_789_997_600
URL = "https://billing.example/p/session/test_secret"
SESSION = {"id": "bps_1", "object": "billing_portal.session", "url": URL, "created": NOW}
KEY = "rk_test_" + "51abc"


@pytest.fixture(scope="module")
def running() -> Iterator[Stub]:
    with running_stub() as stub:
        yield stub


@pytest.fixture
def gateway(running: Stub) -> Iterator[Gateway]:
    made = Gateway(KEY, running.url, retries=0)
    yield made
    made.close()


def _error(message: str, status: int = 400, **over: Any) -> Answer:
    kind = {"type": "invalid_request_error", "message": message} | over
    return Answer({"error": kind}, status, {"request-id": "req_1"})


def _mint(gateway: Gateway, link: Deeplink = Deeplink("home"), **over: Any) -> Any:  # noqa: B008
    asked = {"return_url": "https://app.example/back", "idempotency_key": "k1"} | over
    return gateway.create_portal_session("cus_1", link=link, **asked)


FLOW = {"flow_data[after_completion][type]": "redirect"} | {
    "flow_data[after_completion][redirect][return_url]": "https://app.example/back"
}
WIRE: dict[str, tuple[Deeplink, dict[str, str]]] = {
    "home": (Deeplink("home"), {}),
    "renewing is at home": (Deeplink("renew", "sub_1"), {}),
    "the card": (
        Deeplink("payment_method_update"),
        FLOW | {"flow_data[type]": "payment_method_update"},
    ),
    "a cancellation": (
        Deeplink("subscription_cancel", "sub_1"),
        FLOW
        | {
            "flow_data[type]": "subscription_cancel",
            "flow_data[subscription_cancel][subscription]": "sub_1",
        },
    ),
    "a cancellation with an offer to stay": (
        Deeplink("subscription_cancel", "sub_1", retention_coupon="co_1"),
        FLOW
        | {
            "flow_data[type]": "subscription_cancel",
            "flow_data[subscription_cancel][subscription]": "sub_1",
            "flow_data[subscription_cancel][retention][type]": "coupon_offer",
            "flow_data[subscription_cancel][retention][coupon_offer][coupon]": "co_1",
        },
    ),
    "choosing a plan": (
        Deeplink("subscription_update", "sub_1"),
        FLOW
        | {
            "flow_data[type]": "subscription_update",
            "flow_data[subscription_update][subscription]": "sub_1",
        },
    ),
    "a named plan": (
        Deeplink("subscription_update_confirm", "sub_1", "si_1", "price_1"),
        FLOW
        | {
            "flow_data[type]": "subscription_update_confirm",
            "flow_data[subscription_update_confirm][subscription]": "sub_1",
            "flow_data[subscription_update_confirm][items][0][id]": "si_1",
            "flow_data[subscription_update_confirm][items][0][price]": "price_1",
        },
    ),
}


@pytest.mark.parametrize(("link", "expected"), WIRE.values(), ids=WIRE.keys())
def test_a_portal_session_on_the_wire(
    running: Stub, gateway: Gateway, link: Deeplink, expected: dict[str, str]
) -> None:
    running.will(Answer(SESSION))
    made = _mint(gateway, link, configuration="bpc_1")
    (asked,) = running.asked
    assert (asked.method, asked.path) == ("POST", "/v1/billing_portal/sessions")
    assert asked.params == expected | {
        "customer": "cus_1",
        "return_url": "https://app.example/back",
        "configuration": "bpc_1",
    }
    assert asked.headers["Idempotency-Key"] == "k1"
    assert asked.headers["Stripe-Version"] == stripe.api_version
    assert (made.id, made.url, made.created) == ("bps_1", URL, NOW)
    assert URL not in repr(made)


def test_a_checkout_session_on_the_wire(running: Stub, gateway: Gateway) -> None:
    running.will(Answer(SESSION | {"id": "cs_1", "expires_at": NOW + 86_400}))
    made = gateway.create_checkout_session(
        price="price_1",
        success_url="https://app.example/a",
        cancel_url="https://app.example/b",
        idempotency_key="k2",
        email="ann@customer.example",
        org_id="org_1",
        org_key="tenant",
    )
    assert running.asked[0].params == {
        "mode": "subscription",
        "line_items[0][price]": "price_1",
        "line_items[0][quantity]": "1",
        "success_url": "https://app.example/a",
        "cancel_url": "https://app.example/b",
        "customer_email": "ann@customer.example",
        "client_reference_id": "org_1",
        "subscription_data[metadata][tenant]": "org_1",
    }
    assert made.expires_at == NOW + 86_400


def test_a_checkout_session_carries_its_marks_and_what_is_billed_by_use(
    running: Stub, gateway: Gateway
) -> None:
    running.will(Answer(SESSION | {"id": "cs_1", "expires_at": NOW + 86_400}))
    gateway.create_checkout_session(
        price="price_1",
        success_url="https://app.example/a",
        cancel_url="https://app.example/b",
        idempotency_key="k2",
        metadata={"plan_interest": "pro"},
        beside=["price_2"],
    )
    assert running.asked[0].params == {
        "mode": "subscription",
        "line_items[0][price]": "price_1",
        "line_items[0][quantity]": "1",
        "line_items[1][price]": "price_2",
        "success_url": "https://app.example/a",
        "cancel_url": "https://app.example/b",
        "metadata[plan_interest]": "pro",
        "subscription_data[metadata][plan_interest]": "pro",
    }


def test_no_telemetry_is_sent(running: Stub, gateway: Gateway) -> None:
    running.will(Answer(SESSION))
    _mint(gateway)
    _mint(gateway)
    assert all("X-Stripe-Client-Telemetry" not in asked.headers for asked in running.asked)
    assert stripe.enable_telemetry is False


def test_the_sdks_log_never_holds_an_address(
    running: Stub, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    running.will(Answer(SESSION))
    caplog.set_level(logging.DEBUG)
    logging.getLogger("stripe").setLevel(logging.DEBUG)
    _mint(gateway)
    assert "test_secret" not in caplog.text
    assert not [record for record in caplog.records if record.name == "stripe"]


@pytest.mark.parametrize("where", ["environment", "module"])
def test_a_log_that_would_print_addresses_is_refused(
    where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if where == "environment":
        monkeypatch.setenv("STRIPE_LOG", "debug")
    else:
        monkeypatch.setattr(stripe, "log", "debug")
    with pytest.raises(ConfigurationError, match="STRIPE_LOG"):
        make_client(KEY)


MODES = {"rk_test_1": "test", "sk_test_1": "test", "rk_live_1": "live", "sk_live_1": "live"}


@pytest.mark.parametrize(("key", "mode"), MODES.items(), ids=MODES.keys())
def test_the_key_decides_the_mode(key: str, mode: str) -> None:
    assert Gateway(key).mode == mode


@pytest.mark.parametrize("key", ["pk_test_1", "whsec_1", "sk_test_1 23"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(ConfigurationError, match="STRIPE_API_KEY") as caught:
        Gateway(key)
    assert key not in str(caught.value)


ERRORS: dict[str, tuple[Answer, type[BillingError], str, str]] = {
    "no default configuration": (
        _error("No configuration provided and your test mode default configuration has not been …"),
        StripeRefused,
        "no_configuration",
        "Save the customer portal's settings",
    ),
    "updating is off": (
        _error(
            "This subscription cannot be updated because the subscription update feature in the "
            "portal configuration is disabled."
        ),
        StripeRefused,
        "feature_off",
        "Switch the feature on",
    ),
    "already winding down": (
        _error("The subscription is already set to be canceled at period end"),
        StripeRefused,
        "already_winding_down",
        "send the link for renewing",
    ),
    "nothing to confirm": (
        _error("Cannot update the subscription because there are no changes to confirm."),
        StripeRefused,
        "no_change",
        "choose another one",
    ),
    "a schedule": (
        _error("This subscription is managed by the subscription schedule `sub_sched_1`."),
        StripeRefused,
        "schedule_attached",
        "Release the schedule",
    ),
    "an unknown customer": (
        _error("No such customer: 'cus_1'", 400, code="resource_missing"),
        StripeRefused,
        "customer_missing",
        "same account and mode",
    ),
    "an ended subscription": (
        _error("The subscription 'sub_1' has already ended: its status is canceled."),
        StripeRefused,
        "subscription_ended",
        "send a Checkout link",
    ),
    "a subscription that cannot be canceled for another reason": (
        _error("This subscription cannot be canceled because of the weather."),
        StripeRefused,
        "stripe_refused",
        "because of the weather",
    ),
    "anything else": (
        _error("Received unknown parameter: x", code="parameter_unknown"),
        StripeRefused,
        "stripe_parameter_unknown",
        r"parameter: x\. Nothing was changed\. .* \(Stripe's request req_1\)",
    ),
    "anything else without a code": (_error("Nope"), StripeRefused, "stripe_refused", "Nope"),
    "a right that is missing": (
        _error(
            f"The provided key '{KEY}' does not have the required permissions. Having the "
            "'rak_customer_portal_write' permission would allow this request to continue.",
            403,
        ),
        StripeRefused,
        "stripe_permission",
        "lacks the right rak_customer_portal_write",
    ),
    "a key that is not accepted": (
        _error(f"Invalid API Key provided: {KEY}", 401),
        StripeRefused,
        "stripe_key",
        "Check STRIPE_API_KEY",
    ),
    "a key used for something else": (
        _error("Keys for idempotent requests …", type="idempotency_error"),
        StripeRefused,
        "click_reused",
        "open it again",
    ),
    "too many requests": (
        _error("Slow down", 429),
        StripeUnavailable,
        "stripe_rate_limit",
        "in a minute",
    ),
    "a lock": (
        _error("Locked", 409, type="api_error"),
        StripeUnavailable,
        "stripe_unavailable",
        "again",
    ),
    "a fault of Stripe's": (
        _error("Oops", 500, type="api_error"),
        StripeUnavailable,
        "stripe_unavailable",
        "a problem of its own",
    ),
    "a proxy's page": (
        Answer(b"<html>bad gateway</html>", 502, {}),
        StripeUnavailable,
        "stripe_unavailable",
        "again",
    ),
    "a page that says it is fine": (
        Answer(b"<html>hello</html>", 200, {}),
        StripeUnavailable,
        "stripe_unavailable",
        "again",
    ),
    "a list instead of an object": (Answer([]), StripeUnavailable, "stripe_unavailable", "again"),
    "a session without an address": (
        Answer({"id": "bps_1", "created": NOW}),
        StripeRefused,
        "stripe_refused",
        "without an address",
    ),
}


@pytest.mark.parametrize(("answer", "kind", "code", "told"), ERRORS.values(), ids=ERRORS.keys())
def test_every_error_becomes_one_of_ours(
    running: Stub,
    gateway: Gateway,
    answer: Answer,
    kind: type[BillingError],
    code: str,
    told: str,
) -> None:
    running.will(answer)
    with pytest.raises(kind, match=told) as caught:
        _mint(gateway)
    assert caught.value.code == code
    assert KEY not in str(caught.value)


def test_neither_address_nor_body_travels_with_an_error(running: Stub, gateway: Gateway) -> None:
    running.will(_error(f"Odd: {URL}"))
    with pytest.raises(StripeRefused) as caught:
        _mint(gateway)
    assert "test_secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_when_nobody_answers_it_says_so() -> None:
    away = Gateway(KEY, "http://127.0.0.1:9", retries=0)
    with pytest.raises(StripeUnavailable, match="did not answer"):
        _mint(away)
    away.close()


def test_a_fault_is_tried_again_with_the_same_key(running: Stub) -> None:
    patient = Gateway(KEY, running.url, retries=1)
    running.will(_error("Oops", 500, type="api_error"), Answer(SESSION))
    assert _mint(patient).id == "bps_1"
    assert [asked.headers["Idempotency-Key"] for asked in running.asked] == ["k1", "k1"]
    patient.close()


def _page(*ids: str, more: bool = False) -> Answer:
    return Answer(
        {"object": "list", "data": [{"id": id, "object": "event"} for id in ids]}
        | {"has_more": more}
    )


def test_a_list_is_read_to_its_end(running: Stub, gateway: Gateway) -> None:
    running.will(_page("a", "b", more=True), _page("c", more=True), _page("d"))
    pages = list(gateway.list_objects("subscriptions", status="all", expand=["data.discounts"]))
    assert [[raw["id"] for raw in page.objects] for page in pages] == [["a", "b"], ["c"], ["d"]]
    assert {page.date for page in pages} == {NOW}
    assert [asked.params.get("starting_after") for asked in running.asked] == [None, "b", "c"]
    assert running.asked[0].params | {"expand[0]": "data.discounts"} == running.asked[0].params
    assert all(asked.params["status"] == "all" for asked in running.asked)


def test_a_list_goes_on_where_it_was_left(running: Stub, gateway: Gateway) -> None:
    running.will(_page("c"))
    list(gateway.list_objects("events", after="b"))
    assert running.asked[0].params["starting_after"] == "b"


def test_a_list_that_says_more_and_gives_nothing_ends(running: Stub, gateway: Gateway) -> None:
    running.will(_page(more=True))
    assert [page.objects for page in gateway.list_objects("prices")] == [[]]


def test_plain_objects_come_out(running: Stub, gateway: Gateway) -> None:
    running.will(Answer({"id": "in_1", "object": "invoice", "lines": {"data": [{"x": 1}]}}))
    raw, date = gateway.retrieve("invoice", "in_1", expand=("payments.data.payment",))
    assert date == NOW
    assert type(raw) is type(raw["lines"]) is type(raw["lines"]["data"][0]) is dict
    assert json.loads(json.dumps(raw)) == raw


def test_an_id_cannot_lead_elsewhere(running: Stub, gateway: Gateway) -> None:
    running.will(Answer({"id": "x"}))
    gateway.retrieve("customer", "../events?x=1")
    assert running.asked[0].path == "/v1/customers/..%2Fevents%3Fx%3D1"


@pytest.mark.parametrize("name", ["", "  "])
def test_an_empty_id_is_never_sent(running: Stub, gateway: Gateway, name: str) -> None:
    running.will(Answer({}))
    with pytest.raises(NoSuchObject):
        gateway.retrieve("customer", name)
    assert running.asked == []


def test_what_stripe_does_not_know_is_not_found(running: Stub, gateway: Gateway) -> None:
    running.will(_error("No such invoice: 'in_9'", 404, code="resource_missing"))
    with pytest.raises(NoSuchObject, match="in_9"):
        gateway.retrieve("invoice", "in_9")


def test_an_id_of_the_other_mode_is_not_found_and_says_so(running: Stub, gateway: Gateway) -> None:
    said = (
        "No such subscription: 'sub_9'; a similar object exists in live mode, but a test mode key "
        "was used to make this request."
    )
    running.will(_error(said, 404, code="resource_missing"))
    with pytest.raises(NoSuchObject, match="live mode") as refused:
        gateway.retrieve("subscription", "sub_9")
    assert refused.value.code == "other_mode"


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}], ids=["none", "not a date"])
def test_a_read_without_a_date_is_no_observation(
    running: Stub, gateway: Gateway, headers: dict[str, str]
) -> None:
    running.will(Answer({"id": "in_1"}, headers=headers))
    with pytest.raises(StripeUnavailable, match="Date"):
        gateway.retrieve("invoice", "in_1")


def test_a_lookup_key_names_a_price(running: Stub, gateway: Gateway) -> None:
    named = {"id": "price_1", "object": "price", "lookup_key": "pro_monthly"}
    running.will(Answer({"object": "list", "data": [named], "has_more": False}))
    assert gateway.price_id("pro_monthly") == "price_1"
    assert running.asked[0].params["lookup_keys[0]"] == "pro_monthly"
    running.will(_page())
    assert gateway.price_id("nope") is None


CONFIGURATION = {
    "id": "bpc_1",
    "object": "billing_portal.configuration",
    "active": True,
    "is_default": True,
    "default_return_url": None,
    "login_page": {"enabled": True, "url": "https://billing.example/p/login/1"},
    "features": {
        "payment_method_update": {"enabled": True},
        "invoice_history": {"enabled": True},
        "subscription_cancel": {"enabled": True, "mode": "immediately"},
        "subscription_update": {
            "enabled": True,
            "products": [{"product": "prod_1", "prices": ["price_1", "price_2"]}],
        },
    },
}


def test_the_default_configuration_is_read(running: Stub, gateway: Gateway) -> None:
    other = CONFIGURATION | {"id": "bpc_0", "is_default": False, "features": {}, "login_page": None}
    running.will(Answer({"data": [other, CONFIGURATION], "has_more": False}))
    found = gateway.default_configuration()
    assert found is not None
    assert (found.id, found.cancel_mode, found.subscription_update) == (
        "bpc_1",
        "immediately",
        True,
    )
    assert found.prices == {"price_1", "price_2"}
    assert found.login_url == "https://billing.example/p/login/1"
    listed = gateway.portal_configurations()[0]
    assert (listed.subscription_cancel, listed.prices, listed.login_url) == (False, None, None)


def test_there_may_be_no_default_configuration(running: Stub, gateway: Gateway) -> None:
    running.will(Answer({"data": [], "has_more": False}))
    assert gateway.default_configuration() is None


@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [
        (429, {"Retry-After": "7"}, 7.0),
        (503, {"retry-after": "30"}, 30.0),
        (429, {"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, None),
        (429, {}, None),
    ],
)
def test_how_long_stripe_asks_to_wait_is_passed_on(running, gateway, status, headers, expected):
    running.will(Answer({"error": {"message": "Busy"}}, status, headers))
    with pytest.raises(StripeUnavailable) as caught:
        list(gateway.list_objects("customers"))
    assert caught.value.retry_after == expected


def test_prices_that_a_list_leaves_out_are_asked_for(running: Stub, gateway: Gateway) -> None:
    short = CONFIGURATION | {"features": {"subscription_update": {"enabled": True}}}
    running.will(Answer({"data": [short], "has_more": False}), Answer(CONFIGURATION))
    (live,) = Configurations(gateway).live_portals()
    assert [offer["prices"] for offer in live.state["products"]] == [["price_1", "price_2"]]
    assert running.asked[-1].path == "/v1/billing_portal/configurations/bpc_1"
    assert running.asked[-1].params == {"expand[0]": "features.subscription_update.products"}


def test_what_stripe_never_tells_is_none_rather_than_nothing(
    running: Stub, gateway: Gateway
) -> None:
    short = CONFIGURATION | {"features": {"subscription_update": {"enabled": True}}}
    refusal = {"error": {"type": "invalid_request_error", "message": "cannot be expanded"}}
    running.will(Answer({"data": [short], "has_more": False}), Answer(refusal, 400))
    assert [live.state["products"] for live in Configurations(gateway).live_portals()] == [None]


def test_lookup_keys_are_asked_for_ten_at_a_time(running: Stub, gateway: Gateway) -> None:
    running.will(Answer({"data": [], "has_more": False}))
    assert Configurations(gateway).prices_of([f"key_{n}" for n in range(11)]) == {}
    sizes = [sum(name.startswith("lookup_keys") for name in a.params) for a in running.asked]
    assert sizes == [10, 1]
