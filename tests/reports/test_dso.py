"""Days sales outstanding: what was owed at both ends of a period, by what was invoiced in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lib.billing.domain.metrics import METRICS
from lib.billing.domain.metrics.receivables import days_sales_outstanding, dso
from lib.billing.store.engine import Store
from tests.reports.ledger import at, created, desk, invoice

VECTORS = {
    v["id"]: v
    for v in json.loads((Path(__file__).parents[1] / "domain" / "vectors.json").read_text())
}
NOW = "2026-04-10T12:00"


def bill(name: str, finalised: str, status: str = "open", **over: Any) -> Any:
    given = {"finalized_at": at(finalised), "created": at(finalised), "number": name}
    settled = {"paid": {"amount_paid": 3000, "amount_remaining": 0}}.get(status, {})
    amounts = {"total": 3000, "amount_due": 3000, "amount_remaining": 3000}
    state = invoice(status, **(given | amounts | settled | over))
    return created("invoice", name, state, finalised, "cus_1")


def table(report: Any, method: str = "all") -> list[tuple[Any, ...]]:
    names = ("period", "opening_minor", "closing_minor", "credit_sales_minor", "days", "dso")
    return [
        tuple(row[name] for name in names)
        for row in report.rows
        if row["collection_method"] == method
    ]


def test_the_published_example() -> None:
    given = VECTORS["dso"]["in"]
    found = dso(given["average_receivables"], given["credit_sales"], given["days"])
    assert found.value == VECTORS["dso"]["out"] == 27
    assert METRICS["dso"].function is dso


@pytest.mark.parametrize(
    ("opening", "closing", "sales", "days", "value"),
    [(12_000, 24_000, 20_000, 30, 27.0), (0, 1, 3, 1, 0.166667), (5, 5, 0, 30, None)],
)
def test_half_of_both_ends_by_sales_times_days(opening, closing, sales, days, value) -> None:
    found = days_sales_outstanding(opening, closing, sales, days)
    assert found.value == value
    assert (found.reason is None) is (value is not None)


STORY = [
    bill("in_1", "2026-01-10", "paid", paid_at=at("2026-02-10")),
    bill("in_2", "2026-02-05", "paid", paid_at=at("2026-02-05")),
    bill("in_3", "2026-02-20", collection_method="send_invoice"),
    bill("in_4", "2026-03-01", "void", voided_at=at("2026-04-01")),
    bill("in_5", "2026-03-02", "uncollectible", uncollectible_at=at("2026-03-30")),
]


def test_what_was_owed_rises_with_finalising_and_falls_with_paying_voiding_writing_off(
    store: Store,
) -> None:
    report = desk(store, STORY, NOW).report("dso")
    assert table(report) == [
        ("2026-01", 0, 3000, 3000, 31, 15.5),
        ("2026-02", 3000, 3000, 6000, 28, 14.0),
        ("2026-03", 3000, 6000, 6000, 31, 23.25),
        ("2026-04", 6000, 3000, 0, 10, None),
    ]
    assert table(report, "send_invoice") == [
        ("2026-01", 0, 0, 0, 31, None),
        ("2026-02", 0, 3000, 3000, 28, 14.0),
        ("2026-03", 3000, 3000, 0, 31, None),
        ("2026-04", 3000, 3000, 0, 10, None),
    ]
    assert report.totals == {}


def test_the_last_closing_is_what_ageing_sums(store: Store) -> None:
    part = {"amount_paid": 1000, "amount_remaining": 2000}
    portside = desk(store, [*STORY, bill("in_6", "2026-03-10", **part)], NOW)
    closing = table(portside.report("dso"))[-1][2]
    assert closing == portside.report("aging").totals["usd"]["amount_remaining_minor"] == 5000
    [owed] = portside.owed()
    assert (owed.dso.closing_minor, owed.open.amount_minor) == (5000, 5000)


def test_parts_paid_and_credited_count_from_the_day_of_finalisation(store: Store) -> None:
    told = [bill("in_1", "2026-03-05", amount_due=2500, amount_paid=500, amount_remaining=2000)]
    assert table(desk(store, told, NOW).report("dso")) == [
        ("2026-03", 0, 2000, 2500, 31, 12.4),
        ("2026-04", 2000, 2000, 0, 10, None),
    ]


def test_the_page_s_last_days_are_the_same_sum_as_the_report_s(store: Store) -> None:
    told = [*STORY[:3], STORY[4]]
    portside = desk(store, told, "2026-03-31T23:59:59")
    first = "2026-01-01"  # 90 days before the end of March
    rows = portside.report("dso", start=first, by="quarter").rows
    [whole] = [row for row in rows if row["collection_method"] == "all"]
    [owed] = portside.owed()
    assert (owed.dso.opening_minor, owed.dso.closing_minor, owed.dso.sales_minor) == (
        whole["opening_minor"],
        whole["closing_minor"],
        whole["credit_sales_minor"],
    )
    assert owed.dso.ratio.value == whole["dso"]


def test_days_cut_the_first_and_the_last_period(store: Store) -> None:
    report = desk(store, STORY, NOW).report("dso", start="2026-02-15", end="2026-03-01")
    assert table(report) == [
        ("2026-02", 0, 3000, 3000, 14, 7.0),
        ("2026-03", 3000, 6000, 3000, 1, 1.5),
    ]


def test_midnight_is_the_business_s(store: Store) -> None:
    told = [bill("in_1", "2026-01-31T23:30", "paid", paid_at=at("2026-03-31T22:30"))]
    berlin = desk(store, told, NOW, timezone="Europe/Berlin").report("dso")
    assert [row[:3] for row in table(berlin)] == [
        ("2026-02", 0, 3000),
        ("2026-03", 3000, 3000),
        ("2026-04", 3000, 0),
    ]


def test_currencies_stand_apart(store: Store) -> None:
    told = [*STORY, bill("in_9", "2026-03-05", currency="jpy", amount_due=7, amount_remaining=7)]
    rows = desk(store, told, NOW).report("dso", currency="jpy").rows
    assert {row["currency"] for row in rows} == {"jpy"}
    assert [row["closing_minor"] for row in rows if row["collection_method"] == "all"] == [7, 7]
