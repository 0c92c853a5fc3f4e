"""The roll-forward of the desk: its periods, its receipts, its trend, its reporting currency."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from lib.billing.domain.errors import WrongUsage
from lib.billing.domain.rates import gathered
from lib.billing.domain.roll_forward import KINDS
from lib.billing.domain.times import parse_iso, period_of
from lib.billing.showing.money_views import RollForwardLine
from lib.billing.store.engine import Store
from tests.desk.money_world import RATES, moved, over_company, over_rows

WINTER = [
    moved("2026-01-05T12:00", "cus_1", "usd", "new", 10_000),
    moved("2026-01-10T12:00", "cus_2", "jpy", "new", 1_000),
    moved("2026-01-12T12:00", "cus_3", "kwd", "new", 10_005),
    moved("2026-01-17T12:00", "cus_1", "usd", "expansion", 5_000, 10_000),
    moved("2026-01-20T12:00", "cus_1", "usd", "contraction", -3_333, 15_000),
    moved("2026-02-10T12:00", "cus_1", "usd", "churn", -11_667, 11_667),
]
PARTS = ("opening", *KINDS, "fx", "closing")
NOW = "2026-03-10T09:00"


def amounts(line: RollForwardLine) -> list[int | None]:
    return [line.amount(part) for part in PARTS]


def test_the_reporting_currency_by_hand(store: Store) -> None:
    desk = over_rows(store, WINTER, NOW)
    assert [amounts(line) for line in desk.roll_forward(None).lines] == [
        [0, 12_602, 0, 4_000, -2_666, 0, -1_000, 12_936],
        [12_936, 0, 0, 0, 0, -9_917, 583, 3_602],
        [3_602, 0, 0, 0, 0, 0, 0, 3_602],
    ]


def test_the_report_says_the_same_and_names_what_is_missing(store: Store) -> None:
    desk = over_rows(store, [*WINTER, moved("2026-02-11", "cus_4", "gbp", "new", 5)], NOW)
    january, february, march = desk.report("mrr", reporting=True).rows
    assert (january["currency"], january["fx_minor"], january["closing_minor"]) == (
        "eur",
        -1_000,
        12_936,
    )
    assert february["new_minor"] is february["fx_minor"] is february["closing_minor"] is None
    assert february["churn_minor"] == -9_917
    assert february["missing_rates"] == ["gbp on 2026-02-11", "gbp on 2026-03-01"]
    assert march["committed_minor"] is march["opening_minor"] is None
    totals = desk.report("mrr", reporting=True).totals["eur"]
    assert totals["closing_minor"] is totals["new_minor"] is None
    assert totals["churn_minor"] == -9_917


def test_a_currency_filter_narrows_and_does_not_convert(store: Store) -> None:
    desk = over_rows(store, WINTER, NOW)
    [january, *_] = desk.report("mrr", currency="usd").rows
    assert (january["currency"], january["closing_minor"], january["fx_minor"]) == (
        "usd",
        11_667,
        0,
    )
    [january, *_] = desk.report("mrr", currency="usd", reporting=True).rows
    assert (january["currency"], january["closing_minor"], january["fx_minor"]) == (
        "eur",
        9_334,
        -1_000,
    )


@pytest.mark.parametrize(
    ("name", "rates", "said"),
    [("mrr", None, "reporting_currency"), ("plan-mix", RATES, "leave --reporting out")],
)
def test_where_nothing_is_converted_it_is_said(
    name: str, rates: object, said: str, store: Store
) -> None:
    desk = over_rows(store, WINTER, NOW, rates)  # type: ignore[arg-type]
    with pytest.raises(WrongUsage, match=said):
        desk.report(name, reporting=True)


def test_without_rates_all_currencies_together_are_refused(store: Store) -> None:
    desk = over_rows(store, WINTER, NOW, None)
    assert desk.reporting_currency is None
    for ask in (desk.roll_forward, desk.trend):
        with pytest.raises(WrongUsage, match="reporting_currency"):
            ask(None)


@pytest.mark.parametrize(
    ("when", "day"),
    [
        ("2026-03-28T22:59:59", "2026-03-28"),  # 23:59:59 in winter time
        ("2026-03-28T23:00:00", "2026-03-29"),
        ("2026-03-29T21:59:59", "2026-03-29"),  # 23:59:59 in summer time: a day of 23 hours
        ("2026-03-29T22:00:00", "2026-03-30"),
        ("2026-10-24T22:00:00", "2026-10-25"),
        ("2026-10-25T22:59:59", "2026-10-25"),  # a day of 25 hours
        ("2026-10-25T23:00:00", "2026-10-26"),
        ("2026-12-31T22:59:59", "2026-12-31"),
        ("2026-12-31T23:00:00", "2027-01-01"),
    ],
)
def test_days_begin_when_the_business_says_so(when: str, day: str, store: Store) -> None:
    around = [
        moved("2026-01-01T00:00", "cus_0", "usd", "new", 1),
        moved(when, "cus_1", "usd", "new", 100),
    ]
    desk = over_rows(store, around, "2027-01-15", timezone="Europe/Berlin")
    for by in ("day", "month"):
        rows = desk.report("mrr", by=by).rows
        [held] = [row["period"] for row in rows if row["new_minor"] == 100]
        assert held == (day if by == "day" else day[:7])


def test_the_last_periods_are_asked_for_and_none_before_the_first_movement(store: Store) -> None:
    desk = over_rows(store, WINTER, NOW)
    assert [line.period for line in desk.roll_forward("usd", back=2).lines] == [
        "2026-02",
        "2026-03",
    ]
    assert [line.period for line in desk.roll_forward("usd", by="quarter").lines] == ["2026-Q1"]
    assert [line.running for line in desk.roll_forward("usd", back=2).lines] == [False, True]
    with pytest.raises(WrongUsage, match="year"):
        desk.roll_forward("usd", by="year")


def test_a_backfill_is_marked_and_not_read_as_new(store: Store) -> None:
    inferred = moved("2026-02-01T12:00", "cus_8", "usd", "new", 700, reconstructed=True)
    desk = over_rows(store, [*WINTER, inferred], NOW)
    february = desk.roll_forward("usd").lines[1]
    assert (february.flows["new"], february.reconstructed["new"]) == (700, 700)
    assert desk.report("mrr", currency="usd").rows[1]["reconstructed_minor"] == 700


def test_the_trend_ends_where_the_roll_forward_closes(store: Store) -> None:
    desk = over_rows(store, WINTER, NOW)
    for currency in ("usd", None):
        trend, rolled = desk.trend(currency), desk.roll_forward(currency)
        assert trend.past[-1].amount_minor == rolled.lines[-1].closing_minor
        assert len(trend.past) == 31 + 28 + 10 - 0
    january = {point.at: point.amount_minor for point in desk.trend("usd").past}
    closing = desk.roll_forward("usd").lines[0]
    assert january[closing.ends - 1] == closing.closing_minor


@pytest.mark.parametrize("currency", ["usd", "jpy", "kwd", None])
def test_receipts_sum_to_every_number_of_a_ledger(currency: str | None, store: Store) -> None:
    desk = over_rows(store, WINTER, NOW)
    for line in desk.roll_forward(currency).lines:
        for part in (*PARTS, *(["committed"] if line.running else [])):
            found = desk.receipts(part, currency, starts=line.starts, ends=line.ends, limit=500)
            number = line.amount(part)
            assert found.number_minor == found.sum_minor == number
            assert sum(row.amount_minor for row in found.rows) == number
            assert found.total == len(found.rows)


def test_a_receipt_in_the_reporting_currency_shows_its_rates(store: Store) -> None:
    desk = over_rows(store, WINTER, NOW)
    january = desk.roll_forward(None).lines[0]
    span = {"starts": january.starts, "ends": january.ends}
    told = desk.receipts("new", None, **span)
    assert [(r.currency, r.day, r.own_minor, r.rate, r.amount_minor) for r in told.rows] == [
        ("usd", date(2026, 1, 5), 10_000, Fraction(9, 10), 9_000),
        ("jpy", date(2026, 1, 10), 1_000, Fraction(6, 1_000), 600),
        ("kwd", date(2026, 1, 12), 10_005, Fraction(3), 3_002),
    ]
    fx = desk.receipts("fx", None, **span)
    assert [(row.currency, row.amount_minor) for row in fx.rows] == [("usd", -1_000)]


def test_receipts_come_a_page_at_a_time(store: Store) -> None:
    many = [moved(f"2026-01-05T{i:02}:00", f"cus_{i}", "usd", "new", 10 + i) for i in range(9)]
    desk = over_rows(store, many, NOW)
    line = desk.roll_forward("usd").lines[0]
    span = {"starts": line.starts, "ends": line.ends}
    pages = [desk.receipts("new", "usd", **span, limit=4, offset=o).rows for o in (0, 4, 8)]
    assert [row.customer_id for page in pages for row in page] == [
        f"cus_{i}" for i in reversed(range(9))
    ]
    balances = desk.receipts("closing", "usd", **span, limit=4)
    assert [row.amount_minor for row in balances.rows] == [18, 17, 16, 15]
    assert (balances.total, balances.sum_minor) == (9, 126)
    with pytest.raises(WrongUsage, match="no part"):
        desk.receipts("profit", "usd", **span)


DOLLAR = gathered("eur", {"usd": {date(2020, 1, 1): (Decimal("0.9173"), Decimal(1))}})


@pytest.mark.parametrize("seed", [1, 3])
def test_a_whole_company_closes_and_a_plain_sum_of_its_movements_agrees(
    seed: int, store: Store
) -> None:
    desk = over_company(store, seed, DOLLAR)
    told = desk.report("movements").rows
    assert told
    for by in ("week", "month"):
        sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        for row in told:
            at = parse_iso(row["occurred_at"])
            sums[period_of(at, by, "UTC"), row["currency"], row["kind"]] += row["delta_minor"]
        reached: dict[str, int] = {}
        for row in desk.report("mrr", by=by).rows:
            code = row["currency"]
            assert row["opening_minor"] == reached.get(code, 0)
            flows = {kind: sums[row["period"], code, kind] for kind in KINDS}
            assert {kind: row[f"{kind}_minor"] for kind in KINDS} == flows
            reached[code] = row["closing_minor"]
            assert reached[code] == row["opening_minor"] + sum(flows.values())
    for currency in (*desk.mrr_currencies(), None):
        for line in desk.roll_forward(currency).lines:
            for part in (*PARTS, *(["committed"] if line.running else [])):
                found = desk.receipts(part, currency, starts=line.starts, ends=line.ends, limit=500)
                assert found.agrees, (part, line.period)
                assert sum(row.amount_minor for row in found.rows) == line.amount(part)
