"""The most urgent failed payments are the same, weighed all or only the dearest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import Any, Final

import pytest
from sqlalchemy import Connection, event, inspect, text, update

from lib.billing.domain.filters import Filters
from lib.billing.domain.observations import Observation
from lib.billing.store import list_indices
from lib.billing.store.engine import Store
from lib.billing.store.queries import failed_payments, most_urgent
from lib.billing.store.tables import subscriptions
from tests.cut import by_turns
from tests.domain.states import item, price
from tests.reports.ledger import at, changed, created, customer, desk, invoice, paying

from .test_queries_lists import NOW

MANY: Final = 60
GRACE: Final = 1_209_600
LOOKED_AT: Final = (1, 4, 25, 200)
"""Of the dearest: too few for a page, hardly enough, enough, all of them."""
NARROWED: Final[tuple[dict[str, Any], ...]] = (
    {},
    {"currencies": ("usd",)},
    {"currencies": ("eur",)},
    {"plans": ("starter",), "currencies": ("usd", "eur")},
    {"reasons": ("unknown",), "intervals": ("month",)},
    {"starts": at("2026-03-03"), "ends": at("2026-03-09")},
    {"statuses": ("unpaid",)},
)
PAGED: Final = ({"limit": 3}, {"limit": 5, "offset": 4}, {"limit": 50}, {"limit": 7, "offset": 58})


def queue(seed: int, *, unknown: bool = False) -> list[Observation]:
    """Past due and unpaid, few amounts and days, of some the end is near; a few are billed in
    another currency, and some owe twice. ``unknown``: what one of them pays a month is."""
    random = Random(seed)
    told = []
    for n in range(MANY):
        cus, sub, code = f"cus_{n}", f"sub_{n}", random.choice(("usd", "usd", "eur"))
        plan, amount = random.choice(("starter", "pro")), random.choice((900, 2900, 2900, 49_500))
        amount += random.choice((0, 0, n))
        when = f"2026-{random.choice(('02-14', '03-02', '03-08', '03-13'))}"
        priced = price(f"{plan}_monthly", str(amount), currency=code)
        if unknown and n == 7:
            priced = price(None, "0", interval=None, currency=code)
        due = paying(items=[item(priced, end=at("2026-04-05"))], currency=code)
        after = due | {"status": random.choice(("past_due", "past_due", "unpaid"))}
        if random.random() < 0.3:
            after |= {"cancel_at": at(random.choice(("2026-03-16", "2026-03-20", "2026-05-01")))}
        told += [
            created("customer", cus, customer(email=f"{n}@example.com"), "2026-01-01", cus),
            created("subscription", sub, due, "2026-01-05", cus),
            changed("subscription", sub, due, after, when, cus),
        ]
        billed = "eur" if random.random() < 0.1 else code
        for bill in range(random.choice((1, 1, 2))):
            opened = invoice(subscription=sub, currency=billed, amount_remaining=amount)
            failed = opened | {"payment_failed": True, "attempted": True, "attempt_count": 1}
            invoice_id = f"in_{random.randrange(1_000):03}_{n}_{bill}"
            told += [
                created("invoice", invoice_id, opened, "2026-02-13", cus),
                changed("invoice", invoice_id, opened, failed, when, cus),
            ]
    return told


@contextmanager
def looking_at(patch: pytest.MonkeyPatch, dearest: int) -> Iterator[list[int | None]]:
    """What was told of the least worth, while so many of the dearest are looked at."""
    told: list[int | None] = []

    def listen(*args: Any) -> int | None:
        told.append(most_urgent.least_worth(*args))
        return told[-1]

    with patch.context() as within:
        within.setattr(most_urgent, "DEAREST", dearest)
        within.setattr(failed_payments, "least_worth", listen)
        yield told


def shown(connection: Connection, filters: Filters, *, overdue: bool) -> list[Any]:
    page = failed_payments.page(connection, filters, at(NOW), GRACE, overdue=overdue)
    return [page.last, *(row["invoice_id"] for row in page.rows)]


@pytest.mark.parametrize("seed", range(3))
def test_a_page_of_the_most_urgent_is_what_weighing_all_of_them_gives(
    seed: int, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk(store, queue(seed), NOW)
    least: list[int | None] = []
    with store.reading() as connection:
        for narrowed in by_turns(NARROWED, seed, 5):
            for paged in PAGED:
                filters = Filters(**narrowed, **paged)
                all_of_them = shown(connection, filters, overdue=False)
                for dearest in LOOKED_AT:
                    with looking_at(monkeypatch, dearest) as told:
                        assert shown(connection, filters, overdue=True) == all_of_them, dearest
                    assert len(told) == 1
                    least += told
    assert None in least
    assert len({each for each in least if each}) > 2


def test_what_nobody_knows_the_worth_of_is_weighed_with_all(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    portside = desk(store, queue(0, unknown=True), NOW)
    rows = portside.failed_payments(Filters(limit=MANY * 2)).rows
    assert {row.mrr_minor for row in rows if row.subscription_id == "sub_7"} == {None}
    with looking_at(monkeypatch, 200) as told, store.reading() as connection:
        for filters in (Filters(limit=3), Filters(limit=3, currencies=("usd",))):
            every = shown(connection, filters, overdue=False)
            assert shown(connection, filters, overdue=True) == every
    assert told == [None, None]


@pytest.mark.parametrize(
    "asked",
    [{"sort": "amount"}, {"sort": "urgency"}, {"text": "a"}, {"limit": 0}],
    ids=["in another order", "the least urgent first", "whom a text names", "without a row"],
)
def test_nothing_is_looked_at_for_what_is_not_the_most_urgent(
    asked: dict[str, Any], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk(store, queue(1), NOW)
    filters = Filters(**{"limit": 3} | asked)
    with looking_at(monkeypatch, 200) as told, store.reading() as connection:
        assert shown(connection, filters, overdue=True) == shown(connection, filters, overdue=False)
    assert told == []


def test_behind_a_row_all_that_follow_it_are_weighed(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk(store, queue(2), NOW)
    with looking_at(monkeypatch, 200) as told, store.reading() as connection:
        whole = shown(connection, Filters(limit=500), overdue=False)[1:]
        paged, after = [], ""
        while True:
            filters = replace(Filters(limit=20), after=after)
            after, *ids = shown(connection, filters, overdue=True)
            if not ids:
                break
            paged += ids
    assert paged == whole
    assert len(told) == 1


def test_what_sqlite_can_only_round_is_weighed_with_all(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk(sqlite_store, queue(0), NOW)
    with sqlite_store.writing() as connection:
        connection.execute(update(subscriptions).values(value_minor=2**62 + 3))
    with looking_at(monkeypatch, 200) as told, sqlite_store.reading() as connection:
        all_of_them = shown(connection, Filters(limit=3), overdue=False)
        assert shown(connection, Filters(limit=3), overdue=True) == all_of_them
    assert told == [None]


def test_an_index_is_made_again_while_its_table_is_read(postgres_store: Store) -> None:
    locked = text(
        "SELECT count(*) FROM pg_locks WHERE relation = 'invoices'::regclass "
        "AND mode = 'AccessExclusiveLock'"
    )
    held: list[tuple[str, int]] = []

    def listen(connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if "walk_failing_told" in statement:
            with postgres_store.reading() as beside:
                held.append((statement.split()[0], int(beside.scalar(locked) or 0)))

    with postgres_store.writing() as connection:
        event.listen(connection, "after_cursor_execute", listen)
        list_indices.create_again(connection, "walk_failing_told")
    assert [held[0], held[-1][0]] == [("CREATE", 0), "ALTER"]
    with postgres_store.reading() as connection:
        names = inspect(connection).get_indexes("invoices")
        assert [n["name"] for n in names if "failing_told" in str(n["name"])] == [
            "walk_failing_told"
        ]
