"""What the projection says of a seeded company is what the company's objects say themselves."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lib.billing.config import Settings
from lib.billing.domain.times import iso
from lib.billing.wiring import Installation, open_installation
from lib.sandbox.core import Sandbox
from lib.sandbox.world import seed

ROOT = Path(__file__).parents[2]
NOW = 1_795_300_000
LIVE = {"active", "trialing", "past_due", "unpaid", "paused"}
MONTHS = {"year": 12, "month": 1, "week": Fraction(12, 52), "day": Fraction(12, 365)}


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    sandbox = Sandbox(None, now=NOW, seed=7, frozen=True)
    seed.build(sandbox, customers=150, months=24, seed=7, now=NOW)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def events(world: Sandbox) -> list[dict[str, Any]]:
    rows = world.storage.event_rows("created <= ?", (NOW,), "created, seq")
    return [json.loads(body) for body in world.storage.event_bodies([row[0] for row in rows])]


def projected(folder: Path, events: list[dict[str, Any]], batch: int) -> Installation:
    settings = {
        "PORTSIDE_DATABASE_URL": f"sqlite:///{folder / 'portside.db'}",
        "PORTSIDE_CATALOG": str(ROOT / "catalog.toml"),
        "PORTSIDE_NOW": "2026-11-22T00:26:40Z",
    }
    installation = open_installation(Settings.load(settings))
    assert installation.ingest.apply(events, batch=batch).failed == 0
    return installation


@pytest.fixture(scope="module")
def portside(events, tmp_path_factory) -> Iterator[Installation]:
    installation = projected(tmp_path_factory.mktemp("in-order"), events, 2_000)
    yield installation
    installation.close()


def rows(installation: Installation, name: str) -> list[dict[str, Any]]:
    return installation.portside.report(name).rows


def test_the_winding_down_are_exactly_those_that_stripe_has_winding_down(world, portside):
    truth = {}
    for subscription in world.find("subscription"):
        ends = subscription["cancel_at"]
        if subscription["cancel_at_period_end"] and ends is None:
            ends = min(i["current_period_end"] for i in subscription["items"]["data"])
        if subscription["status"] in LIVE and ends is not None:
            truth[subscription["id"]] = ends
    found = {r["subscription_id"]: r["ends_at"] for r in rows(portside, "winding-down")}
    assert found.keys() == truth.keys()
    assert len(truth) >= 3
    assert found == {key: iso(value) for key, value in truth.items()}


def test_invoices_and_what_is_left_of_them_agree(world, portside):
    truth = {
        i["id"]: (i["status"], i["amount_remaining"], i["attempt_count"])
        for i in world.find("invoice")
    }
    found = {
        r["invoice_id"]: (r["status"], r["amount_remaining_minor"], r["attempt_count"])
        for r in rows(portside, "invoices")
    }
    assert {key: truth[key] for key in found} == found
    # Old history is lean: a draft that was never finalized has told of itself all the same.
    assert {key for key in truth if key not in found} == set()


def test_failed_payments_are_the_open_automatic_invoices_that_were_tried_in_vain(world, portside):
    status = {s["id"]: s["status"] for s in world.find("subscription")}

    def owner(invoice: dict[str, Any]) -> str | None:
        details = (invoice["parent"] or {}).get("subscription_details") or {}
        return details.get("subscription")

    truth = {
        i["id"]
        for i in world.find("invoice")
        if i["status"] == "open"
        and i["collection_method"] == "charge_automatically"
        and i["attempted"]
        and i["amount_remaining"] > 0
        and (owner(i) is None or status[owner(i)] in LIVE)
    }
    found = {r["invoice_id"]: r["decline_code"] for r in rows(portside, "failed-payments")}
    assert found.keys() == truth
    assert len(truth) >= 3


def discounted(world: Sandbox, subscription: dict[str, Any]) -> bool:
    return bool(subscription["discounts"]) or any(
        i["discounts"] for i in subscription["items"]["data"]
    )


def test_mrr_by_plan_adds_up_to_what_the_subscriptions_are_worth(world, portside):
    worth: dict[str, int] = defaultdict(int)
    compared = set()
    for subscription in world.find("subscription"):
        if subscription["status"] not in ("active", "past_due") or subscription["pause_collection"]:
            continue
        if discounted(world, subscription):
            continue
        compared.add(subscription["id"])
        for item in subscription["items"]["data"]:
            price = item["price"]
            if price["recurring"]["usage_type"] == "metered" or price["billing_scheme"] == "tiered":
                continue
            recurring = price["recurring"]
            months = MONTHS[recurring["interval"]] * recurring["interval_count"]
            monthly = Fraction(str(price["unit_amount_decimal"])) * (item["quantity"] or 0) / months
            worth[subscription["currency"]] += int(monthly + Fraction(1, 2))
    with portside.store.reading() as connection:
        found: dict[str, int] = defaultdict(int)
        statement = "select subscription_id, currency, mrr_minor from subscriptions"
        for subscription_id, currency, mrr in connection.exec_driver_sql(statement):
            if subscription_id in compared:
                found[currency] += mrr
    assert found == worth
    assert set(worth) >= {"usd", "eur"}

    closing = {r["currency"]: r["closing_minor"] for r in rows(portside, "mrr")}
    mix: dict[str, int] = defaultdict(int)
    for row in rows(portside, "plan-mix"):
        mix[row["currency"]] += row["mrr_minor"]
    assert mix == {currency: total for currency, total in closing.items() if total}


@pytest.mark.parametrize(
    ("batch", "customers"),
    [pytest.param(1, 8), pytest.param(97, 40, marks=pytest.mark.whole), pytest.param(5_000, None)],
)
def test_any_order_repetition_and_batching_gives_identical_tables(
    events, portside, tmp_path, batch, customers
):
    """The smaller the batches, the longer it takes: of fewer customers then."""
    shuffled = events + random.Random(batch).choices(events, k=len(events) // 10)
    random.Random(batch).shuffle(shuffled)
    if customers is not None:
        known = sorted({str(e["data"]["object"].get("customer")) for e in events})[:customers]
        shuffled = [e for e in shuffled if e["data"]["object"].get("customer") in known]
        events = [e for e in events if e["data"]["object"].get("customer") in known]
        assert len(events) > 10 * customers
        (tmp_path / "whole").mkdir()
        portside = projected(tmp_path / "whole", events, 5_000)
    other = projected(tmp_path, shuffled, batch)
    assert tables(other) == tables(portside)
    other.close()


def tables(installation: Installation) -> dict[str, list[Any]]:
    names = ("customers", "plan_entitlements", "subscriptions", "invoices", "movements")
    with installation.store.reading() as connection:
        return {
            name: sorted(map(tuple, connection.exec_driver_sql(f"select * from {name}")))
            for name in names
        }
