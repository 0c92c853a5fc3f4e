"""The judge refuses planted faults; a judge that accepts everything would be worthless."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.openapi.additions import ENUM_VALUES, OPERATIONS, PARAMETERS, PROPERTIES, WITHHELD
from tests.openapi.document import document, find_template
from tests.openapi.spec import judge_event, judge_object, judge_request, judge_response

PRICE: dict[str, Any] = {
    "id": "price_1",
    "object": "price",
    "active": True,
    "billing_scheme": "per_unit",
    "created": 1795000000,
    "currency": "usd",
    "custom_unit_amount": None,
    "livemode": False,
    "lookup_key": "pro_monthly",
    "metadata": {"team": "blue"},
    "nickname": None,
    "product": "prod_1",
    "recurring": {
        "interval": "month",
        "interval_count": 1,
        "meter": None,
        "usage_type": "licensed",
    },
    "tax_behavior": "unspecified",
    "tiers_mode": None,
    "transform_quantity": None,
    "type": "recurring",
    "unit_amount": 2900,
    "unit_amount_decimal": "2900",
}
PRODUCT: dict[str, Any] = {
    "id": "prod_1",
    "object": "product",
    "active": True,
    "created": 1795000000,
    "default_price": None,
    "description": None,
    "images": [],
    "livemode": False,
    "marketing_features": [],
    "metadata": {},
    "name": "Pro",
    "package_dimensions": None,
    "shippable": None,
    "tax_code": None,
    "updated": 1795000000,
    "url": None,
}
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": 1795000000,
    "data": {"object": PRICE, "previous_attributes": {"nickname": "Old"}},
    "livemode": False,
    "pending_webhooks": 0,
    "request": {"id": None, "idempotency_key": None},
    "type": "price.updated",
}


def _with(value: dict[str, Any], dotted: str, new: Any) -> dict[str, Any]:
    changed = copy.deepcopy(value)
    node = changed
    *parents, leaf = dotted.split(".")
    for name in parents:
        node = node[name]
    node[leaf] = new
    return changed


def _without(value: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: inner for key, inner in value.items() if key != name}


def test_a_faithful_price_passes() -> None:
    assert judge_response("GET", "/v1/prices/price_1", 200, PRICE) == []


def test_an_expanded_reference_passes_and_is_judged_inside() -> None:
    assert judge_response("GET", "/v1/prices/price_1", 200, {**PRICE, "product": PRODUCT}) == []
    wrong = {**PRICE, "product": {**PRODUCT, "name": 7}}
    assert judge_response("GET", "/v1/prices/price_1", 200, wrong) == [
        "/product/name: expected a string, got int"
    ]


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        pytest.param(
            _without(PRICE, "currency"), "/currency: required, missing", id="a missing field"
        ),
        pytest.param(
            _with(PRICE, "unit_amount", "2900"),
            "/unit_amount: expected integer, got str",
            id="a wrong type",
        ),
        pytest.param(
            _with(PRICE, "active", 1), "/active: expected boolean, got int", id="a number as a flag"
        ),
        pytest.param(
            _with(PRICE, "created", True),
            "/created: expected integer, got bool",
            id="a flag as a number",
        ),
        pytest.param(
            _with(PRICE, "created", 1795000000000),
            "/created: 1795000000000 is no unix time in seconds",
            id="milliseconds passed off as seconds",
        ),
        pytest.param(
            _with(PRICE, "recurring.interval", "fortnight"),
            "/recurring/interval: 'fortnight' is none of day, month, week, year",
            id="an unknown enum value",
        ),
        pytest.param(
            _with(PRICE, "colour", "red"), "/colour: unknown property", id="an extra property"
        ),
        pytest.param(
            _with(PRICE, "recurring.colour", "red"),
            "/recurring/colour: unknown property",
            id="an extra property deep down",
        ),
        pytest.param(
            _with(PRICE, "currency", "USD"),
            "/currency: 'USD' is no currency",
            id="an upper-case currency",
        ),
        pytest.param(
            _with(PRICE, "unit_amount_decimal", "29,00"),
            "/unit_amount_decimal: '29,00' is no decimal",
            id="a decimal with a comma",
        ),
        pytest.param(
            _with(PRICE, "metadata", {"a": 1}),
            "/metadata/a: expected a string, got int",
            id="metadata that is not text",
        ),
        pytest.param(
            _with(PRICE, "livemode", None), "/livemode: expected boolean, got null", id="a null"
        ),
        pytest.param(
            _with(PRICE, "product", 7),
            "/product: expected a string, got int",
            id="a reference that is neither id nor object",
        ),
    ],
)
def test_a_planted_fault_is_found(body: dict[str, Any], finding: str) -> None:
    assert judge_response("GET", "/v1/prices/price_1", 200, body) == [finding]


def test_a_fault_inside_a_list_is_pointed_at() -> None:
    page = {
        "object": "list",
        "data": [PRICE, {**PRICE, "type": "sometimes"}],
        "has_more": False,
        "url": "/v1/prices",
    }
    assert judge_response("GET", "/v1/prices?limit=2", 200, page) == [
        "/data/1/type: 'sometimes' is none of one_time, recurring"
    ]


def test_a_deleted_object_passes_where_stripe_answers_one() -> None:
    gone = {"id": "cus_1", "object": "customer", "deleted": True}
    assert judge_response("DELETE", "/v1/customers/cus_1", 200, gone) == []
    assert judge_response("GET", "/v1/customers/cus_1", 200, gone) == []
    assert judge_response("GET", "/v1/prices/price_1", 200, {**gone, "object": "price"}) != []


def test_an_error_is_judged_by_the_error_schema() -> None:
    error = {"type": "invalid_request_error", "message": "No such customer: 'cus_x'"}
    assert judge_response("GET", "/v1/customers/cus_x", 404, {"error": error}) == []
    odd = {"error": {**error, "type": "user_error"}}
    found = judge_response("GET", "/v1/customers/cus_x", 404, odd)
    assert [text.split(":")[0] for text in found] == ["/error/type"]


def test_an_endpoint_that_stripe_does_not_have_is_a_finding() -> None:
    assert judge_response("GET", "/v1/gold_plans", 200, {}) == [
        "GET /v1/gold_plans: Stripe has no such path"
    ]
    assert judge_response("DELETE", "/v1/events/evt_1", 200, EVENT) == [
        "DELETE /v1/events/{id}: no such operation"
    ]


def test_literal_paths_win_over_parameters() -> None:
    assert find_template("/v1/invoices/create_preview") == "/v1/invoices/create_preview"
    assert find_template("/v1/invoices/in_1") == "/v1/invoices/{invoice}"


@pytest.mark.parametrize(
    ("event", "finding"),
    [
        pytest.param(EVENT, None, id="a good event"),
        pytest.param(
            _with(EVENT, "data.object", {**PRICE, "type": "odd"}),
            "/data/object/type: 'odd' is none of one_time, recurring",
            id="a fault in the object",
        ),
        pytest.param(
            _with(EVENT, "data.previous_attributes", {"colour": "red"}),
            "/data/previous_attributes/colour: no attribute of price",
            id="a previous attribute that does not exist",
        ),
        pytest.param(
            _with(EVENT, "data.object", {"object": "gold_plan"}),
            "/data/object/object: 'gold_plan' is no Stripe object",
            id="an object that Stripe does not have",
        ),
    ],
)
def test_events_are_judged_with_their_object(event: dict[str, Any], finding: str | None) -> None:
    assert judge_event(event) == ([finding] if finding else [])


def test_the_additions_are_merged_and_stay_closed() -> None:
    paused = {"subscription": {"type": "pause_requested"}, "transitioned_at": 1, "type": "bored"}
    found = judge_object({"object": "subscription", "status_details": {"paused": paused}})
    assert "/status_details/paused/type: 'bored' is none of subscription" in found
    assert "/status_details: unknown property" not in found
    assert judge_request("POST", "/v1/subscriptions/sub_1", "billing_cycle_anchor=now") == [
        "/billing_cycle_anchor: expected an object, got 'now'"
    ]
    assert judge_request("POST", "/v1/subscriptions/sub_1/pause", "type=subscription") == []


def test_every_addition_names_a_release_after_the_document() -> None:
    judged = document()["info"]["version"]
    releases = {release for table in (PROPERTIES, ENUM_VALUES, OPERATIONS, PARAMETERS)
                for release in table}  # fmt: skip
    assert all(release[:10] > judged[:10] for release in releases - {WITHHELD})
