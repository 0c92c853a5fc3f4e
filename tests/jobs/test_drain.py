"""Failed events are tried again: by hand all of them, by themselves when they are due."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from lib.billing.domain.errors import NoSuchObject, StripeRefused, StripeUnavailable, WrongUsage
from lib.billing.drain import GONE, NO_KEY, PRUNED
from lib.billing.store.engine import Store
from tests.jobs.failing import BROKEN, GOOD, Bench, Stripe, customer
from tests.links.shopfront import open_front
from tests.store.company import START, derived, ingest_into
from tests.stripe import shapes

HOUR, DAY = 3_600, 86_400
SUB = shapes.subscription()
BROKEN_SUB = shapes.subscription(items=7)


def test_each_failed_attempt_is_counted_and_moves_the_next_one_away(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([BROKEN])
    seen = [bench.inbox("attempts", "next_attempt_at")[0]]
    for at in (START + 60, START + 360):
        bench.at = at
        assert bench.drain.round() == 1
        seen.append(bench.inbox("attempts", "next_attempt_at")[0])
    assert seen == [(1, START + 60), (2, START + 360), (3, START + 360 + 1_800)]


def test_an_event_is_not_tried_before_its_time(store: Store) -> None:
    bench = Bench(store)
    bench.fail(GOOD)
    bench.at = START + 59
    assert bench.drain.round() == 0
    bench.at = START + 60
    assert bench.drain.round() == 1
    assert bench.inbox("state", "error", "attempts", "next_attempt_at") == [
        ("applied", None, 2, None)
    ]


def test_after_twelve_attempts_it_waits_for_a_person(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([BROKEN])
    tried = 1
    while (due := bench.inbox("next_attempt_at")[0][0]) is not None:
        bench.at = due
        tried += bench.drain.round()
    assert (tried, bench.inbox("attempts")) == (12, [(12,)])
    assert bench.at - START == 60 + 300 + 1_800 + 2 * HOUR + 6 * HOUR + 6 * DAY
    assert bench.drain.run().failed == 1, "by hand it is tried all the same"
    assert bench.inbox("attempts", "next_attempt_at") == [(13, None)]


def test_delivered_again_it_is_tried_again(store: Store) -> None:
    bench = Bench(store)
    bench.fail(GOOD)
    bench.ingest.commit([bench.ingest.read(GOOD)], "webhook")
    assert bench.inbox("state", "attempts", "next_attempt_at") == [("applied", 2, None)]


def test_all_are_tried_however_many_fail_again(store: Store) -> None:
    bench = Bench(store, at_once=4)
    bench.ingest.apply([BROKEN | {"id": f"evt_bad_{n:02}"} for n in range(9)])
    bench.at += 1
    bench.fail(GOOD)
    summary = bench.drain.run()
    assert (summary.lines, summary.applied, summary.failed, summary.repeated) == (10, 1, 9, 0)
    assert summary.failures[0][0] == "evt_bad_00"
    assert set(bench.inbox("attempts")) == {(2,)}


def test_more_than_five_hundred_are_tried_in_one_go(sqlite_store: Store) -> None:
    bench = Bench(sqlite_store)
    ingest = bench.ingest
    failed = [ingest.read(customer(n)).failing("The disk was full.") for n in range(1_001)]
    ingest.commit(failed, "webhook")
    summary = bench.drain.run()
    assert (summary.lines, summary.applied, summary.failed) == (1_001, 1_001, 0)
    assert len(derived(sqlite_store)["customers"]) == 1_001


def test_what_was_drained_is_what_would_have_been_applied_at_once(store: Store) -> None:
    ending = shapes.event(
        "customer.subscription.updated",
        shapes.subscription(cancel_at_period_end=True),
        {"cancel_at_period_end": False},
        id="evt_2",
        created=START + 10,
    )
    bench = Bench(store)
    bench.fail(GOOD)
    bench.ingest.apply([ending])
    bench.drain.run()
    rows = derived(store)
    with store.writing() as connection:
        for table in ("inbox", "observations", "owners", *rows):
            connection.execute(text(f"DELETE FROM {table}"))
    ingest_into(store).apply([GOOD, ending])
    assert derived(store) == rows


def test_a_pruned_body_is_said_and_not_tried_for_ever(store: Store) -> None:
    bench = Bench(store)
    bench.fail(GOOD)
    with store.writing() as connection:
        connection.execute(text("UPDATE inbox SET payload = NULL"))
    summary = bench.drain.run()
    assert (summary.lines, summary.failures) == (1, [("evt_good", PRUNED)])
    assert bench.inbox("state", "error", "next_attempt_at") == [("failed", PRUNED, None)]


def read(bench: Bench) -> None:
    """A subscription was read that could not be understood."""
    assert bench.ingest.observe([BROKEN_SUB], second=START, source="backfill").failed == 1


FIRST = f"read:sub_1:{START}:backfill"
SECOND = f"read:sub_1:{START + 501}:backfill"


def test_an_object_that_was_read_is_read_again(store: Store) -> None:
    bench = Bench(store, Stripe([SUB]))
    read(bench)
    bench.at = START + 60
    assert bench.drain.round() == 1
    assert bench.gateway is not None
    assert bench.gateway.asked == [("subscription", "sub_1")]
    assert bench.inbox("event_id", "state", "error") == [
        (FIRST, "ignored", f"Read again as {SECOND}."),
        (SECOND, "applied", None),
    ]
    assert [row[2] for row in derived(store)["subscriptions"]] == ["active"]


def test_a_read_that_fails_again_inherits_the_count_of_attempts(store: Store) -> None:
    bench = Bench(store, Stripe([BROKEN_SUB, BROKEN_SUB]))
    read(bench)
    bench.at = START + 60
    bench.drain.round()
    bench.at = START + 360
    bench.drain.round()
    rows = bench.inbox("state", "attempts", "next_attempt_at")
    assert rows == [
        ("ignored", 1, None),
        ("ignored", 2, None),
        ("failed", 3, START + 360 + 1_800),
    ]


def test_by_hand_each_object_is_read_once(store: Store) -> None:
    bench = Bench(store, Stripe([BROKEN_SUB]))
    read(bench)
    summary = bench.drain.run()
    assert (summary.lines, [event for event, _ in summary.failures]) == (1, [FIRST])


def test_an_object_that_stripe_no_longer_has_is_let_rest(store: Store) -> None:
    bench = Bench(store, Stripe([NoSuchObject("Stripe does not know the subscription sub_1.")]))
    read(bench)
    assert bench.drain.run().ignored == 1
    assert bench.inbox("state", "error", "next_attempt_at") == [("ignored", GONE, None)]


def test_an_object_that_the_key_may_not_read_is_tried_later(store: Store) -> None:
    refusal = "The API key lacks the right rak_subscription_read."
    bench = Bench(store, Stripe([StripeRefused(refusal)]))
    read(bench)
    assert bench.drain.run().failures == [(FIRST, refusal)]
    assert bench.inbox("state", "error", "attempts", "next_attempt_at") == [
        ("failed", refusal, 2, START + 300)
    ]


def test_with_stripe_away_nothing_is_counted_as_an_attempt(store: Store) -> None:
    bench = Bench(store, Stripe([StripeUnavailable("Stripe did not answer.")]))
    read(bench)
    with pytest.raises(StripeUnavailable):
        bench.drain.run()
    assert bench.inbox("state", "attempts") == [("failed", 1)]


def test_without_a_key_an_object_waits_and_the_drain_says_so(store: Store) -> None:
    bench = Bench(store)
    read(bench)
    assert bench.drain.run().failures == [(FIRST, NO_KEY)]
    bench.at = START + DAY
    assert bench.drain.round() == 0
    assert bench.inbox("state", "attempts") == [("failed", 1)]


def test_an_object_is_read_again_from_stripe_itself(sqlite_store: Store) -> None:
    with open_front(sqlite_store) as front:
        _, subscription = front.subscriber("basic")
        found, second = front.gateway.retrieve("subscription", subscription)
        front.ingest.observe([found | {"items": 7}], second=second, source="reconcile")
        bench = Bench(sqlite_store, front.gateway)  # type: ignore[arg-type]
        assert bench.drain.run().failed == 0
        states = [row[0] for row in bench.inbox("state") if row[0] == "failed"]
    assert states == []


def test_one_event_by_itself(store: Store) -> None:
    bench = Bench(store)
    bench.fail(GOOD)
    bench.ingest.apply([BROKEN])
    assert bench.drain.one("evt_good").fate == "applied"
    assert bench.drain.one("evt_good").fate == "applied", "settled is settled"
    assert bench.drain.one("evt_bad").fate == "failed"
    with pytest.raises(NoSuchObject):
        bench.drain.one("evt_of_nobody")
    bench.ingest.apply([shapes.event("some.news", {"id": "x"}, id="evt_news")])
    with pytest.raises(WrongUsage, match="ignored"):
        bench.drain.one("evt_news")


def test_what_cannot_be_applied_again_is_told_as_failed(sqlite_store: Store) -> None:
    bench = Bench(sqlite_store)
    with sqlite_store.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON customers "
            "BEGIN SELECT RAISE(ABORT, 'nothing fits in'); END"
        )
    assert bench.ingest.apply([GOOD]).failed == 1
    summary = bench.drain.run()
    assert (summary.lines, summary.failed, summary.repeated) == (1, 1, 0)
    outcome = bench.drain.one("evt_good")
    assert outcome.fate == "failed"
    assert "nothing fits in" in str(outcome.error)
