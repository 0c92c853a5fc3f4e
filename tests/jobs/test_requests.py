"""What staff ask for on the sync page is carried out once, in order, and says what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import pytest
from sqlalchemy import select

from lib.billing.domain.errors import (
    BillingError,
    DatabaseUnavailable,
    Interrupted,
    StripeUnavailable,
    WrongUsage,
)
from lib.billing.requests import Requests
from lib.billing.store import meta, requests, tables
from lib.billing.store.engine import Store
from tests.jobs.failing import BROKEN, GOOD, Bench
from tests.store.company import START


@dataclass(frozen=True)
class Found:
    customers: int = 1
    found: int = 1
    repaired: int = 0
    left_out: dict[str, str] = field(default_factory=dict)


@dataclass
class Comparing:
    """Compares as told, or raises ``error``."""

    error: Exception | None = None
    runs: list[tuple[bool, str | None]] = field(default_factory=list)
    finds: Found = Found()

    def run(self, *, apply: bool, only: str | None) -> Found:
        self.runs.append((apply, only))
        if self.error is not None:
            raise self.error
        return replace(self.finds, repaired=1) if apply else self.finds


def ask(store: Store, action: str, subject: str = "", reason: str | None = None) -> int:
    with store.writing() as connection:
        return requests.add(connection, "ann@example.com", action, subject, reason, START)


def serving(bench: Bench, reconciles: Comparing | None = None) -> Requests:
    return Requests(bench.store, bench.drain, clock=bench.now, reconciles=reconciles)


def outcomes(store: Store) -> list[tuple[str, str | None]]:
    query = select(tables.requests.c.state, tables.requests.c.outcome)
    with store.reading() as connection:
        rows = connection.execute(query.order_by(tables.requests.c.request_id))
        return [(state, outcome) for state, outcome in rows]


def test_they_are_carried_out_in_the_order_asked(store: Store) -> None:
    comparing = Comparing()
    ask(store, "check", "cus_1")
    ask(store, "repair", "cus_1", "Customer called")
    ask(store, "check")
    assert serving(Bench(store), comparing).round() == 3
    assert comparing.runs == [(False, "cus_1"), (True, "cus_1"), (False, None)]
    assert outcomes(store) == [
        ("done", "1 customer compared, 1 difference found."),
        ("done", "1 customer compared, 1 difference found, 1 repaired."),
        ("done", "1 customer compared, 1 difference found."),
    ]


def test_the_outcome_counts_and_names_what_was_left_out(sqlite_store: Store) -> None:
    ask(sqlite_store, "check")
    found = Found(customers=2_000, found=0, left_out={"coupons": "The key may not."})
    serving(Bench(sqlite_store), Comparing(finds=found)).round()
    assert outcomes(sqlite_store) == [
        ("done", "2,000 customers compared, 0 differences found; left out: coupons.")
    ]


def test_what_is_done_is_not_done_again(store: Store) -> None:
    comparing = Comparing()
    ask(store, "repair")
    serving(Bench(store), comparing).round()
    assert serving(Bench(store), comparing).round() == 0
    assert len(comparing.runs) == 1


def test_it_is_noted_when_and_the_dashboard_can_tell(store: Store) -> None:
    ask(store, "check")
    with store.reading() as connection:
        before = meta.get(connection, meta.WATERMARK)
    bench = Bench(store, at=START + 7)
    serving(bench, Comparing()).round()
    with store.reading() as connection:
        done_at = connection.execute(select(tables.requests.c.done_at)).scalar()
        assert (done_at, meta.get(connection, meta.WATERMARK) != before) == (START + 7, True)


FAULTS = {
    "Stripe is away": (StripeUnavailable("Stripe did not answer."), "Stripe did not answer."),
    "a mistake of ours": (
        KeyError("with a customer's name in it"),
        "Something unexpected went wrong (KeyError). See the log.",
    ),
}


@pytest.mark.parametrize(("error", "sentence"), FAULTS.values(), ids=FAULTS.keys())
def test_what_cannot_be_carried_out_ends_as_failed_and_holds_nobody_back(
    store: Store, error: Exception, sentence: str
) -> None:
    ask(store, "check")
    ask(store, "retry")
    serving(Bench(store), Comparing(error)).round()
    assert outcomes(store) == [("failed", sentence), ("done", "No event was failed.")]


def test_without_a_key_a_check_says_what_it_needs(store: Store) -> None:
    ask(store, "check")
    serving(Bench(store)).round()
    [(state, outcome)] = outcomes(store)
    assert (state, "STRIPE_API_KEY" in str(outcome)) == ("failed", True)


def test_a_comparison_that_the_end_of_the_program_cuts_short_waits_on(store: Store) -> None:
    ask(store, "check")
    with pytest.raises(Interrupted):
        serving(Bench(store), Comparing(Interrupted("It was stopped."))).round()
    assert outcomes(store) == [("waiting", None)]


def test_with_the_database_away_it_waits_on(store: Store) -> None:
    ask(store, "check")
    with pytest.raises(DatabaseUnavailable):
        serving(Bench(store), Comparing(DatabaseUnavailable("It is away."))).round()
    assert outcomes(store) == [("waiting", None)]


class Killed(BaseException):
    """Ends the process."""


def test_killed_half_way_it_is_carried_out_again(store: Store) -> None:
    ask(store, "repair")
    comparing = Comparing()
    comparing.error = Killed()  # type: ignore[assignment]
    with pytest.raises(Killed):
        serving(Bench(store), comparing).round()
    comparing.error = None
    assert serving(Bench(store), comparing).round() == 1
    assert outcomes(store) == [("done", "1 customer compared, 1 difference found, 1 repaired.")]


def test_one_event_is_retried(store: Store) -> None:
    bench = Bench(store)
    bench.fail(GOOD)
    bench.ingest.apply([BROKEN])
    for subject in ("evt_good", "evt_good", "evt_bad", "evt_of_nobody"):
        ask(store, "retry", subject)
    serving(bench).round()
    told = outcomes(store)
    assert [state for state, _ in told] == ["done", "done", "failed", "failed"]
    assert told[0][1] == told[1][1] == "It is applied now."
    assert str(told[2][1]).startswith("It failed again: ")
    assert "evt_of_nobody" in str(told[3][1])


def test_all_failed_events_are_retried(store: Store) -> None:
    bench = Bench(store)
    bench.fail(GOOD)
    bench.ingest.apply([BROKEN])
    ask(store, "retry")
    serving(bench).round()
    assert outcomes(store) == [("done", "1 of 2 failed events are settled now.")]
    assert bench.inbox("event_id", "state") == [("evt_bad", "failed"), ("evt_good", "applied")]


def test_a_failed_event_is_ignored_with_who_and_why(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([BROKEN])
    ask(store, "ignore", "evt_bad", "An old test of ours")
    serving(bench).round()
    assert bench.inbox("state", "error", "next_attempt_at") == [
        ("ignored", "Ignored by ann@example.com: An old test of ours", None)
    ]
    assert outcomes(store) == [("done", "It is ignored from now on.")]
    bench.at += 10 * 86_400
    assert (bench.drain.round(), bench.drain.run().lines) == (0, 0)


def test_ignoring_what_was_applied_is_refused_and_changes_nothing(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([GOOD])
    ask(store, "ignore", "evt_good", "By mistake")
    ask(store, "ignore", "evt_of_nobody", "By mistake")
    serving(bench).round()
    assert bench.inbox("state", "error") == [("applied", None)]
    assert [state for state, _ in outcomes(store)] == ["failed", "failed"]


def test_ignoring_again_after_being_killed_is_the_same_answer(store: Store) -> None:
    bench = Bench(store)
    bench.ingest.apply([BROKEN])
    ask(store, "ignore", "evt_bad", "An old test")
    ask(store, "ignore", "evt_bad", "An old test")
    ask(store, "ignore", "evt_bad", "Another reason")
    serving(bench).round()
    assert [state for state, _ in outcomes(store)] == ["done", "done", "failed"]


SENSELESS = {
    "an action that is none": ("launch", "", "Because"),
    "ignoring without a reason": ("ignore", "evt_1", "  "),
    "ignoring everything": ("ignore", "", "Because"),
    "a reason without an end": ("check", "", "x" * 501),
}


@pytest.mark.parametrize(("action", "subject", "reason"), SENSELESS.values(), ids=SENSELESS.keys())
def test_what_makes_no_sense_is_not_even_kept(
    sqlite_store: Store, action: str, subject: str, reason: str
) -> None:
    with pytest.raises(WrongUsage):
        ask(sqlite_store, action, subject, reason)
    assert outcomes(sqlite_store) == []


def test_an_error_of_the_product_is_a_sentence_that_can_be_shown(store: Store) -> None:
    ask(store, "check", "cus_9")
    serving(Bench(store), Comparing(BillingError("No customer matches 'cus_9'."))).round()
    assert outcomes(store) == [("failed", "No customer matches 'cus_9'.")]
