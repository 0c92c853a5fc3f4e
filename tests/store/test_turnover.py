"""Sums that compare each customer with its own past are what the rows say, and tell the same."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import insert, inspect

from lib.billing.domain.periods import periods
from lib.billing.domain.policy import PRESETS
from lib.billing.domain.times import day_start, iso, local_date, period_start
from lib.billing.domain.upgrade_filters import UpgradeFilters
from lib.billing.replay import replay
from lib.billing.retention.calendar import months_between
from lib.billing.retention.cohorts import cohort_months
from lib.billing.store import migrate, rollups, turnover
from lib.billing.store.engine import Store
from lib.billing.store.queries import (
    cut_days,
    kept_growth,
    kept_owed,
    kept_receipts,
    kept_upgrades,
    outlook,
    owed,
    receipts,
    turning,
    upgrade_feed,
)
from lib.billing.store.queries.cut_days import Cut
from lib.billing.store.queries.kept_upgrades import Upgrades
from lib.billing.store.queries.spans import Span
from lib.billing.store.queries.upgrade_feed import Judged
from lib.billing.store.tables import invoices, movements, subscriptions
from tests.cut import by_turns, first
from tests.desk.money_world import moved
from tests.fresh import fresh_memory

from .company import CATALOG, START, company, ingest_into

POLICY = "portside"
MIGRATIONS = Path(migrate.__file__).parent / "migrations"
DAY = 86_400


def shuffled(events: list[Any]) -> list[Any]:
    rng = random.Random(4)
    return [event for _, event in sorted((n + 9 * rng.random(), e) for n, e in enumerate(events))]


@pytest.mark.parametrize("batch", first(2, [1, 1_000, 7]))
@pytest.mark.parametrize("arrive", [list, shuffled], ids=["in order", "nearly in order"])
def test_every_way_to_write_a_company_keeps_the_sums_of_its_rows(
    store: Store, batch: int, arrive: Any
) -> None:
    ingest = ingest_into(store)
    ingest.apply(arrive(company(3, customers=5)), batch=batch)
    with store.reading() as connection:
        kept = turnover.stored(connection)
        assert kept == turnover.summed(connection, "UTC", POLICY, CATALOG)
        assert cut_days.ready(connection, POLICY, "UTC")
    assert {"cohort", "month", "plans"} <= {turn.kind for turn in kept}
    assert replay(ingest).batches_changed == 0


def test_sums_that_an_earlier_version_did_not_keep_are_added_up_once(store: Store) -> None:
    ingest = ingest_into(store)
    ingest.apply(company(5))
    with store.writing() as connection:
        kept = turnover.stored(connection)
        connection.exec_driver_sql("DELETE FROM turnover")
        connection.exec_driver_sql("DELETE FROM meta WHERE key = 'turnover'")
        assert not cut_days.ready(connection, POLICY, "UTC")
    assert ingest.keep_turnover()
    assert not ingest.keep_turnover()
    with store.reading() as connection:
        assert turnover.stored(connection) == kept
        assert cut_days.ready(connection, POLICY, "UTC")


def test_sums_that_were_tampered_with_are_right_after_a_replay(store: Store) -> None:
    ingest = ingest_into(store)
    ingest.apply(company(5))
    with store.writing() as connection:
        kept = turnover.stored(connection)
        connection.exec_driver_sql("UPDATE turnover SET count = count + 1")
    replay(ingest)
    with store.reading() as connection:
        assert turnover.stored(connection) == kept


def test_a_catalogue_that_ranks_otherwise_is_followed_when_everybody_is_folded_by_it(
    store: Store,
) -> None:
    ingest = ingest_into(store)
    ingest.apply(company(6, customers=8, turns=20))
    with store.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE turnover SET to_plan = 'other' WHERE kind = 'upgrade' AND tag = 'contraction'"
        )
    ingest.begin_refold()
    assert ingest.end_refold()
    with store.reading() as connection:
        assert turnover.stored(connection) == turnover.summed(connection, "UTC", POLICY, CATALOG)


class Lives:
    """Rows of customers who come, leave and come back at any second, some of it inferred."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.moves: list[dict[str, Any]] = []
        self.sold: list[dict[str, Any]] = []
        self.billed: list[dict[str, Any]] = []
        for number in range(40):
            self._live(f"cus_{number}")

    def _live(self, customer: str) -> None:
        rng = self.random
        currency = rng.choice(["usd", "usd", "eur"])
        at = START + rng.randrange(90 * DAY)
        held, kinds = 0, ["new"]
        first = at
        for n in range(rng.randrange(1, 9)):
            kind = (
                kinds[-1]
                if n == 0
                else rng.choice(["expansion", "contraction", "churn"] if held else ["reactivation"])
            )
            delta = {"churn": -held, "contraction": -1}.get(kind, rng.randrange(1, 9))
            if kind == "contraction" and held < 2:
                kind, delta = "expansion", 3
            self.moves.append(
                moved(str(iso(at)), customer, currency, kind, delta, held)
                | {
                    "from_plan": rng.choice(["pro", "starter", None]) if held else None,
                    "to_plan": rng.choice(["pro", "starter", "gone"]) if held + delta else None,
                    "from_interval": rng.choice(["month", "year"]) if held else None,
                    "to_interval": rng.choice(["month", "year", "3 month"]),
                    "subscription_id": f"sub_{customer}_{rng.randrange(2)}",
                    "reconstructed": n == 0 and rng.random() < 0.3,
                    "switched": kind == "churn" and rng.random() < 0.2,
                }
            )
            held += delta
            at += rng.choice([1, 3_600, DAY, 5 * DAY, 40 * DAY])
        for n in range(2):
            self._sell(customer, f"sub_{customer}_{n}", currency, first)

    def _sell(self, customer: str, name: str, currency: str, first: int) -> None:
        rng = self.random
        tried = rng.choice([None, first - rng.randrange(20 * DAY)])
        status = rng.choice(["active", "canceled", "past_due", "trialing"])
        row = dict.fromkeys(column.name for column in subscriptions.columns)
        row |= {
            "subscription_id": name,
            "customer_id": customer,
            "status": status,
            "live": status != "canceled",
            "plan_rank": 0,
            "plan_resolved": True,
            "currency": currency,
            "item_count": 1,
            "metered": False,
            "items": "[]",
            "cancel_at_period_end": False,
            "winding_down": False,
            "reason": rng.choice([None, "cancellation_requested", "payment_failed"]),
            "feedback": rng.choice([None, "too_expensive"]),
            "trial_start": tried,
            "trial_end": None if tried is None else tried + 14 * DAY,
            "ended_at": None if status != "canceled" else first + rng.randrange(30 * DAY),
            "created_at": first - rng.choice([0, 3 * DAY]),
            "event_id": "evt",
            "last_second": 0,
            "certainty": "proven",
        }
        self.sold.append(row)
        if rng.random() < 0.3:
            self.billed.append(self._bill(customer, name, first + rng.choice([-9, 9])))

    def _bill(self, customer: str, name: str, at: int) -> dict[str, Any]:
        row: dict[str, Any] = {
            column.name: None if column.nullable else 0 for column in invoices.columns
        }
        return row | {
            "invoice_id": f"in_{name}",
            "customer_id": customer,
            "subscription_id": name,
            "created_at": at,
            "auto_advance": False,
            "failing": False,
            "event_id": "evt",
        }

    def into(self, store: Store, timezone: str) -> None:
        names = [column.name for column in movements.columns]
        with store.writing() as connection:
            rows = [dict.fromkeys(names) | move for move in self.moves]
            connection.execute(insert(movements), rows)
            connection.execute(insert(subscriptions), self.sold)
            connection.execute(insert(invoices), self.billed)
            rollups.rebuild(connection, timezone, POLICY)
            turnover.rebuild(connection, timezone, POLICY, CATALOG)


