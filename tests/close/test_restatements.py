"""A closed month never changes; what is another sum today is a restatement, with its cause."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lib.billing.domain.catalog import Catalog
from lib.billing.drain import Drain
from lib.billing.replay import replay
from lib.billing.store import closes
from lib.billing.store.engine import Store
from lib.billing.store.spelling import read
from tests.close.scene import Books
from tests.jobs.failing import Bench
from tests.reports.ledger import CATALOG, at
from tests.stripe import shapes

SUMS = ("month", "customer_id", "kind", "closed_minor", "now_minor")


@pytest.fixture
def books(store: Store) -> Books:
    """Ann pays 29.00 since September, Bob 9.00 since 5 October."""
    books = Books(store)
    books.arrive(books.joins("ann", 2900, "2026-09-10"), when="2026-09-10")
    books.arrive(books.joins("bob", 900, "2026-10-05"), when="2026-10-05")
    return books


def frozen(books: Books, month: str = "2026-10") -> list[dict[str, Any]]:
    """The signed roll-forward, which still stands."""
    with books.store.reading() as connection:
        link = closes.find(connection, "portside", month)
        assert closes.follow(connection).broken is None
    assert link is not None
    rows: list[dict[str, Any]] = read(link.close.figures)["reports"]["mrr"]
    return rows


def line(row: dict[str, Any]) -> tuple[Any, ...]:
    names = ("currency", "opening_minor", "restated_minor", "new_minor", "closing_minor")
    return tuple(row[name] for name in names)


def test_a_late_webhook_is_a_restatement_and_the_closed_figures_stay(books: Books) -> None:
    late = books.pays("bob", 1500, "2026-10-28T10:00")
    books.close("2026-10", "2026-11-03")
    before = frozen(books)
    assert books.restated() == []
    books.arrive(late, when="2026-11-04T08:00")
    assert frozen(books) == before
    assert books.restated(*SUMS, "currency", "delta_minor") == [
        ("2026-10", "cus_bob", "expansion", 0, 600, "usd", 600)
    ]
    assert books.restated("cause", "event_id", "received_at", "told") == [
        (
            "late_event",
            late["id"],
            "2026-11-04T08:00:00Z",
            "customer.subscription.updated of 28 October 2026 was received on 4 November 2026, "
            "after the close.",
        )
    ]


def test_an_event_of_a_later_month_restates_nothing(books: Books) -> None:
    books.close("2026-10", "2026-11-03")
    books.arrive(books.pays("bob", 1500, "2026-11-04"), when="2026-11-04")
    assert books.restated() == []


def test_two_late_events_of_one_customer_are_one_sum_and_both_are_told(books: Books) -> None:
    first = books.pays("ann", 3500, "2026-10-10")
    second = books.pays("ann", 4000, "2026-10-20")
    books.close("2026-10", "2026-11-03")
    books.arrive(second, when="2026-11-04")
    books.arrive(first, when="2026-11-05")
    assert books.restated(*SUMS, "event_id") == [
        ("2026-10", "cus_ann", "expansion", 0, 1100, second["id"])
    ]
    [(told,)] = books.restated("told")
    assert told.endswith("after the close, and 1 more of this customer.")


def test_a_late_end_takes_back_what_was_signed(books: Books) -> None:
    end = books.leaves("ann", "2026-10-31T23:59")
    books.close("2026-10", "2026-11-03")
    books.arrive(end, when="2026-11-03T01:00")
    assert books.restated() == [("2026-10", "cus_ann", "churn", -2900, "late_event")]


def test_a_reactivation_that_moves_to_another_month_is_told_in_both(books: Books) -> None:
    books.arrive(books.leaves("ann", "2026-10-02"), when="2026-10-02")
    back = books.joins("ann", 2900, "2026-10-30", name="again")
    more = books.joins("ann", 1000, "2026-11-05", name="more")
    books.close("2026-10", "2026-11-01")
    books.arrive(more, when="2026-11-05")
    books.close("2026-11", "2026-12-02")
    books.arrive(back, when="2026-12-03")
    assert books.restated(*SUMS, "event_id") == [
        ("2026-10", "cus_ann", "reactivation", 0, 2900, back["id"]),
        ("2026-11", "cus_ann", "expansion", 0, 1000, back["id"]),
        ("2026-11", "cus_ann", "reactivation", 1000, 0, back["id"]),
    ]


def test_what_earlier_months_changed_by_is_told_once_and_carried_once(books: Books) -> None:
    late = books.pays("bob", 1500, "2026-10-28")
    books.close("2026-10", "2026-11-03")
    books.arrive(late, when="2026-11-04")
    books.arrive(books.joins("cid", 500, "2026-11-10"), when="2026-11-10")
    books.close("2026-11", "2026-12-02")
    assert [line(row) for row in frozen(books, "2026-10")] == [("usd", 2900, 0, 900, 3800)]
    assert [line(row) for row in frozen(books, "2026-11")] == [("usd", 3800, 600, 500, 4900)]
    assert books.restated(*SUMS) == [("2026-10", "cus_bob", "expansion", 0, 600)]
    rows = books.desk.report("closes").rows
    assert [(r["month"], r["closing_minor"], r["closing_now_minor"]) for r in rows] == [
        ("2026-10", 3800, 4400),
        ("2026-11", 4900, 4900),
    ]


def test_what_was_before_the_first_close_is_its_opening(books: Books) -> None:
    earlier = books.pays("ann", 3000, "2026-09-20")
    books.close("2026-10", "2026-11-03")
    books.arrive(earlier, when="2026-11-04")
    assert books.restated(*SUMS, "cause") == [
        ("2026-10", "cus_ann", "opening", 2900, 3000, "late_event")
    ]


def test_a_customer_of_two_currencies_is_restated_in_one(books: Books) -> None:
    books.arrive(books.joins("ann", 700, "2026-10-06", "eur", "euro"), when="2026-10-06")
    late = books.pays("euro", 900, "2026-10-20")
    books.close("2026-10", "2026-11-03")
    books.arrive(late, when="2026-11-04")
    assert books.restated(*SUMS, "currency") == [("2026-10", "cus_ann", "expansion", 0, 200, "eur")]
    only = books.desk.report("restatements", currency="usd")
    assert only.rows == []
    assert [row["currency"] for row in frozen(books)] == ["eur", "usd"]


def test_what_is_read_from_stripe_after_the_close_is_told_as_read(books: Books) -> None:
    books.joins("cid", 1200, "2026-10-15")
    books.close("2026-10", "2026-11-03")
    books.now = at("2026-11-05")
    books.ingest.observe([books.state("cid")], second=at("2026-11-05"), source="backfill")
    assert books.restated() == [("2026-10", "cus_cid", "new", 1200, "read")]
    [(told,)] = books.restated("told")
    assert told == "Read from Stripe on 5 November 2026 (backfill), after the close."


def test_a_later_event_that_tells_of_an_earlier_beginning_is_told_as_such(books: Books) -> None:
    books.joins("cid", 1200, "2026-10-15")
    books.close("2026-10", "2026-11-03")
    books.arrive(books.pays("cid", 1300, "2026-11-06"), when="2026-11-06")
    assert books.restated() == [("2026-10", "cus_cid", "new", 1200, "first_seen")]


def test_an_event_that_failed_before_the_close_is_told_as_failed(books: Books) -> None:
    late = books.pays("bob", 1500, "2026-10-28")
    Bench(books.store, at=at("2026-10-28")).fail(late)
    books.close("2026-10", "2026-11-03")
    books.now = at("2026-11-04")
    Drain(books.store, books.ingest, clock=lambda: books.now).run()
    assert books.restated() == [("2026-10", "cus_bob", "expansion", 600, "failed_event")]


def test_a_coupon_that_becomes_known_after_the_close_is_told_as_a_reference(books: Books) -> None:
    discounted = books.state("ann") | {"id": "sub_cid", "customer": "cus_cid"}
    discounted |= {"created": at("2026-10-07"), "start_date": at("2026-10-07")}
    discounted["discounts"] = ["di_1"]
    made = shapes.event("customer.subscription.created", discounted)
    discount = shapes.discount(id="di_1", customer="cus_cid", subscription="sub_cid")
    given = shapes.event("customer.discount.created", discount)
    made |= {"id": "evt_cid", "created": at("2026-10-07")}
    given |= {"id": "evt_discount", "created": at("2026-10-07")}
    books.arrive(made, given, when="2026-10-07")
    coupon = shapes.event("coupon.created", shapes.coupon(duration="forever", percent_off=50))
    coupon |= {"id": "evt_coupon", "created": at("2026-10-01")}
    books.close("2026-10", "2026-11-03")
    books.arrive(coupon, when="2026-11-05")
    found = books.restated("customer_id", "cause", "event_id")
    assert found == [("cus_cid", "reference", "evt_coupon")]


def other_catalogue() -> Catalog:
    return replace(CATALOG, default_plan="starter")


def test_a_changed_catalogue_is_told_and_moves_no_amount(books: Books) -> None:
    books.close("2026-10", "2026-11-03")
    assert [row["changed"] for row in books.desk.report("closes").rows] == [[]]
    books.rules(catalog=other_catalogue())
    replay(books.ingest)
    assert books.restated() == []
    assert [row["changed"] for row in books.desk.report("closes").rows] == [["catalogue"]]
    assert frozen(books)


def test_a_sum_that_only_changed_rules_explain_is_told_as_the_rules(books: Books) -> None:
    books.close("2026-10", "2026-11-03")
    spoil(books)
    assert books.restated() == [("2026-10", "cus_bob", "new", 100, "unknown")]
    books.rules(catalog=other_catalogue())
    assert books.restated() == [("2026-10", "cus_bob", "new", 100, "catalogue")]
    books.rules(timezone="Europe/Berlin")
    assert books.restated() == [("2026-10", "cus_bob", "new", 100, "timezone")]


def test_a_changed_row_without_any_cause_is_flagged_and_goes_with_a_replay(books: Books) -> None:
    books.close("2026-10", "2026-11-03")
    spoil(books)
    [(cause, told)] = books.restated("cause", "told")
    assert cause == "unknown"
    assert "Compare the database with a backup" in told
    replay(books.ingest)
    assert books.restated() == []


def spoil(books: Books) -> None:
    """Bob's movement is changed behind the writer's back."""
    with books.store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE movements SET delta_minor = 1000 WHERE customer_id = 'cus_bob'"
        )


def test_months_can_be_asked_for_by_their_days(books: Books) -> None:
    late = books.pays("bob", 1500, "2026-10-28")
    books.close("2026-10", "2026-11-03")
    books.arrive(late, when="2026-11-04")
    report = books.desk.report
    assert len(report("restatements", start="2026-10-01", end="2026-10-31").rows) == 1
    assert report("restatements", start="2026-11-01").rows == []
    assert report("closes", end="2026-09-30").rows == []
