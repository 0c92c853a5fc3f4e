"""Every request that the billing code sends is one that Stripe's document allows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.billing.domain.portal import Deeplink
from lib.billing.enrich import EXPAND
from lib.billing.stripe.gateway import Gateway
from lib.billing.sync import KINDS
from lib.sandbox.billing import coupons
from lib.sandbox.portal import configurations
from lib.sandbox.testing import RunningSandbox, running_sandbox
from lib.sandbox.world.scenarios import SCENARIOS
from tests.openapi.recording import JudgedApp, Ledger

NOW = 1_795_230_000
RETURN_URL = "https://app.example.com/billing"


@pytest.fixture(scope="module")
def seen() -> Ledger:
    return Ledger()


@pytest.fixture(scope="module")
def running(seen: Ledger) -> Iterator[RunningSandbox]:
    with running_sandbox(now=NOW, frozen=True, wrap=lambda app: JudgedApp(app, seen)) as made:
        yield made


@pytest.fixture(scope="module")
def gateway(running: RunningSandbox) -> Iterator[Gateway]:
    made = Gateway("rk_test_judged", running.url, retries=0)
    yield made
    made.close()


def test_the_lists_of_a_backfill(running: RunningSandbox, gateway: Gateway, seen: Ledger) -> None:
    SCENARIOS["past_due_today"].run(running.sandbox)
    before = len(seen.exchanges)
    for kind, filters in KINDS.items():
        assert list(gateway.list_objects(kind, **filters))
    assert len(seen.exchanges) >= before + len(KINDS)
    assert seen.request_findings() == []
    assert seen.response_findings() == []


def test_a_failing_invoice_is_read_with_its_decline(
    running: RunningSandbox, gateway: Gateway, seen: Ledger
) -> None:
    customer = SCENARIOS["past_due_today"].run(running.sandbox).customers["payer"]
    invoice = running.sandbox.find("invoice", customer=customer, status="open")[0]
    found, _ = gateway.retrieve("invoice", invoice["id"], expand=EXPAND)
    payment = found["payments"]["data"][0]["payment"]["payment_intent"]
    assert payment["last_payment_error"]["decline_code"] == "insufficient_funds"
    assert seen.request_findings() == []
    assert seen.response_findings() == []


@pytest.mark.parametrize(
    "flow",
    [
        "home",
        "payment_method_update",
        "customer_update",
        "subscription_pause",
        "subscription_cancel",
        "subscription_update",
        "subscription_update_confirm",
    ],
)
def test_portal_sessions_of_every_flow(
    running: RunningSandbox, gateway: Gateway, seen: Ledger, flow: str
) -> None:
    customer = SCENARIOS["past_due_then_active"].run(running.sandbox).customers["payer"]
    subscription = running.sandbox.find("subscription", customer=customer)[0]
    dearer = running.sandbox.find("price", lookup_key="business_monthly")[0]
    with running.sandbox.transaction():
        default = configurations.default_of(running.sandbox)["id"]
        features = {"subscription_pause": {"enabled": True}}
        configurations.update(running.sandbox, default, {"features": features})
        if running.sandbox.peek("coupon", "STAY20") is None:
            coupons.create(running.sandbox, {"id": "STAY20", "percent_off": 20, "duration": "once"})
    link = Deeplink(
        flow,
        subscription_id=subscription["id"],
        item_id=subscription["items"]["data"][0]["id"],
        price_id=dearer["id"],
        retention_coupon="STAY20",
    )
    made = gateway.create_portal_session(
        customer, return_url=RETURN_URL, idempotency_key=f"portal-{flow}", link=link
    )
    assert made.url.startswith(running.url)
    assert seen.request_findings() == []
    assert seen.response_findings() == []


def test_a_checkout_session(running: RunningSandbox, gateway: Gateway, seen: Ledger) -> None:
    SCENARIOS["past_due_today"].run(running.sandbox)
    price = gateway.price_id("pro_monthly")
    assert price is not None
    gateway.create_checkout_session(
        price=price,
        success_url=RETURN_URL,
        cancel_url=RETURN_URL,
        idempotency_key="checkout-1",
        email="new@example.com",
        org_id="org_new",
    )
    with running.sandbox.transaction():
        coupons.create(running.sandbox, {"id": "WELCOME", "percent_off": 10, "duration": "once"})
    made = gateway.create_checkout_session(
        price=price,
        success_url=RETURN_URL,
        cancel_url=RETURN_URL,
        idempotency_key="checkout-2",
        trial_days=14,
        coupon="WELCOME",
    )
    assert gateway.close_checkout_session(made.id).status == "expired"
    assert gateway.close_checkout_session(made.id).status == "expired"  # by what Stripe has
    assert seen.request_findings() == []
    assert seen.response_findings() == []
