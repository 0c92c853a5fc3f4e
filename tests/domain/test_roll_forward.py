"""Ledgers of the roll-forward: day sums and rates in, expected cents out, and its laws."""

from __future__ import annotations

import json
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.billing.domain.metrics import METRICS
from lib.billing.domain.metrics.movements import closing_mrr, mrr_growth, net_new_mrr
from lib.billing.domain.money import minor_digits
from lib.billing.domain.periods import Period, periods
from lib.billing.domain.rates import Rates, gathered
from lib.billing.domain.roll_forward import (
    KINDS,
    DaySum,
    in_reporting_currency,
    revalued,
    roll_forward,
)
from lib.billing.domain.times import day_start, local_date, offsets

VECTORS = {v["id"]: v for v in json.loads((Path(__file__).parent / "vectors.json").read_text())}
ONE = Decimal(1)


def told(to: str = "eur", **by_currency: dict[str, str]) -> Rates:
    return gathered(
        to,
        {
            code: {date.fromisoformat(day): (Decimal(rate), ONE) for day, rate in dated.items()}
            for code, dated in by_currency.items()
        },
    )


RATES = told(
    usd={"2026-01-01": "0.90", "2026-01-16": "0.80", "2026-02-02": "0.85"},
    jpy={"2026-01-01": "0.006"},
    kwd={"2026-01-01": "3"},
)


def moved(day: str, currency: str, kind: str, minor: int, reconstructed: bool = False) -> DaySum:
    return DaySum(date.fromisoformat(day), currency, kind, reconstructed, minor)


def spans(first: str, last: str, by: str = "month", timezone: str = "UTC") -> list[Period]:
    begin = day_start(date.fromisoformat(first), timezone)
    end = day_start(date.fromisoformat(last) + timedelta(days=1), timezone) - 1
    return list(periods(begin, end, by, timezone))


WINTER = [
    moved("2026-01-05", "usd", "new", 10_000),  # 90.00
    moved("2026-01-10", "jpy", "new", 1_000),  # 1000 yen: 6.00
    moved("2026-01-12", "kwd", "new", 10_005),  # 10.005 dinar: 30.015, half up 30.02
    moved("2026-01-17", "usd", "expansion", 5_000),  # a Saturday: Friday's rate, 40.00
    moved("2026-01-20", "usd", "contraction", -3_333),  # −26.664
    moved("2026-02-10", "usd", "churn", -11_667),  # −99.1695
]


def amounts(line) -> tuple[object, ...]:
    flows = tuple(line.flows[kind] for kind in KINDS)
    return (line.period.name, line.opening, *flows, line.fx, line.closing)


def test_the_published_roll_forward() -> None:
    given_, out = (VECTORS["stripe-roll-forward"][part] for part in ("in", "out"))
    net = net_new_mrr(
        given_["new"],
        given_["reactivation"],
        given_["expansion"],
        -given_["contraction"],
        -given_["churn"],
    )
    growth = mrr_growth(net, given_["fx"])
    assert growth == out["growth"]
    assert closing_mrr(given_["opening"], growth) == out["closing"]
    assert METRICS["closing_mrr"].function is closing_mrr


def test_the_published_roll_forward_from_movements_and_a_rate_that_falls() -> None:
    given_, out = (VECTORS["stripe-roll-forward"][part] for part in ("in", "out"))
    rates = told(usd={"2026-01-01": "1", "2026-02-01": str(Decimal(104_500) / 105_000)})
    flows = [
        moved("2026-01-05", "usd", "new", given_["new"]),
        moved("2026-01-06", "usd", "expansion", given_["expansion"]),
        moved("2026-01-07", "usd", "contraction", -given_["contraction"]),
        moved("2026-01-08", "usd", "churn", -given_["churn"]),
    ]
    months = spans("2026-01-01", "2026-01-31")
    opening = {"usd": given_["opening"]}
    [line] = [c.whole for c in in_reporting_currency(months, opening, flows, "UTC", rates)]
    assert (line.fx, line.closing) == (given_["fx"], out["closing"])


def test_each_amount_at_the_rate_of_its_own_day_and_fx_apart() -> None:
    months = spans("2026-01-01", "2026-02-28")
    lines = [c.whole for c in in_reporting_currency(months, {}, WINTER, "UTC", RATES)]
    assert [amounts(line) for line in lines] == [
        ("2026-01", 0, 12_602, 0, 4_000, -2_666, 0, -1_000, 12_936),
        ("2026-02", 12_936, 0, 0, 0, 0, -9_917, 583, 3_602),
    ]


