"""The seeded world looks like a company: mostly well, growing, with a few per cent leaving."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from lib.sandbox.core import Sandbox
from lib.sandbox.world.seed import build

NOW = 1_795_230_000
MONTH = 2_629_800
CUSTOMERS = 600
Object = dict[str, Any]


@pytest.fixture(scope="module")
def subscriptions() -> list[Object]:
    sandbox = Sandbox(now=NOW, frozen=True)
    build(sandbox, customers=CUSTOMERS, now=NOW)
    return sandbox.find("subscription")


@pytest.fixture(scope="module")
def live(subscriptions: list[Object]) -> list[Object]:
    return [s for s in subscriptions if s["status"] in {"active", "trialing", "past_due"}]


def test_most_customers_are_live_and_most_of_these_pay(live: list[Object]) -> None:
    by_status = Counter(s["status"] for s in live)
    assert len(live) > CUSTOMERS * 0.6
    assert by_status["active"] > 0.8 * len(live)


def test_some_per_cent_are_winding_down_over_the_next_weeks(live: list[Object]) -> None:
    leaving = [s for s in live if s["cancel_at"] or s["cancel_at_period_end"]]
    assert 0.03 < len(leaving) / len(live) < 0.08


def test_more_leave_by_choice_than_by_failed_payments(subscriptions: list[Object]) -> None:
    paying = [s for s in subscriptions if s["status"] == "canceled" and s["trial_start"] is None]
    reasons = Counter(s["cancellation_details"]["reason"] for s in paying)
    assert reasons["cancellation_requested"] > reasons["payment_failed"] > 0


def test_the_company_grows(subscriptions: list[Object]) -> None:
    ages = Counter((NOW - s["created"]) // (6 * MONTH) for s in subscriptions)
    assert ages[0] > ages[1] > ages[2] > ages[3]


def test_several_intervals_and_currencies_are_sold(live: list[Object]) -> None:
    prices = [item["price"] for s in live for item in s["items"]["data"]]
    intervals = {(p["recurring"]["interval"], p["recurring"]["interval_count"]) for p in prices}
    assert intervals >= {("week", 1), ("month", 1), ("month", 3), ("year", 1)}
    assert {p["currency"] for p in prices} == {"usd", "eur", "jpy", "kwd"}