def plain(rows: Any) -> list[dict[str, Any]]:
    found = [dict(row) for row in rows]
    kept = [{k: int(v) if k not in NAMES else v for k, v in row.items()} for row in found]
    return sorted((row for row in kept if any(row[k] for k in row if k not in NAMES)), key=repr)


PAGES = ((500, 0), (3, 0), (4, 3), (2, 31), (9, 900))
NAMES = {"n", "currency", "kind", "reason", "feedback", "plan", "bucket", "method"}
ZONES = ["UTC", "America/St_Johns"]


@pytest.fixture(scope="module", params=ZONES)
def lived(request: pytest.FixtureRequest) -> Any:
    store = fresh_memory()
    lives = Lives(7)
    lives.into(store, request.param)
    yield store, request.param, sorted({move["occurred_at"] for move in lives.moves})
    store.close()


def spans_until(now: int, by: str, timezone: str, first: int) -> list[Span]:
    day = period_start(local_date(first, timezone), by)
    found = periods(day_start(day, timezone), now, by, timezone)
    return [Span(period.starts, period.ends) for period in found]


def both(connection: Any, timezone: str, currency: str | None) -> tuple[turning.Told, turning.Told]:
    kept = turning.of(connection, POLICY, timezone, currency, kept=True)
    rows = turning.of(connection, POLICY, timezone, currency, kept=False)
    assert type(kept) is not type(rows)
    return kept, rows


