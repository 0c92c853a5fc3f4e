"""A list narrowed by text is the same however the text is looked for: by the ids that the search
found, along the list where many hold it, or in every row."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from sqlalchemy import Connection

from lib.billing.domain.filters import Filters
from lib.billing.domain.invoice_filters import InvoiceFilters
from lib.billing.domain.observations import Observation
from lib.billing.store.engine import Store
from lib.billing.store.queries import invoice_list, named, plan_customers, winding_down
from lib.billing.store.queries.named import SEEN, Named
from lib.billing.store.queries.paging import Page, of_named, too_many, total
from tests.cut import by_turns
from tests.domain.states import item, price
from tests.reports.ledger import at, created, customer, desk, invoice, paying

NOW = "2026-03-15"
CALLED = ("100% Ltd_", "Jörg Straße", "schäfer", "O'Hara \\ Sons", "李明 有限公司", "Ann_Bee", None)


def people(called: tuple[str | None, ...] = CALLED, many: int = 0) -> list[Observation]:
    """One of each name and ``many`` more, each winding down, paying and billed twice."""
    told: list[Observation] = []
    for n, name in enumerate((*called, *["Common GmbH"] * many)):
        cus, sub = f"cus_{n:03}", f"sub_{n:03}"
        items = [item(price("pro_monthly", "2900"), end=at("2026-04-05"))]
        ends = paying(items=items, cancel_at=at("2026-04-05") + n % 3)
        who = customer(name=name, email=f"p{n}%@x_y.test", org_id=f"org_{n % 2}")
        told += [
            created("customer", cus, who, "2026-01-01", cus),
            created("subscription", sub, ends, "2026-01-05", cus),
        ]
        for nth in (1, 2):
            bill = invoice(subscription=sub, number=f"N%{n:03}_{nth}")
            told.append(created("invoice", f"in_{n:03}{nth}", bill, f"2026-02-0{nth}", cus))
    return told


def invoices(
    connection: Connection, filters: Filters, found: Named | None
) -> tuple[Page, list[Any]]:
    own = {name: getattr(filters, name) for name in Filters.__slots__}
    asked = InvoiceFilters(**own)
    sums = invoice_list.sums(connection, asked, at(NOW), found)
    return invoice_list.page(connection, asked, at(NOW), found), list(sums)


def leaving(
    connection: Connection, filters: Filters, found: Named | None
) -> tuple[Page, list[Any]]:
    sums = winding_down.sums(connection, filters, found)
    return winding_down.page(connection, filters, found), list(sums)


def payers(connection: Connection, filters: Filters, found: Named | None) -> tuple[Page, list[Any]]:
    sums = plan_customers.sums(connection, filters, found)
    return plan_customers.page(connection, filters, found), list(sums)


LISTS = {
    "invoices": (invoices, "invoice_id", ("", "total", "number", "customer")),
    "winding down": (leaving, "subscription_id", ("", "mrr_minor", "plan", "customer")),
    "customers of a bar": (payers, "subscription_id", ("", "start_date", "customer")),
}
TYPED = {
    "a percent sign": ("100%", 1),
    "percent signs alone": ("%_%", 0),
    "an underscore": ("ann_b", 1),
    "a percent sign in e-mails": ("%@x_y", 7),
    "a backslash": ("a \\ s", 1),
    "a quotation mark": ("o'hara", 1),
    "beyond ASCII": ("Jörg", 1),
    "Chinese": ("李明 有", 1),
    "an organization of some": ("org_1", 3),
    "two characters": ("an", 1),
    "two characters of a middle": ("nn", 0),
    "a customer's id": ("cus_003", 1),
    "a subscription's id": ("sub_005", 1),
    "what nobody has": ("qqxzzq", 0),
    "a NUL's neighbours": ("org_\x001", 3),
}


def shown(asked: tuple[Page, list[Any]], key: str) -> tuple[list[str], list[dict[str, Any]]]:
    page, sums = asked
    added = sorted((dict(row) for row in sums), key=lambda row: str(row["currency"]))
    return [row[key] for row in page.rows], added


@pytest.mark.parametrize("of", LISTS)
def test_text_narrows_the_same_however_it_is_looked_for(of: str, store: Store) -> None:
    read, key, sorts = LISTS[of]
    desk(store, people(), NOW)
    with store.reading() as connection:
        for turn, (name, (typed, customers)) in enumerate(TYPED.items()):
            wanted = Filters(text=typed).cleaned()
            found = named.find(connection, wanted.text)
            assert found.every, name
            along = replace(found, every=False)
            for sort, down in by_turns(list(product(sorts, (False, True))), turn, 1):
                asked = replace(wanted, sort=sort, descending=down)
                plain = shown(read(connection, asked, None), key)
                assert shown(read(connection, asked, found), key) == plain, (name, sort)
                assert shown(read(connection, asked, along), key) == plain, (name, sort)
                each = 2 if of == "invoices" else 1
                assert len(plain[0]) == customers * each, (name, sort)


@pytest.mark.parametrize("of", LISTS)
def test_pages_of_what_was_looked_for_along_the_list_follow_each_other(
    of: str, store: Store
) -> None:
    read, key, sorts = LISTS[of]
    desk(store, people(many=4), NOW)
    with store.reading() as connection:
        found = named.find(connection, "gmbh")
        for turn, way in enumerate((found, replace(found, every=False))):
            for sort in by_turns(sorts, turn):
                wanted = Filters(text="gmbh", sort=sort)
                whole = shown(read(connection, wanted, None), key)[0]
                assert len(whole) == (8 if of == "invoices" else 4)
                numbered = [
                    row
                    for n in range(len(whole) + 1)
                    for row in shown(
                        read(connection, replace(wanted, limit=1, offset=n), way), key
                    )[0]
                ]
                assert numbered == whole
                behind = read(connection, replace(wanted, limit=3), way)[0]
                onward = replace(wanted, limit=9, after=behind.last)
                assert shown(read(connection, onward, way), key)[0] == whole[3:]


def test_what_many_hold_is_counted_as_far_as_a_page_and_exactly_where_asked(store: Store) -> None:
    desk(store, people(many=SEEN + 1), NOW)
    wanted = Filters(text="gmbh")
    with store.reading() as connection:
        found = named.find(connection, "gmbh")
        along = replace(found, every=False)
        # Those of whom the ids are known are not many here: the list itself is counted.
        few = replace(along, ids={"customer_id": ("cus_010",)})

        def told(way: Named | None, filters: Filters = wanted) -> tuple[int, bool]:
            sums = of_named(lambda some: winding_down.sums(connection, filters, some), way, filters)
            capped = too_many(sums, filters, way)
            return total(sums, capped=capped), capped

        assert told(found) == (SEEN + 1, False)
        assert told(few) == (SEEN, True)
        assert told(few, replace(wanted, plans=("starter",))) == (0, False)
        assert told(named.wanted_by(connection, wanted), replace(wanted, exact=True)) == (
            SEEN + 1,
            False,
        )
