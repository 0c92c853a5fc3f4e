"""Closing a month: what is frozen, what is refused, and that it happens once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from lib.billing.close import Closing
from lib.billing.domain.errors import BillingError, CloseRefused, PermissionDenied, WrongUsage
from lib.billing.domain.permissions import Role
from lib.billing.domain.policy import PRESETS
from lib.billing.requests import Requests
from lib.billing.store import audit, closes, requests, tables
from lib.billing.store.engine import Store
from lib.billing.store.spelling import read
from tests.close.scene import STAFF, Books
from tests.jobs.failing import Bench
from tests.reports.ledger import at

MONEY = ("opening_minor", "new_minor", "expansion_minor", "churn_minor", "closing_minor")


@pytest.fixture
def books(store: Store) -> Books:
    books = Books(store)
    books.arrive(books.joins("ann", 2900, "2026-09-10"), when="2026-09-10")
    books.arrive(books.joins("bob", 900, "2026-10-05", "eur"), when="2026-10-05")
    books.arrive(books.pays("ann", 3900, "2026-10-12"), when="2026-10-12")
    return books


def figures(books: Books, month: str) -> dict[str, Any]:
    with books.store.reading() as connection:
        link = closes.find(connection, "portside", month)
    assert link is not None
    found: dict[str, Any] = read(link.close.figures)
    return found


def frozen_rows(books: Books) -> list[tuple[Any, ...]]:
    k = tables.closed_movements.c
    query = select(k.month, k.customer_id, k.currency, k.kind, k.minor).order_by(
        k.month, k.customer_id, k.currency, k.kind
    )
    with books.store.reading() as connection:
        return [tuple(row) for row in connection.execute(query)]


def test_a_close_freezes_the_roll_forward_and_each_customers_sums(books: Books) -> None:
    closed = books.close("2026-10", "2026-11-03")
    reports = figures(books, "2026-10")["reports"]
    assert [(row["currency"], *(row[name] for name in MONEY)) for row in reports["mrr"]] == [
        ("eur", 0, 900, 0, 0, 900),
        ("usd", 2900, 0, 1000, 0, 3900),
    ]
    assert frozen_rows(books) == [
        ("2026-10", "cus_ann", "usd", "expansion", 1000),
        ("2026-10", "cus_ann", "usd", "opening", 2900),
        ("2026-10", "cus_bob", "eur", "new", 900),
    ]
    assert {(r["currency"], r["mrr_minor"]) for r in reports["plan-mix"]} == {
        ("eur", 900),
        ("usd", 3900),
    }
    assert {row["difference_minor"] for row in reports["agreement"]} == {0}
    assert [(r["currency"], r["customers_start"], r["new"]) for r in reports["customers"]] == [
        ("eur", 0, 1),
        ("usd", 1, 0),
    ]
    assert (closed.close.staff, closed.close.closed_at) == (STAFF, at("2026-11-03"))


def test_states_are_those_of_the_months_end_not_of_the_close(books: Books) -> None:
    books.arrive(books.pays("ann", 9900, "2026-11-02"), when="2026-11-02")
    books.close("2026-10", "2026-11-03")
    mix = figures(books, "2026-10")["reports"]["plan-mix"]
    assert [row["mrr_minor"] for row in mix if row["currency"] == "usd"] == [3900]


def test_a_later_close_freezes_only_its_own_movements(books: Books) -> None:
    books.close("2026-10", "2026-11-03")
    before = frozen_rows(books)
    books.arrive(books.leaves("bob", "2026-11-09"), when="2026-11-09")
    books.close("2026-11", "2026-12-01")
    assert frozen_rows(books) == [*before, ("2026-11", "cus_bob", "eur", "churn", -900)]
    usd = figures(books, "2026-11")["reports"]["mrr"][1]
    assert (usd["opening_minor"], usd["closing_minor"]) == (3900, 3900)


def test_a_month_without_any_movement_can_be_closed(books: Books) -> None:
    books.close("2026-10", "2026-11-03")
    books.close("2026-11", "2026-12-01")
    assert [row["month"] for row in books.desk.report("closes", currency="usd").rows] == [
        "2026-10",
        "2026-11",
    ]


def test_nobody_at_all_can_be_closed(store: Store) -> None:
    books = Books(store)
    books.close("2026-10", "2026-11-03")
    [row] = books.desk.report("closes").rows
    assert (row["month"], row["currency"], row["closing_minor"]) == ("2026-10", None, None)


REFUSED = {
    "a month that is not over": ("2026-11", "2026-11-30T23:59:59", {}, "month_not_over"),
    "a month far ahead": ("2031-01", "2026-11-03", {}, "month_not_over"),
    "a first month that nobody meant to be it": (
        "2026-10",
        "2026-11-03",
        {"first": False},
        "first_close",
    ),
    "what is no month": ("2026-13", "2026-11-03", {}, "wrong_usage"),
    "a day": ("2026-10-01", "2026-11-03", {}, "wrong_usage"),
    "a month in other digits": ("２０２６-10", "2026-11-03", {}, "wrong_usage"),
    "nobody": ("2026-10", "2026-11-03", {"staff": " "}, "wrong_usage"),
    "a very long reason": ("2026-10", "2026-11-03", {"reason": "x" * 301}, "wrong_usage"),
}


def test_refusals(books: Books, subtests: pytest.Subtests) -> None:
    for case, (month, when, options, code) in REFUSED.items():
        with subtests.test(case):
            with pytest.raises(BillingError) as refused:
                books.close(month, when, **options)
            assert refused.value.code == code
            assert frozen_rows(books) == []


AFTER_OCTOBER = {
    "the same again": ("2026-10", "already_closed"),
    "one before it": ("2026-09", "closed_before"),
    "one whose turn has not come": ("2026-12", "earlier_month_open"),
}


def test_months_are_closed_in_their_order(books: Books, subtests: pytest.Subtests) -> None:
    books.close("2026-10", "2027-02-03")
    before = frozen_rows(books)
    for case, (month, code) in AFTER_OCTOBER.items():
        with subtests.test(case):
            with pytest.raises(CloseRefused) as refused:
                books.close(month, "2027-02-03")
            assert refused.value.code == code
            assert frozen_rows(books) == before


def test_the_last_second_of_a_month_is_not_over_and_the_next_is(books: Books) -> None:
    with pytest.raises(CloseRefused, match="1 November 2026 begins in UTC"):
        books.close("2026-10", "2026-10-31T23:59:59")
    assert books.close("2026-10", "2026-11-01T00:00:00").close.month == "2026-10"


def test_what_is_open_wants_anyway_and_is_kept_with_the_close(books: Books) -> None:
    Bench(books.store, at=at("2026-10-28")).fail(books.pays("ann", 100, "2026-10-28"))
    with pytest.raises(CloseRefused, match=r"failed events \(1\)") as refused:
        books.close("2026-10", "2026-11-03", anyway=False)
    assert refused.value.code == "open_points"
    closed = books.close("2026-10", "2026-11-03", reason="Known since October")
    assert closed.close.reason == "Known since October"
    assert figures(books, "2026-10")["open"]["failed"] == 1


def test_events_that_failed_after_the_month_do_not_matter(books: Books) -> None:
    books.arrive(books.joins("cid", 100, "2026-11-01"), when="2026-11-01")
    Bench(books.store, at=at("2026-11-02")).fail(books.pays("cid", 200, "2026-11-02"))
    assert books.close("2026-10", "2026-11-03", anyway=False)


BERLIN = {
    "summer time": ("2026-07", "2026-07-31T22:00:00", "2026-06-30T22:00:00Z"),
    "the month in which it ends": ("2026-10", "2026-10-31T23:00:00", "2026-09-30T22:00:00Z"),
    "the month in which it begins": ("2026-03", "2026-03-31T22:00:00", "2026-02-28T23:00:00Z"),
}


@pytest.mark.parametrize(("month", "over", "starts"), BERLIN.values(), ids=BERLIN.keys())
def test_months_are_those_of_the_business(store: Store, month: str, over: str, starts: str) -> None:
    books = Books(store, timezone="Europe/Berlin")
    just_in, just_out = at(over) - 1, at(over)
    inside, outside = (
        books.joins(name, 900, f"{month}-05") | {"created": second}
        for name, second in (("in", just_in), ("out", just_out))
    )
    books.now = just_out
    books.ingest.apply([inside, outside], "webhook")
    books.now = just_in
    with pytest.raises(CloseRefused, match="in Europe/Berlin"):
        books.closing.close(month, staff=STAFF, anyway=True, first=True)
    books.now = just_out
    closed = books.closing.close(month, staff=STAFF, anyway=True, first=True)
    assert (closed.close.starts, closed.close.ends) == (at(starts[:-1]), at(over))
    assert [(row[1], row[3]) for row in frozen_rows(books)] == [("cus_in", "new")]


def test_another_time_zone_leaves_no_hole_and_no_overlap(books: Books) -> None:
    books.close("2026-10", "2026-11-03")
    books.rules(timezone="Europe/Berlin")
    closed = books.close("2026-11", "2026-12-03")
    assert (closed.close.starts, closed.close.ends) == (at("2026-11-01"), at("2026-11-30T23:00"))


def test_two_closers_close_once(books: Books) -> None:
    books.now = at("2026-11-03")

    def close(number: int) -> str:
        store = Store(books.store.url.render_as_string(hide_password=False))
        closer = Closing(store, lambda: books.now, books.setup)
        try:
            closer.close("2026-10", staff=f"closer {number}", anyway=True, first=True)
        except CloseRefused as refused:
            return refused.code
        finally:
            store.close()
        return "closed"

    with ThreadPoolExecutor(4) as pool:
        outcomes = sorted(pool.map(close, range(4)))
    assert outcomes == ["already_closed"] * 3 + ["closed"]
    with books.store.reading() as connection:
        found = closes.follow(connection)
    assert (found.months, found.broken) == (1, None)


def test_what_arrives_between_the_look_and_the_freeze_is_taken_in(books: Books) -> None:
    late = [books.pays("bob", 1500, "2026-10-28")]

    def meanwhile(sentence: str) -> None:
        if sentence.startswith("Freezing") and late:
            books.arrive(late.pop())

    books.close("2026-10", "2026-11-03", progress=meanwhile)
    reports = figures(books, "2026-10")["reports"]
    assert [row["closing_minor"] for row in reports["mrr"]] == [1500, 3900]
    assert {row["difference_minor"] for row in reports["agreement"]} == {0}
    assert books.restated() == []


def test_a_month_that_keeps_arriving_is_refused(books: Books) -> None:
    prices = iter(range(1000, 9000, 100))

    def meanwhile(sentence: str) -> None:
        if sentence.startswith("Freezing"):
            books.arrive(books.pays("bob", next(prices), "2026-10-28"))

    with pytest.raises(CloseRefused) as refused:
        books.close("2026-10", "2026-11-03", progress=meanwhile)
    assert refused.value.code == "still_arriving"


# what the page asks, and `serve` carries out


def serve(books: Books) -> list[tuple[str, str | None]]:
    bench = Bench(books.store)
    Requests(books.store, bench.drain, clock=lambda: books.now, closes=books.closing).round()
    query = select(tables.requests.c.state, tables.requests.c.outcome)
    with books.store.reading() as connection:
        rows = connection.execute(query.order_by(tables.requests.c.request_id))
        return [(state, outcome) for state, outcome in rows]


def test_a_close_is_asked_for_and_carried_out(books: Books) -> None:
    books.now = at("2026-11-03")
    asked = books.desk.request_close("2026-10", staff=STAFF, roles={Role.FINANCE}, reason="Quiet")
    again = books.desk.request_close("2026-10", staff=STAFF, roles={Role.FINANCE}, reason="Quiet")
    assert asked == again
    assert serve(books) == [("done", "2026-10 is closed.")]
    [row] = [row for row in books.desk.report("closes", currency="usd").rows]
    assert (row["staff"], row["reason"]) == (STAFF, "Quiet")
    with books.store.reading() as connection:
        assert audit.first_broken(connection) is None
        kept = connection.execute(select(tables.audit.c.action)).scalars().all()
    assert kept == ["close.requested", "close.done"]


def test_a_request_that_another_process_was_faster_with_is_done(books: Books) -> None:
    books.now = at("2026-11-03")
    books.desk.request_close("2026-10", staff=STAFF, roles={Role.ADMIN}, reason="Quiet")
    books.close("2026-10", "2026-11-03")
    [(state, outcome)] = serve(books)
    assert state == "done"
    assert "was closed on 3 November 2026" in str(outcome)


def test_a_request_that_cannot_be_carried_out_says_why(books: Books) -> None:
    with books.store.writing() as connection:
        requests.add(connection, STAFF, "close", "2026-12", None, at("2026-11-03"))
    books.now = at("2026-11-03")
    [(state, outcome)] = serve(books)
    assert (state, str(outcome)[:19]) == ("failed", "2026-12 is not over")


@pytest.mark.parametrize("role", [Role.SUPPORT, Role.FOUNDER])
def test_who_may_not_close_is_refused(books: Books, role: Role) -> None:
    books.now = at("2026-11-03")
    with pytest.raises(PermissionDenied):
        books.desk.request_close("2026-10", staff=STAFF, roles={role}, reason="Quiet")


def test_the_page_refuses_before_anything_is_asked(books: Books) -> None:
    Bench(books.store, at=at("2026-10-28")).fail(books.pays("ann", 100, "2026-10-28"))
    books.now = at("2026-11-03")
    for month, code in (("2026-10", "open_points"), ("2026-11", "month_not_over")):
        with pytest.raises(CloseRefused) as refused:
            books.desk.request_close(month, staff=STAFF, roles={Role.FINANCE})
        assert refused.value.code == code
    with pytest.raises(WrongUsage):
        books.desk.request_close("October", staff=STAFF, roles={Role.FINANCE})
    assert books.desk.requests() == []


def test_the_overview_offers_what_may_be_closed(books: Books) -> None:
    books.now = at("2026-11-03")
    before = books.desk.closes()
    states = [(item.month, item.state) for item in before.months]
    assert states == [("2026-11", "running"), ("2026-10", "open"), ("2026-09", "open")]
    assert before.choices == ("2026-10", "2026-09")
    books.close("2026-09", "2026-11-03")
    after = books.desk.closes()
    assert after.choices == ("2026-10",)
    october = after.months[1]
    assert [(m.currency, m.opening_minor, m.closing_minor) for m in october.money] == [
        ("eur", 0, 900),
        ("usd", 2900, 3900),
    ]
    assert {point.slug: point.count for point in after.points if point.count} == {"late": 1}


def test_a_month_is_closed_and_restated_under_a_policy_of_ones_own(store: Store) -> None:
    books = Books(store)
    books.rules(policy=replace(PRESETS["portside"], slug="ours", collection_paused=True))
    books.arrive(books.joins("ann", 2900, "2026-10-10"), when="2026-10-10")
    closed = books.close("2026-10", "2026-11-03")
    assert closed.close.policy == "ours"
    books.arrive(books.pays("ann", 3900, "2026-10-20"), when="2026-11-04")
    assert books.restated() == [("2026-10", "cus_ann", "expansion", 1000, "late_event")]
