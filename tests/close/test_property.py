"""Frozen plus restatements is now, for every history of events that come late."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lib.billing.domain.close import month_of
from lib.billing.store import closes, tables
from lib.billing.store.engine import Store
from lib.billing.store.spelling import read
from tests.close.scene import Books
from tests.cut import examples
from tests.reports.ledger import at

DAY = 86_400
MONTHS = ("2026-10", "2026-11", "2026-12")
FIRST = at("2026-09-01")
CLOSED_ON = {"2026-10": at("2026-11-04"), "2026-11": at("2026-12-04"), "2026-12": at("2027-01-04")}

ACTS = st.lists(
    st.tuples(
        st.sampled_from("abc"),  # who
        st.sampled_from(("pays", "leaves", "joins")),
        st.integers(1, 9),  # what it costs, in euros or dollars
        st.integers(0, 8),  # days until the next act
        st.sampled_from((0, 0, 0, 1, 20, 50, 90)),  # days that it is under way
        st.sampled_from(("usd", "eur")),
    ),
    max_size=25,
)


def story(books: Books, acts: list[Any]) -> list[tuple[int, dict[str, Any]]]:
    """(when it arrives, the event) of acts that begin in September."""
    now, told, live, made = FIRST, [], dict[str, str](), 0
    for who, act, price, pause, under_way, currency in acts:
        now += pause * DAY + 3_601
        when = read_time(now)
        if who not in live or act == "joins":
            made += 1
            name = f"{who}{made}"
            live[who] = name
            event = books.joins(who, price * 100, when, currency, name)
        elif act == "pays":
            event = books.pays(live[who], price * 100, when)
        else:
            event = books.leaves(live.pop(who), when)
        told.append((now + under_way * DAY, event))
    return told


def read_time(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@settings(max_examples=examples(12), deadline=None)
@given(acts=ACTS)
@example(acts=[("a", "joins", 3, 0, 0, "usd"), ("a", "pays", 5, 45, 20, "usd")])
def test_frozen_and_restatements_are_now(sqlite_template: Path, acts: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "portside.db"
        shutil.copyfile(sqlite_template, copy)
        store = Store(f"sqlite:///{copy}")
        try:
            prove(Books(store), acts)
        finally:
            store.close()


def prove(books: Books, acts: list[Any]) -> None:
    waiting = sorted(story(books, acts), key=lambda pair: pair[0])
    for month in MONTHS:
        while waiting and waiting[0][0] < CLOSED_ON[month]:
            second, event = waiting.pop(0)
            books.now = second
            books.arrive(event)
        books.now = CLOSED_ON[month]
        books.closing.close(month, staff="fin", anyway=True, first=True)
    for second, event in waiting:
        books.now = max(second, CLOSED_ON["2026-12"])
        books.arrive(event)
    books.now = at("2027-06-01")

    frozen, now = sums_frozen(books), sums_now(books)
    restated = Counter[tuple[str, ...]]()
    causes = set()
    for row in books.desk.report("restatements").rows:
        restated[row["month"], row["customer_id"], row["currency"], row["kind"]] += row[
            "delta_minor"
        ]
        causes.add(row["cause"])
        assert row["now_minor"] - row["closed_minor"] == row["delta_minor"] != 0
    keys = frozen.keys() | now.keys() | restated.keys()
    assert {key: frozen[key] + restated[key] for key in keys} == {key: now[key] for key in keys}
    # Whatever came late explains itself.
    assert "unknown" not in causes

    closings_follow(books)
    with books.store.reading() as connection:
        assert closes.follow(connection).broken is None


def sums_frozen(books: Books) -> Counter[tuple[str, ...]]:
    k = tables.closed_movements.c
    with books.store.reading() as connection:
        rows = connection.execute(select(k.month, k.customer_id, k.currency, k.kind, k.minor))
        return Counter({tuple(row[:4]): row[4] for row in rows})


def sums_now(books: Books) -> Counter[tuple[str, ...]]:
    """From the movements one by one, in Python."""
    found = Counter[tuple[str, ...]]()
    m = tables.movements.c
    with books.store.reading() as connection:
        rows = connection.execute(
            select(m.occurred_at, m.customer_id, m.currency, m.kind, m.delta_minor)
        ).all()
    for occurred_at, customer, currency, kind, delta in rows:
        month = month_of(occurred_at, "UTC")
        if month < MONTHS[0]:
            month, kind = MONTHS[0], "opening"
        if month in MONTHS:
            found[month, customer, currency, kind] += delta
    return found


def closings_follow(books: Books) -> None:
    """Each signed opening is the signed closing before it, and today's closing is MRR's."""
    with books.store.reading() as connection:
        chain = closes.chain(connection)
    carried: dict[str, int] | None = None
    for link in chain:
        rows = read(link.close.figures)["reports"]["mrr"]
        if carried is not None:
            openings = {row["currency"]: row["opening_minor"] for row in rows}
            assert all(openings.get(code, 0) == minor for code, minor in carried.items())
        carried = {row["currency"]: row["closing_minor"] for row in rows}
    today = {
        (row["period"], row["currency"]): row["closing_minor"]
        for row in books.desk.report("mrr").rows
    }
    for row in books.desk.report("closes").rows:
        if row["currency"] is not None:
            month, currency = row["month"], row["currency"]
            assert row["closing_now_minor"] == today.get((month, currency), 0)
