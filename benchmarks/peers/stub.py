"""A Stripe that answers `GET /v1/…` with the objects of the events, and nothing else.

For a peer that reads every object again before it stores it: what Stripe's network would cost is
left out of its time. Run as `python -m benchmarks.peers.stub FILE PORT`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Awaitable, Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import orjson
import uvicorn

ACCOUNT: Final = {
    "id": "acct_bench",
    "object": "account",
    "business_profile": {"name": "Bench"},
    "charges_enabled": True,
    "country": "DE",
    "created": 1_600_000_000,
    "default_currency": "usd",
    "details_submitted": True,
    "email": "bench@billing.example",
    "payouts_enabled": True,
    "settings": {"dashboard": {"display_name": "Bench"}},
    "type": "standard",
}
_LISTS: Final = {
    "subscription": "subscriptions",
    "subscription_item": "subscription_items",
    "price": "prices",
    "product": "products",
    "customer": "customers",
}
_NONE: Final = {"object": "list", "data": [], "has_more": False, "url": "/v1/products"}
_HEADERS: Final = [(b"content-type", b"application/json"), (b"request-id", b"req_bench")]


def answers(events: Iterable[dict[str, Any]]) -> dict[str, bytes]:
    """Path -> body: every object at its newest, and what it names."""
    found: dict[str, bytes] = {"/v1/account": orjson.dumps(ACCOUNT)}
    for event in events:
        for part in _parts(event["data"]["object"]):
            kind = _LISTS.get(part["object"])
            if kind is not None:
                found[f"/v1/{kind}/{part['id']}"] = orjson.dumps(part)
            if part["object"] == "product":
                found[f"/v1/products/{part['id']}/features"] = orjson.dumps(_NONE)
    found["/v1/accounts/acct_bench"] = found["/v1/account"]
    return found


def _parts(subscription: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield subscription
    yield _customer(subscription)
    for item in subscription["items"]["data"]:
        yield item
        yield item["price"]
        yield _product(item["price"])


def _customer(subscription: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": subscription["customer"],
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": subscription["created"],
        "currency": subscription["currency"],
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": f"{subscription['customer']}@customers.example",
        "invoice_prefix": "BENCH",
        "invoice_settings": {"custom_fields": None, "default_payment_method": None},
        "livemode": False,
        "metadata": subscription["metadata"],
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def _product(price: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": price["product"],
        "object": "product",
        "active": True,
        "created": 1_600_000_000,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": "Pro",
        "type": "service",
        "updated": 1_600_000_000,
    }


def app(found: dict[str, bytes]) -> Callable[..., Awaitable[None]]:
    """An ASGI application that knows these paths."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = found.get(scope["path"])
        if body is None:
            sys.stderr.write(f"unknown: {scope['method']} {scope['path']}\n")
        status = 404 if body is None else 200
        text = body or orjson.dumps(
            {"error": {"type": "invalid_request_error", "code": "resource_missing"}}
        )
        length = (b"content-length", b"%d" % len(text))
        start = {"type": "http.response.start", "status": status, "headers": [*_HEADERS, length]}
        await send(start)
        await send({"type": "http.response.body", "body": text})

    return answer


def main() -> None:
    file, port = sys.argv[1:]
    lines = Path(file).read_text("utf-8").splitlines()
    events = (json.loads(json.loads(line)["body"]) for line in lines)
    uvicorn.run(
        app(answers(events)),
        host="127.0.0.1",
        port=int(port),
        log_level="warning",
        lifespan="off",
        access_log=False,
    )


if __name__ == "__main__":
    main()