def cuts(seconds: Sequence[int]) -> list[int]:
    middle = seconds[len(seconds) // 2]
    return [middle - 1, middle, seconds[-1], seconds[-1] + 3 * DAY, seconds[len(seconds) // 3]]


@pytest.mark.parametrize("by", ["day", "week", "month", "quarter"])
@pytest.mark.parametrize("currency", [None, "usd"])
def test_sums_tell_of_periods_what_rows_tell(lived: Any, by: str, currency: str | None) -> None:
    store, timezone, seconds = lived
    told = 0
    with store.reading() as connection:
        kept, rows = both(connection, timezone, currency)
        for now in by_turns(cuts(seconds), len(by)):
            spans = spans_until(now, by, timezone, seconds[0])
            assert plain(kept.flows(spans)) == plain(rows.flows(spans))
            assert plain(kept.people(spans, by, ())) == plain(rows.people(spans, by, ()))
            assert plain(kept.causes(spans, by, ())) == plain(rows.causes(spans, by, ()))
            trials = [row for row in plain(rows.trials(spans)) if row["currency"]]
            assert plain(kept.trials(spans)) == trials
            told += len(plain(kept.causes(spans, by, ()))) * len(trials)
        assert kept.first_told() == rows.first_told()
    assert told


@pytest.mark.parametrize("currency", ["usd", "eur"])
def test_sums_tell_of_plans_trials_and_upgrades_what_rows_tell(lived: Any, currency: str) -> None:
    store, timezone, seconds = lived
    with store.reading() as connection:
        kept, rows = both(connection, timezone, currency)
        judged = Judged(POLICY, CATALOG)
        for now in by_turns(cuts(seconds), len(timezone)):
            spans = spans_until(now, "month", timezone, seconds[0])
            left = plain(kept.churned_by_plan(spans, "month"))
            assert left == plain(rows.churned_by_plan(spans, "month"))
            assert kept.trials_started(spans) == rows.trials_started(spans)
            for span in spans:
                assert kept.on_plans(span.starts) == rows.on_plans(span.starts)
                assert plain(kept.before(span.starts)) == plain(rows.before(span.starts))
            cut = Cut(connection, POLICY, timezone, spans)
            stepped = plain(upgrade_feed.by_span(connection, judged, spans, currency))
            assert plain(kept_growth.upgrades(connection, cut, judged, currency)) == stepped
            assert {row["kind"] for row in stepped} >= {"new", "expansion", "contraction"}


def narrowings(seconds: Sequence[int], timezone: str) -> Iterator[UpgradeFilters]:
    day = day_start(local_date(seconds[9], timezone), timezone)
    for now in cuts(seconds):
        yield UpgradeFilters(currencies=("usd",), starts=day, ends=now)
    yield UpgradeFilters()
    yield UpgradeFilters(plans=("pro",), starts=day)
    yield UpgradeFilters(changes=("plan", "quantity"), ends=cuts(seconds)[0])
    yield UpgradeFilters(path=(None, "starter"), currencies=("usd", "eur"))
    yield UpgradeFilters(path=("pro", "gone"), plans=("gone", "pro"))
    yield UpgradeFilters(changes=("discount",))


def as_paths(rows: Any) -> list[tuple[Any, ...]]:
    names = ("currency", "from_plan", "to_plan", "told")
    told = ((*(row[n] for n in names), int(row["count"]), int(row["minor"])) for row in rows)
    return sorted(told, key=repr)


def test_sums_tell_of_paths_and_pages_of_upgrades_what_rows_tell(lived: Any) -> None:
    store, timezone, seconds = lived
    judged, told = Judged(POLICY, CATALOG), 0
    with store.reading() as connection:
        for turn, filters in enumerate(narrowings(seconds, timezone)):
            assert kept_upgrades.tells(connection, judged, timezone, filters)
            rows = as_paths(upgrade_feed.paths(connection, judged, filters))
            assert as_paths(Upgrades(connection, judged, timezone, filters).paths()) == rows
            for limit, offset in by_turns(PAGES, turn, 1):
                asked = replace(filters, limit=limit, offset=offset)
                page = upgrade_feed.page(connection, judged, asked)
                assert Upgrades(connection, judged, timezone, asked).page() == page
                told += len(page)
    assert told > 100


def test_sums_tell_nothing_of_a_search_or_of_a_start_within_a_day(lived: Any) -> None:
    store, timezone, seconds = lived
    judged = Judged(POLICY, CATALOG)
    with store.reading() as connection:
        for asked in (
            UpgradeFilters(text="cus_1"),
            UpgradeFilters(plans=("",)),
            UpgradeFilters(starts=day_start(local_date(seconds[0], timezone), timezone) + 1),
        ):
            assert not kept_upgrades.tells(connection, judged, timezone, asked)


@pytest.mark.parametrize("currency", [None, "usd"])
def test_sums_tell_of_cohorts_what_rows_tell(lived: Any, currency: str | None) -> None:
    store, timezone, seconds = lived
    asked = POLICY, PRESETS[POLICY], timezone, seconds[-1] + DAY
    with store.reading() as connection:
        kept = list(cohort_months(connection, *asked, currency=currency, kept=True))
        assert kept == list(cohort_months(connection, *asked, currency=currency))
    assert kept


def test_spans_of_no_period_are_told_by_rows(lived: Any) -> None:
    store, timezone, seconds = lived
    span = Span(seconds[3] + 1, seconds[-3] + 1)
    with store.reading() as connection:
        kept, rows = both(connection, timezone, None)
        assert plain(kept.flows([span])) == plain(rows.flows([span]))
        assert plain(kept.people([span], "", ())) == plain(rows.people([span], "", ()))
        months = months_between(seconds[0], seconds[-1], timezone)
        brief = plain(rows.people(months, "month", months))
        assert plain(kept.people(months, "month", months)) == brief
        assert brief != plain(kept.people(months, "month", ()))


def test_a_day_that_is_cut_off_takes_in_what_lies_before_the_cut_alone(store: Store) -> None:
    lives = Lives(1)
    lives.into(store, "UTC")
    at = max(move["occurred_at"] for move in lives.moves)
    day = day_start(local_date(at, "UTC"), "UTC")
    with store.reading() as connection:
        cut = Cut(connection, POLICY, "UTC", [Span(day, at)])
        assert cut.end(Span(day, at)) == (local_date(at, "UTC"), Span(day, at))
        later = Cut(connection, POLICY, "UTC", [Span(day, at + 1)])
        following = local_date(at, "UTC") + timedelta(days=1)
        assert later.end(Span(day, at + 1)) == (following, None)


@pytest.mark.parametrize("timezone", ZONES)
def test_what_is_owed_by_sums_is_what_is_owed_by_rows(store: Store, timezone: str) -> None:
    ingest = ingest_into(store)
    ingest.apply(company(9, customers=8, turns=20), batch=3)
    rng = random.Random(2)
    with store.writing() as connection:
        rows = connection.exec_driver_sql("SELECT invoice_id, status FROM invoices").fetchall()
        for n, (invoice_id, _) in enumerate(rows):
            status = rng.choice(["open", "open", "paid", "void", "uncollectible", "draft"])
            due = rng.choice(["NULL", str(START + rng.randrange(200 * DAY))])
            connection.exec_driver_sql(
                f"UPDATE invoices SET status = '{status}', due_at = {due}, finalized_at = "
                f"{START + n * DAY}, amount_remaining_minor = {n + 1} "
                f"WHERE invoice_id = '{invoice_id}'"
            )
        connection.exec_driver_sql(
            "UPDATE subscriptions SET status = 'canceled' WHERE subscription_id IN "
            "(SELECT subscription_id FROM invoices WHERE status = 'open' LIMIT 3)"
        )
        rollups.rebuild(connection, timezone, POLICY)
        turnover.rebuild(connection, timezone, POLICY, CATALOG)
    with store.reading() as connection:
        for now in (START + 40 * DAY, START + 100 * DAY + 11 * 3_600, START + 230 * DAY + 7):
            aged = plain(owed.ageing(connection, now))
            assert plain(kept_owed.ageing(connection, timezone, now)) == aged
            assert len(aged) > 1
        assert plain(kept_owed.standing(connection)) == plain(owed.standing(connection))
        since = local_date(START + 9 * DAY, timezone)
        summed: dict[Any, list[int]] = {}
        for row in owed.flows(connection, since=day_start(since, timezone)):
            held = summed.setdefault((row["currency"], row["method"]), [0, 0])
            held[0] += int(row["issued_minor"])
            held[1] += int(row["owed_minor"])
        kept = {
            (row["currency"], row["method"]): [row["issued_minor"], row["owed_minor"]]
            for row in kept_owed.flows(connection, since)
        }
        assert kept == summed
        assert summed


@pytest.mark.parametrize("currency", ["usd", "eur"])
def test_receipts_and_the_largest_are_those_of_the_rows(lived: Any, currency: str) -> None:
    store, timezone, seconds = lived
    with store.reading() as connection:
        for before in (*cuts(seconds), seconds[0], seconds[5] + 1):
            own = POLICY, currency, before
            held = kept_receipts.held(connection, POLICY, timezone, currency, before)
            assert held == receipts.held(connection, *own)
            for page in ((5, 0), (3, 2), (100, 0)):
                rows = [dict(row) for row in receipts.balances(connection, *own, page)]
                assert [dict(r) for r in kept_receipts.balances(connection, *own, page)] == rows
        day = day_start(local_date(seconds[0], timezone), timezone)
        for kind in ("new", "churn", "expansion"):
            span = Span(day, cuts(seconds)[0])
            moved_rows = receipts.moved(connection, POLICY, currency, kind, span)
            kept = kept_receipts.moved(connection, POLICY, timezone, currency, kind, span)
            assert kept == moved_rows != (0, 0)


def test_who_pays_most_is_told_by_few_rows_where_they_settle_it(store: Store) -> None:
    ingest_into(store).apply(company(3, customers=60, turns=1), batch=500)
    with store.reading() as connection:
        for limit in (1, 5, 70):
            rows = [dict(row) for row in outlook.largest(connection, "usd", limit)]
            found = kept_receipts.largest(connection, POLICY, "usd", limit)
            assert [dict(row) for row in found] == rows


def test_the_migration_goes_back_and_forward_on_data_and_then_sums_are_added_up(
    store: Store,
) -> None:
    ingest = ingest_into(store)
    ingest.apply(company(5))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with store.writing() as connection:
        kept = turnover.stored(connection)
        config.attributes["connection"] = connection
        command.downgrade(config, "0013")
        assert not inspect(connection).has_table("turnover")
        command.upgrade(config, "head")
        assert turnover.stored(connection) == {}
        assert not cut_days.ready(connection, POLICY, "UTC")
    ingest.apply(company(5, customers=7)[:400], batch=50)  # written to before they are added up
    assert ingest.keep_turnover()
    with store.reading() as connection:
        assert turnover.stored(connection) == turnover.summed(connection, "UTC", POLICY, CATALOG)
    assert kept
