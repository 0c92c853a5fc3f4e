"""Winding down: the bars are the list, the board is the report, the back-test closes."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace

import pytest

from lib.billing import Amount, WrongUsage, save_rate
from lib.billing.desk import Portside
from lib.billing.domain.filters import Filters
from lib.billing.domain.times import iso
from lib.billing.retention import ends_kept
from lib.billing.settings.setup import Setup
from lib.billing.store.engine import Store
from tests.cut import first
from tests.desk.money_world import over_company
from tests.reports.ledger import CATALOG, at, desk, fill
from tests.reports.lives import gone, life, worth
from tests.reports.test_saves_report import ENDED, PRO, START, UNDONE, leaving

NOW = "2026-04-15T12:00"  # a Wednesday
STARTER = worth(900, key="starter_monthly")
ODD = worth(700, key="nobody_knows")


def winding(store: Store, *lives: list, now: str = NOW, **settings: str) -> Portside:
    return desk(store, [each for life in lives for each in life], now, **settings)


SOON = life(1, START, ("2026-02-01", leaving("2026-04-16")))
SUNDAY = life(2, START, ("2026-02-01", leaving("2026-04-19T23:59", "other")))
MONDAY = life(3, ("2026-01-10", STARTER), ("2026-02-01", leaving("2026-04-20", None, STARTER)))
LATER = life(4, ("2026-01-10", ODD), ("2026-02-01", leaving("2026-04-20T00:01", state=ODD)))
OVER = life(5, START, ("2026-02-01", leaving("2026-04-14")))
EVERY = (SOON, SUNDAY, MONDAY, LATER, OVER)


# the runway by plan and reason


@pytest.mark.parametrize("by", ["plan", "reason"])
def test_each_bar_is_what_the_list_narrowed_to_it_adds_up_to(by: str, store: Store) -> None:
    portside = winding(store, *EVERY)
    parts = portside.ending_parts(by)  # type: ignore[arg-type]
    assert sum(part.count for part in parts) == portside.winding_down().total == 5
    for part in parts:
        found = portside.winding_down(
            Filters(
                plans=(part.part,) if by == "plan" else (),
                reasons=(part.part,) if by == "reason" else (),
                currencies=(part.currency,),
                starts=part.at,
                ends=part.until,
            )
        )
        assert [(s.count, s.amount_minor) for s in found.sums] == [(part.count, part.amount_minor)]


@pytest.mark.parametrize(
    "narrowed",
    [Filters(), Filters(currencies=("usd",)), Filters(plans=("pro",), sort="mrr_minor", limit=1)],
    ids=["the whole list", "one currency", "one plan, a row"],
)
def test_a_list_without_its_bars_is_the_same_list(store: Store, narrowed: Filters) -> None:
    portside = winding(store, *EVERY)
    whole = portside.winding_down(narrowed)
    assert whole.bars
    assert portside.winding_down(replace(narrowed, bars=False)) == replace(whole, bars=())


def test_a_plan_that_the_catalogue_does_not_know_is_a_part_and_a_choice(store: Store) -> None:
    portside = winding(store, *EVERY)
    assert {part.part for part in portside.ending_parts("plan")} == {"", "pro", "starter"}
    assert portside.winding_down().choices["plans"] == ("", "pro", "starter")


def test_it_is_divided_by_nothing_else(store: Store) -> None:
    with pytest.raises(WrongUsage, match="neither plan nor reason"):
        winding(store).ending_parts("colour")  # type: ignore[arg-type]


# the last day to save


def test_what_can_be_saved_in_this_week_alone_ends_before_it_is_over(store: Store) -> None:
    """An end at the first second of next week is saved on this week's last day."""
    portside = winding(store, *EVERY)
    found = portside.savable_this_week()
    listed = portside.winding_down(Filters(starts=found.starts, ends=found.ends)).rows
    assert [item.customer_id for item in listed] == ["cus_1", "cus_2", "cus_3"]
    assert found.count == 3


def test_the_week_is_the_business_s(store: Store) -> None:
    portside = winding(store, *EVERY, timezone="America/New_York")
    found = portside.savable_this_week()
    assert iso(found.ends - 1) == "2026-04-20T04:00:00Z"
    assert found.count == 4


