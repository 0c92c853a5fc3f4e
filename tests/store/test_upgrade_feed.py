"""Upgrades as the database judges them are those that the report judges."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lib.billing.domain.upgrade_filters import UpgradeFilters
from lib.billing.store.engine import Store
from lib.billing.store.queries import kept_upgrades, named, upgrade_feed, upgrade_names
from lib.billing.store.queries.kept_upgrades import Upgrades
from lib.billing.store.queries.upgrade_steps import Judged, steps_of
from tests.cut import first
from tests.desk.money_world import over_company
from tests.reports.ledger import CATALOG, desk
from tests.reports.test_upgrades_report import LEDGER, NOW

SAID = (
    "occurred_at customer_id kind change from_plan to_plan from_interval to_interval delta_minor "
    "currency subscription_id event_id name email"
).split()


def by_report(portside: Any, **asked: str) -> list[dict[str, Any]]:
    """Without the steps that left MRR as it was: the page has them not."""
    rows = portside.report("upgrades", **asked).rows
    return [{name: row[name] for name in SAID} for row in rows if row["kind"]]


def paths_agree(store: Store, catalog: Any) -> int:
    """How many paths the sums and the rows tell alike."""
    judged, filters = Judged("portside", catalog), UpgradeFilters()
    with store.reading() as connection:
        assert kept_upgrades.tells(connection, judged, "UTC", filters)
        kept = Upgrades(connection, judged, "UTC", filters)
        paths = upgrade_feed.paths(connection, judged, filters)
        rows = [{**row, "minor": int(row["minor"])} for row in paths]
        assert sorted(map(repr, kept.paths())) == sorted(map(repr, rows))
        assert kept.page() == upgrade_feed.page(connection, judged, filters)
    return len(rows)


def by_database(store: Store, filters: UpgradeFilters, catalog: Any = CATALOG) -> list[Any]:
    from lib.billing.domain.times import iso

    with store.reading() as connection:
        rows = upgrade_feed.page(connection, Judged("portside", catalog), filters)
    return [
        {name: iso(row[name]) if name == "occurred_at" else row[name] for name in SAID}
        for row in rows
    ]


@pytest.mark.parametrize("told", [told for told, _ in LEDGER.values()], ids=list(LEDGER))
def test_the_database_judges_as_the_report_does(told: list[Any], store: Store) -> None:
    portside = desk(store, told, NOW)
    found = by_database(store, UpgradeFilters(limit=500))
    assert found == by_report(portside)
    assert bool(paths_agree(store, CATALOG)) == bool(found)


@pytest.mark.parametrize("seed", first(2, range(6)))
def test_of_a_whole_company_too(seed: int, store: Store) -> None:
    portside = over_company(store, seed)
    found = by_database(store, UpgradeFilters(limit=500), portside.catalog)
    assert found == by_report(portside)
    assert paths_agree(store, portside.catalog)


@pytest.mark.parametrize("told", [told for told, _ in LEDGER.values()], ids=list(LEDGER))
def test_steps_that_left_mrr_as_it_was_are_those_of_the_report(
    told: list[Any], store: Store
) -> None:
    from lib.billing.domain.times import iso

    portside = desk(store, told, NOW)
    wanted = [row for row in portside.report("upgrades").rows if row["kind"] is None]
    found = portside.level_upgrades(UpgradeFilters(limit=500))
    assert found.total == len(wanted)
    assert [
        {
            name: iso(row.occurred_at) if name == "occurred_at" else getattr(row, name)
            for name in SAID
        }
        for row in found.rows
    ] == [{name: row[name] for name in SAID} for row in wanted]


def test_who_began_to_pay_is_counted_and_found_apart_from_a_new_price(store: Store) -> None:
    told = [*LEDGER["a dearer price"][0]]
    portside = desk(store, told, NOW)
    bars = {bar.key for bar in portside.upgrades(UpgradeFilters()).bars}
    assert bars == {"price"}
    assert portside.upgrades(UpgradeFilters(changes=("began",))).total == 0
    assert portside.upgrades(UpgradeFilters(changes=("price",))).total == 1


@pytest.mark.parametrize("by", ["customer_id", "subscription_id", "email", "nothing"])
def test_few_and_many_who_are_named_are_the_same_ones(store: Store, by: str) -> None:
    over_company(store, 4)
    judged = Judged("portside", CATALOG)
    with store.reading() as connection:
        everybody = upgrade_feed.page_within(connection, judged, UpgradeFilters(limit=500))
        one = next(row for row in everybody if row["email"] and row["subscription_id"])
        text = "nobody's" if by == "nothing" else one[by].upper()
        wanted = UpgradeFilters(limit=500, text=text)
        found = named.find(connection, text)
        few, *many = (
            upgrade_feed.page_within(connection, judged, wanted, whose)
            for whose in (
                upgrade_names.of_few(connection, found),
                upgrade_names.of_many(text),
                upgrade_names.one_by_one(text),
            )
        )
        counted = upgrade_feed.paths(connection, judged, wanted)
    assert found.every
    assert many == [few, few]
    assert sum(int(cell["count"]) for cell in counted) == len(few)
    assert by == "email" or len(few) < len(everybody), "they share an address"
    assert (one in few) is (by != "nothing")


def test_a_statement_is_spelled_once_and_never_for_another_catalogue_or_time(store: Store) -> None:
    mine, filters = Judged("portside", CATALOG), UpgradeFilters(currencies=("usd",))
    with store.reading() as connection:
        known = steps_of(connection, mine, filters)
        assert steps_of(connection, Judged("portside", CATALOG), replace(filters, limit=1)) is known
        apart = [
            (Judged("portside", replace(CATALOG)), filters),
            (Judged("stripe", CATALOG), filters),
            *(
                (mine, replace(filters, **more))
                for more in (
                    {"currencies": ()},
                    {"starts": 5},
                    {"ends": 5},
                    {"plans": ("pro",)},
                    {"changes": ("plan",)},
                    {"path": (None, "pro")},
                )
            ),
        ]
        found = [steps_of(connection, *each) for each in apart]
        assert len({id(each) for each in [known, *found]}) == 1 + len(apart)