def test_each_currency_keeps_its_own_money_beside_it() -> None:
    months = spans("2026-01-01", "2026-01-31")
    [january] = in_reporting_currency(months, {}, WINTER[:5], "UTC", RATES)
    assert {code: line.closing for code, line in january.own.items()} == {
        "jpy": 1_000,
        "kwd": 10_005,
        "usd": 11_667,
    }
    assert {code: (line.fx, line.closing) for code, line in january.parts.items()} == {
        "jpy": (0, 600),
        "kwd": (0, 3_002),
        "usd": (-1_000, 9_334),
    }


@pytest.mark.parametrize(
    ("to", "rate", "currency", "minor", "expected"),
    [
        ("jpy", "150.5", "usd", 1_000, 1_505),  # 10.00 dollars are 1505 yen
        ("jpy", "0.1", "usd", 450, 0),  # 4.50 dollars are 0.45 yen
        ("jpy", "0.1", "usd", 500, 1),  # a half goes away from zero
        ("jpy", "0.1", "usd", -500, -1),
        ("kwd", "0.3075", "usd", 1_000, 3_075),  # 3.075 dinar
        ("kwd", "0.002", "jpy", 1_000, 2_000),
        ("jpy", "490", "kwd", 1_500, 735),
    ],
)
def test_currencies_of_no_and_three_decimals_meet_in_whole_units(
    to: str, rate: str, currency: str, minor: int, expected: int
) -> None:
    rates = told(to, **{currency: {"2026-01-01": rate}})
    months = spans("2026-01-01", "2026-01-31")
    flow = [moved("2026-01-05", currency, "new", minor)]
    [line] = [c.whole for c in in_reporting_currency(months, {}, flow, "UTC", rates)]
    assert (line.flows["new"], line.fx, line.closing) == (expected, 0, expected)


def test_what_lacks_a_rate_is_absent_and_named_and_the_rest_is_there() -> None:
    flows = [
        moved("2025-12-20", "usd", "new", 10_000),  # before the first rate
        moved("2026-01-10", "usd", "expansion", 1_000),
        moved("2026-01-11", "eur", "new", 500),
        moved("2026-01-12", "gbp", "new", 700),  # of which there is none
    ]
    months = spans("2025-12-01", "2026-01-31")
    december, january = (c.whole for c in in_reporting_currency(months, {}, flows, "UTC", RATES))
    assert december.flows["new"] is None
    assert (december.opening, december.fx, december.closing) == (0, None, 9_000)
    assert december.missing == ("usd on 2025-12-20",)
    assert (january.opening, january.flows["expansion"]) == (9_000, 900)
    assert january.flows["new"] is january.fx is january.closing is None
    assert january.missing == ("gbp on 2026-01-12", "gbp on 2026-02-01")


def test_nothing_needs_no_rate() -> None:
    flows = [moved("2025-12-20", "usd", "new", 900), moved("2025-12-21", "usd", "churn", -900)]
    later = spans("2026-01-01", "2026-01-31")
    [line] = [c.whole for c in in_reporting_currency(later, {"gbp": 0}, [], "UTC", RATES)]
    assert (line.opening, line.closing, line.missing) == (0, 0, ())
    whole = spans("2025-12-01", "2025-12-31")
    [line] = [c.whole for c in in_reporting_currency(whole, {}, flows, "UTC", RATES)]
    assert (line.closing, line.fx) == (0, None)


def test_what_was_inferred_is_part_of_its_flow_and_told_apart() -> None:
    flows = [
        moved("2026-01-05", "usd", "new", 10_000, reconstructed=True),
        moved("2026-01-06", "usd", "new", 2_500),
    ]
    months = spans("2026-01-01", "2026-01-31")
    [line] = roll_forward(months, {}, flows, "UTC")
    assert (line.flows["new"], line.reconstructed["new"]) == (12_500, 10_000)
    [line] = [c.whole for c in in_reporting_currency(months, {}, flows, "UTC", RATES)]
    assert (line.flows["new"], line.reconstructed["new"]) == (11_250, 9_000)


