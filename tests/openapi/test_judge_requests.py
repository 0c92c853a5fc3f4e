"""The judge refuses faulty requests, and the recorder misses nothing that passes."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from tests.openapi.forms import decode
from tests.openapi.recording import Exchange, JudgedApp, Ledger
from tests.openapi.spec import judge_request


@pytest.mark.parametrize(
    ("form", "findings"),
    [
        pytest.param(
            "customer=cus_1&items[0][price]=price_1&items[0][quantity]=2&metadata[a]=b",
            [],
            id="a good subscription",
        ),
        pytest.param(
            "customer=cus_1&colour=red", ["/colour: unknown parameter"], id="an unknown parameter"
        ),
        pytest.param(
            "customer=cus_1&items[0][colour]=red",
            ["/items/0/colour: unknown parameter"],
            id="an unknown nested parameter",
        ),
        pytest.param(
            "customer=cus_1&items[0][quantity]=two",
            ["/items/0/quantity: 'two' is no integer"],
            id="a word as an integer",
        ),
        pytest.param(
            "customer=cus_1&cancel_at_period_end=yes",
            ["/cancel_at_period_end: 'yes' is neither true nor false"],
            id="a boolean in words",
        ),
        pytest.param(
            "customer=cus_1&collection_method=by_pigeon",
            ["/collection_method: 'by_pigeon' is none of 'charge_automatically', 'send_invoice'"],
            id="a wrong enum value",
        ),
        pytest.param(
            "customer=cus_1&items=price_1",
            ["/items: expected an array, got 'price_1'"],
            id="a value where an array belongs",
        ),
    ],
)
def test_requests_are_judged_after_decoding(form: str, findings: list[str]) -> None:
    assert judge_request("POST", "/v1/subscriptions", form) == findings


def test_a_missing_required_parameter_is_found() -> None:
    assert judge_request("POST", "/v1/products", "active=true") == ["/name: required, missing"]
    flow = "customer=cus_1&flow_data[subscription_cancel][subscription]=sub_1"
    assert judge_request("POST", "/v1/billing_portal/sessions", flow) == [
        "/flow_data/type: required, missing"
    ]


def test_queries_are_judged_like_bodies() -> None:
    path = "/v1/subscriptions"
    assert judge_request("GET", path, "status=all&created%5Bgte%5D=1&expand%5B0%5D=data.x") == []
    assert judge_request("GET", path, "created%5Bsince%5D=1") == [
        "/created/since: unknown parameter"
    ]


def test_bracket_forms_are_decoded_in_index_order() -> None:
    form = "items[1][price]=b&items[0][price]=a&expand[]=x&expand[]=y&name="
    assert decode(form) == {
        "items": [{"price": "a"}, {"price": "b"}],
        "expand": ["x", "y"],
        "name": "",
    }


def test_a_key_that_is_value_and_container_is_refused() -> None:
    assert judge_request("POST", "/v1/products", "name=a&name[b]=c") == [
        "name: used as a value and as a container"
    ]


async def _answer(scope: Any, receive: Any, send: Any) -> None:
    await receive()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b'{"object": "price"', "more_body": True})
    await send({"type": "http.response.body", "body": b', "id": 1}'})


def test_the_recorder_sees_request_and_answer() -> None:
    async def call() -> JudgedApp:
        judged = JudgedApp(_answer)
        transport = httpx.ASGITransport(app=judged)
        async with httpx.AsyncClient(transport=transport, base_url="http://stripe.test") as client:
            await client.post("/v1/prices", data={"currency": "usd", "colour": "red"})
            await client.get("/somewhere/else")
        return judged

    ledger = asyncio.run(call()).ledger
    assert len(ledger.exchanges) == 1
    assert "POST /v1/prices -> 200 /id: expected a string, got int" in ledger.response_findings()
    assert ledger.request_findings() == ["POST /v1/prices -> 200 /colour: unknown parameter"]


def test_a_refused_request_is_no_finding_but_its_answer_is_judged() -> None:
    ledger = Ledger()
    ledger.add(Exchange("POST", "/v1/prices", "", b"colour=red", 400, b'{"oops": 1}'))
    assert ledger.request_findings() == []
    assert ledger.response_findings() == [
        "POST /v1/prices -> 400 /error: required, missing",
        "POST /v1/prices -> 400 /oops: unknown property",
    ]
