"""What pages read from kept sums is what the same question gives of the rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

from lib.billing.domain.filters import EVERYTHING, Filters
from lib.billing.domain.invoice_filters import EVERY_INVOICE, InvoiceFilters
from lib.billing.domain.list_sums import LISTED
from lib.billing.domain.rollups import INVOICED, Cell, Sums
from lib.billing.domain.times import day_start, local_date
from lib.billing.store import migrate, rollups
from lib.billing.store.engine import Store
from lib.billing.store.queries import (
    churn,
    invoice_list,
    kept_invoices,
    kept_sums,
    plan_customers,
    plan_mix,
)
from lib.billing.store.queries import roll_forward as rolling
from tests.cut import WHOLE
from tests.desk.money_world import moved, over_rows
from tests.remembered import once
from tests.store.company import company, ingest_into

POLICY = "portside"


@pytest.fixture
def filled(store: Store) -> Store:
    once(store, "a company with a plan that was never known", lambda: _fill(store))
    return store


def _fill(store: Store) -> None:
    ingest_into(store).apply(company(11, customers=12))
    with store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE subscriptions SET plan = NULL WHERE subscription_id = "
            "(SELECT min(subscription_id) FROM subscriptions WHERE mrr_minor > 0)"
        )
        rollups.rebuild(connection, "UTC", POLICY)


def plain(rows: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


NARROWED = {
    "nothing": EVERYTHING,
    "a plan": Filters(plans=("pro",)),
    "an unknown plan": Filters(plans=("",)),
    "two plans": Filters(plans=("pro", "")),
    "months": Filters(intervals=("month",)),
    "one month": Filters(intervals=("1 month",)),
    "years": Filters(intervals=("year",)),
    "a currency": Filters(currencies=("usd",)),
    "a currency that nobody pays in": Filters(currencies=("xyz",)),
}


@pytest.mark.parametrize("filters", NARROWED.values(), ids=NARROWED.keys())
def test_the_mix_is_that_of_the_rows(filled: Store, filters: Filters) -> None:
    with filled.reading() as connection:
        assert kept_sums.cells(connection, filters) == plain(plan_mix.cells(connection, filters))
        by_rows = plain(plan_customers.sums(connection, filters))
        kept = kept_sums.subscription_sums(connection, filters)
        assert sorted(kept, key=str) == sorted(by_rows, key=str)


def test_there_is_something_to_compare(filled: Store) -> None:
    with filled.reading() as connection:
        found = kept_sums.cells(connection, EVERYTHING)
    assert {cell["plan"] for cell in found} >= {"pro", None}


def test_totals_and_currencies_are_those_of_the_rows(filled: Store) -> None:
    with filled.reading() as connection:
        assert kept_sums.currency_totals(connection) == plain(plan_mix.currency_totals(connection))
        assert kept_sums.currency_totals(connection, "usd") == plain(
            plan_mix.currency_totals(connection, "usd")
        )
        assert kept_sums.mrr_currencies(connection, POLICY) == rolling.currencies(
            connection, POLICY
        )
        assert kept_sums.moved_currencies(connection, POLICY) == churn.currencies(
            connection, POLICY
        )


@pytest.mark.parametrize("timezone", ["UTC", "Pacific/Auckland", "America/St_Johns"])
@pytest.mark.parametrize("currency", [None, "usd"])
def test_days_are_those_of_the_movements_whatever_was_inferred(
    filled: Store, timezone: str, currency: str | None
) -> None:
    with filled.writing() as connection:
        rollups.rebuild(connection, timezone, POLICY)
    with filled.reading() as connection:
        extent = rolling.extent(connection, POLICY)
        assert extent is not None
        days = [local_date(second, timezone) for second in (extent[0], extent[1] + 86_400)]
        span = day_start(days[0], timezone), day_start(days[1], timezone)
        assert kept_sums.days_of(span, timezone) == (days[0], days[1])
        middle = local_date(sum(extent) // 2, timezone)
        by_rows = rolling.balances(connection, POLICY, currency, day_start(middle, timezone))
        assert kept_sums.balances(connection, POLICY, currency, middle) == by_rows
        told = list(rolling.by_day(connection, POLICY, timezone, span, currency))
        kept = list(kept_sums.by_day(connection, POLICY, timezone, (days[0], days[1]), currency))
    assert told
    assert sorted(kept) == sorted(told)


def test_what_was_inferred_is_told_apart_within_one_day(store: Store) -> None:
    rows = [
        moved("2026-01-05T10:00Z", "cus_1", "usd", "new", 500, reconstructed=True),
        moved("2026-01-05T11:00Z", "cus_2", "usd", "new", 700),
        moved("2026-01-06T11:00Z", "cus_3", "usd", "new", 900, reconstructed=True),
    ]
    over_rows(store, rows, "2026-02-01T00:00Z")
    first, last = (local_date(row["occurred_at"], "UTC") for row in rows[1:])
    with store.reading() as connection:
        days = first, last.replace(day=7)
        found = list(kept_sums.by_day(connection, POLICY, "UTC", days))
    assert [(d.day.day, d.reconstructed, d.minor) for d in found] == [
        (5, False, 700),
        (5, True, 500),
        (6, True, 900),
    ]


def test_a_span_that_begins_within_a_day_is_read_from_the_rows() -> None:
    assert kept_sums.days_of((3_600, 86_400), "UTC") is None


INVOICES = {
    "nothing": EVERY_INVOICE,
    "paid ones": InvoiceFilters(statuses=("paid",)),
    "paid and open ones": InvoiceFilters(statuses=("paid", "open")),
    "a status that nothing has": InvoiceFilters(statuses=("void", "")),
    "a currency": InvoiceFilters(currencies=("usd",)),
    "how they are collected": InvoiceFilters(methods=("charge_automatically",)),
    "why they were made": InvoiceFilters(reasons=("subscription_cycle",)),
}


@pytest.mark.parametrize("filters", INVOICES.values(), ids=INVOICES.keys())
def test_sums_of_invoices_are_those_of_the_rows(filled: Store, filters: InvoiceFilters) -> None:
    with filled.reading() as connection:
        assert kept_invoices.tells(filters)
        by_rows = plain(invoice_list.sums(connection, filters, 0))
        assert plain(kept_invoices.sums(connection, filters)) == by_rows


def test_choices_of_invoices_are_those_of_the_rows(filled: Store) -> None:
    with filled.reading() as connection:
        by_rows = plain(invoice_list.choices(connection))
        assert sorted(map(str, plain(kept_invoices.choices(connection)))) == sorted(
            str({name: row[name] for name in ("status", "currency", "collection_method", "reason")})
            for row in by_rows
        )
        assert by_rows


@pytest.mark.parametrize(
    "filters",
    [
        InvoiceFilters(text="a"),
        InvoiceFilters(plans=("pro",)),
        InvoiceFilters(starts=1),
        InvoiceFilters(ends=1),
        InvoiceFilters(buckets=("1-30",)),
        InvoiceFilters(marks=("refunded",)),
        InvoiceFilters(ended=True),
    ],
    ids=str,
)
def test_what_the_sums_cannot_tell_is_left_to_the_rows(filters: InvoiceFilters) -> None:
    assert not kept_invoices.tells(filters)


@pytest.mark.parametrize("at_once", [1, 3, 1_000])
def test_kept_sums_stay_those_of_the_rows_in_any_batches(store: Store, at_once: int) -> None:
    events, ingest = company(5, customers=8, turns=14 if WHOLE else 7), ingest_into(store)
    for start in range(0, len(events), 40):
        ingest.apply(events[start : start + 40], batch=at_once)
        with store.reading() as connection:
            assert rollups.stored(connection) == rollups.summed(connection, "UTC", POLICY)
    with store.reading() as connection:
        kinds = {cell.kind for cell in rollups.stored(connection)}
    assert kinds >= {"invoices_total", "invoices_paid", "invoices_open"}


@pytest.mark.alone  # else the migration gives others time to notice
def test_the_migration_makes_the_sums_that_the_writer_keeps(filled: Store) -> None:
    """But for those of lists, which everybody's next fold gives: see test_kept_lists."""
    with filled.reading() as connection:
        stored = rollups.stored(connection)
    kept = {cell: sums for cell, sums in stored.items() if cell.kind not in LISTED}
    _at(filled, "0011")
    with filled.reading() as connection:
        assert not any(cell.kind in INVOICED for cell in rollups.stored(connection))
    migrate.upgrade(filled)
    with filled.reading() as connection:
        assert rollups.stored(connection) == kept


def _at(store: Store, revision: str) -> None:
    config = Config()
    folder = Path(migrate.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def test_a_repaired_invoice_does_not_spoil_its_sums(store: Store) -> None:
    ingest = ingest_into(store)
    ingest.apply(company(11))
    with store.writing() as connection:
        connection.exec_driver_sql("UPDATE invoices SET total_minor = total_minor + 77")
        customers = list(connection.exec_driver_sql("SELECT customer_id FROM invoices").scalars())
    ingest.refold(sorted(set(customers)))
    ingest.sum_invoices()
    with store.reading() as connection:
        assert rollups.stored(connection) == rollups.summed(connection, "UTC", POLICY)


def test_a_sum_that_was_below_zero_leaves_nothing_when_its_invoice_goes(store: Store) -> None:
    tax = Cell("invoices_tax", plan="draft", currency="eur")
    with store.writing() as connection:
        rollups.add(connection, {tax: Sums(0, 0, -190)})
        rollups.add(connection, {tax: Sums(0, 0, 190)})
    with store.reading() as connection:
        assert rollups.stored(connection) == rollups.summed(connection, "UTC", POLICY) == {}
        assert kept_invoices.sums(connection, EVERY_INVOICE) == []
