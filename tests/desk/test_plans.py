"""The facade's part for the Plans page, over a real projection."""

from __future__ import annotations

import time
from typing import Any

import pytest

from lib.billing import Permission, Portside, Role, permissions_of
from lib.billing.domain.catalog import parse_catalog
from lib.billing.domain.catalog_impact import Tally
from lib.billing.domain.errors import CatalogInvalid, RateLimited
from lib.billing.domain.fold import Rules
from lib.billing.impact_runs import MOST_WAITING, ImpactRuns
from lib.billing.ingest import Ingest
from lib.billing.settings.setup import Setup
from lib.billing.showing.plan_views import ImpactRun
from lib.billing.store import audit
from lib.billing.store.engine import Store
from tests.catalog.test_impact import HOLDERS, SOLD, world
from tests.stripe import shapes

SWAPPED = (SOLD.replace("plans.starter", "plans.x").replace("plans.pro", "plans.starter")).replace(
    "plans.x", "plans.pro"
)
LATER = shapes.NOW + 30 * 86_400
"""When the grace of whoever is past due is over."""
ALL = frozenset(Role)
PRO_AT_KINDE = '[plans.pro]\nkinde_keys = ["pro_v2"]'


@pytest.fixture
def desk(store: Store) -> Portside:
    setup = Setup(catalog=parse_catalog(SOLD))
    Ingest(store, Rules(setup.catalog), clock=lambda: shapes.NOW).apply(world())
    return Portside(store=store, clock=lambda: LATER, setup=setup)


def finished(desk: Portside, key: str) -> ImpactRun:
    """The run once it is over."""
    for _ in range(3_000):
        run = desk.impact_run(key)
        assert run is not None
        if run.state not in ("waiting", "running"):
            return run
        time.sleep(0.01)
    raise AssertionError("it never ends")


# Prices


def test_prices_say_who_holds_them(desk: Portside) -> None:
    found = desk.plan_prices(totals=True)
    assert found.told_by == "its events"
    assert [(line.name, line.state, line.customers) for line in found.lines] == [
        ("starter_monthly", "missing", 0),
        ("pro_monthly", "missing", 0),
    ]


def test_a_held_price_that_no_plan_lists_is_an_older_one_or_in_no_plan(desk: Portside) -> None:
    found = desk.plan_prices(totals=True)
    older = {(each.price_id, each.plan, each.customers) for each in found.held}
    assert ("price_old_pro", "pro", 1) in older
    assert all(each.mrr_minor is not None for each in found.held)
    assert found.loose == ()


@pytest.mark.parametrize(
    ("price_id", "older"), [("kinde:pro_v2", []), ("price_v2", ["price_v2"])], ids=str
)
def test_a_plan_held_through_kinde_is_no_older_price_of_stripe(
    store: Store, price_id: str, older: list[str]
) -> None:
    listed = 'price_ids = ["price_old_pro", "price_v2"]'
    text = SOLD.replace('price_ids = ["price_old_pro"]', listed)
    setup = Setup(catalog=parse_catalog(text.replace("[plans.pro]", PRO_AT_KINDE)))
    item = shapes.item("si_k", shapes.price(price_id, lookup_key=None, product=None))
    told = shapes.event("customer.subscription.created", shapes.subscription(item, id="sub_k"))
    Ingest(store, Rules(setup.catalog), clock=lambda: shapes.NOW).apply([told])
    desk = Portside(store=store, clock=lambda: shapes.NOW, setup=setup)
    found = desk.plan_prices(totals=True)
    assert [each.price_id for each in found.held] == older
    assert found.loose == ()


def test_without_totals_nothing_is_counted(desk: Portside) -> None:
    found = desk.plan_prices(totals=False)
    assert {line.customers for line in found.lines} == {None}
    assert {(h.customers, h.subscriptions, h.mrr_minor, h.unvalued) for h in found.held} == {
        (None, None, None, None)
    }


def test_holders_of_a_price_are_paged(desk: Portside) -> None:
    found = desk.price_holders("price_old_pro")
    assert (found.total, [each.customer_id for each in found.rows]) == (1, ["cus_legacy"])


# Findings


@pytest.mark.parametrize("totals", [True, False])
def test_findings_count_only_for_those_who_see_totals(store: Store, totals: bool) -> None:
    setup = Setup(catalog=parse_catalog('default_plan = "free"\n[plans.free]\n'))
    Ingest(store, Rules(setup.catalog), clock=lambda: shapes.NOW).apply(world())
    desk = Portside(store=store, clock=lambda: shapes.NOW, setup=setup)
    told = [f.sentence for f in desk.plan_findings(totals=totals).findings]
    assert any("3 customers" in sentence for sentence in told) is totals
    assert any("their plan is unresolved" in sentence for sentence in told)
    assert any("MRR" in sentence for sentence in told) is totals


def test_the_file_is_read_from_the_disk(tmp_path: Any, store: Store) -> None:
    path = tmp_path / "catalog.toml"
    path.write_text(SOLD)
    setup = Setup(catalog=parse_catalog(SOLD, source=str(path)))
    desk = Portside(store=store, clock=lambda: shapes.NOW, setup=setup)
    assert desk.catalog_text() == SOLD
    path.write_bytes(b"\xff")
    assert desk.catalog_text() == ""
    path.unlink()
    assert desk.catalog_text() == ""


