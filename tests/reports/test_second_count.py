"""Churn and cohorts, counted a second time by hand, are the same in every world that was tried."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from lib.billing.desk import Portside
from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.fold import Rules
from lib.billing.domain.policy import PRESETS
from lib.billing.ingest import Ingest
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from lib.billing.store.tables import movements, subscriptions
from tests.cut import examples, first
from tests.reports import made_worlds, second_count
from tests.reports.ledger import CATALOG, at
from tests.reports.made_worlds import EDGES, moves_of, random_world
from tests.reports.second_count import Move
from tests.sandbox.worlds import NOW, every_event, small_world

VARIANTS = {"portside": "chartmogul", "stripe": "stripe", "profitwell": "neither"}
"""Policy → how it counts customers who churn. ChartMogul's own preset counts as Portside's."""
LATER = at("2026-11-10T12:00")
ZONES = ("UTC", "Europe/Berlin", "America/New_York")


def portside(store: Store, policy: str, zone: str, now: int = LATER) -> Portside:
    setup = Setup(catalog=CATALOG, policy=policy, timezone=zone)
    return Portside(store=store, clock=lambda: now, setup=setup)


def agree(desk: Portside, moves: list[Move], policy: str, zone: str, by: str, now: int) -> None:
    counted = second_count.churn(moves, VARIANTS[policy], by, zone, now)
    assert second_count.only(desk.report("churn", by=by).rows, counted) == counted


def agree_on_cohorts(desk: Portside, moves: list[Move], policy: str, zone: str, now: int) -> None:
    counted = second_count.cohorts(moves, "UTC" if policy == "stripe" else zone, now)
    assert second_count.only(desk.report("cohorts").rows, counted) == counted


@pytest.mark.parametrize("policy", VARIANTS)
@pytest.mark.parametrize("seed", [1, 2])
def test_made_companies_on_both_databases(policy: str, seed: int, store: Store) -> None:
    moves = random_world(seed)
    made_worlds.write(store, moves, policy)
    zone = ZONES[seed]
    desk = portside(store, policy, zone)
    for by in ("week", "month", "quarter"):
        agree(desk, moves, policy, zone, by, LATER)
    agree_on_cohorts(desk, moves, policy, zone, LATER)


LIVES = st.dictionaries(
    st.tuples(st.sampled_from(EDGES), st.sampled_from((-3_600, -1, 0, 1, 3_600, 86_400 * 12))).map(
        sum
    ),
    st.sampled_from((0, 0, 1, 900, 2_900)),
    min_size=1,
    max_size=7,
)
WORLDS = st.lists(
    st.tuples(
        st.sampled_from(("usd", "kwd")), LIVES, st.lists(st.integers(0, 5), min_size=1, max_size=3)
    ),
    max_size=5,
)


@pytest.mark.parametrize("policy", VARIANTS)
@settings(
    max_examples=examples(20),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(world=WORLDS, by=st.sampled_from(("day", "week", "month", "quarter")))
def test_worlds_that_hypothesis_makes(policy: str, world, by: str, sqlite_store: Store) -> None:
    # Two lives of one customer in one currency would be one: keep the first.
    first: dict[tuple[str, str], int] = {}
    kept = []
    for n, (currency, life, causes) in enumerate(world):
        if first.setdefault((f"cus_{n // 2}", currency), n) == n:
            kept += moves_of(f"cus_{n // 2}", currency, sorted(life.items()), causes)
    made_worlds.write(sqlite_store, kept, policy)
    desk = portside(sqlite_store, policy, "Europe/Berlin")
    agree(desk, kept, policy, "Europe/Berlin", by, LATER)
    agree_on_cohorts(desk, kept, policy, "Europe/Berlin", LATER)


@pytest.fixture(scope="module")
def seeded_events() -> list[dict]:
    sandbox, _ = small_world()
    events = every_event(sandbox)
    sandbox.close()
    return events


@pytest.mark.parametrize("policy", first(1, VARIANTS))  # made ones are counted by every policy
def test_a_seeded_company_from_its_own_events(
    policy: str, seeded_events: list[dict], sqlite_store: Store
) -> None:
    zone = "Europe/Berlin"
    catalog = parse_catalog(Path("catalog.toml").read_text())
    rules = Rules(catalog, PRESETS[policy], timezone=zone)
    Ingest(sqlite_store, rules, clock=lambda: NOW).apply(seeded_events)
    setup = Setup(catalog=catalog, policy=policy, timezone=zone)
    desk = Portside(store=sqlite_store, clock=lambda: NOW, setup=setup)
    moves = told(sqlite_store)
    assert len(moves) > 100
    assert any(move.kind == "churn" for move in moves)
    for by in ("week", "month"):
        agree(desk, moves, policy, zone, by, NOW)
    agree_on_cohorts(desk, moves, policy, zone, NOW)


def told(store: Store) -> list[Move]:
    """Every stored movement, with why its subscription ended."""
    with store.reading() as connection:
        why = {
            row.subscription_id: (row.reason, row.feedback)
            for row in connection.execute(select(subscriptions))
        }
        return [
            Move(
                row.occurred_at,
                row.customer_id,
                row.currency,
                row.kind,
                row.delta_minor,
                *why.get(row.subscription_id, (None, None)),
            )
            for row in connection.execute(select(movements))
        ]
