"""A name that many have gives the same page, whether it is looked up first or last."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from sqlalchemy import Connection

from lib.billing.domain.filters import Filters
from lib.billing.store.engine import Store
from lib.billing.store.queries import failed_payments, named
from lib.billing.store.queries.named import Named
from tests.cut import by_turns
from tests.reports.ledger import at, customer, desk

from .test_queries_lists import NOW, failing

MANY: Final = 14
NAMES: Final = ("Ann Sorg", "Ben Sorge", "Cem Fröhlich", None)
QUEUE: Final = [
    replace(told, after=customer(name=NAMES[n % 4], email=f"{n}@sorg.example"[n % 3 :]))
    if told.object_type == "customer"
    else told
    for n in range(MANY)
    for told in failing(
        n,
        ("expired_card", "insufficient_funds", None)[n % 3],
        f"2026-03-{2 + n % 5:02}",
        1_000 + n % 4,
    )
]
SORTS: Final = (
    "",
    "urgency",
    "amount",
    "mrr_minor",
    "failed_at",
    "next_attempt_at",
    "attempts",
    "customer",
)
HELD: Final = {"ann": 4, "cus_1": 5, "PORT-0005": 1, "%": 0, "": MANY}
"""How many of the queue hold what is typed."""


def told(connection: Connection, filters: Filters, found: Named | None) -> list[list[str]]:
    """Every page of it, one after the other, and its sums."""
    shown: list[str] = []
    while True:
        page = failed_payments.page(connection, filters, at(NOW), 1_209_600, found)
        shown += [row["invoice_id"] for row in page.rows]
        if len(page.rows) < filters.limit:
            break
        filters = replace(filters, after=page.last)
    codes = failed_payments.by_decline(connection, filters, found)
    return [shown, sorted(map(str, codes))]


@pytest.mark.parametrize("text", HELD)
def test_pages_and_sums_are_the_same_looked_up_first_last_and_in_the_rows(
    text: str, store: Store
) -> None:
    desk(store, QUEUE, NOW)
    with store.reading() as connection:
        found = named.wanted_by(connection, Filters(text=text))
        for n, sort in by_turns(list(enumerate(SORTS)), len(text), 4):
            filters = Filters(text=text, sort=sort, descending=n % 2 == 0, limit=4)
            pages, *sums = told(connection, filters, found)
            assert len(pages) == HELD[text]
            assert told(connection, filters, None) == [pages, *sums]
            if found is not None:
                late = replace(found, ids={}, every=False)
                assert told(connection, filters, late) == [pages, *sums]