# Candidates


def test_a_comparison_names_precisely_whom_it_changes(desk: Portside) -> None:
    run = finished(desk, desk.start_impact(SWAPPED, roles=ALL))
    assert run.state == "done"
    assert {row.customer_id: (row.from_plan, row.to_plan) for row in run.rows} == {
        **dict.fromkeys(HOLDERS["starter"], ("starter", "pro")),
        **dict.fromkeys(HOLDERS["pro"], ("pro", "starter")),
    }
    assert run.sentence.startswith("6 customers change plan")
    assert (run.changed, run.customers) == (6, 9)


def test_the_file_itself_changes_nobody(desk: Portside) -> None:
    run = finished(desk, desk.start_impact(SOLD, roles=ALL))
    assert (run.changed, run.rows, run.kinds) == (0, (), ())
    assert run.sentence.startswith("Nothing changes for any of")


def test_moving_a_plan_says_from_where_to_where(desk: Portside) -> None:
    moved = SOLD.replace("[plans.pro]", '[plans.gold]\nname = "Gold"').replace(
        "[[plans.pro.", "[[plans.gold."
    )
    run = finished(desk, desk.start_impact(moved, roles=ALL))
    assert run.kinds[0].words == "Pro → Gold"
    assert run.kinds[0].customers == len(HOLDERS["pro"])


def test_the_same_candidate_is_folded_once(desk: Portside) -> None:
    first = desk.start_impact(SWAPPED, roles=ALL)
    run = finished(desk, first)
    assert desk.start_impact(SWAPPED, roles=ALL) == first
    assert desk.impact_run(first) == run


def test_another_event_makes_it_another_comparison(desk: Portside, store: Store) -> None:
    first = desk.start_impact(SWAPPED, roles=ALL)
    finished(desk, first)
    gone = shapes.customer(id="cus_new", email="new@x.example")
    Ingest(store, Rules(parse_catalog(SOLD)), clock=lambda: shapes.NOW).apply(
        [shapes.event("customer.created", gone) | {"id": "evt_new"}]
    )
    second = desk.start_impact(SWAPPED, roles=ALL)
    assert second != first
    finished(desk, second)


def test_nothing_is_written(desk: Portside, store: Store) -> None:
    before, watermark = _audited(store), desk.watermark()
    finished(desk, desk.start_impact(SWAPPED, roles=ALL))
    assert (_audited(store), desk.watermark()) == (before, watermark)


def _audited(store: Store) -> str:
    with store.reading() as connection:
        return audit.last_hash(connection)


def test_a_candidate_that_cannot_be_read_starts_nothing(desk: Portside) -> None:
    with pytest.raises(CatalogInvalid):
        desk.start_impact("default_plan = ", roles=ALL)


def test_every_role_that_sees_customers_may_compare(desk: Portside) -> None:
    for role in Role:
        assert Permission.CUSTOMERS in permissions_of([role])
        assert finished(desk, desk.start_impact(SOLD, roles=[role])).state == "done"


def test_an_unknown_comparison_is_none(desk: Portside) -> None:
    assert desk.impact_run("1-abc") is None
    desk.stop_impact("1-abc")


# The runs themselves


class _Endless:
    """Folds on and on, until it is told to stop."""

    def __init__(self, tally: Any) -> None:
        self.tally = tally

    def steps(self, portion: int) -> Any:
        try:
            while True:
                time.sleep(0.001)
                yield None
        finally:
            self.closed = True


def _begin(runs: ImpactRuns, key: str, impact: Any) -> None:
    runs.start(key, lambda: (impact, 10), watermark=1, at=0, names={})


def _until(runs: ImpactRuns, key: str, state: str) -> ImpactRun:
    for _ in range(3_000):
        run = runs.of(key)
        if run is not None and run.state == state:
            return run
        time.sleep(0.01)
    raise AssertionError(f"never {state}")


def test_a_run_can_be_stopped_and_lets_go_of_its_connections() -> None:
    runs, endless = ImpactRuns(), _Endless(Tally())
    _begin(runs, "a", endless)
    _until(runs, "a", "running")
    runs.stop("a")
    found = _until(runs, "a", "stopped")
    assert (found.rows, found.sentence) == ((), "")
    assert endless.closed


def test_one_at_a_time_and_not_many_in_line() -> None:
    runs = ImpactRuns()
    names = [f"run_{n}" for n in range(MOST_WAITING)]
    for name in names:
        _begin(runs, name, _Endless(Tally()))
    _until(runs, names[0], "running")
    states = [run.state for name in names if (run := runs.of(name)) is not None]
    assert states == ["running", "waiting", "waiting"]
    with pytest.raises(RateLimited):
        _begin(runs, "one more", _Endless(Tally()))
    for name in names:
        runs.stop(name)
    for name in names:
        _until(runs, name, "stopped")


def test_whatever_goes_wrong_ends_in_a_sentence() -> None:
    runs = ImpactRuns()

    def broken() -> Any:
        raise ZeroDivisionError("candidate text")

    runs.start("a", broken, watermark=1, at=0, names={})
    run = _until(runs, "a", "failed")
    assert "candidate text" not in str(run.trouble)
    assert "Nothing was changed" in str(run.trouble)
    runs.start("a", broken, watermark=1, at=0, names={})  # and it can be tried again
