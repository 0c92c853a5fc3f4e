"""Jobs beside the receiver: none stops another, and one process at a time runs each."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from lib.billing.config import Settings
from lib.billing.domain.errors import StripeUnavailable
from lib.billing.jobs.due import AFTER_A_FAULT, FIRST_AFTER, Periodic
from lib.billing.jobs.job import Job
from lib.billing.jobs.runner import LONGEST_PAUSE, Runner, pause
from lib.billing.jobs.table import EVERY, jobs_of
from lib.billing.requests import Requests
from lib.billing.store import requests
from lib.billing.store.engine import Store, memory_store
from lib.billing.store.turns import Turns
from lib.billing.wiring import open_installation
from tests.http.serving import receiver
from tests.jobs.failing import GOOD, Bench
from tests.jobs.test_requests import Comparing, outcomes
from tests.store.company import START, inbox_states

AT_ONCE = 0.001


def run(jobs: list[Job], until: Callable[[], bool], turns: object = None) -> None:
    """Run ``jobs`` until the condition holds, and close."""

    async def running() -> None:
        runner = Runner(jobs, turns or Turns(memory_store()))  # type: ignore[arg-type]
        runner.start()
        async with asyncio.timeout(30):
            while not until():
                await asyncio.sleep(0.002)
        await runner.close()

    asyncio.run(running())


def test_a_job_comes_again_and_again() -> None:
    rounds: list[int] = []
    run([Job("count", AT_ONCE, lambda: rounds.append(1))], lambda: len(rounds) > 3)


FAULTS = {
    "foreseeable": (StripeUnavailable("Stripe did not answer."), "stripe_unavailable"),
    "a mistake": (ZeroDivisionError("ann@example.com"), "ZeroDivisionError"),
}


@pytest.mark.parametrize(("fault", "code"), FAULTS.values(), ids=FAULTS.keys())
def test_a_fault_is_logged_with_its_code_and_stops_nobody(fault: Exception, code: str) -> None:
    broken: list[int] = []
    sound: list[int] = []

    def breaks() -> None:
        broken.append(1)
        raise fault

    with capture_logs() as logs:
        jobs = [Job("broken", AT_ONCE, breaks), Job("sound", AT_ONCE, lambda: sound.append(1))]
        run(jobs, lambda: len(broken) > 2 and len(sound) > 5)
    told = [log for log in logs if log["event"] == "job_fault"]
    assert {(log["job"], log["code"]) for log in told} == {("broken", code)}
    assert "ann@example.com" not in json.dumps(told)


def test_shutting_down_waits_for_the_round_under_way() -> None:
    begun, go_on, ended = threading.Event(), threading.Event(), threading.Event()

    def slow() -> None:
        begun.set()
        go_on.wait(30)
        ended.set()

    async def running() -> None:
        runner = Runner([Job("slow", AT_ONCE, slow)], Turns(memory_store()))
        runner.start()
        await asyncio.to_thread(begun.wait, 30)
        closing = asyncio.create_task(runner.close())
        await asyncio.sleep(0)
        assert not closing.done()
        go_on.set()
        await closing
        assert ended.is_set()

    asyncio.run(running())


def test_shutting_down_asks_a_long_round_to_end() -> None:
    begun, asked = threading.Event(), threading.Event()

    def long() -> None:
        begun.set()
        assert asked.wait(30)

    run([Job("long", AT_ONCE, long, stop=asked.set)], begun.is_set)
    assert asked.is_set()


def test_after_faults_the_pause_grows_to_a_minute_and_no_further() -> None:
    assert [pause(3, faults) for faults in (0, 1, 2, 3, 9, 500)] == [3, 6, 12, 24, 60, 60]
    assert pause(3_600, 4) == 3_600 > LONGEST_PAUSE


@contextmanager
def two_processes(store: Store) -> Iterator[tuple[Turns, Turns]]:
    """Two parties over one database, as two `serve` processes are."""
    if not store.is_sqlite:
        other = Store(store.url.render_as_string(hide_password=False))
    else:
        other = Store(f"sqlite:///{store.url.database}")
    first, second = Turns(store), Turns(other)
    yield first, second
    first.close()
    second.close()
    other.close()


def test_while_one_process_runs_a_job_no_other_does(store: Store) -> None:
    with two_processes(store) as (first, second):
        with first.taken("drain") as mine:
            assert mine
            with second.taken("drain") as theirs:
                assert not theirs
        first.close()
        with second.taken("drain") as theirs:
            assert theirs


def test_on_postgres_two_processes_run_different_jobs(postgres_store: Store) -> None:
    with two_processes(postgres_store) as (first, second):
        with first.taken("drain") as mine, second.taken("prune") as theirs:
            assert mine
            assert theirs
        with second.taken("drain") as theirs:
            assert theirs, "the turn ended with the round"


def test_a_job_commits_while_it_holds_its_turn(store: Store) -> None:
    bench = Bench(store)
    with Turns(store).taken("drain") as mine:
        bench.ingest.apply([GOOD])
    assert mine
    assert inbox_states(store) == {"evt_good": "applied"}


def test_the_round_is_told_whose_turn_it_is(sqlite_store: Store) -> None:
    told: list[tuple[str, str]] = []
    rounds: list[int] = []

    async def running(turns: Turns) -> None:
        runner = Runner(
            [Job("drain", AT_ONCE, lambda: rounds.append(1))],
            turns,
            told=lambda name, outcome: told.append((name, outcome)),
        )
        runner.start()
        async with asyncio.timeout(30):
            while len(told) < 2:
                await asyncio.sleep(0.002)
        await runner.close()

    with two_processes(sqlite_store) as (first, second):
        with first.taken("drain"):
            asyncio.run(running(second))
    assert (rounds, set(told)) == ([], {("drain", "elsewhere")})


def test_what_is_about_the_process_needs_no_turn(sqlite_store: Store) -> None:
    rounds: list[int] = []
    with two_processes(sqlite_store) as (first, second), first.taken("follow"):
        job = Job("follow", AT_ONCE, lambda: rounds.append(1), everywhere=True)
        run([job], lambda: len(rounds) > 1, second)


def test_a_job_can_be_exchanged_for_its_next_rounds() -> None:
    rounds: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def old() -> None:
        begun.set()
        go_on.wait(30)
        rounds.append("old")

    async def running() -> None:
        runner = Runner([Job("one", AT_ONCE, old)], Turns(memory_store()))
        runner.start()
        await asyncio.to_thread(begun.wait, 30)
        runner.take([Job("one", AT_ONCE, lambda: rounds.append("new"))])
        go_on.set()
        async with asyncio.timeout(30):
            while len(rounds) < 3:
                await asyncio.sleep(0.002)
        await runner.close()

    asyncio.run(running())
    assert rounds[:3] == ["old", "new", "new"]


def test_only_what_can_run_is_a_job() -> None:
    jobs = jobs_of(prune=lambda: 0, drain=lambda: 0, enrich=None)
    assert [(job.name, job.every) for job in jobs] == [
        ("drain", EVERY["drain"]),
        ("prune", EVERY["prune"]),
    ]


def test_the_receiver_runs_them_and_counts_their_rounds(store: Store) -> None:
    bench = Bench(store)
    bench.fail(GOOD)
    with store.writing() as connection:
        requests.add(connection, "ann", "retry", "", None, START)
    asked = Requests(store, bench.drain, clock=bench.now)
    bench.at = START + 60
    done = threading.Event()

    def drained() -> None:
        bench.drain.round()
        asked.round()
        done.set()

    with receiver(store, jobs=[Job("drain", 3_600, drained)]) as sender:
        assert done.wait(30)
        assert sender.client.get("/healthz").status_code == 200
        while 'job="drain",outcome="done"' not in sender.client.get("/metrics").text:
            pass
    assert inbox_states(store) == {"evt_good": "applied"}
    assert outcomes(store) == [("done", "No event was failed.")]


class Counted:
    """A job that says whether it was ever done twice at once."""

    def __init__(self) -> None:
        self.rounds = 0
        self.overlaps = 0
        self.busy = threading.Lock()

    def round(self) -> None:
        if not self.busy.acquire(blocking=False):
            self.overlaps += 1
            return
        self.rounds += 1
        time.sleep(0.01)
        self.busy.release()


def test_two_receivers_over_one_database_do_a_job_one_at_a_time(postgres_store: Store) -> None:
    other, counted = Store(postgres_store.url.render_as_string(hide_password=False)), Counted()
    jobs = [Job("drain", AT_ONCE, counted.round)]
    with receiver(postgres_store, jobs=jobs) as first, receiver(other, jobs=jobs) as second:
        for sender in (first, second):
            for outcome in ("done", "elsewhere"):
                wanted = f'job="drain",outcome="{outcome}"'
                while wanted not in sender.client.get("/metrics").text:
                    pass
    other.close()
    assert counted.rounds > 1
    assert counted.overlaps == 0


def test_an_installation_runs_what_it_is_configured_for(tmp_path: Path) -> None:
    config = tmp_path / "portside.toml"
    environment = {
        "PORTSIDE_DATABASE_URL": f"sqlite:///{tmp_path / 'portside.db'}",
        "PORTSIDE_CONFIG": str(config),
        "PORTSIDE_CATALOG": "catalog.toml",
    }

    def names(text: str, **more: str) -> list[str]:
        config.write_text(text)
        installation = open_installation(Settings.load(environment | more))
        found = [job.name for job in installation.jobs]
        installation.close()
        return found

    always = ["follow", "refold", "requests", "drain"]
    assert names("") == [*always, "audit", "tidy"]
    assert names("retention_days = 90") == [*always, "audit", "prune", "tidy"]
    told = '[digest]\nslack = true\nweekly = "monday 08:00"\n'
    assert names(told) == [*always, "notices", "digest", "audit", "tidy"]
    assert names("[alerts]\nslack = true\ndrift = 5") == [
        *always,
        "notices",
        "alerts",
        "audit",
        "tidy",
    ]
    assert names("[digest]\nslack = true") == [*always, "notices", "audit", "tidy"]
    with_key = names("", STRIPE_API_KEY="rk_test_x")
    assert [name for name in with_key if name in ("requests", "enrich", "drain")] == [
        "requests",
        "enrich",
        "drain",
    ]


class Recorded(Comparing):
    """Keeps each run as a comparison that came to its end."""

    def __init__(self, store: Store, now: Callable[[], int]) -> None:
        super().__init__()
        self._store, self._now = store, now

    def run(self, *, apply: bool, only: str | None):  # type: ignore[no-untyped-def]
        found = super().run(apply=apply, only=only)
        with self._store.writing() as connection:
            connection.exec_driver_sql(
                "INSERT INTO reconciliations "
                "(started_at, ended_at, applied, scope, customers, requests, findings, repaired) "
                f"VALUES ({self._now()}, {self._now()}, false, '', 0, 0, 0, 0)"
            )
        return found


def test_stripe_is_compared_once_the_last_comparison_is_old_enough(store: Store) -> None:
    bench = Bench(store)
    comparing = Recorded(store, bench.now)
    comparing.run(apply=False, only=None)

    def due() -> bool:
        """A new process asks, whatever an earlier one remembers."""
        return Periodic(store, comparing, bench.now, hours=24).round()

    bench.at += 24 * 3_600 - 1
    assert not due()
    bench.at += 1
    assert (due(), due()) == (True, False)
    assert comparing.runs == [(False, None), (False, None)]


def test_the_first_comparison_ever_waits_until_the_installation_is_filled(
    sqlite_store: Store,
) -> None:
    bench = Bench(sqlite_store)
    periodic = Periodic(sqlite_store, Recorded(sqlite_store, bench.now), bench.now, hours=24)
    rounds = []
    for at in (0, FIRST_AFTER - 1, FIRST_AFTER, FIRST_AFTER + 1):
        bench.at = START + at
        rounds.append(periodic.round())
    assert rounds == [False, False, True, False]


def test_a_comparison_that_fails_is_not_begun_again_every_minute(sqlite_store: Store) -> None:
    bench = Bench(sqlite_store)
    comparing = Comparing(StripeUnavailable("Stripe did not answer."))
    periodic = Periodic(sqlite_store, comparing, bench.now, hours=24)
    assert not periodic.round()
    bench.at += FIRST_AFTER
    with pytest.raises(StripeUnavailable):
        periodic.round()
    bench.at += AFTER_A_FAULT - 1
    assert not periodic.round()
    bench.at += 1
    with pytest.raises(StripeUnavailable):
        periodic.round()