CURRENCIES = ("usd", "eur", "jpy", "kwd")
DAYS = st.integers(0, 120).map(lambda n: date(2026, 1, 1) + timedelta(days=n))
SUMS = st.lists(
    st.builds(
        DaySum,
        DAYS,
        st.sampled_from(CURRENCIES),
        st.sampled_from(KINDS),
        st.booleans(),
        st.integers(-90_000, 90_000),
    ),
    max_size=25,
)
QUOTED = st.dictionaries(
    st.sampled_from(("usd", "jpy", "kwd")),
    st.dictionaries(DAYS, st.integers(1, 40_000), min_size=1, max_size=6),
    min_size=3,
    max_size=3,
).map(
    lambda found: gathered(
        "eur",
        {
            code: {date(2025, 12, 1): (ONE, Decimal(7))}
            | {day: (Decimal(n), Decimal(9_999)) for day, n in dated.items()}
            for code, dated in found.items()
        },
    )
)


@given(SUMS, st.sampled_from(("day", "week", "month", "quarter")))
def test_every_period_closes_and_a_plain_sum_agrees(sums: list[DaySum], by: str) -> None:
    found = spans("2026-01-01", "2026-05-01", by)
    opening = {"usd": 5}
    reached: dict[str, int | None] = dict(opening)
    for line in roll_forward(found, opening, sums, "UTC"):
        assert line.opening == reached.get(line.currency, 0)
        assert line.closing == line.opening + sum(line.flows.values())
        first, after = (local_date(s, "UTC") for s in (line.period.starts, line.period.ends))
        for kind in KINDS:
            assert line.flows[kind] == sum(
                s.minor
                for s in sums
                if (s.currency, s.kind) == (line.currency, kind) and first <= s.day < after
            )
        reached[line.currency] = line.closing
    for code in {s.currency for s in sums}:
        assert reached[code] == opening.get(code, 0) + sum(
            s.minor for s in sums if s.currency == code
        )


@given(SUMS, QUOTED, st.sampled_from(("day", "week", "month", "quarter")))
def test_in_the_reporting_currency_every_row_adds_up_to_the_cent(
    sums: list[DaySum], rates: Rates, by: str
) -> None:
    found = spans("2026-01-01", "2026-05-01", by)
    lines = [c.whole for c in in_reporting_currency(found, {"usd": 5}, sums, "UTC", rates)]
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        assert line.closing == line.opening + line.moved + line.fx
        assert following is None or line.closing == following.opening


@given(SUMS, QUOTED)
def test_days_add_up_to_their_months(sums: list[DaySum], rates: Rates) -> None:
    def summed(by: str) -> Counter[tuple[str, str]]:
        found: Counter[tuple[str, str]] = Counter()
        days = spans("2026-01-01", "2026-04-30", by)
        for each in in_reporting_currency(days, {}, sums[:20], "UTC", rates):
            line = each.whole
            month = line.period.name[:7]
            for kind in KINDS:
                found[month, kind] += line.flows[kind] or 0
            found[month, "fx"] += line.fx or 0
        return found

    sums = [s for s in sums if s.day <= date(2026, 4, 30)]
    assert summed("day") == summed("month")


@given(SUMS, QUOTED)
def test_fx_is_what_rates_did_within_what_was_rounded(sums: list[DaySum], rates: Rates) -> None:
    months = spans("2026-01-01", "2026-05-01")
    fx = {
        (each.whole.period.name, code): part.fx
        for each in in_reporting_currency(months, {"usd": 77_777}, sums, "UTC", rates)
        for code, part in each.parts.items()
    }
    seen = set()
    for span, code, exact, rounded in revalued(months, {"usd": 77_777}, sums, "UTC", rates):
        assert abs(fx[span.name, code] - exact) <= Fraction(rounded, 2)
        seen.add((span.name, code))
    assert seen == set(fx)


def test_a_plain_reckoning_of_one_month_by_hand_of_fractions() -> None:
    [january] = in_reporting_currency(
        spans("2026-01-01", "2026-01-31"), {}, WINTER[:5], "UTC", RATES
    )
    exact = Fraction(11_667, 100) * Fraction(4, 5) * 100
    assert january.parts["usd"].closing == int(exact + Fraction(1, 2)) == 9_334
    assert minor_digits("kwd") == 3


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/St_Johns"])
def test_changes_of_the_clock_are_all_that_a_calendar_needs(timezone: str) -> None:
    first, last = day_start(date(2025, 1, 1), "UTC"), day_start(date(2026, 12, 31), "UTC")
    changes = offsets(first, last, timezone)
    for second in range(first, last, 6_661):
        ahead = [shift for at, shift in changes if at <= second][-1]
        day = date(1970, 1, 1) + timedelta(days=(second + ahead) // 86_400)
        assert day == local_date(second, timezone)
    assert len(changes) == (1 if timezone in ("UTC", "Asia/Kathmandu") else 5)
