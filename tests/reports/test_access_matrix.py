"""Paying against access: which customers are in the matrix, and since when."""

from __future__ import annotations

from typing import Any

import pytest

from lib.billing.domain.observations import Observation
from lib.billing.store.engine import Store
from tests.domain.states import discount, item, price
from tests.reports.ledger import at, changed, created, desk, ended, paying
from tests.reports.test_report_rows import ACTIVE, ANN, ANN_LEAVES, BOB_FAILS, EUROS

FIELDS = "customer_id pays access since mrr_minor currency rule".split()

TRIAL = paying("trialing", trial_start=at("2026-03-01"), trial_end=at("2026-03-31"))
PAUSED = paying(pause={"behavior": "void", "resumes_at": None})
GIFT = created("discount", "di_1", discount(percent_off="100"), "2026-01-05", "cus_1")


def sub(state: dict[str, Any], when: str = "2026-01-05", n: int = 1) -> Observation:
    return created("subscription", f"sub_{n}", state, when, f"cus_{n}")


CASES: dict[str, tuple[list[Observation], str, dict[str, Any], list[tuple[Any, ...]]]] = {
    "who pays and has access is left out": (ANN, "2026-03-15", {}, []),
    "who neither pays nor has access is left out": (
        [
            *ANN,
            ended("sub_1", paying("canceled", ended_at=at("2026-03-05")), "2026-03-05", "cus_1"),
        ],
        "2026-03-15",
        {},
        [],
    ),
    "within the days of grace a late payer still pays and still has access": (
        BOB_FAILS,
        "2026-03-15",
        {},
        [],
    ),
    "beyond them it counts as paying and is blocked, since grace ended": (
        BOB_FAILS,
        "2026-03-25",
        {},
        [("cus_2", True, False, "2026-03-19T01:00:00Z", 2900, "usd", "past_due_expired")],
    ),
    "an end whose event is awaited blocks from its date on": (
        ANN_LEAVES,
        "2026-04-06",
        {},
        [("cus_1", True, False, "2026-04-05T00:00:00Z", 2900, "usd", "winding_down")],
    ),
    "a trial has access and does not pay, since it began": (
        [sub(TRIAL, "2026-03-01")],
        "2026-03-15",
        {},
        [("cus_1", False, True, "2026-03-01T00:00:00Z", 0, "usd", "trialing")],
    ),
    "a paused collection keeps access and stops MRR, since it was paused": (
        [*ANN, changed("subscription", "sub_1", ACTIVE, PAUSED, "2026-02-10", "cus_1")],
        "2026-03-15",
        {},
        [("cus_1", False, True, "2026-02-10T00:00:00Z", 0, "usd", "collection_paused")],
    ),
    "what is given away for ever is access without paying": (
        [GIFT, sub(paying(discounts=["di_1"]))],
        "2026-03-15",
        {},
        [("cus_1", False, True, "2026-01-05T00:00:00Z", 0, "usd", "active")],
    ),
    "a trial of someone who paid before counts from the trial": (
        [
            *ANN,
            ended("sub_1", paying("canceled", ended_at=at("2026-02-01")), "2026-02-01", "cus_1"),
            created("subscription", "sub_9", TRIAL, "2026-03-01", "cus_1"),
        ],
        "2026-03-15",
        {},
        [("cus_1", False, True, "2026-03-01T00:00:00Z", 0, "usd", "trialing")],
    ),
    "one that pays beside one on trial pays": (
        [*ANN, created("subscription", "sub_9", TRIAL, "2026-03-01", "cus_1")],
        "2026-03-15",
        {},
        [],
    ),
    "an MRR that cannot be computed is unknown, not nothing": (
        [sub(paying(discounts=["di_new"]))],
        "2026-03-15",
        {},
        [("cus_1", None, True, None, None, "usd", "active")],
    ),
    "two currencies paid in are two rows": (
        [
            sub(paying("past_due"), "2026-01-05"),
            created("subscription", "sub_2", EUROS | {"status": "past_due"}, "2026-01-05", "cus_1"),
        ],
        "2026-03-15",
        {},
        [
            ("cus_1", True, False, "2026-01-19T00:00:00Z", 1900, "eur", "past_due_expired"),
            ("cus_1", True, False, "2026-01-19T00:00:00Z", 2900, "usd", "past_due_expired"),
        ],
    ),
    "a currency narrows the rows": (
        [
            sub(TRIAL, "2026-03-01"),
            sub(EUROS | {"status": "trialing"}, "2026-03-01", 2),
        ],
        "2026-03-15",
        {"currency": "eur"},
        [("cus_2", False, True, "2026-01-05T00:00:00Z", 0, "eur", "trialing")],
    ),
    "as of an earlier day it is judged at that day's end": (
        BOB_FAILS,
        "2026-05-01",
        {"as_of": "2026-03-10"},
        [],
    ),
    "as of a later day grace is over": (
        BOB_FAILS,
        "2026-03-10",
        {"as_of": "2026-03-20"},
        [("cus_2", True, False, "2026-03-19T01:00:00Z", 2900, "usd", "past_due_expired")],
    ),
    "under a policy where MRR leaves when scheduled, who winds down has stopped paying": (
        ANN_LEAVES,
        "2026-03-15",
        {"policy": "stripe"},
        [("cus_1", False, True, "2026-03-10T00:00:00Z", 0, "usd", "winding_down")],
    ),
    "a price of nothing is access without paying": (
        [sub(paying() | {"items": [item(price("pro_monthly", "0"), end=at("2026-04-05"))]})],
        "2026-03-15",
        {},
        [("cus_1", False, True, "2026-01-05T00:00:00Z", 0, "usd", "active")],
    ),
}


@pytest.mark.parametrize(("observations", "now", "options", "rows"), CASES.values(), ids=CASES)
def test_the_matrix_says(
    store: Store,
    observations: list[Observation],
    now: str,
    options: dict[str, Any],
    rows: list[tuple[Any, ...]],
) -> None:
    report = desk(store, observations, now).report("access-matrix", **options)
    assert [tuple(row[name] for name in FIELDS) for row in report.rows] == rows


def test_its_totals_count_both_cells(sqlite_store: Store) -> None:
    observations = [*BOB_FAILS, sub(TRIAL, "2026-03-01", 3), sub(EUROS, n=4)]
    report = desk(sqlite_store, observations, "2026-03-25").report("access-matrix")
    assert report.totals == {
        "usd": {"pays_without_access": 1, "access_without_paying": 1, "mrr_minor": 2900}
    }
