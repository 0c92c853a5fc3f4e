"""Every reference that Stripe's document calls expandable can be expanded, in every list."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from lib.sandbox.testing import RunningSandbox, running_sandbox
from tests.openapi.calls import Api
from tests.openapi.document import component
from tests.openapi.spec import judge_response
from tests.sandbox.worlds import small_world

LISTS = {
    "charge": "/v1/charges",
    "checkout.session": "/v1/checkout/sessions",
    "credit_note": "/v1/credit_notes",
    "customer": "/v1/customers",
    "dispute": "/v1/disputes",
    "invoice": "/v1/invoices",
    "invoice_payment": "/v1/invoice_payments",
    "invoiceitem": "/v1/invoiceitems",
    "payment_intent": "/v1/payment_intents",
    "price": "/v1/prices",
    "product": "/v1/products",
    "refund": "/v1/refunds",
    "setup_intent": "/v1/setup_intents",
    "subscription": "/v1/subscriptions",
    "subscription_schedule": "/v1/subscription_schedules",
}
INCLUDED = {"invoice": ["payments"], "checkout.session": ["line_items"], "charge": ["refunds"]}
"""Lists inside an object that come only when asked for."""
NEVER_SENT = {("charge", "transfer"), ("refund", "failure_balance_transaction")}
"""Connect transfers and failed refunds do not happen in the sandbox."""


def _references() -> list[tuple[str, str]]:
    found = []
    for kind in LISTS:
        properties = component(kind)["properties"]
        names = [name for name, schema in properties.items() if "x-expansionResources" in schema]
        found += [(kind, name) for name in names + INCLUDED.get(kind, [])]
    return [pair for pair in found if pair not in NEVER_SENT]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSandbox]:
    sandbox, _ = small_world()
    with running_sandbox(sandbox=sandbox) as made:
        yield made
    sandbox.close()


@pytest.fixture(scope="module")
def api(running: RunningSandbox) -> Iterator[Api]:
    with httpx.Client(base_url=running.url, timeout=30) as client:
        yield Api(client)


@pytest.mark.parametrize(
    ("kind", "name"), [pytest.param(*pair, id=".".join(pair)) for pair in _references()]
)
def test_a_reference_is_expanded_as_the_document_says(api: Api, kind: str, name: str) -> None:
    everything = {"status": "all"} if kind == "subscription" else {}
    page = api.get(LISTS[kind], limit=100, expand=[f"data.{name}"], **everything)
    assert page["data"]
    assert judge_response("GET", LISTS[kind], 200, page) == []


def test_every_page_of_every_list_matches_the_document(api: Api, running: RunningSandbox) -> None:
    findings = set()
    for kind, path in LISTS.items():
        everything = {"status": "all"} if kind == "subscription" else {}
        seen, after, more = 0, {}, True
        while more:
            page = api.get(path, limit=100, **everything, **after)
            findings |= {f"{path} {text}" for text in judge_response("GET", path, 200, page)}
            seen += len(page["data"])
            more = page["has_more"]
            after = {"starting_after": page["data"][-1]["id"]} if more else {}
        assert seen == running.sandbox.storage.count(kind)
    assert findings == set()
