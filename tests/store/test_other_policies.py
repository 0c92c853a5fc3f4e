"""Movements of another policy: kept beside the configured one's, and touched by nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from lib.billing.desk import Portside
from lib.billing.domain.errors import ConfigurationError, WrongUsage
from lib.billing.domain.fold import Rules
from lib.billing.domain.policy import PRESETS
from lib.billing.ingest import Ingest
from lib.billing.reconciling.rows import compare_rows, compare_sums
from lib.billing.replay import replay
from lib.billing.replay_policy import replay_policy
from lib.billing.settings.rules import current_rules
from lib.billing.settings.setup import Setup
from lib.billing.store import aside, history, rollups
from lib.billing.store.tables import movements
from tests.stripe import shapes

from .company import CATALOG, START, company, derived, ingest_into

LATE = START + 4_000 * 86_400
STRICT = replace(PRESETS["portside"], slug="strict", past_due_leaves_after_days=3)
SETUP = Setup(catalog=CATALOG, policies={**PRESETS, "strict": STRICT})
EVENTS = company(1)


@pytest.fixture
def ingest(store) -> Ingest:
    made = ingest_into(store)
    made.apply(EVENTS[: len(EVENTS) // 2])
    return made


def facade(store, setup: Setup = SETUP) -> Portside:
    return Portside(store=store, clock=lambda: LATE, setup=setup)


def kept(store, policy: str) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        query = select(movements).where(movements.c.policy == policy)
        return sorted(tuple(row) for row in connection.execute(query))


def others(store, policy: str) -> dict[str, list[tuple[object, ...]]]:
    """All derived rows but the movements of ``policy``."""
    rows = derived(store)
    at = [column.name for column in movements.columns].index("policy")
    rows["movements"] = [row for row in rows["movements"] if row[at] != policy]
    return rows


def is_current(store, policy: str) -> bool:
    with store.reading() as connection:
        return aside.current(connection, current_rules(connection, SETUP, policy))


def test_they_are_what_a_report_folds_on_the_side_and_all_else_stays(ingest):
    store = ingest.store
    before, folded = derived(store), facade(store).report("movements", policy="stripe").rows
    summary = replay_policy(store, SETUP, "stripe", at_once=2)
    assert summary.customers == len(before["customers"])
    assert others(store, "stripe") == before
    assert len(kept(store, "stripe")) == len(folded) > 0
    assert is_current(store, "stripe")
    assert facade(store).report("movements", policy="stripe").rows == folded
    with store.reading() as connection:
        assert rollups.summed(connection, "UTC", "portside") == rollups.stored(connection)


def test_a_report_reads_the_kept_ones_while_they_are_current(ingest):
    store = ingest.store
    replay_policy(store, SETUP, "stripe")
    with store.writing() as connection:
        connection.execute(
            movements.update().where(movements.c.policy == "stripe").values(delta_minor=1)
        )
    assert {r["delta_minor"] for r in facade(store).report("movements", policy="stripe").rows} == {
        1
    }
    spans = facade(store).report("mrr", policy="stripe", end="2030-01-01").rows
    assert spans[-1]["closing_minor"] == len(
        [row for row in kept(store, "stripe") if row[3] == spans[-1]["currency"]]
    )
    ingest.apply(EVENTS[len(EVENTS) // 2 :])
    assert not is_current(store, "stripe")
    found = facade(store).report("movements", policy="stripe").rows
    assert {row["delta_minor"] for row in found} != {1}


def test_the_roll_forward_is_the_same_from_kept_ones_and_folded(ingest):
    store = ingest.store
    asked = {"policy": "chartmogul", "end": "2030-01-01"}
    folded = facade(store).report("mrr", **asked).rows
    replay_policy(store, SETUP, "chartmogul")
    assert facade(store).report("mrr", **asked).rows == folded != []


def test_committed_mrr_of_another_policy_is_folded_also_beside_kept_movements(ingest):
    store = ingest.store
    folded = facade(store).report("mrr", policy="stripe").rows
    replay_policy(store, SETUP, "stripe")
    found = facade(store).report("mrr", policy="stripe").rows
    assert found == folded
    assert found[-1]["committed_minor"] is not None


def test_the_writer_leaves_them_alone_and_they_come_up_to_date_again(ingest):
    store = ingest.store
    replay_policy(store, SETUP, "stripe")
    before = kept(store, "stripe")
    ingest.apply(EVENTS[len(EVENTS) // 2 :])
    replay(ingest, at_once=3)
    assert kept(store, "stripe") == before
    assert not is_current(store, "stripe")
    replay_policy(store, SETUP, "stripe", at_once=3)
    assert is_current(store, "stripe")
    assert kept(store, "stripe") != before
    fresh = facade(store).report("movements", policy="stripe", as_of="2099-01-01").rows
    assert len(kept(store, "stripe")) == len(fresh)


def test_comparisons_see_no_difference_in_them(ingest):
    store = ingest.store
    replay_policy(store, SETUP, "stripe")
    with store.reading() as connection:
        names = history.customer_ids(connection, "", 100)
        assert compare_rows(connection, names, Rules(CATALOG)) == []
        assert compare_sums(connection, Rules(CATALOG)) == []


def test_what_arrives_while_they_are_made_is_in_them(ingest):
    store = ingest.store
    rest = list(EVENTS[len(EVENTS) // 2 :])

    def arrive(_: str) -> None:
        ingest.apply(rest[:20])
        del rest[:20]

    replay_policy(store, SETUP, "stripe", at_once=2, progress=arrive)
    assert is_current(store, "stripe")
    found = facade(store).report("movements", policy="stripe").rows
    folded = facade(store).report("movements", policy="stripe", as_of="2099-01-01").rows
    assert found == folded


def test_a_coupon_that_arrives_while_they_are_made_folds_everybody_anew(ingest):
    store = ingest.store
    told = []

    def arrive(_: str) -> None:
        if not told:
            coupon = shapes.coupon() | {"id": "LATE"}
            ingest.apply([shapes.event("coupon.created", coupon, None) | {"id": "evt_late"}])
        told.append(_)

    replay_policy(store, SETUP, "stripe", at_once=100, progress=arrive)
    assert len(told) == 2
    assert is_current(store, "stripe")


def test_after_a_change_of_policy_the_former_ones_go_and_kept_ones_stay(ingest):
    store = ingest.store
    replay_policy(store, SETUP, "stripe")
    replay_policy(store, SETUP, "profitwell")
    changed = Ingest(store, Rules(CATALOG, PRESETS["stripe"]), clock=lambda: START)
    replay(changed)
    assert kept(store, "portside") == []
    assert kept(store, "stripe") != []
    assert kept(store, "profitwell") != []
    with store.reading() as connection:
        assert compare_sums(connection, Rules(CATALOG, PRESETS["stripe"])) == []
        names = history.customer_ids(connection, "", 100)
        assert compare_rows(connection, names, Rules(CATALOG, PRESETS["stripe"])) == []
    again = Ingest(store, Rules(CATALOG), clock=lambda: START)
    replay(again)
    assert kept(store, "stripe") == []


REFUSED = {
    "one that is not there": ("recurly", WrongUsage, "is none of chartmogul, portside"),
    "the configured one": ("portside", WrongUsage, "is the configured policy"),
    "one that needs a clock": ("strict", ConfigurationError, "MRR falls as time passes"),
}


@pytest.mark.parametrize(("policy", "kind", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_kept_is_refused(sqlite_store, policy, kind, said):
    with pytest.raises(kind, match=said):
        replay_policy(sqlite_store, SETUP, policy)
