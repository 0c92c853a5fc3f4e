"""MRR without the runway is committed MRR, exactly, whoever asks."""

from __future__ import annotations

import pytest

from lib.billing.store.engine import Store
from tests.domain.states import item, price
from tests.reports.ledger import at, changed, created, desk, paying
from tests.reports.test_company_adds_up import told
from tests.reports.test_report_rows import ACTIVE, STARTER
from tests.store.company import company

ENDS = {"cancel_at": at("2026-04-08")}
SCHEDULED = ACTIVE | {"schedule": "sub_sched_1"}
AHEAD = {
    "subscription": "sub_2",
    "status": "active",
    "phases": [
        {
            "start": at("2026-05-05"),
            "end": at("2026-06-05"),
            "items": [{"price": "price_starter_monthly", "quantity": 1}],
        }
    ],
    "end_behavior": "release",
}
KNOWN = price("starter_monthly", "900") | {"active": True, "type": "recurring", "tiers": None}
STORY = [
    created("subscription", "sub_1", ACTIVE, "2026-01-05", "cus_1"),
    changed("subscription", "sub_1", ACTIVE, ACTIVE | ENDS, "2026-03-10", "cus_1"),
    created("subscription", "sub_2", SCHEDULED, "2026-01-05", "cus_2"),
    created("schedule", "sub_sched_1", AHEAD, "2026-03-01", "cus_2"),
    created("subscription", "sub_3", STARTER, "2026-01-31", "cus_3"),
    created(
        "subscription",
        "sub_4",
        paying(currency="jpy", cancel_at_period_end=True)
        | {"items": [item(price("pro_monthly", "4000", currency="jpy"), end=at("2026-04-05"))]},
        "2026-01-05",
        "cus_4",
    ),
]


def test_each_week_tells_what_ends_and_what_gets_smaller(store: Store) -> None:
    report = desk(store, STORY, "2026-03-15", prices=[KNOWN]).report("runway")
    assert [tuple(row.values()) for row in report.rows] == [
        ("2026-03-30", "jpy", "pro", "end", 1, 4000),
        ("2026-04-06", "usd", "pro", "end", 1, 2900),
        ("2026-05-04", "usd", "pro", "downgrade", 1, 2000),
    ]
    assert report.totals["usd"] == {"cells": 2, "subscriptions": 2, "mrr_minor": 4900}


def test_weeks_are_those_of_the_business(store: Store) -> None:
    sunday_night = (
        STORY[0],
        changed(
            "subscription",
            "sub_1",
            ACTIVE,
            ACTIVE | {"cancel_at": at("2026-04-05T22:30")},
            "2026-03-10",
            "cus_1",
        ),
    )
    berlin = desk(store, sunday_night, "2026-03-15", timezone="Europe/Berlin").report("runway")
    assert [row["week_start"] for row in berlin.rows] == ["2026-04-06"]


@pytest.mark.parametrize("policy", ["portside", "stripe", "chartmogul", "profitwell"])
def test_mrr_without_the_runway_is_committed_mrr(policy: str, store: Store) -> None:
    portside = desk(store, STORY, "2026-03-15", prices=[KNOWN])
    leaving = portside.report("runway", policy=policy).totals
    for row in portside.report("mrr", policy=policy).rows:
        if row["committed_minor"] is not None:
            gone = leaving.get(row["currency"], {"mrr_minor": 0})["mrr_minor"]
            assert row["closing_minor"] - gone == row["committed_minor"]
    if policy == "stripe":
        assert {row["kind"] for row in portside.report("runway", policy=policy).rows} == {
            "downgrade"
        }


@pytest.mark.parametrize("seed", [1, 3, 5])
def test_a_whole_companys_runway_is_what_committed_mrr_lacks(seed: int, store: Store) -> None:
    portside = told(store, company(seed))
    leaving = portside.report("runway").totals
    cards = {card.currency: card for card in portside.overview().currencies}
    assert leaving
    for currency, total in leaving.items():
        card = cards[currency]
        assert card.mrr_minor - card.committed_minor == total["mrr_minor"]
