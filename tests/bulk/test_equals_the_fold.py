"""A stamped world is the world that its events make."""

from __future__ import annotations

import pytest

from benchmarks.bulk.stamping import dump
from benchmarks.bulk.world import RULES, World
from lib.billing.domain.search import wanted
from lib.billing.domain.turnover import Turnover, add_to
from lib.billing.ingest import Ingest
from lib.billing.store import meta, rollups, turnover
from lib.billing.store.queries.search import matching_customers

SMALL = World(30, lives=12, seed=3)


def test_stamped_rows_are_the_folds(store, tmp_path):
    SMALL.fill(store)
    stamped = dump(store)
    with store.reading() as connection:
        sums = rollups.stored(connection)
        turns = turnover.stored(connection)
        assert rollups.summed(connection, RULES.timezone) == sums
        assert turnover.summed(connection, RULES.timezone, RULES.policy.slug) == turns
        found = matching_customers(connection, wanted(next(SMALL.people())[0].email), 5, 0)
        mark = meta.get(connection, meta.FOLDED_BY)
    with store.writing() as connection:
        for name in (*stamped, "rollups", "turnover"):
            connection.exec_driver_sql(f"DELETE FROM {name}")
    Ingest(store, RULES, clock=lambda: 0).apply(SMALL.told())
    assert dump(store) == stamped
    with store.reading() as connection:
        assert rollups.stored(connection) == sums
        assert _without_paths(turnover.stored(connection)) == _without_paths(turns)
        assert meta.get(connection, meta.FOLDED_BY) == mark
    assert found.total == 1


def _without_paths(turns: Turnover) -> Turnover:
    """A stamped world has no observations: what a trial was a trial of is not known there."""
    found: Turnover = {}
    for turn, added in turns.items():
        if turn.kind == "upgrade":
            turn = turn._replace(plan="", to_plan="", reason="")
        add_to(found, [(turn, added)])
    return found


def test_the_small_world_is_worth_comparing():
    lives = [SMALL.life(number, someone) for someone, number in SMALL.people()]
    kinds = {event["type"] for life in lives for event in life.events}
    assert kinds >= {
        "customer.subscription.deleted",
        "invoice.payment_failed",
        "payment_intent.payment_failed",
    }
    assert len({someone.shift for someone, _ in SMALL.people()}) > 8


def test_a_database_with_customers_is_refused(sqlite_store):
    World(2, lives=1).fill(sqlite_store)
    with pytest.raises(ValueError, match="empty database"):
        World(2, lives=1).fill(sqlite_store)
