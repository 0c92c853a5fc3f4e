"""On which plan whose MRR stands and stood: sums tell what rows tell."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from lib.billing.domain.times import day_start, local_date
from lib.billing.store import turnover
from lib.billing.store.engine import Store
from lib.billing.store.queries import kept_standing, plan_features, plan_standing
from lib.billing.store.queries.plan_standing import EVER
from tests.store.company import CATALOG, DAY, Company, company, ingest_into, item_of, join
from tests.store.test_turnover import POLICY, ZONES, Lives
from tests.stripe import shapes

PLANS_OF = {
    "one": ["pro"],
    "either": ["pro", "starter"],
    "all": ["pro", "starter", "team"],
    "nobody's": ["team"],
    "none": [],
}


class Paying(Lives):
    """Lives of which most hold something now: one plan, two of them, or one that is not known."""

    def _sell(self, customer: str, name: str, currency: str, first: int) -> None:
        super()._sell(customer, name, currency, first)
        self.sold[-1] |= {
            "plan": self.random.choice(["pro", "starter", None]),
            "mrr_minor": self.random.choice([None, 0, 1, 700, 2_900]),
        }


def days(moves: list[dict[str, Any]], timezone: str) -> list[int]:
    """Beginnings of days: before everything, around each of some movements, and after all."""
    seconds = sorted({move["occurred_at"] for move in moves})
    found = {seconds[0] - 90 * DAY, seconds[-1] + 90 * DAY}
    for second in seconds[::4]:
        day = local_date(second, timezone)
        found |= {day_start(day + timedelta(days=more), timezone) for more in (0, 1)}
    return sorted(day_start(local_date(second, timezone), timezone) for second in found)


@pytest.mark.parametrize("timezone", ZONES)
@pytest.mark.parametrize("currency", ["usd", "eur", "gbp"])
def test_sums_tell_who_stood_where_what_rows_tell(
    store: Store, timezone: str, currency: str
) -> None:
    lives = Paying(3)
    lives.into(store, timezone)
    asked = [*days(lives.moves, timezone), EVER]
    with store.reading() as connection:
        assert kept_standing.ready(connection, POLICY, timezone, asked)
        kept = kept_standing.at_seconds(connection, POLICY, timezone, currency, asked)
        rows = plan_standing.at_seconds(connection, POLICY, currency, asked)
        assert kept == rows
        assert kept_standing.now(connection, POLICY, timezone, currency) == rows[-1]
    assert any(rows) is (currency != "gbp")


@pytest.mark.parametrize("currency", ["usd", "eur"])
def test_who_holds_several_plans_of_a_feature_is_counted_once(store: Store, currency: str) -> None:
    Paying(4).into(store, "UTC")
    with store.reading() as connection:
        kept = kept_standing.holders(connection, POLICY, "UTC", currency, PLANS_OF)
        assert kept == plan_features.holders(connection, currency, PLANS_OF)
        now = plan_standing.now(connection, currency)
    assert kept["all"] < sum(held.customers for held in now.values())
    assert kept["nobody's"] == 0


def test_a_time_within_a_day_and_sums_that_are_not_kept_are_told_by_rows(store: Store) -> None:
    lives = Paying(5)
    lives.into(store, "UTC")
    within = sorted(move["occurred_at"] for move in lives.moves if move["occurred_at"] % DAY)[40]
    with store.writing() as connection:
        assert not kept_standing.ready(connection, POLICY, "UTC", [within])
        assert not kept_standing.ready(connection, "stripe", "UTC", [EVER])
        rows = plan_standing.at_seconds(connection, POLICY, "usd", [within])
        assert kept_standing.at_seconds(connection, POLICY, "UTC", "usd", [within]) == rows
        held = plan_standing.now(connection, "usd")
        connection.exec_driver_sql("DELETE FROM turnover")
        assert kept_standing.now(connection, POLICY, "UTC", "usd") != held
        turnover.let_go(connection)
        assert kept_standing.now(connection, POLICY, "UTC", "usd") == held
        assert kept_standing.holders(connection, POLICY, "UTC", "usd", PLANS_OF)["all"] > 0


def several() -> list[dict[str, Any]]:
    """A company in which two take a second plan, one of whom gives the first up."""
    made = Company(2)
    for n in ("0", "1", "2"):
        join(made, n)
        made.now += DAY
    for n in ("0", "1"):
        second = shapes.subscription(
            item_of(f"{n}_b", "starter_monthly"), id=f"sub_{n}_b", customer=f"cus_{n}"
        )
        made.created("customer.subscription.created", second | {"created": made.now})
        made.now += DAY
    made.changed("customer.subscription.updated", "sub_2", status="past_due")
    gone = made.state("sub_1") | {"status": "canceled", "ended_at": made.now}
    made.changed("customer.subscription.deleted", "sub_1", **gone)
    return made.events


@pytest.mark.parametrize("batch", [1, 50])
@pytest.mark.parametrize("turned", [False, True], ids=["in order", "the last first"])
def test_every_way_to_write_customers_keeps_who_stands_where(
    store: Store, batch: int, turned: bool
) -> None:
    ingest = ingest_into(store)
    ingest.apply(company(9, customers=5), batch=batch)
    later = [event | {"id": f"{event['id']}_s"} for event in several()]
    of_others = json.loads(json.dumps(later).replace("cus_", "cus_s").replace("sub_", "sub_s"))
    ingest.apply(of_others[::-1] if turned else of_others, batch=batch)
    with store.reading() as connection:
        kept = turnover.stored(connection)
        assert kept == turnover.summed(connection, "UTC", POLICY, CATALOG)
        rows = plan_standing.at_seconds(connection, POLICY, "usd", [EVER])
        assert kept_standing.at_seconds(connection, POLICY, "UTC", "usd", [EVER]) == rows
    assert [(turn.plan, added.count) for turn, added in kept.items() if turn.kind == "beside"] == [
        ("pro starter", 1)
    ]


def unvalued() -> list[dict[str, Any]]:
    """A subscription whose price cannot be valued for a while: of that no movement tells."""
    made = Company(5)
    join(made, "0")
    made.now += DAY
    known = made.state("sub_0")["items"]
    price = known["data"][0]["price"] | {"unit_amount": None, "unit_amount_decimal": None}
    unknown = {**known, "data": [known["data"][0] | {"price": price}]}
    for items in (unknown, known, unknown):
        made.changed("customer.subscription.updated", "sub_0", items=items)
        made.now += DAY
    return made.events


@pytest.mark.parametrize(("until", "stands"), [(2, True), (3, False), (4, True), (5, False)])
def test_what_cannot_be_valued_any_more_stands_nowhere_and_comes_back(
    store: Store, until: int, stands: bool
) -> None:
    ingest = ingest_into(store)
    for event in unvalued()[:until]:
        ingest.apply([event])
    with store.reading() as connection:
        kept = turnover.stored(connection)
        assert kept == turnover.summed(connection, "UTC", POLICY, CATALOG)
        held = kept_standing.now(connection, POLICY, "UTC", "usd")
        assert held == plan_standing.now(connection, "usd")
    assert bool(held) is stands