def test_it_can_be_saved_until_the_second_before_it_ends(store: Store) -> None:
    rows = winding(store, SOON, OVER).winding_down().rows
    assert {item.customer_id: item.save_until for item in rows} == {
        "cus_1": at("2026-04-16") - 1,
        "cus_5": None,
    }


# the save ledger


def test_the_board_is_the_report(store: Store) -> None:
    portside = winding(store, UNDONE, ENDED, *EVERY)
    cells = {(c.month, c.reason, c.currency): c for c in portside.save_board()}
    rows = portside.report("saves").rows
    assert len(cells) == len(rows)
    for row in rows:
        cell = cells[row["period"], row["reason"] or "unknown", row["currency"]]
        assert (cell.scheduled, cell.saved, cell.lost, cell.open) == (
            row["scheduled"],
            row["undone"],
            row["ended"],
            row["pending"],
        )
        assert save_rate([cell]).value == row["save_rate"]
        assert cell.saved_minor == row["mrr_saved_minor"]


@pytest.mark.parametrize("outcome", ["saved", "lost", "open"])
def test_the_names_behind_each_number_are_as_many(outcome: str, store: Store) -> None:
    portside = winding(store, UNDONE, ENDED, *EVERY)
    for cell in portside.save_board():
        found = portside.saves(
            Filters(statuses=(outcome,), reasons=(cell.reason,), starts=cell.starts, ends=cell.ends)
        )
        assert found.total == getattr(cell, outcome)
        assert {item.outcome for item in found.rows} <= {outcome}


def test_pages_of_schedules_follow_each_other_sorted_as_asked(store: Store) -> None:
    portside = winding(store, UNDONE, ENDED, *EVERY[2:])
    whole = portside.saves(Filters(sort="ends_at", limit=9)).rows
    assert [item.ends_at for item in whole] == sorted(item.ends_at or 0 for item in whole)
    pages = [
        item
        for offset in range(0, 5, 2)
        for item in portside.saves(Filters(sort="ends_at", limit=2, offset=offset)).rows
    ]
    assert tuple(pages) == whole


def test_what_is_stored_since_is_told_without_reading_everybody_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ends_kept, "OVERLAP", 0)
    read: list[object] = []
    known = ends_kept.all_scheduled_ends

    def counted(connection, rules, *, of=None):
        read.append(of)
        return known(connection, rules, of=of)

    monkeypatch.setattr(ends_kept, "all_scheduled_ends", counted)
    portside = winding(store, UNDONE, ENDED)
    assert sum(cell.scheduled for cell in portside.save_board()) == 2
    assert sum(cell.scheduled for cell in portside.save_board()) == 2
    fill(store, AWAITED, Setup(catalog=CATALOG))
    assert sum(cell.scheduled for cell in portside.save_board()) == 3
    assert read == [None, ["cus_8"]]


# the back-test

TRUE = life(1, START, ("2026-02-01", leaving("2026-03-10")), ("2026-03-10", gone(PRO)))
KEPT = life(2, START, ("2026-02-01", leaving("2026-03-10")), ("2026-03-05", PRO))
MOVED = life(3, START, ("2026-02-01", leaving("2026-03-10")), ("2026-03-05", leaving("2026-05-10")))
AT_ONCE = life(4, START, ("2026-03-20", gone(PRO, "payment_failed")))
ASKED_SINCE = life(
    6, START, ("2026-03-02", leaving("2026-03-28")), ("2026-03-28", gone(leaving("2026-03-28")))
)
SMALLER = life(7, START, ("2026-03-09", worth(1900)))
AWAITED = life(8, START, ("2026-02-01", leaving("2026-03-31")))
NEXT_MONTH = life(9, START, ("2026-02-01", leaving("2026-04-01")))
STORY = (TRUE, KEPT, MOVED, AT_ONCE, ASKED_SINCE, SMALLER, AWAITED, NEXT_MONTH)


