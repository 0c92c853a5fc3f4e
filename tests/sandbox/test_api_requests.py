"""What the API refuses, and in which words, as stripe-python sees it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
import stripe

from tests.sandbox.shop import Shop

LIVE_KEY = "sk_live_" + "x" * 10


def refused(shop: Shop, path: str, form: dict[str, str], method: str = "POST") -> dict[str, Any]:
    """The error object of a request with these raw form fields, with its status."""
    values = {key: value.format(**shop.prices) for key, value in form.items()}
    answer = httpx.request(
        method,
        shop.running.url + path,
        params=values if method == "GET" else None,
        data=values if method == "POST" else None,
        headers={"Authorization": "Bearer sk_test_x"},
    )
    error: dict[str, Any] = answer.json()["error"]
    return {"status": answer.status_code, **error}


@pytest.mark.parametrize(
    ("path", "form", "code", "param", "message"),
    [
        pytest.param(
            "/v1/customers",
            {"foo": "1"},
            "parameter_unknown",
            "foo",
            "Received unknown parameter: foo",
            id="an unknown parameter is named",
        ),
        pytest.param(
            "/v1/customers",
            {"foo": "1", "bar": "2"},
            "parameter_unknown",
            "foo",
            "Received unknown parameters: foo, bar",
            id="several unknown parameters are named together",
        ),
        pytest.param(
            "/v1/subscriptions",
            {"customer": "cus_1", "items[0][foo]": "1"},
            "parameter_unknown",
            "items[0][foo]",
            "Received unknown parameter: items[0][foo]",
            id="a nested unknown parameter has its bracketed path",
        ),
        pytest.param(
            "/v1/subscriptions",
            {"customer": "cus_1"},
            "parameter_missing",
            "items",
            "Missing required param: items.",
            id="a missing parameter is named",
        ),
        pytest.param(
            "/v1/prices",
            {"currency": "usd", "unit_amount": "ten"},
            "parameter_invalid_integer",
            "unit_amount",
            "Invalid integer: ten",
            id="an integer must be one",
        ),
        pytest.param(
            "/v1/prices",
            {"currency": ""},
            "parameter_invalid_empty",
            "currency",
            None,
            id="what cannot be unset refuses an empty string",
        ),
        pytest.param(
            "/v1/prices",
            {"currency": "usd", "recurring[interval]": "moon"},
            None,
            "recurring[interval]",
            "Invalid recurring[interval]: must be day, month, week, or year",
            id="an enum lists its values",
        ),
        pytest.param(
            "/v1/subscriptions",
            {"customer": "cus_1", "items[0][price]": "{basic}", "cancel_at_period_end": "yes"},
            None,
            "cancel_at_period_end",
            "Invalid boolean: yes",
            id="a boolean is true or false",
        ),
        pytest.param(
            "/v1/subscriptions",
            {"customer": "cus_none", "items[0][price]": "{basic}"},
            "resource_missing",
            "customer",
            "No such customer: 'cus_none'",
            id="an unknown reference in a parameter is 400",
        ),
        pytest.param(
            "/v1/subscriptions",
            {"customer": "cus_1", "items": "price_1"},
            None,
            "items",
            "Invalid array",
            id="a list must be one",
        ),
        pytest.param(
            "/v1/customers",
            {"source": "tok_visa"},
            "parameter_unknown",
            "source",
            "This sandbox does not implement the parameter 'source'. Leave it out.",
            id="what the sandbox does not act on is refused, not ignored",
        ),
        pytest.param(
            "/v1/customers",
            {"metadata[a": "1"},
            None,
            "metadata[a",
            "Invalid parameter name: metadata[a",
            id="a broken bracket is refused",
        ),
    ],
)
def test_a_bad_parameter_is_refused_in_stripes_words(
    frozen_shop: Shop,
    path: str,
    form: dict[str, str],
    code: str | None,
    param: str,
    message: str | None,
) -> None:
    error = refused(frozen_shop, path, form)
    assert (error["status"], error["type"]) == (400, "invalid_request_error")
    assert (error.get("code"), error["param"]) == (code, param)
    if message is not None:
        assert error["message"] == message


@pytest.mark.parametrize(
    ("query", "param"),
    [
        pytest.param({"limit": "0"}, "limit", id="a page has at least one"),
        pytest.param({"limit": "101"}, "limit", id="a page has at most a hundred"),
        pytest.param({"starting_after": "cus_none"}, "starting_after", id="an unknown cursor"),
        pytest.param({"expand[0]": "data.total_count"}, "expand", id="total_count is gone"),
        pytest.param({"expand[0]": "a.b.c.d.e"}, "expand", id="more than four levels of expansion"),
    ],
)
def test_a_bad_list_request_is_refused(
    frozen_shop: Shop, query: dict[str, str], param: str
) -> None:
    frozen_shop.customer(card=None)
    error = refused(frozen_shop, "/v1/customers", query, "GET")
    assert (error["status"], error["param"]) == (400, param)


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        pytest.param({}, "You did not provide an API key", id="no key"),
        pytest.param(
            {"Authorization": f"Bearer {LIVE_KEY}"},
            "This sandbox has test mode only",
            id="a live key",
        ),
        pytest.param({"Authorization": "Basic !!"}, "Invalid API Key", id="a garbled basic header"),
    ],
)
def test_a_request_without_a_test_key_is_401(
    frozen_shop: Shop, headers: dict[str, str], said: str
) -> None:
    answer = httpx.get(f"{frozen_shop.running.url}/v1/customers", headers=headers)
    assert answer.status_code == 401
    assert said in answer.json()["error"]["message"]


def test_a_key_may_come_as_basic_auth_too(frozen_shop: Shop) -> None:
    answer = httpx.get(f"{frozen_shop.running.url}/v1/customers", auth=("rk_test_x", ""))
    assert answer.status_code == 200


def test_an_unknown_id_in_the_path_is_404(frozen_shop: Shop) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        frozen_shop.stripe.v1.subscriptions.retrieve("sub_none")
    assert refusal.value.http_status == 404
    assert (refusal.value.code, refusal.value.param) == ("resource_missing", "id")


def test_an_unknown_address_is_404_in_stripes_shape(frozen_shop: Shop) -> None:
    error = refused(frozen_shop, "/v1/nothing", {}, "GET")
    assert error["status"] == 404
    assert error["message"] == "Unrecognized request URL (GET: /v1/nothing)."


def test_every_answer_names_its_request_version_and_the_sandboxes_own_date(
    frozen_shop: Shop,
) -> None:
    answer = httpx.get(f"{frozen_shop.running.url}/v1/customers", auth=("sk_test_x", ""))
    assert answer.headers["request-id"].startswith("req_")
    assert answer.headers["stripe-version"] == "2026-10-28.endive"
    assert answer.headers["date"] == "Mon, 21 Sep 2026 14:13:20 GMT"


def test_an_empty_string_unsets_and_an_empty_metadata_value_removes_its_key(
    frozen_shop: Shop,
) -> None:
    customers = frozen_shop.stripe.v1.customers
    made = customers.create({"phone": "555 0100", "metadata": {"org": "o1", "team": "t1"}})
    changed = customers.update(made.id, {"phone": "", "metadata": {"org": ""}})
    assert changed.phone is None
    assert changed.metadata.to_dict() == {"team": "t1"}
    assert customers.update(made.id, {"metadata": ""}).metadata.to_dict() == {}


def test_a_refused_change_leaves_nothing_behind(frozen_shop: Shop) -> None:
    customer = frozen_shop.customer()
    before = frozen_shop.event_types()
    with pytest.raises(stripe.InvalidRequestError):
        frozen_shop.stripe.v1.subscriptions.create(
            {
                "customer": customer,
                "items": [{"price": frozen_shop.prices["basic"]}],
                "discounts": [{"coupon": "no-such-coupon"}],
            }
        )
    assert frozen_shop.stripe.v1.subscriptions.list({"customer": customer}).data == []
    assert frozen_shop.event_types() == before
