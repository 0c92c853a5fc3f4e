"""No page of a list is sorted out of all rows: each order has an index, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.statements import caught
from lib.billing.desk import Portside
from lib.billing.domain.filters import Filters
from lib.billing.domain.invoice_filters import InvoiceFilters
from lib.billing.store.engine import Store
from tests.reports.ledger import desk
from tests.store.test_queries_invoices import TOLD
from tests.store.test_queries_lists import NOW


def _invoices(**asked: Any) -> Callable[[Portside], Any]:
    return lambda portside: portside.invoices(InvoiceFilters(**asked))


def _of(verb: str, **asked: Any) -> Callable[[Portside], Any]:
    return lambda portside: getattr(portside, verb)(Filters(**asked))


WALKED = {
    "invoices, the newest": (_invoices(), "ix_invoices_created_at"),
    "invoices, void ones": (_invoices(statuses=("void",)), "walk_invoices_unpaid"),
    "invoices, the largest": (_invoices(sort="total", descending=True), "walk_invoices_total"),
    "invoices, the largest in euros": (
        _invoices(sort="total", descending=True, currencies=("eur",)),
        "walk_invoices_currency",
    ),
    "invoices, paid latest": (_invoices(sort="paid_at", descending=True), "walk_invoices_paid"),
    "invoices, most left": (
        _invoices(sort="remaining", descending=True),
        "walk_invoices_remaining",
    ),
    "invoices, overdue longest": (_invoices(sort="due"), "walk_invoices_due"),
    "invoices by number": (_invoices(sort="number"), "walk_invoices_number"),
    "invoices by customer": (_invoices(sort="customer"), "walk_customers_called"),
    "invoices that were refunded": (_invoices(marks=("refunded",)), "walk_invoices_refunded"),
    "invoices made by hand": (_invoices(reasons=("manual",)), "walk_invoices_made"),
    "invoices that are sent": (_invoices(methods=("send_invoice",)), "walk_invoices_sent"),
    "winding down, the soonest": (_of("winding_down"), "ix_subscriptions_winding_down"),
    "winding down, the largest": (
        _of("winding_down", sort="mrr_minor", descending=True),
        "walk_winding_value",
    ),
    "winding down by plan": (_of("winding_down", sort="plan"), "walk_winding_plan"),
    "winding down by reason": (_of("winding_down", sort="reason"), "walk_winding_reason"),
    "winding down, asked last": (
        _of("winding_down", sort="requested_at", descending=True),
        "walk_winding_asked",
    ),
    "winding down by customer": (_of("winding_down", sort="customer"), "walk_customers_called"),
    "failed, the largest": (
        _of("failed_payments", sort="amount", descending=True),
        "walk_failing_amount",
    ),
    "failed, the next try": (_of("failed_payments", sort="next_attempt_at"), "walk_failing_next"),
    "failed, most attempts": (
        _of("failed_payments", sort="attempts", descending=True),
        "walk_failing_attempts",
    ),
    "failed, first": (_of("failed_payments", sort="failed_at"), "ix_invoices_failing"),
    "customers of a bar": (_of("plan_customers"), "walk_paying_mrr"),
    "customers of a bar in dollars": (
        _of("plan_customers", currencies=("usd",)),
        "walk_paying_currency",
    ),
    "customers of a plan": (
        _of("plan_customers", plans=("pro",), currencies=("usd",)),
        "walk_paying_plan",
    ),
    "customers of a bar by start": (
        _of("plan_customers", sort="start_date"),
        "walk_paying_started",
    ),
    "who left, the latest": (_of("churned"), "walk_movements_churn"),
}
OFF = "seqscan", "bitmapscan", "sort", "hashjoin", "mergejoin"
"""Few rows are read whole and sorted whatever there is: is there another way?"""


@pytest.mark.parametrize(("ask", "index"), WALKED.values(), ids=WALKED.keys())
def test_a_page_walks_an_index(ask: Callable[[Portside], Any], index: str, store: Store) -> None:
    portside = desk(store, TOLD, NOW)
    with caught(store) as asked:
        ask(portside)
    statement, parameters = next(
        each for each in asked if "ORDER BY" in each[0] and "OFFSET" in each[0]
    )
    plan = _plan(store, statement, parameters)
    assert index in plan
    if store.is_sqlite:
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan
    else:
        assert "Sort" not in plan.replace("Incremental Sort", "").replace("Sort Key", "")


def _plan(store: Store, statement: str, parameters: Any) -> str:
    with store.reading() as connection:
        explain = "EXPLAIN QUERY PLAN "
        if not store.is_sqlite:
            explain = "EXPLAIN "
            for name in OFF:
                connection.exec_driver_sql(f"SET LOCAL enable_{name} = off")
        rows = connection.exec_driver_sql(explain + statement, parameters)
        return "\n".join(str(row[-1]) for row in rows)