def test_a_month_s_runway_against_what_left(store: Store) -> None:
    portside = winding(store, *STORY)
    assert portside.months_to_test()[0] == "2026-03"
    found = portside.back_test("2026-03")
    [sums] = found.outcomes
    assert (sums.predicted, sums.left) == (Amount(4, 11_600), Amount(4, 9_700))
    assert (sums.came_true, sums.saved) == (Amount(1, 2_900), Amount(1, 2_900))
    assert (sums.moved, sums.unforeseen) == (Amount(2, 5_800), Amount(3, 6_800))
    rows = portside.back_tested("2026-03").rows
    assert {(row.customer_id, row.fate) for row in rows} == {
        ("cus_1", "came_true"),
        ("cus_2", "saved"),
        ("cus_3", "moved"),
        ("cus_8", "moved"),
        ("cus_4", "unforeseen"),
        ("cus_6", "unforeseen"),
        ("cus_7", "unforeseen"),
    }
    assert [row.mrr_minor for row in rows] == sorted((r.mrr_minor for r in rows), reverse=True)


def test_each_number_has_its_rows(store: Store) -> None:
    portside = winding(store, *STORY)
    [sums] = portside.back_test("2026-03").outcomes
    for fate in ("came_true", "saved", "moved", "unforeseen"):
        found = portside.back_tested("2026-03", Filters(statuses=(fate,)))
        [part] = found.sums
        assert Amount(part.count, part.amount_minor) == getattr(sums, fate)


def test_a_month_that_is_not_over_is_refused(store: Store) -> None:
    portside = winding(store, *STORY)
    with pytest.raises(WrongUsage, match="2026-04 is not over"):
        portside.back_test("2026-04")
    with pytest.raises(WrongUsage, match="not a month"):
        portside.back_test("March")


def test_the_month_is_the_business_s(store: Store) -> None:
    late = life(1, START, ("2026-02-01", leaving("2026-03-31T23:00")))
    portside = winding(store, late, timezone="Europe/Berlin")
    assert portside.back_test("2026-03").outcomes == ()


def test_what_cannot_be_valued_is_in_no_sum_and_said(store: Store) -> None:
    odd = PRO | {"discounts": ["di_unknown"]}
    story = life(1, ("2026-01-10", odd), ("2026-02-01", leaving("2026-03-10", state=odd)))
    found = winding(store, story).back_test("2026-03")
    assert (found.outcomes, found.unknown) == ((), 1)


def test_what_winds_down_and_cannot_be_valued_makes_no_sum_smaller(store: Store) -> None:
    odd = PRO | {"discounts": ["di_unknown"]}
    story = life(1, ("2026-01-10", odd), ("2026-02-01", leaving("2026-04-16", state=odd)))
    portside = winding(store, story, SUNDAY)
    expected = [("", 1, 0), ("usd", 1, 2_900)]
    for found in (portside.winding_down(), portside.saves(), portside.savable_this_week()):
        assert sorted((s.currency, s.count, s.amount_minor) for s in found.sums) == expected


@pytest.mark.parametrize("seed", first(2, range(4)))
def test_it_closes_with_the_runway_of_then_and_the_movements_since(
    seed: int, sqlite_store: Store
) -> None:
    """Of a company whose events are in disorder, each month, each currency, by other ways."""
    portside = over_company(sqlite_store, seed)
    told = 0
    for month in portside.months_to_test():
        found = portside.back_test(month)
        left: Counter[str] = Counter()
        for row in portside.report("mrr", by="month").rows:
            if row["period"] == month:
                left[row["currency"]] -= row["churn_minor"] + row["contraction_minor"]
        predicted: defaultdict[str, int] = defaultdict(int)
        last = iso(found.ends - 1)
        assert last is not None
        for row in portside.report(
            "runway", as_of=iso(found.starts - 1), start=f"{month}-01", end=last[:10]
        ).rows:
            predicted[row["currency"]] += row["mrr_minor"]
        for sums in found.outcomes:
            assert sums.left.minor == left.pop(sums.currency, 0)
            assert sums.predicted.minor == predicted.pop(sums.currency, 0)
            told += sums.left.minor + sums.predicted.minor
        assert not +left
        assert not any(predicted.values())
    assert told
