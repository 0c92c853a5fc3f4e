"""Forms as other programs write them, and values that must be refused instead of crashing."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.shop import Shop

HUGE = "9" * 18


def post(shop: Shop, path: str, raw: str) -> httpx.Response:
    return httpx.post(
        shop.running.url + path,
        content=raw,
        headers={
            "Authorization": "Bearer sk_test_x",
            "Content-Type": "application/x-www-form-urlencoded",
        },
    )


@pytest.mark.parametrize(
    ("path", "raw", "param"),
    [
        pytest.param("/v1/customers", "metadata[%C2%B2][x]=1", "metadata[²]", id="a superscript"),
        pytest.param("/v1/customers", f"balance={HUGE}", "balance", id="a huge balance"),
        pytest.param("/v1/customers", "balance=%D9%A3", "balance", id="an Arabic digit"),
        pytest.param(
            "/v1/prices",
            "currency=usd&product={product}&unit_amount_decimal=1e999999",
            "unit_amount_decimal",
            id="a decimal with a huge exponent",
        ),
        pytest.param(
            "/v1/subscriptions",
            "customer={customer}&items[0][price]={price}&items[0][quantity]=99999999",
            "items[0][quantity]",
            id="a huge quantity",
        ),
        pytest.param(
            "/v1/subscriptions",
            f"customer={{customer}}&items[0][price]={{price}}&trial_end={HUGE}",
            "trial_end",
            id="a trial of a billion years",
        ),
        pytest.param(
            "/v1/subscriptions",
            f"customer={{customer}}&items[0][price]={{price}}&billing_cycle_anchor={HUGE}",
            "billing_cycle_anchor",
            id="an anchor beyond every calendar",
        ),
        pytest.param(
            "/v1/customers",
            "&".join(f"metadata[k{number}]=v" for number in range(51)),
            "metadata",
            id="more than fifty metadata keys",
        ),
    ],
)
def test_a_value_out_of_every_range_is_refused_by_name(
    frozen_shop: Shop, path: str, raw: str, param: str
) -> None:
    filled = raw.format(
        customer=frozen_shop.customer(),
        price=frozen_shop.prices["basic"],
        product=frozen_shop.products["basic"],
    )
    answer = post(frozen_shop, path, filled)
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


def test_empty_brackets_fill_one_element_after_the_other(frozen_shop: Shop) -> None:
    prices = frozen_shop.prices
    answer = post(
        frozen_shop,
        "/v1/subscriptions",
        f"customer={frozen_shop.customer()}&items[][price]={prices['basic']}&items[][quantity]=2"
        f"&items[][price]={prices['pro']}",
    )
    made = [(item["price"]["id"], item["quantity"]) for item in answer.json()["items"]["data"]]
    assert made == [(prices["basic"], 2), (prices["pro"], 1)]


@pytest.mark.parametrize(
    ("path", "query", "param"),
    [
        pytest.param("/v1/subscriptions", "customer=cus_x", "customer", id="subscriptions of one"),
        pytest.param("/v1/invoices", "customer=cus_x", "customer", id="invoices of one"),
        pytest.param("/v1/invoices", "subscription=sub_x", "subscription", id="of a subscription"),
        pytest.param("/v1/subscriptions", "price=price_x", "price", id="by a price"),
        pytest.param("/v1/invoice_payments", "invoice=in_x", "invoice", id="of an invoice"),
        pytest.param(
            "/v1/customers/search", "query=shoe:'9'", "query", id="a field that search lacks"
        ),
        pytest.param(
            "/v1/customers/search", "query=created>0%26page=%C2%B2", "query", id="a bad page"
        ),
    ],
)
def test_a_list_by_something_unknown_is_refused_not_empty(
    frozen_shop: Shop, path: str, query: str, param: str
) -> None:
    answer = httpx.get(
        f"{frozen_shop.running.url}{path}?{query}", headers={"Authorization": "Bearer sk_test_x"}
    )
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


def test_a_trailing_slash_is_the_list_and_an_unknown_method_a_stripe_error(
    frozen_shop: Shop,
) -> None:
    key = {"Authorization": "Bearer sk_test_x"}
    listed = httpx.get(f"{frozen_shop.running.url}/v1/customers/", headers=key)
    assert listed.json()["object"] == "list"
    refused = httpx.put(f"{frozen_shop.running.url}/v1/customers", headers=key)
    assert refused.status_code == 404
    assert refused.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("enabled", "status"),
    [
        pytest.param("false", 200, id="taxes switched off are how things are"),
        pytest.param("true", 400, id="taxes switched on are refused plainly"),
    ],
)
def test_automatic_taxes_can_only_be_off(frozen_shop: Shop, enabled: str, status: int) -> None:
    answer = post(
        frozen_shop,
        "/v1/subscriptions",
        f"customer={frozen_shop.customer()}&items[0][price]={frozen_shop.prices['basic']}"
        f"&automatic_tax[enabled]={enabled}",
    )
    assert answer.status_code == status
