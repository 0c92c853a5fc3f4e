"""The plan mix beyond today's cells: equal to the reports, and to each other."""

from __future__ import annotations

import pytest

from lib.billing.domain.errors import WrongUsage
from lib.billing.domain.plan_moves import Held, MoveFilters
from lib.billing.store.engine import Store
from tests.cut import first
from tests.desk.money_world import over_company
from tests.reports.ledger import at, desk
from tests.reports.lives import gone, life, worth

NOW = "2026-06-15"


@pytest.mark.parametrize("seed", first(2, range(3)))
def test_the_trend_ends_with_the_mix_and_closes_as_the_roll_forward(
    seed: int, store: Store
) -> None:
    portside = over_company(store, seed)
    for code in portside.mrr_currencies():
        months = portside.plan_trend(code)
        closing = {line.period: line.closing_minor for line in portside.roll_forward(code).lines}
        assert months
        assert {m.name: m.minor for m in months} == {m.name: closing[m.name] for m in months}
        rows = [r for r in portside.report("plan-mix", currency=code).rows if r["mrr_minor"]]
        assert months[-1].minor == sum(row["mrr_minor"] for row in rows)
        told = portside.report("plan-trend", currency=code)
        assert {
            (row["month"], row["plan"] or "", row["customers"], row["mrr_minor"])
            for row in told.rows
            if row["month"] >= months[0].name
        } == {
            (month.name, plan, held.customers, held.minor)
            for month in months
            for plan, held in month.plans.items()
        }


@pytest.mark.parametrize("seed", first(2, range(3)))
def test_the_moves_listed_are_those_of_the_matrix_and_of_the_report(
    seed: int, store: Store
) -> None:
    portside = over_company(store, seed)
    [span] = [span for span in portside.lookbacks() if span.key == "12m"]
    for code in portside.mrr_currencies():
        wanted = MoveFilters(currencies=(code,), starts=span.starts, ends=span.ends, limit=500)
        found = portside.plan_moves(code, span.starts, span.ends)
        listed = portside.plan_movers(wanted)
        assert listed.total == len(listed.rows) == sum(m.customers for m in found.moves)
        assert sum(part.amount_minor for part in listed.sums) == sum(m.delta for m in found.moves)
        rows = portside.report("plan-moves", currency=code).rows
        assert {row["customer_id"] for row in rows} >= {row.customer_id for row in listed.rows}


def test_the_report_of_moves_says_in_words_what_each_was(store: Store) -> None:
    told = [
        *life(1, ("2026-01-10", worth(900, key="starter_monthly")), ("2026-05-10", worth(2_900))),
        *life(2, ("2026-05-10", worth(2_900))),
        *life(3, ("2026-01-10", worth(2_900)), ("2026-05-02", gone(worth(2_900)))),
        *life(4, ("2026-01-10", worth(2_900)), ("2026-05-10", worth(3_900))),
    ]
    rows = desk(store, told, NOW).report("plan-moves", start="2026-05-01").rows
    assert {
        (r["customer_id"], r["move"], r["from_plan"], r["to_plan"], r["delta_minor"]) for r in rows
    } == {
        ("cus_1", "moved", "starter", "pro", 2_000),
        ("cus_2", "new", None, "pro", 2_900),
        ("cus_3", "left", "pro", None, -2_900),
        ("cus_4", "changed", "pro", "pro", 1_000),
    }


def test_moves_are_asked_of_one_currency(store: Store) -> None:
    with pytest.raises(WrongUsage, match="one currency"):
        desk(store, [], NOW).plan_movers(MoveFilters())


def test_the_largest_are_shares_of_all_mrr(store: Store) -> None:
    told = [step for n in range(12) for step in life(n, ("2026-01-10", worth(1_000 * (n + 1))))]
    found = desk(store, told, NOW).concentration("usd")
    assert (found.customers, found.mrr_minor) == (12, 78_000)
    assert [(part.count, part.minor, part.share.value) for part in found.shares] == [
        (1, 12_000, 0.153846),
        (10, 75_000, 0.961538),
        (100, 78_000, None),
    ]
    assert "no more than 100" in (found.shares[2].share.reason or "")
    assert [held.customer_id for held in found.largest][:2] == ["cus_11", "cus_10"]
    assert found.together[-1] == 78_000


def test_of_nobody_there_is_no_share_and_no_feature_is_held(store: Store) -> None:
    portside = desk(store, [], NOW)
    assert [part.share.value for part in portside.concentration("usd").shares] == [None] * 3
    assert [feature.customers for feature in portside.plan_features("usd").features] == [0, 0]
    assert portside.plan_trend("usd") == ()


def test_a_customer_of_two_plans_has_their_common_feature_once(store: Store) -> None:
    starter = worth(900, key="starter_monthly")
    told = [
        *life(1, ("2026-01-10", worth(2_900))),
        *life(1, ("2026-01-11", starter), subscription="sub_b"),
        *life(2, ("2026-01-10", starter)),
        *life(3, ("2026-01-10", worth(500, key="forgotten_monthly"))),
    ]
    portside = desk(store, told, NOW)
    found = portside.plan_features("usd")
    assert found.customers == 3
    assert [(f.slug, f.name, f.customers, f.minor, dict(f.plans)) for f in found.features] == [
        ("api", "API access", 2, 4_700, {"starter": 2, "pro": 1}),
        ("analytics", "Advanced analytics", 1, 2_900, {"pro": 1}),
    ]
    assert portside.plan_trend("usd")[-1].plans["starter"] == Held(2, 1_800)


def test_arpa_is_rounded_once_and_half_up(store: Store) -> None:
    assert (Held(3, 100).arpa, Held(2, 101).arpa, Held(0, 0).arpa) == (33, 51, None)


def test_a_subscription_that_cannot_be_valued_is_what_trend_and_roll_forward_differ_by(
    store: Store,
) -> None:
    """Movements keep its last known value; the mix leaves it out and says so."""
    known = worth(2_900)
    unknown = known | {
        "items": [
            known["items"][0]
            | {
                "price": {
                    **known["items"][0]["price"],
                    "unit_amount_decimal": None,
                    "interval": "fortnight",
                }
            }
        ]
    }
    told = life(1, ("2026-01-10", known), ("2026-05-10", unknown))
    portside = desk(store, told, NOW)
    rolled = portside.roll_forward("usd").lines[-1].amount("closing")
    assert (rolled, portside.plan_trend("usd")) == (2_900, ())
    assert at(NOW)
