"""What the founders' pages read equals the reports, and adds up to MRR and committed MRR."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from lib.billing.desk import Portside
from lib.billing.domain.times import iso, parse_iso
from lib.billing.domain.upgrade_filters import UpgradeFilters
from lib.billing.store import rollups, turnover
from lib.billing.store.engine import Store
from lib.billing.store.queries import outlook
from tests.close.scene import Books
from tests.cut import first
from tests.desk.money_world import over_company
from tests.domain.states import item, price
from tests.reports.ledger import at, created, desk, paying
from tests.reports.lives import gone, life, worth
from tests.reports.test_runway import KNOWN
from tests.reports.test_runway import STORY as LEAVING
from tests.reports.test_upgrades_report import NOW, STORY

USD = UpgradeFilters(currencies=("usd",), limit=500)
ALL = UpgradeFilters(limit=500)


def since(portside: Portside, key: str) -> tuple[int, int]:
    span = next(span for span in portside.lookbacks() if span.key == key)
    return span.starts, span.ends


# upgrades


@pytest.mark.parametrize("seed", first(2, range(3)))
def test_sums_and_paths_are_those_of_the_report(seed: int, store: Store) -> None:
    portside = over_company(store, seed)
    rows = [row for row in portside.report("upgrades").rows if row["kind"]]
    found = portside.upgrades(ALL)
    assert found.total == len(rows) == len(found.rows)
    assert {part.currency: (part.count, part.amount_minor) for part in found.sums} == {
        code: (
            sum(row["currency"] == code for row in rows),
            sum(row["delta_minor"] for row in rows if row["currency"] == code),
        )
        for code in {row["currency"] for row in rows}
    }
    assert {bar.key: bar.count for bar in found.bars} == Counter(row["change"] for row in rows)
    paths = portside.upgrade_paths(ALL)
    assert {(path.from_plan, path.to_plan): path.count for path in paths} == Counter(
        (row["from_plan"], row["to_plan"]) for row in rows
    )
    assert sum(path.minor for path in paths) == sum(row["delta_minor"] for row in rows)


def test_one_page_after_another_is_the_whole_list(store: Store) -> None:
    told = [
        step
        for n in range(7)
        for step in life(n, ("2026-01-10", worth(900)), (f"2026-02-{10 + n // 2}", worth(2900)))
    ]
    portside = desk(store, told, NOW)
    whole = portside.upgrades(ALL)
    assert whole.total == 7
    pages = [portside.upgrades(replace(ALL, limit=3, offset=n)) for n in range(0, whole.total, 3)]
    assert tuple(row for page in pages for row in page.rows) == whole.rows
    assert {page.total for page in pages} == {whole.total}


@pytest.mark.parametrize(
    ("asked", "customers"),
    [
        ({}, ["cus_3", "cus_1"]),
        ({"currencies": ("usd",)}, ["cus_1"]),
        ({"changes": ("plan",)}, ["cus_1"]),
        ({"changes": ("price", "quantity")}, ["cus_3"]),
        ({"plans": ("pro",)}, ["cus_3", "cus_1"]),
        ({"plans": ("starter",)}, []),
        ({"path": ("starter", "pro")}, ["cus_1"]),
        ({"path": (None, "pro")}, []),
        ({"starts": at("2026-03-01")}, ["cus_3"]),
        ({"ends": at("2026-03-01")}, ["cus_1"]),
        ({"text": "CUS_3"}, ["cus_3"]),
        ({"text": "\x00sub_1"}, ["cus_1"]),
    ],
    ids=str,
)
def test_each_filter_narrows_the_list_its_sums_and_the_matrix(
    asked: dict[str, object], customers: list[str], store: Store
) -> None:
    portside = desk(store, STORY, NOW)
    wanted = UpgradeFilters(**asked)  # type: ignore[arg-type]
    found = portside.upgrades(wanted)
    assert [row.customer_id for row in found.rows] == customers
    assert found.total == sum(part.count for part in found.sums) == len(customers)
    assert sum(path.count for path in portside.upgrade_paths(wanted)) == len(customers)


def test_a_step_that_leaves_mrr_as_it_was_is_in_the_report_alone(store: Store) -> None:
    portside = desk(store, STORY, NOW)
    assert "cus_2" in [row["customer_id"] for row in portside.report("upgrades").rows]
    assert "cus_2" not in [row.customer_id for row in portside.upgrades().rows]


@pytest.mark.parametrize("seed", range(2))
def test_months_of_upgrades_are_the_expansion_of_the_roll_forward(seed: int, store: Store) -> None:
    portside = over_company(store, seed)
    for code in portside.mrr_currencies():
        lines = {line.period: line for line in portside.roll_forward(code, back=12).lines}
        for month in portside.upgrade_months(code):
            flows = lines[month.name].flows if month.name in lines else {}
            for kind in ("expansion", "reactivation"):
                assert month.kinds.get(kind, (0, 0))[1] == flows.get(kind, 0)


TRIAL = worth(2900) | {
    "status": "trialing",
    "trial_start": at("2026-03-02"),
    "trial_end": at("2026-03-16"),
}
LATE = TRIAL | {"trial_start": at("2026-04-10"), "trial_end": at("2026-04-24")}
TRIALS = [
    *life(1, ("2026-03-02", TRIAL), ("2026-03-16", TRIAL | {"status": "active"})),
    *life(2, ("2026-03-02", TRIAL), ("2026-03-16", gone(TRIAL))),
    *life(3, ("2026-04-10", LATE)),
]


def test_only_trials_that_have_ended_are_in_the_rate(store: Store) -> None:
    portside = desk(store, TRIALS, "2026-04-15T12:00")
    march, april = portside.upgrade_months("usd")[-2:]
    assert (march.trials.started, march.trials.ended, march.trials.converted) == (2, 2, 1)
    assert (march.trials.conversion.value, march.trials.conversion.small) == (0.5, True)
    assert (april.trials.started, april.trials.ended) == (1, 0)
    assert april.trials.conversion.reason == "No trial ended in the period."
    assert [(month.name, month.running) for month in (march, april)] == [
        ("2026-03", False),
        ("2026-04", True),
    ]


def test_trials_are_those_of_the_churn_report(store: Store) -> None:
    portside = desk(store, TRIALS, "2026-04-15T12:00")
    by_name = {period.name: period.trials for period in portside.churn_periods("month", "usd")}
    assert by_name
    for month in portside.upgrade_months("usd"):
        if month.name in by_name:
            assert month.trials.conversion == by_name[month.name]


@pytest.mark.parametrize("seed", first(2, range(3)))
def test_months_are_those_of_the_churn_report(seed: int, store: Store) -> None:
    portside = over_company(store, seed)
    for code in portside.mrr_currencies():
        stood = {month.name: month for month in portside.standing_months(code)}
        for period in portside.churn_periods("month", code):
            if period.name not in stood:
                assert period.moved.closing_minor == 0
                continue
            month = stood[period.name]
            assert month.moved == period.moved
            assert month.net_mrr_churn == period.rates["net_mrr_churn"]
            assert (month.customers_start, month.customers_end) == (
                period.customers_start,
                period.customers_end,
            )
            assert month.complete == period.complete


# what leaves


def test_the_runway_is_the_report_s_and_mrr_less_committed_mrr(store: Store) -> None:
    portside = desk(store, LEAVING, "2026-03-31T12:00", prices=[KNOWN])
    cards = {card.currency: card for card in portside.overview().currencies}
    for code in ("usd", "jpy"):
        found = portside.runway(code)
        rows = portside.report("runway", currency=code).rows
        weeks = {week.key: (week.subscriptions, week.end_minor, week.downgrade_minor)
                 for week in found.weeks if week.subscriptions}  # fmt: skip
        assert weeks == {
            row["week_start"]: (
                row["subscriptions"],
                row["mrr_minor"] if row["kind"] == "end" else 0,
                row["mrr_minor"] if row["kind"] == "downgrade" else 0,
            )
            for row in rows
        }
        assert len(found.weeks) == 8
        assert found.minor == cards[code].mrr_minor - cards[code].committed_minor


@pytest.mark.parametrize(
    ("now", "parts"),
    [
        ("2026-04-20", (2900, 2000, 0)),  # overdue, in the weeks, later
        ("2026-02-20", (0, 2900, 2000)),
    ],
)
def test_what_is_in_no_week_is_told_apart(
    now: str, parts: tuple[int, int, int], store: Store
) -> None:
    found = desk(store, LEAVING, now, prices=[KNOWN]).runway("usd")
    weeks = sum(week.minor for week in found.weeks)
    assert (found.overdue_minor, weeks, found.later_minor) == parts


def test_weeks_begin_with_their_monday_and_an_end_of_no_known_time_is_in_none(store: Store) -> None:
    """16 March 2026 is a Monday; the eighth week ends with 10 May."""
    when = ["2026-03-15T23:59:59", "2026-03-16", "2026-05-10T23:59:59", "2026-05-11"]
    ends: list[dict[str, Any]] = [{"cancel_at": at(second)} for second in when]
    ends.append(
        {
            "cancel_at_period_end": True,
            "items": [item(price("pro_monthly", "2900"), period_end=None)],
        }
    )
    story = [
        created("subscription", f"sub_{n}", paying(**end), "2026-01-05", f"cus_{n}")
        for n, end in enumerate(ends)
    ]
    found = desk(store, story, "2026-03-18").runway("usd")
    assert (found.overdue_minor, found.later_minor, found.unknown_minor) == (2900, 2900, 2900)
    assert [week.subscriptions for week in found.weeks] == [1, *[0] * 6, 1]
    assert found.minor == 5 * 2900


@pytest.mark.parametrize("seed", first(2, range(3)))
def test_who_is_behind_a_week_adds_up_to_its_bar(seed: int, store: Store) -> None:
    portside = over_company(store, seed)
    for code in portside.mrr_currencies():
        for week in portside.runway(code).weeks:
            found = portside.leaving(code, week.starts, week.ends)
            assert sum(row.minor for row in found.rows) == week.minor
            assert found.total == len(found.rows) == week.subscriptions
            assert sum(part.amount_minor for part in found.sums) == week.minor


def test_a_downgrade_says_where_it_goes(store: Store) -> None:
    portside = desk(store, LEAVING, "2026-03-31T12:00", prices=[KNOWN])
    starts, ends = parse_iso("2026-05-04"), parse_iso("2026-05-11")
    [row] = portside.leaving("usd", starts, ends).rows
    assert (row.customer_id, row.kind, row.plan, row.to_plan, row.minor) == (
        "cus_2", "downgrade", "pro", "starter", 2000,
    )  # fmt: skip


# what stands out


STARTER = worth(900, key="starter_monthly")


def many(store: Store, *leave: str) -> Portside:
    """Thirty customers on Starter since January; one more leaves on each given day."""
    told = []
    for n in range(30):
        turns = [("2026-01-02", STARTER)]
        if n < len(leave):
            turns.append((leave[n], gone(STARTER)))
        told += life(n, *turns)
    portside = desk(store, told, "2026-06-10")
    with store.writing() as connection:
        rollups.rebuild(connection, "UTC")
        turnover.rebuild(connection, "UTC")
    return portside


def test_churn_of_a_plan_that_rose_is_told_with_its_numbers(store: Store) -> None:
    portside = many(store, "2026-02-03", *(f"2026-05-{day:02}" for day in range(3, 9)))
    [found] = [i for i in portside.outlook("usd").insights if i.name == "plan_churn_rose"]
    assert found.sentence == (
        "Churn of Starter was 6 of 29 customers in May against 0.3 a month before."
    )
    assert dict(found.evidence)["In each of the 3 months before"] == "1, 0, 0"


@pytest.mark.parametrize("seed", first(2, range(3)))
def test_customers_on_a_plan_are_those_of_the_churn_page(seed: int, store: Store) -> None:
    portside = over_company(store, seed)
    for code in portside.mrr_currencies():
        for period in portside.churn_periods("month", code)[-3:]:
            parts = portside.churn_parts("plan", code, period.starts, period.ends)
            with store.reading() as connection:
                found = outlook.on_plans(connection, "portside", period.starts, code)
            assert {part.name: part.customers for part in parts} == {
                plan or "": count for plan, count in found.items()
            }


def test_as_much_churn_as_ever_is_not_told(store: Store) -> None:
    days = [f"2026-{month:02}-{day:02}" for month in (2, 3, 4, 5) for day in (3, 4)]
    assert many(store, *days).outlook("usd").insights == ()


def test_nothing_stands_out_of_an_empty_projection(store: Store) -> None:
    found = desk(store, [], NOW).outlook("usd")
    assert (found.insights, found.largest) == ((), ())
    assert found.share.value is None


@pytest.mark.parametrize("seed", range(2))
def test_the_largest_are_the_largest_sums_of_what_counts_in_mrr(seed: int, store: Store) -> None:
    portside = over_company(store, seed)
    for code in portside.mrr_currencies():
        rows = portside.report("plan-customers", currency=code).rows
        paid: Counter[str] = Counter()
        for row in rows:
            paid[row["customer_id"]] += row["mrr_minor"] or 0
        ranked = sorted(
            ((minor, who) for who, minor in paid.items() if minor), key=lambda p: (-p[0], p[1])
        )
        found = portside.outlook(code)
        assert [(h.minor, h.customer_id) for h in found.largest] == ranked[:5]
        assert found.share.numerator == sum(minor for minor, _ in ranked[:5])
        assert found.share.denominator == sum(paid.values())


# the month that is to be closed


def test_the_last_complete_month_is_to_be_closed_until_it_is(store: Store) -> None:
    books = Books(store)
    books.arrive(books.joins("1", 1_000, "2026-10-05"))
    books.now = at("2026-11-03")
    assert books.desk.month_to_close() == "2026-10"
    books.close("2026-10", "2026-11-03")
    assert books.desk.month_to_close() is None
    books.now = at("2026-12-01")
    assert books.desk.month_to_close() == "2026-11"


def test_lookbacks_are_those_of_the_desk_s_clock(store: Store) -> None:
    starts, ends = since(desk(store, [], NOW), "2026-04")
    assert (iso(starts), iso(ends)) == ("2026-04-01T00:00:00Z", "2026-04-15T12:00:01Z")
