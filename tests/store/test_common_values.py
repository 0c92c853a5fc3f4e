"""SQLite knows nothing of how common a value is: it is led to the index that is meant, and finds
the same rows by each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest

from benchmarks.statements import caught
from lib.billing.desk import Portside
from lib.billing.domain.filters import Filters
from lib.billing.domain.invoice_filters import InvoiceFilters
from lib.billing.store.engine import Store
from lib.billing.store.queries import churn, failed_payments, invoice_list, leaving
from lib.billing.store.queries.spans import Span
from tests.reports.ledger import at, desk

from .test_late import QUEUE, SORTS
from .test_queries_invoices import TOLD
from .test_queries_lists import LEAVERS, NOW

DOLLARS: Final = Filters(currencies=("usd",), limit=3)
ASKED: Final[dict[str, tuple[Callable[[Portside], Any], str]]] = {
    "what winds down in one currency": (
        lambda portside: portside.winding_down(DOLLARS),
        "ix_subscriptions_winding_down",
    ),
    "what winds down of one plan": (
        lambda portside: portside.winding_down(Filters(plans=("pro",))),
        "ix_subscriptions_winding_down",
    ),
    "failed payments in one currency": (
        lambda portside: portside.failed_payments(DOLLARS),
        "walk_due_dearest",
    ),
    "failed payments of one plan": (
        lambda portside: portside.failed_payments(Filters(plans=("pro",))),
        "walk_due_told",
    ),
    "failed payments by urgency": (lambda portside: portside.failed_payments(), "walk_due_told"),
    "failed payments by MRR": (
        lambda portside: portside.failed_payments(Filters(sort="mrr_minor")),
        "walk_due_told",
    ),
    "what is at risk": (lambda portside: portside.overview(), "walk_due_told"),
}


def plans(store: Store, asked: list[tuple[str, Any]]) -> list[str]:
    with store.reading() as connection:
        return [
            "\n".join(
                str(row[-1])
                for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            )
            for statement, parameters in asked
        ]


def many_invoices_are_many(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(invoice_list, "PAGED", 1)
    patch.setattr(invoice_list, "SUMMED", 1)


@pytest.mark.parametrize(("ask", "index"), ASKED.values(), ids=ASKED.keys())
def test_sqlite_takes_the_index_that_few_rows_are_in(
    ask: Callable[[Portside], Any], index: str, sqlite_store: Store
) -> None:
    portside = desk(sqlite_store, [*QUEUE, *LEAVERS], NOW)
    with caught(sqlite_store) as asked:
        ask(portside)
    found = "\n".join(plans(sqlite_store, asked))
    assert index in found
    for other in ("walk_invoices_currency", "ix_subscriptions_apart", "walk_failing_attempts"):
        assert other not in found


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize(
    "narrowed",
    [
        {},
        {"plans": ("pro",)},
        {"currencies": ("usd",)},
        {"reasons": ("expired_card",)},
        {"statuses": ("past_due",)},
        {"intervals": ("month",), "currencies": ("usd", "eur"), "plans": ("pro", "starter")},
        {"starts": at("2026-03-01")},
        {"text": "ann", "plans": ("pro",)},
    ],
)
def test_sqlite_looks_up_what_belongs_to_a_failed_payment(
    narrowed: dict[str, Any], sort: str, sqlite_store: Store
) -> None:
    portside = desk(sqlite_store, QUEUE, NOW)
    with caught(sqlite_store) as asked:
        portside.failed_payments(Filters(**narrowed, sort=sort))
    for plan, (statement, _) in zip(plans(sqlite_store, asked), asked, strict=True):
        if "JOIN" in statement and "'past_due'" in statement:
            read = [line for line in plan.splitlines() if line.startswith(("SCAN", "SEARCH"))]
            first, *others = (line for line in read if "anon" not in line)
            assert others or "known" in first
            assert all(line.startswith("SEARCH") for line in others), plan
            if "CROSS" in statement:
                assert "walk_failing_told (subscription_id=? AND customer_id=?)" in others[0]


def test_sqlite_finds_what_ends_by_the_ends_alone(sqlite_store: Store) -> None:
    desk(sqlite_store, LEAVERS, NOW)
    with caught(sqlite_store) as asked, sqlite_store.reading() as connection:
        leaving.parts(connection, "plan")
        leaving.parts(connection, "reason")
    assert len(asked) == 2
    for plan in plans(sqlite_store, asked):
        assert plan.count("ix_subscriptions_winding_down") == 2
        assert "ix_subscriptions_apart" not in plan


def test_sqlite_looks_at_no_trials_but_those_that_ended_in_time(sqlite_store: Store) -> None:
    desk(sqlite_store, LEAVERS, NOW)
    span = Span(at("2026-03-01T05:00"), at("2026-03-02T07:00"))
    with caught(sqlite_store) as asked, sqlite_store.reading() as connection:
        churn.trials(connection, "portside", [span], "usd")
    (plan,) = plans(sqlite_store, asked)
    assert "ix_subscriptions_trial_end (trial_end>? AND trial_end<?)" in plan
    assert "ix_subscriptions_trial_ended_at (ended_at>? AND ended_at<?)" in plan


@pytest.mark.parametrize("sort", ["", "paid_at", "number"])
def test_sqlite_walks_the_order_of_invoices_where_a_value_is_common(
    sort: str, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    portside = desk(sqlite_store, TOLD, NOW)
    for filters in (
        InvoiceFilters(currencies=("usd",), sort=sort),
        InvoiceFilters(plans=("pro",), sort=sort),
    ):
        with caught(sqlite_store) as rare:
            portside.invoices(filters)
        with monkeypatch.context() as patch, caught(sqlite_store) as common:
            many_invoices_are_many(patch)
            portside.invoices(filters)
        first, second = (_page(plans(sqlite_store, asked), asked) for asked in (rare, common))
        assert "USE TEMP B-TREE FOR ORDER BY" in first
        assert "USE TEMP B-TREE FOR ORDER BY" not in second


def _page(plans: list[str], asked: list[tuple[str, Any]]) -> str:
    return next(
        plan
        for plan, (statement, _) in zip(plans, asked, strict=True)
        if "ORDER BY" in statement and "OFFSET" in statement
    )


@pytest.mark.parametrize("narrowed", [{"currencies": ("usd",)}, {"plans": ("pro",)}, {}])
def test_invoices_and_their_sums_are_the_same_however_common_a_value_is(
    narrowed: dict[str, Any], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk(store, TOLD, NOW)

    def told(filters: InvoiceFilters) -> list[Any]:
        with store.reading() as connection:
            page = invoice_list.page(connection, filters, at(NOW))
            return [*page.rows, invoice_list.sums(connection, filters, at(NOW))]

    for sort in ("", "total", "due", "number", "customer"):
        filters = InvoiceFilters(**narrowed, sort=sort, limit=4)
        rare = told(filters)
        assert len(rare) > 1
        with monkeypatch.context() as patch:
            many_invoices_are_many(patch)
            assert told(filters) == rare


@pytest.mark.parametrize(
    "narrowed",
    [{}, {"plans": ("pro",)}, {"currencies": ("usd",)}, {"reasons": ("expired_card",)}],
)
def test_failed_payments_are_the_same_with_those_who_are_due_first(
    narrowed: dict[str, Any], store: Store
) -> None:
    desk(store, QUEUE, NOW)
    with store.reading() as connection:
        for n, sort in enumerate(SORTS):
            filters = Filters(**narrowed, sort=sort, descending=n % 2 == 0)
            asked = connection, filters, at(NOW), 1_209_600
            every = failed_payments.page(*asked)
            assert every.rows
            assert failed_payments.page(*asked, overdue=True) == every
        codes = failed_payments.by_decline(connection, filters)
        due = failed_payments.by_decline(connection, filters, overdue=True)
        assert sorted(map(str, due)) == sorted(map(str, codes))
