"""What failed at the first attempt: failed = recovered + lost + in progress, in every month."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lib.billing.domain.metrics import METRICS
from lib.billing.domain.metrics.collecting import recovery_rate
from lib.billing.domain.observations import Observation
from lib.billing.store.engine import Store
from tests.reports.ledger import at, created, desk, invoice, paying
from tests.reports.test_dso import VECTORS

NOW = "2026-06-15T12:00"
FIELDS = "period failed_minor recovered_minor lost_minor in_progress_minor recovery_rate invoices"


def failed(
    name: str, when: str, after: dict[str, Any] | None = None, **over: Any
) -> list[Observation]:
    """An invoice for 29.00 whose first attempt failed at ``when``, and what it became then."""
    common = {"number": name, "created": at(when), "finalized_at": at(when)} | over
    fails = {"attempted": True, "attempt_count": 1, "payment_failed": True}
    first = invoice(**(common | fails | {"next_payment_attempt": at(when) + 86_400}))
    told = [created("invoice", name, first, when, "cus_1")]
    if after is not None:
        became = first | {"payment_failed": after.get("status", "open") == "open"} | after
        edge = replace(
            told[0],
            event_id=f"evt_{name}_after",
            kind="edge",
            before=first,
            after=became,
            second=told[0].second + 3_600,
            effective=told[0].effective + 3_600,
        )
        told.append(edge)
    return told


def paid(when: str, **over: Any) -> dict[str, Any]:
    settled = {"status": "paid", "amount_paid": 2900, "amount_remaining": 0, "paid_at": at(when)}
    return settled | {"next_payment_attempt": None} | over


GIVEN_UP = {"next_payment_attempt": None}
VOID = GIVEN_UP | {"status": "void", "voided_at": at("2026-03-20")}
WRITTEN_OFF = GIVEN_UP | {"status": "uncollectible", "uncollectible_at": at("2026-03-20")}


def subscribed(status: str, name: str = "sub_1", **over: Any) -> Observation:
    ended = {"ended_at": at("2026-03-25")} if status in ("canceled", "incomplete_expired") else {}
    state = paying(status, **(ended | over))
    return created("subscription", name, state, "2026-01-05", "cus_1")


ACTIVE = subscribed("active")
TRIAL = {"trial_start": at("2026-02-01"), "trial_end": at("2026-03-05")}

LEDGER: dict[str, tuple[list[Observation], tuple[Any, ...] | None]] = {
    "paid later, by whatever means": (
        [ACTIVE, *failed("in_1", "2026-03-05", paid("2026-05-01"))],
        ("2026-03", 2900, 2900, 0, 0, 1.0, 1),
    ),
    "void": ([ACTIVE, *failed("in_1", "2026-03-05", VOID)], ("2026-03", 2900, 0, 2900, 0, 0.0, 1)),
    "uncollectible": (
        [ACTIVE, *failed("in_1", "2026-03-05", WRITTEN_OFF)],
        ("2026-03", 2900, 0, 2900, 0, 0.0, 1),
    ),
    "uncollectible, and paid all the same": (
        [ACTIVE, *failed("in_1", "2026-03-05", WRITTEN_OFF | paid("2026-04-02"))],
        ("2026-03", 2900, 2900, 0, 0, 1.0, 1),
    ),
    "open without a next attempt, the subscription ended": (
        [subscribed("canceled"), *failed("in_1", "2026-03-05", GIVEN_UP)],
        ("2026-03", 2900, 0, 2900, 0, 0.0, 1),
    ),
    "open without a next attempt, the subscription unpaid": (
        [subscribed("unpaid"), *failed("in_1", "2026-03-05", GIVEN_UP)],
        ("2026-03", 2900, 0, 2900, 0, 0.0, 1),
    ),
    "open without a next attempt, the subscription past due": (
        [subscribed("past_due"), *failed("in_1", "2026-03-05", GIVEN_UP)],
        ("2026-03", 2900, 0, 0, 2900, 0.0, 1),
    ),
    "open with a next attempt, the subscription unpaid": (
        [subscribed("unpaid"), *failed("in_1", "2026-03-05")],
        ("2026-03", 2900, 0, 0, 2900, 0.0, 1),
    ),
    "open without a subscription": (
        failed("in_1", "2026-03-05", GIVEN_UP, subscription=None),
        ("2026-03", 2900, 0, 0, 2900, 0.0, 1),
    ),
    "paid in part and then written off": (
        [
            ACTIVE,
            *failed(
                "in_1",
                "2026-03-05",
                WRITTEN_OFF | {"amount_paid": 900, "amount_remaining": 2000},
            ),
        ],
        ("2026-03", 2900, 900, 2000, 0, 0.310345, 1),
    ),
    "the first payment after a trial is in no month": (
        [subscribed("past_due", **TRIAL), *failed("in_1", "2026-03-05")],
        None,
    ),
    "the second payment after a trial counts": (
        [
            subscribed("past_due", **TRIAL),
            *failed("in_1", "2026-03-05", paid("2026-03-06")),
            *failed("in_2", "2026-04-05"),
        ],
        ("2026-04", 2900, 0, 0, 2900, 0.0, 1),
    ),
    "an invoice for nothing is not the first payment after a trial": (
        [
            subscribed("past_due", **TRIAL),
            created(
                "invoice",
                "in_0",
                invoice("paid", total=0, amount_due=0, amount_remaining=0, number="in_0"),
                "2026-03-05",
                "cus_1",
            ),
            *failed("in_1", "2026-03-05T00:10"),
        ],
        None,
    ),
    "an invoice that is sent is never part of it": (
        failed("in_1", "2026-03-05", collection_method="send_invoice"),
        None,
    ),
    "one that succeeded at once is no failure": (
        [created("invoice", "in_1", invoice("paid", attempt_count=1), "2026-03-05", "cus_1")],
        None,
    ),
    "read as paid at the third attempt: it failed when it was finalised, or nobody told": (
        [created("invoice", "in_1", invoice(**paid("2026-04-09"), attempt_count=3), NOW, "cus_1")],
        ("2026-03", 2900, 2900, 0, 0, 1.0, 1),
    ),
}


def table(report: Any) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in FIELDS.split()) for row in report.rows]


@pytest.mark.parametrize(("told", "expected"), LEDGER.values(), ids=LEDGER.keys())
def test_what_becomes_of_a_failure(told, expected, store: Store) -> None:
    report = desk(store, told, NOW).report("recovery")
    assert table(report) == ([] if expected is None else [expected])


def test_the_published_example() -> None:
    given = VECTORS["recovery-rate"]["in"]
    assert given["recovered"] + given["lost"] + given["in_progress"] == given["failed"]
    assert (
        recovery_rate(given["recovered"], given["failed"]).value == VECTORS["recovery-rate"]["out"]
    )
    assert METRICS["recovery_rate"].function is recovery_rate


def test_the_published_example_as_invoices(store: Store) -> None:
    told = [ACTIVE]
    for n in range(10):
        after = paid("2026-05-01") if n < 4 else VOID if n == 4 else None
        told += failed(f"in_{n}", "2026-03-05", after)
    [row] = table(desk(store, told, NOW).report("recovery"))
    assert row == ("2026-03", 29_000, 11_600, 2_900, 14_500, 0.4, 10)


def test_a_zero_denominator_has_no_rate_and_says_why() -> None:
    found = recovery_rate(0, 0)
    assert (found.value, found.reason) == (None, "No payment failed.")


STORY = [
    ACTIVE,
    *failed("in_1", "2026-01-31T23:30", paid("2026-03-02")),
    *failed("in_2", "2026-02-05", paid("2026-02-06")),
    *failed("in_3", "2026-04-05", {"amount_paid": 400, "amount_remaining": 2500}),
    *failed("in_4", "2026-04-09", VOID),
    *failed("in_5", "2026-04-09", paid("2026-05-09", currency="jpy"), currency="jpy"),
]


def test_it_stands_in_the_month_of_the_failure_and_the_cash_in_that_of_the_payment(
    store: Store,
) -> None:
    portside = desk(store, STORY, NOW)
    by_failure = [row for row in table(portside.report("recovery", currency="usd"))]
    assert by_failure == [
        ("2026-01", 2900, 2900, 0, 0, 1.0, 1),
        ("2026-02", 2900, 2900, 0, 0, 1.0, 1),
        ("2026-04", 5800, 400, 2900, 2500, 0.068966, 2),
    ]
    cash = portside.report("recovery-cash", currency="usd")
    assert [(r["period"], r["recovered_minor"], r["invoices"]) for r in cash.rows] == [
        ("2026-02", 2900, 1),
        ("2026-03", 2900, 1),
        (None, 400, 1),
    ]
    whole = portside.report("recovery").totals
    assert {c: t["recovered_minor"] for c, t in whole.items()} == {"jpy": 2900, "usd": 6200}
    assert {
        c: t["recovered_minor"] for c, t in portside.report("recovery-cash").totals.items()
    } == {"jpy": 2900, "usd": 6200}


def test_midnight_is_the_business_s_and_periods_can_be_others(store: Store) -> None:
    berlin = desk(store, STORY, NOW, timezone="Europe/Berlin")
    assert [row[0] for row in table(berlin.report("recovery", currency="usd"))] == [
        "2026-02",
        "2026-04",
    ]
    by = {
        "day": ["2026-02-01", "2026-02-05", "2026-04-05", "2026-04-09"],
        "week": ["2026-W05", "2026-W06", "2026-W14", "2026-W15"],
        "quarter": ["2026-Q1", "2026-Q2"],
    }
    for name, periods in by.items():
        rows = berlin.report("recovery", by=name, currency="usd").rows
        assert [row["period"] for row in rows] == periods, name


def test_days_bound_the_failure(store: Store) -> None:
    portside = desk(store, STORY, NOW)
    rows = portside.report("recovery", start="2026-02-01", end="2026-02-28").rows
    assert [(r["period"], r["failed_minor"]) for r in rows] == [("2026-02", 2900)]
    paid_then = portside.report("recovery-cash", start="2026-03-01", end="2026-12-31").rows
    assert [(r["period"], r["currency"]) for r in paid_then] == [
        ("2026-03", "usd"),
        ("2026-05", "jpy"),
    ]


def test_an_earlier_as_of_knows_what_was_in_progress_then(store: Store) -> None:
    told = [ACTIVE, *failed("in_1", "2026-03-05T12:00", paid("2026-03-05T13:00"))]
    portside = desk(store, told, NOW)
    [then] = table(portside.report("recovery", as_of="2026-03-05T12:30:00Z"))
    assert then == ("2026-03", 2900, 0, 0, 2900, 0.0, 1)


def test_what_nobody_told_the_time_of_is_said(store: Store) -> None:
    told, _ = LEDGER[
        "read as paid at the third attempt: it failed when it was finalised, or nobody told"
    ]
    dated = failed("in_2", "2026-03-05")
    [row] = desk(store, [*told, *dated], NOW).report("recovery").rows
    assert (row["failed_minor"], row["undated_minor"]) == (5800, 2900)


def test_the_page_s_rows_are_the_report_s(store: Store) -> None:
    portside = desk(store, STORY, NOW)
    for cash, name in ((False, "recovery"), (True, "recovery-cash")):
        rows = portside.report(name).rows
        assert [
            (r.period, r.currency, r.recovered_minor) for r in portside.recovery(cash=cash)
        ] == [(r["period"], r["currency"], r["recovered_minor"]) for r in rows]
