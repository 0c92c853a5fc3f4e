"""Ageing: every open invoice in exactly one bucket, by days past due that have begun."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from lib.billing.domain.ageing import BUCKETS, age_days, bucket_of
from lib.billing.store.engine import Store
from tests.reports.ledger import at, changed, created, desk, ended, invoice, paying

NOW = "2026-03-15T12:00"
DAY = 86_400

EDGES = {
    -10: "not_due",
    0: "not_due",
    0.1: "1-30",
    30: "1-30",
    30.5: "31-60",
    60: "31-60",
    60.01: "61-90",
    90: "61-90",
    90.01: "91-120",
    120: "91-120",
    120.01: ">120",
    400: ">120",
}
"""days past due -> bucket"""


def bill(name: str, status: str = "open", cus: str = "cus_1", **over: Any) -> Any:
    return created("invoice", name, invoice(status, number=name, **over), "2026-03-01", cus)


def buckets(report: Any, currency: str = "usd") -> dict[str, tuple[int, int]]:
    """What is not empty: bucket -> (invoices, minor units)."""
    return {
        row["bucket"]: (row["invoices"], row["amount_remaining_minor"])
        for row in report.rows
        if row["currency"] == currency and row["invoices"]
    }


@pytest.mark.parametrize(("days", "bucket"), EDGES.items())
def test_the_edges_of_the_buckets(days: float, bucket: str) -> None:
    assert bucket_of(0, int(days * DAY)) == bucket


def test_the_edges_in_sql_are_the_same(store: Store) -> None:
    told = [
        bill(f"in_{n}", due_date=at(NOW) - int(days * DAY), amount_remaining=10**n)
        for n, days in enumerate(EDGES)
    ]
    expected: Counter[str] = Counter()
    for n, bucket in enumerate(EDGES.values()):
        expected[bucket] += 10**n
    portside = desk(store, told, NOW)
    report = portside.report("aging")
    assert [row["bucket"] for row in report.rows] == list(BUCKETS)
    assert {row["bucket"]: row["amount_remaining_minor"] for row in report.rows} == expected
    assert report.totals["usd"]["invoices"] == len(EDGES)
    items = portside.invoices().rows
    assert sum(item.bucket is not None for item in items) == len(EDGES)
    assert {item.bucket for item in items} == set(BUCKETS)


@pytest.mark.parametrize(
    ("days", "shown"), [(0, 0), (0.1, 1), (1, 1), (30, 30), (30.5, 31), (-0.5, 0), (-3, -3)]
)
def test_days_are_rounded_up(days: float, shown: int) -> None:
    assert age_days(0, int(days * DAY)) == shown


FROM = {
    "its due date": ({"due_date": at("2026-03-10")}, "1-30"),
    "its due date, though it was finalised long before": (
        {"due_date": at("2026-03-20"), "finalized_at": at("2025-01-01")},
        "not_due",
    ),
    "when it was finalised, without a due date": ({"finalized_at": at("2026-01-20")}, "31-60"),
    "when it was created, where nobody told the rest": (
        {"finalized_at": None, "created": at("2025-01-01")},
        ">120",
    ),
    "nothing, where no date is known: it is not due": (
        {"finalized_at": None, "created": None},
        "not_due",
    ),
}


@pytest.mark.parametrize(("over", "bucket"), FROM.values(), ids=FROM.keys())
def test_an_invoice_ages_from(over: dict[str, Any], bucket: str, store: Store) -> None:
    report = desk(store, [bill("in_1", **over)], NOW).report("aging")
    assert buckets(report) == {bucket: (1, 2900)}


def test_trap_16_partial_payment_credit_note_uncollectible_void_no_due_date(store: Store) -> None:
    """What remains is taken as Stripe says it: credit notes are never taken off again."""
    credited = {"amount_due": 2400, "amount_remaining": 2400}
    note = {"invoice": "in_2", "number": "C-1", "status": "issued", "amount": 500}
    told = [
        bill("in_1", amount_paid=1000, amount_remaining=1900),
        bill("in_2", **credited),
        created("credit_note", "cn_1", note | {"currency": "usd", "reason": None}, NOW, "cus_1"),
        bill("in_3", "uncollectible", uncollectible_at=at("2026-03-12")),
        bill("in_4", "void", voided_at=at("2026-03-12")),
        bill("in_5", "paid", amount_paid=2900, amount_remaining=0),
        bill("in_6", "draft", finalized_at=None),
        bill("in_7", currency="jpy", amount_remaining=300, due_date=at("2026-03-15T12:00")),
    ]
    report = desk(store, told, NOW).report("aging")
    assert buckets(report) == {"1-30": (2, 1900 + 2400)}
    assert buckets(report, "jpy") == {"not_due": (1, 300)}
    assert report.totals == {
        "jpy": _totals(1, 300),
        "usd": _totals(2, 4300),
    }


def _totals(count: int, amount: int) -> dict[str, int]:
    return {
        "invoices": count,
        "amount_remaining_minor": amount,
        "ended_invoices": 0,
        "ended_remaining_minor": 0,
    }


LATE = [
    created("subscription", "sub_1", paying(), "2026-01-05", "cus_1"),
    bill("in_1"),
    ended(
        "sub_1",
        paying("canceled", ended_at=at("2026-03-08"), canceled_at=at("2026-03-08")),
        "2026-03-08",
        "cus_1",
    ),
]


def test_open_invoices_of_ended_subscriptions_are_their_own_line(store: Store) -> None:
    alive = [
        created("subscription", "sub_2", paying(), "2026-01-05", "cus_2"),
        bill("in_2", cus="cus_2", subscription="sub_2"),
        bill("in_3", cus="cus_2", subscription=None),
    ]
    portside = desk(store, [*LATE, *alive], NOW)
    [row] = [row for row in portside.report("aging").rows if row["invoices"]]
    assert (row["invoices"], row["ended_invoices"], row["ended_remaining_minor"]) == (3, 1, 2900)
    [owed] = portside.owed()
    assert (owed.open.amount_minor, owed.ended.count, owed.ended.amount_minor) == (8700, 1, 2900)


def test_trap_19_a_late_payment_on_an_ended_subscription(store: Store) -> None:
    """It leaves what is owed, re-grants nothing and is not MRR."""
    paid = invoice(
        "paid", number="in_1", amount_paid=2900, amount_remaining=0, paid_at=at("2026-03-12")
    )
    settled = changed("invoice", "in_1", invoice(number="in_1"), paid, "2026-03-12", "cus_1")
    portside = desk(store, [*LATE, settled], NOW)
    assert portside.report("aging").rows == []
    assert [row["kind"] for row in portside.report("movements").rows] == ["new", "churn"]
    assert portside.report("plan-mix").rows == []
    [granted] = portside.report("entitlements").rows
    assert (granted["plan"], granted["access"]) == ("free", False)
    before = portside.report("aging", as_of="2026-03-11")
    assert buckets(before) == {"1-30": (1, 2900)}


def test_an_earlier_day_is_judged_at_its_last_second(store: Store) -> None:
    told = [bill("in_1", due_date=at("2026-03-02"))]
    portside = desk(store, told, "2026-06-01")
    assert buckets(portside.report("aging", as_of="2026-03-01")) == {"not_due": (1, 2900)}
    assert buckets(portside.report("aging", as_of="2026-03-31")) == {"1-30": (1, 2900)}
    assert buckets(portside.report("aging", as_of="2026-04-01")) == {"31-60": (1, 2900)}
    assert portside.report("aging", as_of="2026-02-28").rows == []


def test_a_currency_narrows_and_never_converts(store: Store) -> None:
    told = [bill("in_1"), bill("in_2", currency="kwd", amount_remaining=1_234)]
    report = desk(store, told, NOW).report("aging", currency="KWD")
    assert {row["currency"] for row in report.rows} == {"kwd"}
    assert report.totals["kwd"]["amount_remaining_minor"] == 1_234
