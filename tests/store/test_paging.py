"""Pages follow each other in the order of their list, counted or begun behind a row."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from benchmarks.statements import caught
from lib.billing.desk import Portside
from lib.billing.domain.filters import Filters
from lib.billing.domain.invoice_filters import InvoiceFilters
from lib.billing.showing.views import Listing
from lib.billing.store.engine import Store
from tests.reports.ledger import at, desk
from tests.reports.test_churn_report import EVERYBODY, MARCH
from tests.store.test_queries_invoices import TOLD
from tests.store.test_queries_lists import FAILURES, LEAVERS, NOW

Read = Callable[[Portside, Filters], Listing[Any]]


def _invoices(portside: Portside, filters: Filters) -> Listing[Any]:
    named = {name: getattr(filters, name) for name in Filters.__slots__}
    return portside.invoices(InvoiceFilters(**named))


LISTS: dict[str, tuple[Any, Read, str, tuple[str, ...]]] = {
    "invoices": (
        TOLD,
        _invoices,
        "invoice_id",
        ("", "created_at", "due", "paid_at", "total", "remaining", "number", "customer"),
    ),
    "winding down": (
        LEAVERS,
        lambda portside, filters: portside.winding_down(filters),
        "subscription_id",
        ("", "ends_at", "requested_at", "mrr_minor", "plan", "reason", "customer"),
    ),
    "failed payments": (
        FAILURES,
        lambda portside, filters: portside.failed_payments(filters),
        "invoice_id",
        (
            "", "urgency", "failed_at", "amount", "mrr_minor", "next_attempt_at", "attempts",
            "customer",
        ),
    ),
    "plan customers": (
        LEAVERS,
        lambda portside, filters: portside.plan_customers(filters),
        "subscription_id",
        ("", "mrr_minor", "start_date", "customer"),
    ),
    "churned": (
        EVERYBODY,
        lambda portside, filters: portside.churned(replace(filters, **MARCH)),
        "customer_id",
        ("", "left_at", "mrr_minor", "plan", "reason", "customer"),
    ),
}  # fmt: skip
ORDERS = [
    pytest.param(name, sort, down, id=f"{name} by {sort or 'itself'}, {'down' if down else 'up'}")
    for name, (_, _, _, sorts) in LISTS.items()
    for sort in sorts
    for down in (False, True)
]


@pytest.mark.parametrize(("name", "sort", "down"), ORDERS)
def test_every_row_is_on_one_page(name: str, sort: str, down: bool, store: Store) -> None:
    told, read, key, _ = LISTS[name]
    portside = desk(store, told, NOW)

    def page(**over: Any) -> tuple[list[str], str]:
        found = read(portside, replace(wanted, **over))
        return [getattr(row, key) for row in found.rows], found.last

    wanted = Filters(sort=sort, descending=down)
    whole, _ = page()
    assert 1 < len(whole) == read(portside, wanted).total
    counted = [each for n in range(len(whole) + 1) for each in page(limit=1, offset=n)[0]]
    assert counted == whole
    after, begun = "", []
    while found := page(limit=2, after=after):
        ids, after = found
        begun += ids
        if not ids:
            break
    assert begun == whole


@pytest.mark.parametrize("name", LISTS)
def test_what_a_list_adds_up_to_is_told_without_looking_for_a_row(name: str, store: Store) -> None:
    told, read, _, sorts = LISTS[name]
    portside = desk(store, told, NOW)
    for sort in sorts:
        for narrowed in (Filters(sort=sort), Filters(sort=sort, currencies=("usd",))):
            whole = read(portside, narrowed)
            assert whole.rows
            assert read(portside, replace(narrowed, limit=0)) == replace(whole, rows=(), last="")
    with caught(store) as all_of_it:
        read(portside, Filters(limit=1))
    with caught(store) as sums:
        read(portside, Filters(limit=0))
    assert 0 < len(sums) < len(all_of_it)


@pytest.mark.parametrize(
    "after",
    [
        "x",
        "[]",
        "{}",
        '["created_at 1", 0, "x", "in_1"]',
        '["total 1", 0, 5, "in_1"]',
        '["created_at 1", 9, 5, "in_1"]',
        '["created_at 1", -1, 5, "in_1"]',
        '["created_at 1", 0, 5, 7]',
        f'["created_at 1", 0, {1 << 70}, "in_1"]',
        '["created_at 1", 0, null, "in_1"]',
        '["created_at 1", true, true, "in_1"]',
    ],
)
def test_what_no_page_gave_begins_at_the_first_row(after: str, store: Store) -> None:
    portside = desk(store, TOLD, NOW)
    wanted = InvoiceFilters(sort="created_at", descending=True, after=after)
    assert len(portside.invoices(wanted).rows) == 6


def test_a_page_begins_behind_a_row_that_is_there_no_more(store: Store) -> None:
    portside = desk(store, TOLD, NOW)
    after = json.dumps(["created_at 1", 0, at("2026-02-04"), "in_4a"])
    found = portside.invoices(InvoiceFilters(sort="created_at", descending=True, after=after))
    assert [row.invoice_id for row in found.rows] == ["in_3", "in_2", "in_1"]


@pytest.mark.parametrize(
    "after",
    [
        '["created_at 1", 0, 5, "in_\\u0000"]',
        '["created_at 1", 0, 5, "in_\\ud800"]',
        '["number 1", 0, "\\u0000", "in_1"]',
        '["number 1", 0, "\\udfff", "in_1"]',
        '["created_at 1", 0, true, "in_1"]',
        '["created_at 1", true, 5, "in_1"]',
        '["created_at 1", 0, NaN, "in_1"]',
        "[" * 100_000,
        "9" * 5_000,
        '["created_at 1", 0, 5, "in_1", 1]',
    ],
    ids=lambda after: after[:40],
)
@pytest.mark.parametrize("sort", ["created_at", "number"])
def test_no_address_makes_a_list_fail(after: str, sort: str, store: Store) -> None:
    portside = desk(store, TOLD, NOW)
    wanted = InvoiceFilters(sort=sort, descending=True, after=after)
    assert len(portside.invoices(wanted).rows) <= 6
