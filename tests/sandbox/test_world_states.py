"""Every standing that the access rules and the reports know is present in the seeded world."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lib.sandbox.core import Sandbox
from lib.sandbox.world.names import HOSTILE_NAMES
from lib.sandbox.world.seed import WorldSummary
from tests.openapi.spec import judge_event, judge_object
from tests.sandbox.worlds import NOW, every_event, every_object, small_world

ROOT = Path(__file__).resolve().parents[2]
DAY = 86_400
Object = dict[str, Any]
Test = Callable[[Object], bool]


@pytest.fixture(scope="module")
def world() -> tuple[Sandbox, WorldSummary]:
    return small_world()


@pytest.fixture(scope="module")
def sandbox(world: tuple[Sandbox, WorldSummary]) -> Sandbox:
    return world[0]


def _live(subscription: Object) -> bool:
    return subscription["status"] in {"active", "trialing", "past_due"}


def _keys(subscription: Object) -> list[str]:
    return [item["price"]["lookup_key"] for item in subscription["items"]["data"]]


@pytest.mark.parametrize(
    "status",
    [
        "active",
        "canceled",
        "incomplete",
        "incomplete_expired",
        "past_due",
        "paused",
        "trialing",
        "unpaid",
    ],
)
def test_every_status_of_a_subscription_is_present(sandbox: Sandbox, status: str) -> None:
    assert sandbox.find("subscription", status=status)


@pytest.mark.parametrize(
    "holds",
    [
        pytest.param(
            lambda s: _live(s) and s["cancel_at"] and not s["cancel_at_period_end"],
            id="winding down by cancel_at alone",
        ),
        pytest.param(
            lambda s: _live(s) and s["cancel_at"] and s["cancel_at_period_end"],
            id="winding down by both fields",
        ),
        pytest.param(
            lambda s: _live(s) and s["cancel_at"] is None and s["cancel_at_period_end"],
            id="winding down by the boolean alone",
        ),
        pytest.param(
            lambda s: _live(s) and (s["cancel_at"] or 0) > NOW + 56 * DAY,
            id="winding down in more than eight weeks",
        ),
        pytest.param(
            lambda s: _live(s) and s["cancellation_details"]["comment"],
            id="winding down with a comment",
        ),
        pytest.param(lambda s: _live(s) and s["schedule"], id="a scheduled downgrade"),
        pytest.param(
            lambda s: s["status"] == "canceled" and s["ended_at"] > s["canceled_at"] + DAY,
            id="ended later than asked for",
        ),
        pytest.param(
            lambda s: s["cancellation_details"]["reason"] == "payment_failed",
            id="lost to failed payments",
        ),
        pytest.param(
            lambda s: s["cancellation_details"]["feedback"] == "too_expensive",
            id="left with feedback",
        ),
        pytest.param(lambda s: len(s["items"]["data"]) > 1, id="several items"),
        pytest.param(lambda s: _keys(s)[0] == "seats_monthly", id="an add-on as the first item"),
        pytest.param(
            lambda s: len({i["current_period_end"] for i in s["items"]["data"]}) > 1,
            id="several period ends",
        ),
        pytest.param(lambda s: "partner_deal_2024" in _keys(s), id="a price outside the catalogue"),
        pytest.param(lambda s: "starter_weekly" in _keys(s), id="a weekly price"),
        pytest.param(lambda s: "starter_daily" in _keys(s), id="a daily price"),
        pytest.param(lambda s: "pro_quarterly" in _keys(s), id="a quarterly price"),
        pytest.param(lambda s: s["currency"] == "eur", id="euros"),
        pytest.param(lambda s: s["currency"] == "jpy", id="a currency without decimals"),
        pytest.param(lambda s: s["currency"] == "kwd", id="a currency with three decimals"),
        pytest.param(lambda s: s["billing_mode"]["type"] == "classic", id="classic billing"),
        pytest.param(lambda s: s["billing_mode"]["type"] == "flexible", id="flexible billing"),
        pytest.param(lambda s: s["collection_method"] == "send_invoice", id="paying by invoice"),
        pytest.param(lambda s: s["discounts"] and _live(s), id="a discount"),
        pytest.param(lambda s: "org_id" in s["metadata"], id="an org id on the subscription"),
    ],
)
def test_a_subscription_of_this_kind_exists(sandbox: Sandbox, holds: Test) -> None:
    assert any(holds(subscription) for subscription in sandbox.find("subscription"))


@pytest.mark.parametrize("behavior", ["keep_as_draft", "mark_uncollectible", "void"])
def test_collection_is_paused_in_every_way(sandbox: Sandbox, behavior: str) -> None:
    paused = [
        s["pause_collection"]
        for s in sandbox.find("subscription", status="active")
        if s["pause_collection"] and s["pause_collection"]["behavior"] == behavior
    ]
    assert {bool(pause["resumes_at"]) for pause in paused} == {True, False}


def test_past_due_exists_within_and_beyond_fourteen_days_of_grace(sandbox: Sandbox) -> None:
    ages = []
    for subscription in sandbox.find("subscription", status="past_due"):
        invoice = sandbox.get("invoice", subscription["latest_invoice"])
        ages.append((NOW - invoice["created"]) // DAY)
    assert min(ages) < 3
    assert max(ages) > 14


def test_customers_without_and_with_former_subscriptions_exist(sandbox: Sandbox) -> None:
    never, former = 0, 0
    for customer in sandbox.find("customer"):
        statuses = {s["status"] for s in sandbox.find("subscription", customer=customer["id"])}
        never += not statuses
        former += statuses == {"canceled"}
    assert never
    assert former


@pytest.mark.parametrize(
    ("low", "high"),
    [(-99, 0), (1, 30), (31, 60), (61, 90), (91, 120), (121, 999)],
    ids=["not due", "1 to 30", "31 to 60", "61 to 90", "91 to 120", "over 120"],
)
def test_an_open_invoice_lies_in_every_ageing_bucket(sandbox: Sandbox, low: int, high: int) -> None:
    sent = [
        invoice
        for invoice in sandbox.find("invoice", status="open")
        if invoice["collection_method"] == "send_invoice"
    ]
    days = [-(-(NOW - invoice["due_date"]) // DAY) for invoice in sent]
    assert any(low <= age <= high for age in days), sorted(days)


def test_failed_payments_show_the_common_decline_codes(sandbox: Sandbox) -> None:
    codes = {
        intent["last_payment_error"]["decline_code"]
        for intent in sandbox.find("payment_intent")
        if intent["last_payment_error"]
    }
    assert codes >= {
        "authentication_required",
        "expired_card",
        "fraudulent",
        "generic_decline",
        "incorrect_cvc",
        "insufficient_funds",
        "lost_card",
        "processing_error",
        "stolen_card",
    }


def test_dunning_stands_at_every_attempt_and_some_have_no_next_one(sandbox: Sandbox) -> None:
    failing = [
        invoice
        for invoice in sandbox.find("invoice", status="open")
        if invoice["collection_method"] == "charge_automatically" and invoice["attempt_count"]
    ]
    assert {invoice["attempt_count"] for invoice in failing} >= {1, 2, 3}
    assert any(invoice["next_payment_attempt"] is None for invoice in failing)
    assert any(invoice["next_payment_attempt"] for invoice in failing)


@pytest.mark.parametrize("status", ["draft", "open", "paid", "uncollectible", "void"])
def test_every_status_of_an_invoice_is_present(sandbox: Sandbox, status: str) -> None:
    assert sandbox.find("invoice", status=status)


@pytest.mark.parametrize(
    "kind",
    [
        "charge",
        "coupon",
        "credit_note",
        "dispute",
        "invoice_payment",
        "payment_intent",
        "payment_method",
        "refund",
        "subscription_schedule",
    ],
)
def test_objects_of_this_kind_exist(sandbox: Sandbox, kind: str) -> None:
    assert sandbox.find(kind)


@pytest.mark.parametrize("duration", ["forever", "repeating", "once"])
def test_coupons_of_every_duration_are_redeemed(sandbox: Sandbox, duration: str) -> None:
    redeemed = [c for c in sandbox.find("coupon", duration=duration) if c["times_redeemed"]]
    assert redeemed or duration == "once"


def test_organisations_have_one_or_several_customers(sandbox: Sandbox) -> None:
    orgs = [c["metadata"].get("org_id") for c in sandbox.find("customer")]
    known = [org for org in orgs if org]
    assert len(known) > len(set(known))
    assert None in orgs


def test_some_names_are_hostile_and_some_customers_have_locales(sandbox: Sandbox) -> None:
    customers = sandbox.find("customer")
    assert {c["name"] for c in customers} & {name[:500] for name in HOSTILE_NAMES}
    assert any(c["preferred_locales"] for c in customers)


def test_a_deleted_customer_is_known_from_its_event(sandbox: Sandbox) -> None:
    gone = [e for e in every_event(sandbox) if e["type"] == "customer.deleted"]
    assert gone
    assert not any(c["id"] == gone[0]["data"]["object"]["id"] for c in sandbox.find("customer"))


def test_the_portal_is_set_up_to_cancel_at_period_end_and_to_offer_the_plans(
    sandbox: Sandbox,
) -> None:
    (settings,) = sandbox.find("billing_portal.configuration", is_default=True)
    features = settings["features"]
    assert features["subscription_cancel"]["mode"] == "at_period_end"
    offered = {
        sandbox.get("price", price)["lookup_key"]
        for product in features["subscription_update"]["products"]
        for price in product["prices"]
    }
    catalog = tomllib.loads((ROOT / "catalog.toml").read_text())
    plans = catalog["plans"].values()
    assert offered == {price["lookup_key"] for plan in plans for price in plan.get("prices", [])}


def test_the_catalogue_file_and_the_sandbox_agree_on_every_price(sandbox: Sandbox) -> None:
    catalog = tomllib.loads((ROOT / "catalog.toml").read_text())
    for plan in catalog["plans"].values():
        for wanted in plan.get("prices", []):
            (price,) = sandbox.find("price", lookup_key=wanted["lookup_key"])
            assert price["unit_amount"] == wanted["amount"]
            assert price["currency"] == wanted.get("currency", catalog["currency"])
            assert price["recurring"]["interval"] == wanted["interval"]
            assert price["recurring"]["interval_count"] == wanted.get("interval_count", 1)


def test_the_last_events_are_minutes_old_and_none_lies_in_the_future(sandbox: Sandbox) -> None:
    times = [event["created"] for event in every_event(sandbox)]
    assert NOW - 900 < max(times) <= NOW
    assert times == sorted(times)


def test_every_object_matches_the_openapi_document(sandbox: Sandbox) -> None:
    findings = {
        f"{value['object']} {text}"
        for value in every_object(sandbox)
        if not value["object"].startswith("deleted_")
        for text in judge_object({k: v for k, v in value.items() if k != "_"})
    }
    assert findings == set()


def test_every_event_matches_the_openapi_document(sandbox: Sandbox) -> None:
    findings = {
        f"{event['type']} {text}" for event in every_event(sandbox) for text in judge_event(event)
    }
    assert findings == set()


def test_nothing_that_the_world_planned_was_refused(world: tuple[Sandbox, WorldSummary]) -> None:
    assert world[1].refused == ()
