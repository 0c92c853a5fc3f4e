"""What lists are counted by is what the rows of the list come to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config

from lib.billing.domain.filters import Filters
from lib.billing.domain.list_sums import LISTED
from lib.billing.store import list_sums, migrate, rollups
from lib.billing.store.engine import Store
from lib.billing.store.queries import (
    failed_payments,
    kept_lists,
    outlook,
    price_holders,
    winding_down,
)
from tests.reports.ledger import desk
from tests.store.test_queries_lists import FAILURES, LEAVERS, NOW


def plain(rows: Any) -> list[dict[str, Any]]:
    found = [{name: value for name, value in dict(row).items()} for row in rows]
    return sorted(found, key=str)


NARROWED = {
    "nothing": Filters(),
    "a plan": Filters(plans=("pro",)),
    "a plan that nobody knows": Filters(plans=("",)),
    "a currency": Filters(currencies=("usd",)),
    "a status": Filters(statuses=("past_due", "trialing")),
    "a reason": Filters(reasons=("too_expensive", "expired_card")),
    "no reason": Filters(reasons=("unknown",)),
    "an interval": Filters(intervals=("1 month",)),
    "another interval": Filters(intervals=("3 month",)),
    "several": Filters(plans=("pro", "starter"), currencies=("usd",), intervals=("month",)),
}


@pytest.fixture(params=[LEAVERS, FAILURES], ids=["leavers", "failures"])
def filled(request: pytest.FixtureRequest, store: Store) -> Store:
    desk(store, request.param, NOW)
    return store


@pytest.mark.parametrize("filters", NARROWED.values(), ids=NARROWED.keys())
def test_what_winds_down_is_counted_as_its_rows_are(filled: Store, filters: Filters) -> None:
    with filled.reading() as connection:
        assert plain(kept_lists.winding_sums(connection, filters)) == plain(
            winding_down.sums(connection, filters)
        )
        assert plain(kept_lists.winding_choices(connection)) == plain(
            winding_down.choices(connection)
        )


def test_reasons_of_what_winds_down_are_counted_as_its_rows_are(filled: Store) -> None:
    with filled.reading() as connection:
        for currency in ("usd", "eur"):
            told = kept_lists.winding_reasons(connection, currency)
            assert list(told.items()) == list(outlook.reasons(connection, currency).items())


@pytest.mark.parametrize("filters", NARROWED.values(), ids=NARROWED.keys())
def test_failed_payments_are_counted_as_their_rows_are(filled: Store, filters: Filters) -> None:
    with filled.reading() as connection:
        codes = failed_payments.by_decline(connection, filters)
        assert plain(kept_lists.failing_sums(connection, filters)) == plain(
            failed_payments.sums(codes)
        )
        assert plain(kept_lists.failing_by_decline(connection, filters)) == plain(codes)
        assert plain(kept_lists.failing_choices(connection)) == plain(
            failed_payments.choices(connection)
        )


def test_prices_and_who_holds_them_are_counted_as_the_rows_are(filled: Store) -> None:
    with filled.reading() as connection:
        prices = kept_lists.prices(connection)
        assert prices
        assert plain(prices) == plain(price_holders.counted(connection))
        for row in prices:
            price = row["price"]
            assert kept_lists.price_total(connection, price) == price_holders.total(
                connection, price
            )
            assert kept_lists.price_customers(connection, price) == price_holders.customers(
                connection, price
            )


@pytest.mark.alone  # else the migration gives others time to notice
def test_after_an_upgrade_lists_are_counted_by_their_rows_until_all_are_folded(
    filled: Store,
) -> None:
    with filled.reading() as connection:
        stored = rollups.stored(connection)
        assert kept_lists.ready(connection)
    _at(filled, "0013")
    migrate.upgrade(filled)
    with filled.reading() as connection:
        assert not kept_lists.ready(connection)
        assert not any(cell.kind in LISTED for cell in rollups.stored(connection))
    with filled.writing() as connection:
        list_sums.fill(connection, "UTC")
    with filled.reading() as connection:
        assert kept_lists.ready(connection)
        assert rollups.stored(connection) == stored


def _at(store: Store, revision: str) -> None:
    config = Config()
    folder = Path(migrate.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")
    with store.writing() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
